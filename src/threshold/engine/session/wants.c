/* SPDX-License-Identifier: Apache-2.0
 * A list of wants; each goes around its holders, from the own rank on, so that members that lack
 * the same thing ask different ones. The same wants are a digital search tree by their ids. */
#include "threshold/engine/session/wants.h"

#include "base/error.h"

enum {
    WORD_BITS = 64,
    REST_ROUNDS = 8, /* after all holders were asked in vain */
    PADDING = 16,
};

static size_t words_of(uint16_t members)
{
    return (size_t)members / WORD_BITS + 1; /* rank 0 has a bit, too */
}

static bool bit_of(const uint64_t *bits, uint16_t rank)
{
    return (bits[rank / WORD_BITS] >> (rank % WORD_BITS) & 1) != 0;
}

static void set_bit(uint64_t *bits, uint16_t rank)
{
    bits[rank / WORD_BITS] |= UINT64_C(1) << (rank % WORD_BITS);
}

static void clear_bit(uint64_t *bits, uint16_t rank)
{
    bits[rank / WORD_BITS] &= ~(UINT64_C(1) << (rank % WORD_BITS));
}

kw_status kw_wants_init(kw_wants *out, const kw_wants_setup *setup)
{
    KW_ASSERT(setup->members > 0 && setup->round_ms > 0);
    *out = (kw_wants){.arena = setup->arena,
                      .named_max = setup->named_max,
                      .round_ms = setup->round_ms,
                      .members = setup->members,
                      .self = setup->self,
                      .due_at = KW_WANTS_NEVER};
    out->named = kw_arena_new(setup->arena, setup->members + 1U, sizeof *out->named);
    out->asked = kw_arena_new(setup->arena, setup->members + 1U, sizeof *out->asked);
    return out->named == NULL || out->asked == NULL ? KW_LIMIT : KW_OK;
}

size_t kw_wants_bytes(uint16_t members)
{
    return sizeof(kw_want) + PADDING + 2 * (words_of(members) * sizeof(uint64_t) + PADDING);
}

size_t kw_wants_arena_bytes(uint16_t members, uint32_t named_max)
{
    size_t wants = (size_t)named_max * kw_wants_bytes(members);
    return ((size_t)members + 1) * (2 * sizeof(uint32_t) + wants) + 2 * PADDING;
}

static bool is_same(const kw_hash32 *a, const kw_hash32 *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

/* Where the want is in the tree, or where it would be. A way down spends a bit of the id at each
 * step: whoever makes ids up makes it at most 256 steps long. */
static kw_want **slot_of(kw_want **root, const kw_hash32 *id)
{
    kw_want **at = root;
    for (size_t bit = 0; *at != NULL && !is_same(&(*at)->id, id); bit++) {
        at = &(*at)->child[id->bytes[bit / 8] >> (bit % 8) & 1];
    }
    return at;
}

/* Any leaf below may stand in its place: they share all bits on the way to it. */
static void take_out(kw_want **slot)
{
    kw_want *gone = *slot;
    KW_ASSERT(gone != NULL); /* an open want is in the tree */
    kw_want **leaf = slot;
    while ((*leaf)->child[0] != NULL || (*leaf)->child[1] != NULL) {
        leaf = &(*leaf)->child[(*leaf)->child[0] == NULL ? 1 : 0];
    }
    kw_want *moved = *leaf;
    *leaf = NULL;
    if (moved != gone) {
        memcpy(moved->child, gone->child, sizeof moved->child);
        *slot = moved;
    }
}

static kw_want *find(const kw_wants *wants, const kw_hash32 *id)
{
    kw_want *root = wants->root;
    return *slot_of(&root, id);
}

const kw_want *kw_wants_find(const kw_wants *wants, const kw_hash32 *id)
{
    return find(wants, id);
}

bool kw_wants_has(const kw_wants *wants, const kw_hash32 *id)
{
    return find(wants, id) != NULL;
}

static void add_holder(const kw_wants *wants, kw_want *want, uint16_t holder)
{
    for (uint16_t rank = 1; rank <= wants->members; rank++) {
        if ((holder == 0 || holder == rank) && rank != wants->self) {
            set_bit(want->holders, rank);
        }
    }
}

static kw_want *new_want(kw_wants *wants)
{
    size_t words = words_of(wants->members);
    kw_want *made = wants->spare;
    if (made != NULL) {
        wants->spare = made->next;
        memset(made->holders, 0, words * sizeof *made->holders);
        memset(made->asks, 0, words * sizeof *made->asks);
        memset(made->child, 0, sizeof made->child);
        return made;
    }
    made = kw_arena_new(wants->arena, 1, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    made->holders = kw_arena_new(wants->arena, words, sizeof *made->holders);
    made->asks = kw_arena_new(wants->arena, words, sizeof *made->asks);
    return made->holders == NULL || made->asks == NULL ? NULL : made;
}

kw_status kw_wants_add(kw_wants *wants, const kw_hash32 *id, uint32_t kinds, uint16_t holder,
                       uint64_t now)
{
    KW_ASSERT(holder <= wants->members);
    kw_want *want = find(wants, id);
    if (want != NULL) {
        add_holder(wants, want, holder);
        want->kinds |= kinds;
        return KW_END;
    }
    if (wants->named[holder] == wants->named_max) {
        return KW_LIMIT;
    }
    want = new_want(wants);
    if (want == NULL) {
        return KW_LIMIT;
    }
    want->id = *id;
    want->kinds = kinds;
    want->namer = holder;
    want->cursor = wants->self;
    want->fan = 1;
    want->left = wants->members;
    want->ask_at = now + wants->round_ms;
    wants->due_at = KW_MIN(wants->due_at, want->ask_at);
    *slot_of(&wants->root, id) = want;
    want->previous = NULL;
    want->next = wants->open;
    if (wants->open != NULL) {
        wants->open->previous = want;
    }
    wants->open = want;
    wants->named[holder]++;
    add_holder(wants, want, holder);
    return KW_OK;
}

static void close_want(kw_wants *wants, kw_want *want)
{
    for (uint16_t rank = 1; rank <= wants->members; rank++) {
        if (bit_of(want->asks, rank)) {
            wants->asked[rank]--;
            wants->asks_left--;
        }
    }
    wants->named[want->namer]--;
    take_out(slot_of(&wants->root, &want->id));
    *(want->previous == NULL ? &wants->open : &want->previous->next) = want->next;
    if (want->next != NULL) {
        want->next->previous = want->previous;
    }
    wants->scan = wants->scan == want ? want->next : wants->scan;
    want->next = wants->spare;
    wants->spare = want;
}

void kw_wants_drop(kw_wants *wants, const kw_hash32 *id)
{
    kw_want *want = find(wants, id);
    if (want != NULL) {
        close_want(wants, want);
    }
}

void kw_wants_drop_all(kw_wants *wants)
{
    while (wants->open != NULL) {
        close_want(wants, wants->open);
    }
}

/* Marks the holders of one round. */
static void plan(kw_wants *wants, kw_want *want, uint64_t now)
{
    uint16_t chosen = 0;
    while (want->left > 0 && chosen < want->fan) {
        want->cursor = (uint16_t)(want->cursor % wants->members + 1);
        want->left--;
        if (bit_of(want->holders, want->cursor) && !bit_of(want->asks, want->cursor)) {
            set_bit(want->asks, want->cursor);
            wants->asked[want->cursor]++;
            wants->asks_left++;
            chosen++;
        }
    }
    want->ask_at = now + wants->round_ms;
    want->fan = (uint16_t)KW_MIN(2 * want->fan, wants->members);
    if (want->left == 0) {
        want->ask_at = now + (uint64_t)REST_ROUNDS * wants->round_ms;
        want->left = wants->members;
        want->fan = 1;
    }
}

static void plan_all(kw_wants *wants, uint64_t now)
{
    wants->due_at = KW_WANTS_NEVER;
    for (kw_want *at = wants->open; at != NULL; at = at->next) {
        if (now >= at->ask_at) {
            plan(wants, at, now);
        }
        wants->due_at = KW_MIN(wants->due_at, at->ask_at);
    }
}

/* The one that was asked last, for as long as there is something to ask it. */
static uint16_t next_to_ask(const kw_wants *wants)
{
    uint16_t rank = wants->asked[wants->scan_rank] > 0 ? wants->scan_rank : 1;
    while (wants->asked[rank] == 0) {
        rank++;
    }
    return rank;
}

bool kw_wants_next(kw_wants *wants, uint16_t *to, size_t *ids_count, uint64_t now)
{
    if (now >= wants->due_at) {
        plan_all(wants, now);
    }
    if (wants->asks_left == 0) {
        return false;
    }
    uint16_t rank = next_to_ask(wants);
    kw_want *at = rank == wants->scan_rank ? wants->scan : NULL;
    size_t count = 0;
    while (wants->asked[rank] > 0 && count < KW_WANTS_AT_ONCE) {
        at = at == NULL ? wants->open : at;
        if (bit_of(at->asks, rank)) {
            clear_bit(at->asks, rank);
            wants->ids[count++] = at->id;
            wants->asked[rank]--;
            wants->asks_left--;
        }
        at = at->next;
    }
    wants->scan = at;
    wants->scan_rank = rank;
    *to = rank;
    *ids_count = count;
    return true;
}

uint64_t kw_wants_wake_at(const kw_wants *wants)
{
    return wants->open == NULL ? KW_WANTS_NEVER : wants->due_at;
}
