/* SPDX-License-Identifier: Apache-2.0
 * A list of wants; each goes around its holders, from the own rank on, so that members that lack
 * the same thing ask different ones. */
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
                      .self = setup->self};
    out->named = kw_arena_new(setup->arena, setup->members + 1U, sizeof *out->named);
    out->asked = kw_arena_new(setup->arena, setup->members + 1U, sizeof *out->asked);
    return out->named == NULL || out->asked == NULL ? KW_LIMIT : KW_OK;
}

size_t kw_wants_arena_bytes(uint16_t members, uint32_t named_max)
{
    size_t bits = words_of(members) * sizeof(uint64_t) + PADDING;
    size_t want = sizeof(kw_want) + PADDING + 2 * bits;
    return ((size_t)members + 1) * (2 * sizeof(uint32_t) + (size_t)named_max * want) + 2 * PADDING;
}

static kw_want *find(const kw_wants *wants, const kw_hash32 *id)
{
    kw_want *at = wants->open;
    while (at != NULL && !kw_span_equal_var(KW_SPAN(at->id.bytes), KW_SPAN(id->bytes))) {
        at = at->next;
    }
    return at;
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
    want->next = wants->open;
    wants->open = want;
    wants->named[holder]++;
    add_holder(wants, want, holder);
    return KW_OK;
}

/* Takes the want at `link` out of the list. */
static void close_want(kw_wants *wants, kw_want **link)
{
    kw_want *want = *link;
    for (uint16_t rank = 1; rank <= wants->members; rank++) {
        wants->asked[rank] -= bit_of(want->asks, rank) ? 1 : 0;
    }
    wants->named[want->namer]--;
    *link = want->next;
    want->next = wants->spare;
    wants->spare = want;
}

void kw_wants_drop(kw_wants *wants, const kw_hash32 *id)
{
    for (kw_want **link = &wants->open; *link != NULL; link = &(*link)->next) {
        if (kw_span_equal_var(KW_SPAN((*link)->id.bytes), KW_SPAN(id->bytes))) {
            close_want(wants, link);
            return;
        }
    }
}

void kw_wants_drop_all(kw_wants *wants)
{
    while (wants->open != NULL) {
        close_want(wants, &wants->open);
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

static uint16_t next_to_ask(const kw_wants *wants)
{
    for (uint16_t rank = 1; rank <= wants->members; rank++) {
        if (wants->asked[rank] > 0) {
            return rank;
        }
    }
    return 0;
}

bool kw_wants_next(kw_wants *wants, uint16_t *to, size_t *ids_count, uint64_t now)
{
    for (kw_want *at = wants->open; at != NULL; at = at->next) {
        if (now >= at->ask_at) {
            plan(wants, at, now);
        }
    }
    uint16_t rank = next_to_ask(wants);
    if (rank == 0) {
        return false;
    }
    size_t count = 0;
    for (kw_want *at = wants->open; at != NULL && count < KW_WANTS_AT_ONCE; at = at->next) {
        if (bit_of(at->asks, rank)) {
            clear_bit(at->asks, rank);
            wants->ids[count++] = at->id;
            wants->asked[rank]--;
        }
    }
    *to = rank;
    *ids_count = count;
    return true;
}

uint64_t kw_wants_wake_at(const kw_wants *wants)
{
    uint64_t at = KW_WANTS_NEVER;
    for (const kw_want *want = wants->open; want != NULL; want = want->next) {
        at = KW_MIN(at, want->ask_at);
    }
    return at;
}
