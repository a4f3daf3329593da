/* SPDX-License-Identifier: Apache-2.0
 * What the files of the matcher share: its rows and the index of their tokens. */
#ifndef KW_EMTP_ENGINE_MATCH_INNER_H
#define KW_EMTP_ENGINE_MATCH_INNER_H

#include "base/heap.h"
#include "emtp/engine/match.h"

#define KW_MATCH_NONE UINT32_MAX /* no row, group or posting */

/* A row that another one sees or saw. */
typedef struct kw_match_link {
    uint32_t row;
    uint32_t shared; /* tokens in common; 0 only while `was_told` waits to be taken back */
    bool was_told;   /* it is in the set that was taken last */
} kw_match_link;

typedef struct kw_match_row {
    char *nurl; /* owned; NULL: the row is free */
    uint32_t nurl_len;
    uint32_t next_in_slot; /* of the rows by owner and NURL */
    kw_match_owner owner;
    bool is_waiting;    /* in the queue of changes */
    bool is_gone;       /* removed; free once no change waits */
    bool is_in_gone;    /* in the list of rows to free then, if they are still gone */
    kw_hash32 *tokens;  /* owned, sorted, each once */
    uint32_t *postings; /* owned; of the tokens, in their order; NULL: not in the index */
    uint32_t tokens_count;
    kw_match_link *links; /* owned, sorted by row: rows that this one sees */
    uint32_t links_count;
    uint32_t links_capacity;
} kw_match_row;

/* Membership of one row in the group of one token. */
typedef struct kw_match_posting {
    uint32_t row;
    uint32_t token; /* index in the row */
    uint32_t group;
    uint32_t previous; /* in the group; KW_MATCH_NONE: the first */
    uint32_t next;
} kw_match_posting;

/* All rows with one token. */
typedef struct kw_match_group {
    uint64_t hash;
    uint32_t count; /* of postings */
    uint32_t first;
    uint32_t next_in_slot; /* or next in the list of free groups */
} kw_match_group;

/* Groups by token: a chained hash. All-zero is not valid; kw_match_index_build makes one. */
typedef struct kw_match_index {
    bool is_built;
    kw_match_posting *postings; /* owned */
    size_t postings_count;
    size_t postings_capacity;
    uint32_t free_posting;  /* list by `next` */
    kw_match_group *groups; /* owned */
    size_t groups_count;
    size_t groups_capacity;
    uint32_t free_group;
    uint32_t *slots;    /* owned: first group */
    size_t slots_count; /* a power of two */
} kw_match_index;

struct kw_match {
    kw_match_options options;
    kw_match_row *rows; /* owned */
    size_t rows_count;  /* in use or free */
    size_t rows_capacity;
    uint32_t *slots; /* owned: first row by owner and NURL */
    size_t slots_count;
    uint32_t *free_rows; /* owned stack, room for rows_capacity */
    size_t free_rows_count;
    uint32_t *queue; /* owned, room for rows_capacity: rows that wait as changes */
    size_t queue_count;
    size_t queue_taken;
    size_t queue_sorted; /* end of the part that is in order */
    uint32_t *gone;      /* owned, room for rows_capacity: rows to free when no change waits */
    size_t gone_count;
    bool has_unjoined;    /* rows were loaded and no full join followed */
    kw_match_peer *peers; /* owned: of the change that was taken last */
    size_t peers_capacity;
    kw_match_index index;
    kw_match_stats stats;
};

/* 64 bits of a token under the seed. Tokens of honest participants are uniform already; the
 * multiplications keep others from choosing tokens that collide. */
static inline uint64_t kw_match_hash(const kw_hash32 *token, uint64_t seed)
{
    uint64_t words[4];
    memcpy(words, token->bytes, sizeof words);
    kw_u128 low = (kw_u128)(words[0] ^ seed) * (words[1] ^ 0xa0761d6478bd642fU);
    kw_u128 high = (kw_u128)(words[2] ^ ~seed) * (words[3] ^ 0xe7037ed1a0b428dbU);
    uint64_t a = (uint64_t)low ^ (uint64_t)(low >> 64);
    uint64_t b = (uint64_t)high ^ (uint64_t)(high >> 64);
    kw_u128 both = (kw_u128)(a ^ 0x8ebc6af09c88c6e3U) * (b ^ seed);
    return (uint64_t)both ^ (uint64_t)(both >> 64);
}

/* True when the row of `viewer` may know the row of `seen`. */
static inline bool kw_match_sees(const kw_match *match, const kw_match_row *viewer,
                                 const kw_match_row *seen)
{
    return viewer->owner.participant != seen->owner.participant &&
           (match->options.roles.sees[viewer->owner.role] >> seen->owner.role & 1) != 0;
}

/* Puts a row into the queue of changes. */
void kw_match_wait(kw_match *match, uint32_t row);

/* Changes by `delta` how many tokens two rows are known to share, both ways, as far as they see
 * each other. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_match_share(kw_match *match, uint32_t a, uint32_t b, int delta);

/* Makes `pairs`, summed, all that is known to be shared. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_match_replace_links(kw_match *match, const kw_emtp_pairs *pairs);

void kw_match_index_drop(kw_match_index *index);

/* Takes all rows into an empty index, without touching what they are known to share. NO_MEMORY. */
KW_MUST_USE kw_status kw_match_index_build(kw_match *match);

/* Adds token `token` of a row to its group, or takes it out, and tells what changes between rows.
 * LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_match_index_add(kw_match *match, uint32_t row, uint32_t token);
KW_MUST_USE kw_status kw_match_index_remove(kw_match *match, uint32_t row, uint32_t token);

#endif /* KW_EMTP_ENGINE_MATCH_INNER_H */
