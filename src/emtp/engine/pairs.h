/* SPDX-License-Identifier: Apache-2.0
 * Pairs of rows that share tokens: collected one by one, then summed. */
#ifndef KW_EMTP_ENGINE_PAIRS_H
#define KW_EMTP_ENGINE_PAIRS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct kw_emtp_pair {
    uint32_t a;      /* row of the first table */
    uint32_t b;      /* row of the second */
    uint32_t shared; /* number of shared tokens */
    uint32_t tier;   /* the lowest, which is the best, of both sides of all shared tokens */
} kw_emtp_pair;

/* All-zero is an empty list without room; `count_max` bounds it. */
typedef struct kw_emtp_pairs {
    kw_emtp_pair *items; /* owned */
    size_t count;
    size_t capacity;
    size_t count_max;
} kw_emtp_pairs;

static inline kw_emtp_pairs kw_emtp_pairs_init(size_t count_max)
{
    return (kw_emtp_pairs){.count_max = count_max};
}

void kw_emtp_pairs_drop(kw_emtp_pairs *pairs);

/* Adds one shared token of two rows. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_pairs_add(kw_emtp_pairs *pairs, uint32_t a, uint32_t b,
                                        uint32_t tier);

/* Moves what `more` holds to the end of `pairs`. LIMIT, NO_MEMORY (both as before). */
KW_MUST_USE kw_status kw_emtp_pairs_join(kw_emtp_pairs *pairs, kw_emtp_pairs *more);

/* Sorts by a, then b, and makes one pair of all alike: counts added, lowest tier. NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_pairs_sum(kw_emtp_pairs *pairs);

#endif /* KW_EMTP_ENGINE_PAIRS_H */
