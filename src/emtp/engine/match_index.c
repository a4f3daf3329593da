/* SPDX-License-Identifier: Apache-2.0
 * Groups of rows by token, kept while rows come and go (emtp.md section 11, incremental mode). A
 * group above the limit says nothing, so crossing the limit changes all pairs of its rows. */
#include "emtp/engine/match_inner.h"

#include "emtp/engine/token.h"

enum {
    CAPACITY_MIN = 64,
    SLOTS_MIN = 128
};

void kw_match_index_drop(kw_match_index *index)
{
    kw_heap_free(index->postings);
    kw_heap_free(index->groups);
    kw_heap_free(index->slots);
    *index = (kw_match_index){.free_posting = KW_MATCH_NONE, .free_group = KW_MATCH_NONE};
}

/* Makes room for one more element in a growing array. */
static kw_status grow(void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) {
        return KW_OK;
    }
    size_t wanted = KW_MAX(*capacity * 2, (size_t)CAPACITY_MIN);
    void *grown = wanted >= KW_MATCH_NONE ? NULL : kw_heap_resize(*items, wanted, size);
    if (grown == NULL) {
        return KW_NO_MEMORY;
    }
    *items = grown;
    *capacity = wanted;
    return KW_OK;
}

/* Spreads the groups over `slots_count` slots. NO_MEMORY: as before. */
static kw_status rehash(kw_match_index *index, size_t slots_count)
{
    uint32_t *slots = kw_heap_resize(NULL, slots_count, sizeof *slots);
    if (slots == NULL) {
        return KW_NO_MEMORY;
    }
    memset(slots, 0xff, slots_count * sizeof *slots); /* KW_MATCH_NONE */
    for (size_t slot = 0; slot < index->slots_count; slot++) {
        for (uint32_t group = index->slots[slot]; group != KW_MATCH_NONE;) {
            kw_match_group *g = &index->groups[group];
            uint32_t next = g->next_in_slot;
            size_t to = g->hash & (slots_count - 1);
            g->next_in_slot = slots[to];
            slots[to] = group;
            group = next;
        }
    }
    kw_heap_free(index->slots);
    index->slots = slots;
    index->slots_count = slots_count;
    return KW_OK;
}

static kw_status take_posting(kw_match_index *index, uint32_t *out)
{
    if (index->free_posting != KW_MATCH_NONE) {
        *out = index->free_posting;
        index->free_posting = index->postings[*out].next;
        return KW_OK;
    }
    KW_TRY(grow((void **)&index->postings, &index->postings_capacity, index->postings_count,
                sizeof *index->postings));
    *out = (uint32_t)index->postings_count++;
    return KW_OK;
}

static kw_status take_group(kw_match_index *index, uint32_t *out)
{
    if (index->free_group != KW_MATCH_NONE) {
        *out = index->free_group;
        index->free_group = index->groups[*out].next_in_slot;
        return KW_OK;
    }
    if (index->groups_count >= index->slots_count) {
        KW_TRY(rehash(index, KW_MAX(index->slots_count * 2, (size_t)SLOTS_MIN)));
    }
    KW_TRY(grow((void **)&index->groups, &index->groups_capacity, index->groups_count,
                sizeof *index->groups));
    *out = (uint32_t)index->groups_count++;
    return KW_OK;
}

/* The group of a token, KW_MATCH_NONE when there is none. */
static uint32_t find_group(const kw_match *match, const kw_hash32 *token, uint64_t hash)
{
    const kw_match_index *index = &match->index;
    if (index->slots_count == 0) {
        return KW_MATCH_NONE;
    }
    uint32_t group = index->slots[hash & (index->slots_count - 1)];
    while (group != KW_MATCH_NONE) {
        const kw_match_group *g = &index->groups[group];
        const kw_match_posting *any = &index->postings[g->first];
        if (g->hash == hash &&
            kw_emtp_token_compare(&match->rows[any->row].tokens[any->token], token) == 0) {
            return group;
        }
        group = g->next_in_slot;
    }
    return KW_MATCH_NONE;
}

/* Puts a token of a row into its group, a new one when it is the first. NO_MEMORY. */
static kw_status insert(kw_match *match, uint32_t row, uint32_t token)
{
    kw_match_index *index = &match->index;
    const kw_hash32 *bytes = &match->rows[row].tokens[token];
    uint64_t hash = kw_match_hash(bytes, match->options.seed);
    uint32_t group = find_group(match, bytes, hash);
    uint32_t posting = KW_MATCH_NONE;
    KW_TRY(take_posting(index, &posting));
    if (group == KW_MATCH_NONE) {
        KW_TRY(take_group(index, &group));
        size_t slot = hash & (index->slots_count - 1);
        index->groups[group] = (kw_match_group){
            .hash = hash, .first = KW_MATCH_NONE, .next_in_slot = index->slots[slot]};
        index->slots[slot] = group;
    }
    kw_match_group *g = &index->groups[group];
    index->postings[posting] = (kw_match_posting){
        .row = row, .token = token, .group = group, .previous = KW_MATCH_NONE, .next = g->first};
    if (g->first != KW_MATCH_NONE) {
        index->postings[g->first].previous = posting;
    }
    g->first = posting;
    g->count++;
    match->rows[row].postings[token] = posting;
    return KW_OK;
}

/* Takes an empty group out of its slot. */
static void free_group(kw_match_index *index, uint32_t group)
{
    kw_match_group *g = &index->groups[group];
    uint32_t *at = &index->slots[g->hash & (index->slots_count - 1)];
    while (*at != group) {
        at = &index->groups[*at].next_in_slot;
    }
    *at = g->next_in_slot;
    g->next_in_slot = index->free_group;
    index->free_group = group;
}

/* Takes a posting out of its group and gives the group; it is empty and free when count is 0. */
static kw_match_group *unlink_posting(kw_match_index *index, uint32_t posting)
{
    kw_match_posting *p = &index->postings[posting];
    kw_match_group *g = &index->groups[p->group];
    if (p->previous != KW_MATCH_NONE) {
        index->postings[p->previous].next = p->next;
    } else {
        g->first = p->next;
    }
    if (p->next != KW_MATCH_NONE) {
        index->postings[p->next].previous = p->previous;
    }
    g->count--;
    if (g->count == 0) {
        free_group(index, p->group);
    }
    p->next = index->free_posting;
    index->free_posting = posting;
    return g;
}

/* A row and all rows of the list from `first` on. */
static kw_status share_with_rest(kw_match *match, uint32_t row, uint32_t first, int delta)
{
    for (uint32_t at = first; at != KW_MATCH_NONE; at = match->index.postings[at].next) {
        KW_TRY(kw_match_share(match, row, match->index.postings[at].row, delta));
    }
    return KW_OK;
}

/* All pairs of the list from `first` on. */
static kw_status share_all(kw_match *match, uint32_t first, int delta)
{
    for (uint32_t at = first; at != KW_MATCH_NONE; at = match->index.postings[at].next) {
        const kw_match_posting *p = &match->index.postings[at];
        KW_TRY(share_with_rest(match, p->row, p->next, delta));
    }
    return KW_OK;
}

kw_status kw_match_index_build(kw_match *match)
{
    for (uint32_t row = 0; row < match->rows_count; row++) {
        kw_match_row *r = &match->rows[row];
        if (r->nurl == NULL || r->is_gone) {
            continue;
        }
        r->postings = kw_heap_new(r->tokens_count, sizeof *r->postings);
        if (r->postings == NULL) {
            return KW_NO_MEMORY;
        }
        for (uint32_t token = 0; token < r->tokens_count; token++) {
            KW_TRY(insert(match, row, token));
        }
    }
    match->index.is_built = true;
    return KW_OK;
}

kw_status kw_match_index_add(kw_match *match, uint32_t row, uint32_t token)
{
    KW_TRY(insert(match, row, token));
    const kw_match_posting *p = &match->index.postings[match->rows[row].postings[token]];
    size_t count = match->index.groups[p->group].count;
    if (count <= match->options.bucket_max) {
        return share_with_rest(match, row, p->next, 1);
    }
    if (count == match->options.bucket_max + 1) {
        match->stats.tokens_skipped++;
        return share_all(match, p->next, -1);
    }
    return KW_OK;
}

kw_status kw_match_index_remove(kw_match *match, uint32_t row, uint32_t token)
{
    kw_match_group *g = unlink_posting(&match->index, match->rows[row].postings[token]);
    if (g->count == 0 || g->count > match->options.bucket_max) {
        return KW_OK;
    }
    if (g->count == match->options.bucket_max) {
        match->stats.tokens_skipped--;
        return share_all(match, g->first, 1);
    }
    return share_with_rest(match, row, g->first, -1);
}
