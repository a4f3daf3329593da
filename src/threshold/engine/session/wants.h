/* SPDX-License-Identifier: Apache-2.0
 * What a member lacks and others have: whom to ask for it, and when. One holder at first, then two,
 * four and so on, so that a few who stay silent cost little time and many answers little traffic.
 * Source: threshold.md section 4. */
#ifndef KW_THRESHOLD_ENGINE_SESSION_WANTS_H
#define KW_THRESHOLD_ENGINE_SESSION_WANTS_H

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

#define KW_WANTS_NEVER UINT64_MAX

enum {
    KW_WANTS_AT_ONCE = 64, /* ids in one question */
};

/* Private. */
typedef struct kw_want {
    kw_hash32 id;
    uint32_t kinds;       /* what it may be, bits of the caller's */
    uint16_t namer;       /* who is charged for it */
    uint16_t cursor;      /* rank of the last one asked */
    uint16_t fan;         /* holders to ask in the next round */
    uint16_t left;        /* ranks not passed yet on this way around */
    uint64_t ask_at;      /* next round */
    uint64_t *holders;    /* bits by rank */
    uint64_t *asks;       /* bits by rank: questions that are due */
    struct kw_want *next; /* newest first; also of spare ones */
    struct kw_want *previous;
    struct kw_want *child[2]; /* ids that go on with this bit */
} kw_want;

/* Private. One thread at a time. A look-up takes as many steps as the ids on its way share bits:
 * about log2 of how many there are, and 256 at most, whoever makes ids up. A round takes one pass
 * over the wants, and about one for each member that is asked in it; between rounds there is none.
 */
typedef struct kw_wants {
    kw_arena *arena;
    kw_want *open;
    kw_want *root; /* the same, as a tree by id */
    kw_want *spare;
    uint32_t *named;    /* [members + 1] open wants by namer */
    uint32_t *asked;    /* [members + 1] questions that are due, by rank */
    uint32_t asks_left; /* their sum */
    uint64_t due_at;    /* no round is due before; NEVER */
    kw_want *scan;      /* where the questions to `scan_rank` go on; NULL: at the first */
    uint16_t scan_rank;
    uint32_t named_max;
    uint32_t round_ms;
    uint16_t members;
    uint16_t self;
    kw_hash32 ids[KW_WANTS_AT_ONCE];
} kw_wants;

typedef struct kw_wants_setup {
    kw_arena *arena; /* with a maximum; outlives the wants */
    uint16_t members;
    uint16_t self;      /* own rank, never asked */
    uint32_t named_max; /* wants of each namer at a time */
    uint32_t round_ms;  /* between rounds; at least 1 */
} kw_wants_setup;

/* LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_wants_init(kw_wants *out, const kw_wants_setup *setup);

/* Wants `id`, which the member `holder` says it has; 0: any member may have it. It may be of any
 * kind that somebody named, one bit for each. The first question leaves a round after `now`: mostly
 * the message is under way. OK: new. END: wanted already, this is another holder. LIMIT: this
 * holder named too many, or the arena is full. */
KW_MUST_USE kw_status kw_wants_add(kw_wants *wants, const kw_hash32 *id, uint32_t kinds,
                                   uint16_t holder, uint64_t now);

/* Who is charged for it, of what kinds it may be; until it is dropped. NULL: it is not wanted. */
const kw_want *kw_wants_find(const kw_wants *wants, const kw_hash32 *id);

bool kw_wants_has(const kw_wants *wants, const kw_hash32 *id);

/* It is here, or nobody needs it any more; without effect when it is not wanted. */
void kw_wants_drop(kw_wants *wants, const kw_hash32 *id);
void kw_wants_drop_all(kw_wants *wants);

/* The next question at `now`: `ids` of wants->ids to the member `to`. False: none. */
bool kw_wants_next(kw_wants *wants, uint16_t *to, size_t *ids_count, uint64_t now);

/* When the next question is due; NEVER. */
uint64_t kw_wants_wake_at(const kw_wants *wants);

/* What one want takes of the arena, and all together may. */
size_t kw_wants_bytes(uint16_t members);
size_t kw_wants_arena_bytes(uint16_t members, uint32_t named_max);

#endif /* KW_THRESHOLD_ENGINE_SESSION_WANTS_H */
