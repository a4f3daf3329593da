/* SPDX-License-Identifier: Apache-2.0
 * Resharings that somebody asks for. Source: threshold.md sections 2, 3. */
#include "threshold/holder_inner.h"

kw_status kw_holder_reshare(kw_holder *holder, uint32_t *out_attempt, uint64_t boundary_s,
                            kw_error *err)
{
    KW_AUTO(kw_locked) hold = kw_lock(&holder->lock);
    KW_REQUIRE(!holder->is_blocked && !holder->is_stopping, err, KW_UNAVAILABLE,
               "the store takes no records");
    KW_REQUIRE(!kw_holder_is_quiet(holder), err, KW_UNAVAILABLE,
               "this operator takes part after the next certificate");
    KW_REQUIRE(kw_operator_decoded(holder->op, 0) != NULL, err, KW_CONFLICT,
               "there is no key yet: the first is made without being asked for");
    uint64_t now_s = KW_MAX(kw_holder_now(holder) / 1000, holder->boundary);
    KW_TRY(kw_reshares_add(&holder->reshares, boundary_s, now_s, err));
    *out_attempt = kw_reshares_attempt(&holder->reshares, boundary_s);
    return KW_OK;
}
