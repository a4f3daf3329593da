/* SPDX-License-Identifier: Apache-2.0
 * Rounds of the beacon: bytes and times. */
#include "threshold/engine/use/beacon.h"

#include "codec/writer.h"
#include "crypto/hash.h"

enum {
    SIGNATURE_BYTES = 48,
};

kw_beacon_message kw_beacon_message_of(const kw_hash32 *cluster_id, uint64_t round)
{
    kw_beacon_message message;
    kw_writer w = kw_writer_of(KW_MSPAN(message.bytes));
    kw_write_span(&w, KW_SPAN(cluster_id->bytes));
    kw_write_u64be(&w, round);
    kw_status st = kw_write_end(&w);
    KW_ASSERT(st == KW_OK);
    return message;
}

kw_status kw_beacon_due(uint64_t *out_s, const kw_beacon_schedule *schedule, uint64_t round)
{
    uint64_t after = 0;
    uint64_t due = 0;
    if (schedule->period_s == 0 || __builtin_mul_overflow(round, schedule->period_s, &after) ||
        __builtin_add_overflow(schedule->start_s, after, &due)) {
        return KW_RANGE;
    }
    *out_s = due;
    return KW_OK;
}

bool kw_beacon_is_due(const kw_beacon_schedule *schedule, uint64_t round, uint64_t now_s)
{
    uint64_t due = 0;
    if (kw_beacon_due(&due, schedule, round) != KW_OK) {
        return false;
    }
    return due <= now_s || due - now_s <= KW_BEACON_TOLERANCE_S;
}

kw_status kw_beacon_newest(uint64_t *out, const kw_beacon_schedule *schedule, uint64_t now_s)
{
    if (schedule->period_s == 0) {
        return KW_RANGE;
    }
    if (now_s < schedule->start_s) {
        return KW_NOT_FOUND;
    }
    *out = (now_s - schedule->start_s) / schedule->period_s;
    return KW_OK;
}

kw_status kw_beacon_value(kw_hash32 *out, kw_span signature)
{
    if (signature.len != SIGNATURE_BYTES) {
        return KW_BAD_INPUT;
    }
    kw_sha256(out, signature);
    return KW_OK;
}
