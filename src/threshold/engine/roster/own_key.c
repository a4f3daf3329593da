/* SPDX-License-Identifier: Apache-2.0
 * Which key of an operator is the one that a roster has for it. */
#include "threshold/engine/roster/own_key.h"

kw_status kw_own_keys_signer(const kw_own_keys *keys, kw_peer_signer *out, const kw_member *member)
{
    const kw_span wanted = {member->key_bytes, member->scheme->key_bytes};
    for (size_t i = 0; i < KW_OWN_KEYS_MAX; i++) {
        const kw_own_key *at = &keys->items[i];
        if (at->signer.sign != NULL && at->curve == member->scheme->curve &&
            kw_span_equal_var(at->key, wanted)) {
            *out = at->signer;
            return KW_OK;
        }
    }
    return KW_UNAVAILABLE;
}
