/* SPDX-License-Identifier: Apache-2.0
 * Full join of a matcher's rows, in shards that may run at the same time in threads of the
 * caller. */
#ifndef KW_EMTP_ENGINE_MATCH_JOIN_H
#define KW_EMTP_ENGINE_MATCH_JOIN_H

#include "emtp/engine/match.h"

/* What one shard found. */
typedef struct kw_match_found {
    kw_emtp_pairs pairs;     /* a: row of the viewer, b: row that it sees; summed */
    uint64_t tokens_skipped; /* distinct tokens in too many rows */
} kw_match_found;

void kw_match_found_drop(kw_match_found *found);

/* Joins the tokens of shard `index` of `shards`: every shared token falls to exactly one shard. The
 * matcher must not change meanwhile. `out` is empty before. LIMIT: more shared tokens than
 * options.pairs_max; NO_MEMORY. */
KW_MUST_USE kw_status kw_match_join_shard(kw_match_found *out, const kw_match *match, size_t index,
                                          size_t shards);

/* Puts the sum of all shards (kw_emtp_pairs_join) in place of everything known before; rows whose
 * set differs wait as changes. Takes the pairs of `found`. LIMIT, NO_MEMORY: as kw_match_put. */
KW_MUST_USE kw_status kw_match_install(kw_match *match, kw_match_found *found);

/* All of it in the calling thread: one shard, installed. */
KW_MUST_USE kw_status kw_match_join(kw_match *match);

#endif /* KW_EMTP_ENGINE_MATCH_JOIN_H */
