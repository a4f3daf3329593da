/* SPDX-License-Identifier: Apache-2.0
 * The keys of one operator: one, and while it is being rotated the one before or after it, too.
 * Which of them signs follows from what a roster has for the operator. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_OWN_KEY_H
#define KW_THRESHOLD_ENGINE_ROSTER_OWN_KEY_H

#include "threshold/engine/roster/roster.h"

enum {
    KW_OWN_KEYS_MAX = 2,
};

/* Borrows. All-zero: no key. */
typedef struct kw_own_key {
    uint8_t curve; /* KW_PEER_ECDSA ... */
    kw_span key;   /* as a roster has it */
    kw_peer_signer signer;
} kw_own_key;

typedef struct kw_own_keys {
    kw_own_key items[KW_OWN_KEYS_MAX];
} kw_own_keys;

/* The signer of the key that the member has. UNAVAILABLE: none of these keys is it. */
KW_MUST_USE kw_status kw_own_keys_signer(const kw_own_keys *keys, kw_peer_signer *out,
                                         const kw_member *member);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_OWN_KEY_H */
