/* SPDX-License-Identifier: Apache-2.0
 * Boundaries at which somebody asked for a resharing, beside those at which one is due anyway. Rows
 * of the store keep them: an operator that restarts in between still takes part. Source:
 * threshold.md sections 2 (attempt), 3. */
#ifndef KW_THRESHOLD_RESHARES_H
#define KW_THRESHOLD_RESHARES_H

#include "store/store.h"
#include "threshold/engine/roster/ids.h"
#include "threshold/limits.h"

/* Whether a resharing is due at a boundary (Unix seconds) without being asked for. */
static inline bool kw_reshare_is_due(const kw_config_fields *config, uint64_t boundary_s)
{
    return boundary_s / config->interval_s % config->reshare_every == 0;
}

/* One thread at a time. */
typedef struct kw_reshares {
    kw_store *store;
    const kw_config_fields *config;
    /* Boundary number k is in place k modulo their count; zeros: none. Those that have passed make
     * way for later ones. */
    uint64_t boundaries[2 * KW_RESHARES_AHEAD_MAX];
} kw_reshares;

/* Reads what was asked for before; borrows both, and the store's tables are up to date. As
 * kw_store_read. CORRUPT: a row that is no boundary. */
KW_MUST_USE kw_status kw_reshares_open(kw_reshares *out, kw_store *store,
                                       const kw_config_fields *config, kw_error *err);

/* Keeps a boundary at which none is due; at most KW_RESHARES_AHEAD_MAX intervals after `now_s`.
 * Twice is once. BAD_INPUT: no multiple of the interval. CONFLICT: it is not after `now_s`. LIMIT:
 * it is too far away. As kw_store_write: nothing is kept. */
KW_MUST_USE kw_status kw_reshares_add(kw_reshares *reshares, uint64_t boundary_s, uint64_t now_s,
                                      kw_error *err);

/* The attempt of the session that begins at a boundary: 1 when it was asked for, else 0. */
uint32_t kw_reshares_attempt(const kw_reshares *reshares, uint64_t boundary_s);

#endif /* KW_THRESHOLD_RESHARES_H */
