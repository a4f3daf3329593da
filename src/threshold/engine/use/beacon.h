/* SPDX-License-Identifier: Apache-2.0
 * The beacon: the members sign (cluster, round) every period. Nobody knows a round's signature
 * before t members give it, everyone can check it, and it is the key of timelocks to that round.
 * Source: threshold.md section 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_BEACON_H
#define KW_THRESHOLD_ENGINE_USE_BEACON_H

#include "base/span.h"
#include "base/status.h"

enum {
    KW_BEACON_TOLERANCE_S = 2, /* by which a member's clock may be behind the asker's */
};

/* Round v is due at start + v * period; Unix seconds. */
typedef struct kw_beacon_schedule {
    uint64_t start_s;
    uint32_t period_s; /* > 0 */
} kw_beacon_schedule;

/* What is signed, for KW_PURPOSE_BEACON: cluster id | u64 round, big-endian. */
typedef struct kw_beacon_message {
    uint8_t bytes[40];
} kw_beacon_message;

kw_beacon_message kw_beacon_message_of(const kw_hash32 *cluster_id, uint64_t round);

/* When the round is due. RANGE: past the end of time, or the period is 0. */
KW_MUST_USE kw_status kw_beacon_due(uint64_t *out_s, const kw_beacon_schedule *schedule,
                                    uint64_t round);

/* Whether a member may sign the round now: not before it is due by its own clock, less the
 * tolerance. False where _due fails. */
bool kw_beacon_is_due(const kw_beacon_schedule *schedule, uint64_t round, uint64_t now_s);

/* The newest round that is due, without tolerance. NOT_FOUND: none is. RANGE: the period is 0. */
KW_MUST_USE kw_status kw_beacon_newest(uint64_t *out, const kw_beacon_schedule *schedule,
                                       uint64_t now_s);

/* The random value of a round: SHA-256 of its signature, 48 bytes compressed, which the caller has
 * verified. BAD_INPUT: another length. */
KW_MUST_USE kw_status kw_beacon_value(kw_hash32 *out, kw_span signature);

#endif /* KW_THRESHOLD_ENGINE_USE_BEACON_H */
