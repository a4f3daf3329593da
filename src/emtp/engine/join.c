/* SPDX-License-Identifier: Apache-2.0
 * Local join: both files are in order of their tokens, so one walk along both finds all shared. */
#include "emtp/engine/join.h"

void kw_emtk_join_drop(kw_emtk_join *join)
{
    kw_emtp_pairs_drop(&join->pairs);
}

/* One past the records that have the token of the one at `start`. */
static size_t run_end(const kw_emtk *part, size_t start)
{
    size_t end = start + 1;
    while (end < part->count &&
           kw_emtk_compare_tokens(&part->records[start], &part->records[end]) == 0) {
        end++;
    }
    return end;
}

/* All pairs of two runs of one token. */
static kw_status add_runs(kw_emtk_join *join, kw_emtk a, kw_emtk b)
{
    for (size_t i = 0; i < a.count; i++) {
        for (size_t j = 0; j < b.count; j++) {
            uint8_t tier = KW_MAX(kw_emtk_tier(&a.records[i]), kw_emtk_tier(&b.records[j]));
            KW_TRY(kw_emtp_pairs_add(&join->pairs, kw_emtk_row(&a.records[i]),
                                     kw_emtk_row(&b.records[j]), tier));
        }
    }
    return KW_OK;
}

kw_status kw_emtk_join_part(kw_emtk_join *join, const kw_emtk *a, const kw_emtk *b,
                            size_t bucket_max)
{
    size_t i = 0;
    size_t j = 0;
    while (i < a->count && j < b->count) {
        int order = kw_emtk_compare_tokens(&a->records[i], &b->records[j]);
        if (order != 0) {
            i += order < 0;
            j += order > 0;
            continue;
        }
        kw_emtk run_a = {.records = a->records + i, .count = run_end(a, i) - i};
        kw_emtk run_b = {.records = b->records + j, .count = run_end(b, j) - j};
        join->tokens_shared++;
        if (run_a.count + run_b.count > bucket_max) {
            join->tokens_skipped++;
        } else {
            KW_TRY(add_runs(join, run_a, run_b));
        }
        i += run_a.count;
        j += run_b.count;
    }
    return KW_OK;
}
