/* SPDX-License-Identifier: Apache-2.0
 * Everybody whom a session concerns: the members of both rosters, each once, by address. A member's
 * rank in it, from 1, says who sent, who brings and who is to get a message; 0 is nobody or all.
 * Indices in the rosters are other numbers. A member of both may have a key in each: which one
 * counts is message/author.h's to say. */
#ifndef KW_THRESHOLD_ENGINE_ROSTER_AUDIENCE_H
#define KW_THRESHOLD_ENGINE_ROSTER_AUDIENCE_H

#include "threshold/engine/roster/roster.h"

typedef struct kw_recipient {
    const kw_address *address;
    uint16_t old_index; /* 0: not in the old roster */
    uint16_t new_index; /* 0: not in the new roster */
} kw_recipient;

/* Borrows the rosters; recipients live in the arena. */
typedef struct kw_audience {
    const kw_recipient *recipients; /* rank r at r - 1 */
    uint16_t count;                 /* up to 2 KW_THRESHOLD_MEMBERS_MAX */
} kw_audience;

/* Either roster may be empty. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_audience_make(kw_audience *out, kw_arena *arena,
                                       const kw_roster *roster_old, const kw_roster *roster_new);

/* 1..count; 0: the address is in neither roster. */
uint16_t kw_audience_rank(const kw_audience *audience, const kw_address *address);

/* `rank` 1..count. */
const kw_recipient *kw_audience_at(const kw_audience *audience, uint16_t rank);

#endif /* KW_THRESHOLD_ENGINE_ROSTER_AUDIENCE_H */
