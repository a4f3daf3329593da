/* SPDX-License-Identifier: Apache-2.0
 * Two sorted rosters merged into one list. */
#include "threshold/engine/roster/audience.h"

#include "base/error.h"

/* <0, 0, >0 by address. */
static int compare(const kw_address *a, const kw_address *b)
{
    for (size_t i = 0; i < sizeof a->bytes; i++) {
        if (a->bytes[i] != b->bytes[i]) {
            return a->bytes[i] < b->bytes[i] ? -1 : 1;
        }
    }
    return 0;
}

/* <0: the next recipient is of the old roster only; 0: of both; >0: of the new one only. */
static int compare_heads(const kw_roster *roster_old, uint16_t i, const kw_roster *roster_new,
                         uint16_t j)
{
    if (i == roster_old->n || j == roster_new->n) {
        return i == roster_old->n ? 1 : -1;
    }
    return compare(&roster_old->members[i].address, &roster_new->members[j].address);
}

kw_status kw_audience_make(kw_audience *out, kw_arena *arena, const kw_roster *roster_old,
                           const kw_roster *roster_new)
{
    size_t count_max = (size_t)roster_old->n + roster_new->n;
    kw_recipient *recipients = kw_arena_new(arena, KW_MAX(count_max, 1), sizeof *recipients);
    if (recipients == NULL) {
        return KW_LIMIT;
    }
    uint16_t count = 0;
    uint16_t i = 0;
    uint16_t j = 0;
    while (i < roster_old->n || j < roster_new->n) {
        int order = compare_heads(roster_old, i, roster_new, j);
        kw_recipient *at = &recipients[count++];
        if (order <= 0) {
            at->address = &roster_old->members[i].address;
            at->old_index = ++i;
        }
        if (order >= 0) {
            at->address = &roster_new->members[j].address;
            at->new_index = ++j;
        }
    }
    *out = (kw_audience){recipients, count};
    return KW_OK;
}

uint16_t kw_audience_rank(const kw_audience *audience, const kw_address *address)
{
    uint16_t low = 0;
    uint16_t high = audience->count;
    while (low < high) {
        uint16_t middle = (uint16_t)((low + high) / 2);
        int order = compare(address, audience->recipients[middle].address);
        if (order == 0) {
            return (uint16_t)(middle + 1);
        }
        if (order < 0) {
            high = middle;
        } else {
            low = (uint16_t)(middle + 1);
        }
    }
    return 0;
}

const kw_recipient *kw_audience_at(const kw_audience *audience, uint16_t rank)
{
    KW_ASSERT(rank >= 1 && rank <= audience->count);
    return &audience->recipients[rank - 1];
}
