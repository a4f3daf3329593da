/* SPDX-License-Identifier: Apache-2.0
 * Rows of the matcher and the changes of their sets (emtp.md section 11). */
#include "emtp/engine/match.h"

#include "base/checked.h"
#include "emtp/engine/match_inner.h"
#include "emtp/engine/token.h"

#include <stdlib.h>

enum {
    ROWS_MIN = 64,
    LINKS_MIN = 4
};

const kw_match_roles kw_match_roles_default = {.sees = {[KW_MATCH_PAYER] = 1 << KW_MATCH_HUB,
                                                        [KW_MATCH_PROVIDER] = 1 << KW_MATCH_PAYER,
                                                        [KW_MATCH_HUB] = 1 << KW_MATCH_PAYER}};

static void drop_row(kw_match_row *row)
{
    kw_heap_free(row->nurl);
    kw_heap_free(row->tokens);
    kw_heap_free(row->postings);
    kw_heap_free(row->links);
    *row = (kw_match_row){0};
}

kw_status kw_match_new(kw_match **out, const kw_match_options *options)
{
    KW_ASSERT(options->bucket_max >= 2 && options->rows_max < KW_MATCH_NONE);
    kw_match *match = kw_heap_new(1, sizeof *match);
    if (match == NULL) {
        return KW_NO_MEMORY;
    }
    match->options = *options;
    kw_match_index_drop(&match->index);
    *out = match;
    return KW_OK;
}

void kw_match_free(kw_match *match)
{
    if (match == NULL) {
        return;
    }
    for (size_t i = 0; i < match->rows_count; i++) {
        drop_row(&match->rows[i]);
    }
    kw_match_index_drop(&match->index);
    kw_heap_free(match->rows);
    kw_heap_free(match->slots);
    kw_heap_free(match->free_rows);
    kw_heap_free(match->queue);
    kw_heap_free(match->gone);
    kw_heap_free(match->peers);
    kw_heap_free(match);
}

static kw_str row_nurl(const kw_match_row *row)
{
    return (kw_str){row->nurl, row->nurl_len};
}

/* FNV-1a under the seed, mixed at the end. */
static uint64_t hash_name(const kw_match *match, uint32_t participant, kw_str nurl)
{
    uint64_t hash = match->options.seed ^ participant;
    for (size_t i = 0; i < nurl.len; i++) {
        hash = (hash ^ (uint8_t)nurl.ptr[i]) * 0x100000001b3U;
    }
    hash *= 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 32;
}

static uint32_t *slot_of(const kw_match *match, uint32_t participant, kw_str nurl)
{
    return &match->slots[hash_name(match, participant, nurl) & (match->slots_count - 1)];
}

/* The row of that name, KW_MATCH_NONE when there is none. */
static uint32_t find_row(const kw_match *match, uint32_t participant, kw_str nurl)
{
    if (match->slots_count == 0) {
        return KW_MATCH_NONE;
    }
    uint32_t at = *slot_of(match, participant, nurl);
    while (at != KW_MATCH_NONE) {
        const kw_match_row *row = &match->rows[at];
        if (row->owner.participant == participant && kw_str_equal(row_nurl(row), nurl)) {
            return at;
        }
        at = row->next_in_slot;
    }
    return KW_MATCH_NONE;
}

/* Grows everything that is as long as the rows. NO_MEMORY: as before. */
static kw_status grow_rows(kw_match *match)
{
    size_t capacity = KW_MAX(match->rows_capacity * 2, (size_t)ROWS_MIN);
    kw_match_row *rows = kw_heap_resize(match->rows, capacity, sizeof *rows);
    match->rows = rows != NULL ? rows : match->rows;
    uint32_t *free_rows = kw_heap_resize(match->free_rows, capacity, sizeof *free_rows);
    match->free_rows = free_rows != NULL ? free_rows : match->free_rows;
    uint32_t *queue = kw_heap_resize(match->queue, capacity, sizeof *queue);
    match->queue = queue != NULL ? queue : match->queue;
    uint32_t *gone = kw_heap_resize(match->gone, capacity, sizeof *gone);
    match->gone = gone != NULL ? gone : match->gone;
    uint32_t *slots = kw_heap_resize(NULL, capacity, sizeof *slots);
    if (rows == NULL || free_rows == NULL || queue == NULL || gone == NULL || slots == NULL) {
        kw_heap_free(slots);
        return KW_NO_MEMORY;
    }
    memset(slots, 0xff, capacity * sizeof *slots); /* KW_MATCH_NONE */
    kw_heap_free(match->slots);
    match->slots = slots;
    match->slots_count = capacity;
    match->rows_capacity = capacity;
    for (uint32_t i = 0; i < match->rows_count; i++) {
        kw_match_row *row = &match->rows[i];
        if (row->nurl != NULL) {
            uint32_t *slot = slot_of(match, row->owner.participant, row_nurl(row));
            row->next_in_slot = *slot;
            *slot = i;
        }
    }
    return KW_OK;
}

/* A free row, in no slot yet. LIMIT, NO_MEMORY. */
static kw_status take_row(kw_match *match, uint32_t *out)
{
    if (match->free_rows_count > 0) {
        *out = match->free_rows[--match->free_rows_count];
        return KW_OK;
    }
    if (match->rows_count == match->options.rows_max) {
        return KW_LIMIT;
    }
    if (match->rows_count == match->rows_capacity) {
        KW_TRY(grow_rows(match));
    }
    *out = (uint32_t)match->rows_count++;
    match->rows[*out] = (kw_match_row){0};
    return KW_OK;
}

/* Adds a row without tokens. LIMIT, NO_MEMORY. */
static kw_status add_row(kw_match *match, uint32_t *out, kw_match_owner owner, kw_str nurl)
{
    KW_TRY(take_row(match, out));
    kw_match_row *row = &match->rows[*out];
    row->nurl = kw_heap_new(nurl.len, 1);
    if (row->nurl == NULL) {
        match->free_rows[match->free_rows_count++] = *out;
        return KW_NO_MEMORY;
    }
    memcpy(row->nurl, nurl.ptr, nurl.len);
    row->nurl_len = (uint32_t)nurl.len;
    row->owner = owner;
    uint32_t *slot = slot_of(match, owner.participant, nurl);
    row->next_in_slot = *slot;
    *slot = *out;
    match->stats.rows++;
    return KW_OK;
}

static void unslot_row(kw_match *match, uint32_t gone)
{
    kw_match_row *row = &match->rows[gone];
    uint32_t *at = slot_of(match, row->owner.participant, row_nurl(row));
    while (*at != gone) {
        at = &match->rows[*at].next_in_slot;
    }
    *at = row->next_in_slot;
}

void kw_match_wait(kw_match *match, uint32_t row)
{
    if (match->rows[row].is_waiting) {
        return;
    }
    if (match->queue_count == match->rows_capacity) { /* rows that were taken wait again */
        match->queue_count -= match->queue_taken;
        match->queue_sorted -= match->queue_taken;
        memmove(match->queue, match->queue + match->queue_taken,
                match->queue_count * sizeof *match->queue);
        match->queue_taken = 0;
    }
    match->rows[row].is_waiting = true;
    match->queue[match->queue_count++] = row;
}

/* Index of the link to `seen`, or where it belongs. */
static uint32_t link_place(const kw_match_row *row, uint32_t seen)
{
    uint32_t low = 0;
    uint32_t high = row->links_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row->links[middle].row < seen) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Inserts a link at its place. LIMIT, NO_MEMORY. */
static kw_status insert_link(kw_match *match, kw_match_row *row, uint32_t place, uint32_t seen)
{
    if (match->stats.pairs >= match->options.pairs_max) {
        return KW_LIMIT;
    }
    if (row->links_count == row->links_capacity) {
        uint32_t capacity = KW_MAX(row->links_capacity * 2, (uint32_t)LINKS_MIN);
        kw_match_link *links = kw_heap_resize(row->links, capacity, sizeof *links);
        if (links == NULL) {
            return KW_NO_MEMORY;
        }
        row->links = links;
        row->links_capacity = capacity;
    }
    memmove(&row->links[place + 1], &row->links[place],
            (row->links_count - place) * sizeof *row->links);
    row->links[place] = (kw_match_link){.row = seen};
    row->links_count++;
    return KW_OK;
}

/* One direction of kw_match_share. */
static kw_status share_one_way(kw_match *match, uint32_t viewer, uint32_t seen, int delta)
{
    kw_match_row *row = &match->rows[viewer];
    uint32_t place = link_place(row, seen);
    bool is_known = place < row->links_count && row->links[place].row == seen;
    if (!is_known) {
        KW_ASSERT(delta > 0);
        KW_TRY(insert_link(match, row, place, seen));
    }
    kw_match_link *link = &row->links[place];
    bool was_shared = link->shared > 0;
    KW_ASSERT(delta > 0 || was_shared);
    link->shared = delta > 0 ? link->shared + 1 : link->shared - 1;
    bool is_shared = link->shared > 0;
    if (was_shared != is_shared) {
        match->stats.pairs = is_shared ? match->stats.pairs + 1 : match->stats.pairs - 1;
        kw_match_wait(match, viewer); /* a link to 0 stays until the change is taken */
    }
    return KW_OK;
}

kw_status kw_match_share(kw_match *match, uint32_t a, uint32_t b, int delta)
{
    if (kw_match_sees(match, &match->rows[a], &match->rows[b])) {
        KW_TRY(share_one_way(match, a, b, delta));
    }
    if (kw_match_sees(match, &match->rows[b], &match->rows[a])) {
        KW_TRY(share_one_way(match, b, a, delta));
    }
    return KW_OK;
}

/* Copies tokens; NULL for none. NO_MEMORY. */
static kw_status copy_tokens(kw_hash32 **out, const kw_hash32 *tokens, size_t count)
{
    kw_hash32 *copy = kw_heap_new(count, sizeof *copy);
    if (copy == NULL) {
        return KW_NO_MEMORY;
    }
    if (count > 0) {
        memcpy(copy, tokens, count * sizeof *copy);
    }
    *out = copy;
    return KW_OK;
}

/* Takes the tokens of a row that are not among `tokens` out of their groups; for those that stay
 * `postings` (parallel to `tokens`) gets the posting, for the others it is KW_MATCH_NONE. */
static kw_status part_tokens(kw_match *match, uint32_t at, uint32_t *postings,
                             const kw_hash32 *tokens, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < match->rows[at].tokens_count; i++) {
        const kw_match_row *row = &match->rows[at];
        while (kept < count && kw_emtp_token_compare(&tokens[kept], &row->tokens[i]) < 0) {
            postings[kept++] = KW_MATCH_NONE;
        }
        if (kept < count && kw_emtp_token_compare(&tokens[kept], &row->tokens[i]) == 0) {
            postings[kept++] = row->postings[i];
        } else {
            KW_TRY(kw_match_index_remove(match, at, i));
        }
    }
    while (kept < count) {
        postings[kept++] = KW_MATCH_NONE;
    }
    return KW_OK;
}

/* Gives a row new tokens; `copy` and `postings` become the row's. A row that loses and finds a
 * peer in one exchange is in the queue then, but its set is the same. LIMIT, NO_MEMORY. */
static kw_status exchange_tokens(kw_match *match, uint32_t at, kw_hash32 *copy, uint32_t *postings,
                                 uint32_t count)
{
    kw_status st = part_tokens(match, at, postings, copy, count);
    kw_match_row *row = &match->rows[at];
    match->stats.tokens += count;
    match->stats.tokens -= row->tokens_count;
    kw_heap_free(row->tokens);
    kw_heap_free(row->postings);
    row->tokens = copy;
    row->postings = postings;
    row->tokens_count = count;
    KW_TRY(st);
    for (uint32_t i = 0; i < count; i++) {
        if (postings[i] != KW_MATCH_NONE) {
            match->index.postings[postings[i]].token = i;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (postings[i] == KW_MATCH_NONE) {
            KW_TRY(kw_match_index_add(match, at, i));
        }
    }
    return KW_OK;
}

/* Finds or adds the row. LIMIT, NO_MEMORY. */
static kw_status find_or_add_row(kw_match *match, uint32_t *out, kw_match_owner owner, kw_str nurl)
{
    KW_ASSERT(owner.role < KW_MATCH_ROLES_MAX && nurl.len > 0 && nurl.len <= UINT32_MAX);
    *out = find_row(match, owner.participant, nurl);
    if (*out == KW_MATCH_NONE) {
        return add_row(match, out, owner, nurl);
    }
    kw_match_row *row = &match->rows[*out];
    if (row->is_gone) { /* back before its removal was told: the same row to all others */
        row->is_gone = false;
        row->owner = owner;
        match->stats.rows++;
    }
    KW_ASSERT(row->owner.role == owner.role);
    return KW_OK;
}

/* Makes the index when the matcher turns from loading to single rows. BAD_STATE, NO_MEMORY. */
static kw_status need_index(kw_match *match)
{
    if (match->has_unjoined) {
        return KW_BAD_STATE;
    }
    return match->index.is_built ? KW_OK : kw_match_index_build(match);
}

kw_status kw_match_put(kw_match *match, kw_match_owner owner, kw_str nurl, const kw_hash32 *tokens,
                       size_t tokens_count)
{
    KW_TRY(need_index(match));
    uint32_t row = 0;
    kw_hash32 *copy = NULL;
    KW_TRY(find_or_add_row(match, &row, owner, nurl));
    KW_TRY(copy_tokens(&copy, tokens, tokens_count));
    uint32_t *postings = kw_heap_new(tokens_count, sizeof *postings);
    if (postings == NULL) {
        kw_heap_free(copy);
        return KW_NO_MEMORY;
    }
    return exchange_tokens(match, row, copy, postings, (uint32_t)tokens_count);
}

kw_status kw_match_load(kw_match *match, kw_match_owner owner, kw_str nurl, const kw_hash32 *tokens,
                        size_t tokens_count)
{
    uint32_t at = 0;
    kw_hash32 *copy = NULL;
    if (match->index.is_built) {
        return KW_BAD_STATE;
    }
    KW_TRY(find_or_add_row(match, &at, owner, nurl));
    KW_TRY(copy_tokens(&copy, tokens, tokens_count));
    kw_match_row *row = &match->rows[at];
    match->stats.tokens += tokens_count;
    match->stats.tokens -= row->tokens_count;
    kw_heap_free(row->tokens);
    row->tokens = copy;
    row->tokens_count = (uint32_t)tokens_count;
    match->has_unjoined = true;
    return KW_OK;
}

kw_status kw_match_remove(kw_match *match, uint32_t participant, kw_str nurl)
{
    KW_TRY(need_index(match));
    uint32_t at = find_row(match, participant, nurl);
    if (at == KW_MATCH_NONE || match->rows[at].is_gone) {
        return KW_OK;
    }
    for (uint32_t i = 0; i < match->rows[at].tokens_count; i++) {
        KW_TRY(kw_match_index_remove(match, at, i));
    }
    kw_match_row *row = &match->rows[at];
    match->stats.rows--;
    match->stats.tokens -= row->tokens_count;
    row->tokens_count = 0;
    row->is_gone = true;
    if (!row->is_in_gone) {
        row->is_in_gone = true;
        match->gone[match->gone_count++] = at;
    }
    kw_match_wait(match, at);
    return KW_OK;
}

static int compare_names(uint32_t x, kw_str x_nurl, uint32_t y, kw_str y_nurl)
{
    return x != y ? (x > y) - (x < y) : kw_str_compare(x_nurl, y_nurl);
}

static int compare_waiting(const void *a, const void *b, void *rows)
{
    const kw_match_row *x = (const kw_match_row *)rows + *(const uint32_t *)a;
    const kw_match_row *y = (const kw_match_row *)rows + *(const uint32_t *)b;
    return compare_names(x->owner.participant, row_nurl(x), y->owner.participant, row_nurl(y));
}

static int compare_peers(const void *a, const void *b)
{
    const kw_match_peer *x = a;
    const kw_match_peer *y = b;
    int order = kw_str_compare(x->nurl, y->nurl);
    return order != 0 ? order
                      : (x->participant > y->participant) - (x->participant < y->participant);
}

/* Lets go of removed rows; no link leads to them once no change waits. */
static void free_gone_rows(kw_match *match)
{
    for (size_t i = 0; i < match->gone_count; i++) {
        kw_match_row *row = &match->rows[match->gone[i]];
        row->is_in_gone = false;
        if (row->is_gone) {
            unslot_row(match, match->gone[i]);
            drop_row(row);
            match->free_rows[match->free_rows_count++] = match->gone[i];
        }
    }
    match->gone_count = 0;
}

/* Makes room for the peers of a row. NO_MEMORY. */
static kw_status reserve_peers(kw_match *match, size_t count)
{
    if (count <= match->peers_capacity) {
        return KW_OK;
    }
    kw_match_peer *peers = kw_heap_resize(match->peers, count, sizeof *peers);
    if (peers == NULL) {
        return KW_NO_MEMORY;
    }
    match->peers = peers;
    match->peers_capacity = count;
    return KW_OK;
}

/* Tells the set of a row: true when it differs from what was told before. Links to rows that are
 * not shared any more go. `match->peers` has room. */
static bool tell_links(kw_match *match, kw_match_row *row, kw_match_change *out)
{
    bool has_changed = false;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < row->links_count; i++) {
        kw_match_link link = row->links[i];
        bool is_shared = link.shared > 0;
        has_changed = has_changed || is_shared != link.was_told;
        if (is_shared) {
            const kw_match_row *seen = &match->rows[link.row];
            match->peers[kept] = (kw_match_peer){.nurl = row_nurl(seen),
                                                 .participant = seen->owner.participant,
                                                 .shared = link.shared};
            link.was_told = true;
            row->links[kept++] = link;
        }
    }
    row->links_count = kept;
    if (kept > 1) {
        qsort(match->peers, kept, sizeof *match->peers, compare_peers);
    }
    *out = (kw_match_change){.participant = row->owner.participant,
                             .nurl = row_nurl(row),
                             .peers = match->peers,
                             .peers_count = kept};
    return has_changed;
}

kw_status kw_match_take_change(kw_match *match, kw_match_change *out)
{
    while (match->queue_taken < match->queue_count) {
        if (match->queue_taken == match->queue_sorted) {
            qsort_r(match->queue + match->queue_taken, match->queue_count - match->queue_taken,
                    sizeof *match->queue, compare_waiting, match->rows);
            match->queue_sorted = match->queue_count;
        }
        kw_match_row *row = &match->rows[match->queue[match->queue_taken]];
        KW_TRY(reserve_peers(match, row->links_count));
        match->queue_taken++;
        row->is_waiting = false;
        if (tell_links(match, row, out)) {
            return KW_OK;
        }
    }
    match->queue_count = 0;
    match->queue_taken = 0;
    match->queue_sorted = 0;
    free_gone_rows(match);
    return KW_END;
}

kw_match_stats kw_match_stats_of(const kw_match *match)
{
    return match->stats;
}

kw_status kw_match_replace_links(kw_match *match, const kw_emtp_pairs *pairs)
{
    for (uint32_t i = 0; i < match->rows_count; i++) {
        kw_match_row *row = &match->rows[i];
        for (uint32_t k = 0; k < row->links_count; k++) {
            row->links[k].shared = 0;
        }
        if (row->links_count > 0) {
            kw_match_wait(match, i);
        }
    }
    match->stats.pairs = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        kw_emtp_pair pair = pairs->items[i];
        kw_match_row *row = &match->rows[pair.a];
        uint32_t place = link_place(row, pair.b);
        if (place == row->links_count || row->links[place].row != pair.b) {
            KW_TRY(insert_link(match, row, place, pair.b));
        }
        row->links[place].shared = pair.shared;
        match->stats.pairs++;
        kw_match_wait(match, pair.a);
    }
    match->has_unjoined = false;
    return KW_OK;
}
