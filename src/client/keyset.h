/* SPDX-License-Identifier: Apache-2.0
 * The epoch keys that a participant holds for as long as it runs: an accepted answer of GET /keys
 * in guarded memory. Source: emtp.md sections 7 and 10. */
#ifndef KW_CLIENT_KEYSET_H
#define KW_CLIENT_KEYSET_H

#include "emtp/engine/manifest.h"

/* One key. */
typedef struct kw_client_key {
    kw_secret_key *key; /* owned, in guarded memory */
    kw_emtp_kid kid;
    kw_emtp_window window;
    kw_unix_s usable_until; /* not_after and the overlap that the form of the kid gives */
} kw_client_key;

/* All-zero is empty. In the order of the answer: newest first. */
typedef struct kw_client_keyset {
    kw_client_key keys[KW_EMTP_KEY_SET_MAX];
    size_t count;
} kw_client_keyset;

void kw_client_keyset_drop(kw_client_keyset *set); /* wipes; may run twice */

/* Largest text that is read. */
#define KW_CLIENT_ANSWER_BYTES_MAX ((size_t)64 * 1024)

/* How an answer is read. */
typedef struct kw_client_keyset_rule {
    int overlap;           /* epochs after not_after in which a key is still used: 1..6 */
    bool accepts_test_key; /* the published key 00 01 .. 1f, whatever its kid */
} kw_client_keyset_rule;

/* Reads `text` by kw_emtp_key_set_decode. `out` is empty before. LIMIT: too long; else as there.
 * NO_MEMORY. CT: as there. */
KW_MUST_USE kw_status kw_client_keyset_decode(kw_client_keyset *out, kw_secret_span text,
                                              const kw_client_keyset_rule *rule, kw_error *err);

/* not_before <= now < usable_until */
static inline bool kw_client_key_is_usable(const kw_client_key *key, kw_unix_s now)
{
    return key->window.not_before <= now && now < key->usable_until;
}

#endif /* KW_CLIENT_KEYSET_H */
