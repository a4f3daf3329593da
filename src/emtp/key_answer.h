/* SPDX-License-Identifier: Apache-2.0
 * The answer of GET /keys, made once per change and held in guarded memory; requests share it. */
#ifndef KW_EMTP_KEY_ANSWER_H
#define KW_EMTP_KEY_ANSWER_H

#include "crypto/secret.h"
#include "emtp/key_rows.h"

#include <stdatomic.h>

/* "<16 hex of the kid list>-<change counter>" and a NUL. No key byte goes into it. */
#define KW_EMTP_ETAG_BYTES 40
/* The kids with spaces between, for the audit record, cut at a kid. */
#define KW_EMTP_KIDS_BYTES 256

/* Unchanged from its making to its last release. */
typedef struct kw_emtp_key_answer {
    _Atomic int holders;
    kw_unix_s from; /* it is right in [from, until) */
    kw_unix_s until;
    char etag[KW_EMTP_ETAG_BYTES];
    char kids[KW_EMTP_KIDS_BYTES];
    kw_secret_bytes body; /* {"keys":[..]} */
} kw_emtp_key_answer;

/* How stored keys become keys that are served. */
typedef struct kw_emtp_key_opener {
    const kw_sealer *sealer; /* borrowed */
    bool allow_test_key;     /* else the published key of emtp.md section 14 is refused */
} kw_emtp_key_opener;

/* What an answer is made from. Borrowed. */
typedef struct kw_emtp_answer_source {
    kw_emtp_key_opener opener;
    const kw_emtp_rule *rule;
    const kw_emtp_key_list *keys;
} kw_emtp_answer_source;

/* Opens the keys that are served at `now` and renders them. The caller holds the result once.
 * REFUSED: one of them is the published test key. Statuses of kw_seal_get; LIMIT, NO_MEMORY.
 * CT: leaks lengths, and whether it is the test key. */
KW_MUST_USE kw_status kw_emtp_key_answer_new(kw_tx *tx, kw_emtp_key_answer **out,
                                             const kw_emtp_answer_source *source, kw_unix_s now,
                                             kw_error *err);

/* One more holder. */
void kw_emtp_key_answer_retain(kw_emtp_key_answer *answer);

/* One holder less; the last one wipes and frees. Takes NULL. Any thread. */
void kw_emtp_key_answer_release(kw_emtp_key_answer *answer);

/* Renders one key. `out` is empty before. Statuses as above. */
KW_MUST_USE kw_status kw_emtp_manifest_render(kw_tx *tx, kw_secret_bytes *out,
                                              const kw_emtp_key_opener *opener,
                                              const kw_emtp_key_info *key, kw_error *err);

#endif /* KW_EMTP_KEY_ANSWER_H */
