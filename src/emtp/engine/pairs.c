/* SPDX-License-Identifier: Apache-2.0
 * Pairs of rows: a list, and a radix sort by the first row, since rows are small numbers. */
#include "emtp/engine/pairs.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

enum {
    CAPACITY_MIN = 1024,
    DIGIT_BITS = 11,
    DIGIT_VALUES = 1 << DIGIT_BITS
};

void kw_emtp_pairs_drop(kw_emtp_pairs *pairs)
{
    kw_heap_free(pairs->items);
    *pairs = kw_emtp_pairs_init(pairs->count_max);
}

static kw_status reserve(kw_emtp_pairs *pairs, size_t count)
{
    if (count <= pairs->capacity) {
        return KW_OK;
    }
    if (count > pairs->count_max) {
        return KW_LIMIT;
    }
    size_t capacity = KW_MAX(KW_MAX(count, (size_t)CAPACITY_MIN), pairs->capacity * 2);
    kw_emtp_pair *items = kw_heap_resize(pairs->items, capacity, sizeof *items);
    if (items == NULL) {
        return KW_NO_MEMORY;
    }
    pairs->items = items;
    pairs->capacity = capacity;
    return KW_OK;
}

kw_status kw_emtp_pairs_add(kw_emtp_pairs *pairs, uint32_t a, uint32_t b, uint32_t tier)
{
    KW_TRY(reserve(pairs, pairs->count + 1));
    pairs->items[pairs->count++] = (kw_emtp_pair){.a = a, .b = b, .shared = 1, .tier = tier};
    return KW_OK;
}

kw_status kw_emtp_pairs_join(kw_emtp_pairs *pairs, kw_emtp_pairs *more)
{
    if (more->count > 0) {
        KW_TRY(reserve(pairs, pairs->count + more->count));
        memcpy(pairs->items + pairs->count, more->items, more->count * sizeof *more->items);
        pairs->count += more->count;
    }
    kw_emtp_pairs_drop(more);
    return KW_OK;
}

/* One stable pass by a digit of `a`; false when all pairs have the same and nothing moved. */
static bool sort_by_digit(kw_emtp_pair *to, const kw_emtp_pair *from, size_t count, unsigned shift)
{
    size_t starts[DIGIT_VALUES + 1] = {0};
    for (size_t i = 0; i < count; i++) {
        starts[(from[i].a >> shift) % DIGIT_VALUES + 1]++;
    }
    for (size_t digit = 0; digit < DIGIT_VALUES; digit++) {
        if (starts[digit + 1] == count) {
            return false;
        }
        starts[digit + 1] += starts[digit];
    }
    for (size_t i = 0; i < count; i++) {
        to[starts[(from[i].a >> shift) % DIGIT_VALUES]++] = from[i];
    }
    return true;
}

/* Sorts by `a`. NO_MEMORY. */
static kw_status sort_by_first(kw_emtp_pairs *pairs)
{
    kw_emtp_pair *other = kw_heap_resize(NULL, pairs->count, sizeof *other);
    if (other == NULL) {
        return KW_NO_MEMORY;
    }
    for (unsigned shift = 0; shift < 32; shift += DIGIT_BITS) {
        if (sort_by_digit(other, pairs->items, pairs->count, shift)) {
            kw_emtp_pair *items = pairs->items;
            pairs->items = other;
            pairs->capacity = pairs->count;
            other = items;
        }
    }
    kw_heap_free(other);
    return KW_OK;
}

static int compare_second(const void *a, const void *b)
{
    uint32_t x = ((const kw_emtp_pair *)a)->b;
    uint32_t y = ((const kw_emtp_pair *)b)->b;
    return (x > y) - (x < y);
}

kw_status kw_emtp_pairs_sum(kw_emtp_pairs *pairs)
{
    if (pairs->count == 0) {
        return KW_OK;
    }
    KW_TRY(sort_by_first(pairs));
    size_t kept = 0;
    for (size_t start = 0; start < pairs->count;) {
        size_t end = start + 1;
        while (end < pairs->count && pairs->items[end].a == pairs->items[start].a) {
            end++;
        }
        if (end - start > 1) {
            qsort(pairs->items + start, end - start, sizeof *pairs->items, compare_second);
        }
        size_t group = kept;
        for (size_t i = start; i < end; i++) {
            kw_emtp_pair pair = pairs->items[i];
            kw_emtp_pair *last = kept > group ? &pairs->items[kept - 1] : NULL;
            if (last != NULL && last->b == pair.b) {
                last->shared += pair.shared;
                last->tier = KW_MIN(last->tier, pair.tier);
            } else {
                pairs->items[kept++] = pair;
            }
        }
        start = end;
    }
    pairs->count = kept;
    return KW_OK;
}
