/* SPDX-License-Identifier: Apache-2.0
 * A small registry for tests. */
#include "support/match_world.h"

#include "support/expect.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PARTICIPANTS = 6,
    ROLES = 3
};

kw_match_options match_world_options(uint64_t seed)
{
    return (kw_match_options){.roles = kw_match_roles_default,
                              .bucket_max = MATCH_WORLD_BUCKET_MAX,
                              .rows_max = MATCH_WORLD_ROWS * 4,
                              .pairs_max = 100000,
                              .seed = seed};
}

kw_match_owner match_world_owner(size_t row)
{
    return (kw_match_owner){.participant = (uint32_t)(row % PARTICIPANTS),
                            .role = (uint8_t)(row % ROLES)};
}

void match_world_nurl(char out[16], size_t row)
{
    (void)snprintf(out, 16, "n%u", (unsigned)(row / PARTICIPANTS * (1 + row % 2) + row % 2));
}

kw_hash32 match_world_token(unsigned t)
{
    return (kw_hash32){{1, 2, 3, 4, 5, 6, 7, 8, (uint8_t)(t >> 1), (uint8_t)t}};
}

static size_t tokens_of(kw_hash32 out[MATCH_WORLD_TOKENS], uint32_t bits)
{
    size_t count = 0;
    for (unsigned t = 0; t < MATCH_WORLD_TOKENS; t++) {
        if ((bits >> t & 1) != 0) {
            out[count++] = match_world_token(t);
        }
    }
    return count;
}

void match_world_put(kw_match *match, const match_world *world, size_t row)
{
    char nurl[16];
    kw_hash32 tokens[MATCH_WORLD_TOKENS];
    kw_match_owner owner = match_world_owner(row);
    match_world_nurl(nurl, row);
    size_t count = tokens_of(tokens, world->tokens[row]);
    if (world->is_there[row]) {
        EXPECT_OK(kw_match_put(match, owner, kw_str_of(nurl), tokens, count));
    } else {
        EXPECT_OK(kw_match_remove(match, owner.participant, kw_str_of(nurl)));
    }
}

void match_world_load(kw_match *match, const match_world *world, size_t row)
{
    char nurl[16];
    kw_hash32 tokens[MATCH_WORLD_TOKENS];
    match_world_nurl(nurl, row);
    size_t count = tokens_of(tokens, world->tokens[row]);
    if (world->is_there[row]) {
        EXPECT_OK(kw_match_load(match, match_world_owner(row), kw_str_of(nurl), tokens, count));
    }
}

static size_t row_of(uint32_t participant, kw_str nurl)
{
    for (size_t row = participant; row < MATCH_WORLD_ROWS; row += PARTICIPANTS) {
        char name[16];
        match_world_nurl(name, row);
        if (kw_str_equal(nurl, kw_str_of(name))) {
            return row;
        }
    }
    fail_msg("a change of an unknown row");
    return 0;
}

/* Appends `nurl/participant*shared ` to a set. */
static void add_peer(char set[256], kw_str nurl, uint32_t participant, uint32_t shared)
{
    size_t len = strlen(set);
    (void)snprintf(set + len, 256 - len, "%.*s/%u*%u ", KW_STR_ARG(nurl), participant, shared);
}

/* The set without the counts, which alone are no change. */
static void without_counts(char set[256])
{
    char *to = set;
    bool is_count = false;
    for (const char *from = set; *from != '\0'; from++) {
        is_count = *from == '*' || (is_count && *from != ' ');
        if (!is_count) {
            *to++ = *from;
        }
    }
    *to = '\0';
}

size_t match_view_take(match_view *view, kw_match *match)
{
    kw_match_change change = {0};
    size_t count = 0;
    kw_status st = KW_OK;
    while ((st = kw_match_take_change(match, &change)) == KW_OK) {
        char set[256] = "";
        for (size_t i = 0; i < change.peers_count; i++) {
            kw_match_peer peer = change.peers[i];
            assert_true(peer.shared > 0);
            add_peer(set, peer.nurl, peer.participant, peer.shared);
        }
        without_counts(set);
        char *known = view->sets[row_of(change.participant, change.nurl)];
        assert_string_not_equal(known, set);
        memcpy(known, set, sizeof set);
        count++;
    }
    EXPECT_STATUS(st, KW_END);
    return count;
}

static bool sees(const kw_match_roles *roles, size_t viewer, size_t seen)
{
    kw_match_owner a = match_world_owner(viewer);
    kw_match_owner b = match_world_owner(seen);
    return a.participant != b.participant && (roles->sees[a.role] & 1U << b.role) != 0;
}

/* Tokens in too many rows, as bits. */
static uint32_t placeholders(const match_world *world)
{
    uint32_t bits = 0;
    for (unsigned t = 0; t < MATCH_WORLD_TOKENS; t++) {
        size_t rows = 0;
        for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
            rows += world->is_there[row] && (world->tokens[row] >> t & 1) != 0;
        }
        bits |= rows > MATCH_WORLD_BUCKET_MAX ? 1U << t : 0;
    }
    return bits;
}

typedef struct named_row {
    char nurl[16];
    size_t row;
} named_row;

static int compare_named(const void *a, const void *b)
{
    const named_row *x = a;
    const named_row *y = b;
    int order = strcmp(x->nurl, y->nurl);
    return order != 0 ? order : (int)(x->row % PARTICIPANTS) - (int)(y->row % PARTICIPANTS);
}

void match_view_of_world(match_view *out, const match_world *world)
{
    static const kw_match_roles protocol = {.sees = {[KW_MATCH_PAYER] = 1 << KW_MATCH_HUB,
                                                     [KW_MATCH_PROVIDER] = 1 << KW_MATCH_PAYER,
                                                     [KW_MATCH_HUB] = 1 << KW_MATCH_PAYER}};
    match_view_of_roles(out, world, &protocol);
}

void match_view_of_roles(match_view *out, const match_world *world, const kw_match_roles *roles)
{
    uint32_t skipped = placeholders(world);
    named_row rows[MATCH_WORLD_ROWS];
    for (size_t i = 0; i < MATCH_WORLD_ROWS; i++) {
        rows[i].row = i;
        match_world_nurl(rows[i].nurl, i);
    }
    qsort(rows, MATCH_WORLD_ROWS, sizeof rows[0], compare_named);
    *out = (match_view){0};
    for (size_t viewer = 0; viewer < MATCH_WORLD_ROWS; viewer++) {
        for (size_t i = 0; i < MATCH_WORLD_ROWS; i++) {
            size_t seen = rows[i].row;
            uint32_t shared = world->tokens[viewer] & world->tokens[seen] & ~skipped;
            if (world->is_there[viewer] && world->is_there[seen] && sees(roles, viewer, seen) &&
                shared != 0) {
                add_peer(out->sets[viewer], kw_str_of(rows[i].nurl),
                         match_world_owner(seen).participant, 0);
            }
        }
        without_counts(out->sets[viewer]);
    }
}

void match_view_expect_equal(const match_view *got, const match_view *wanted)
{
    for (size_t row = 0; row < MATCH_WORLD_ROWS; row++) {
        assert_string_equal(got->sets[row], wanted->sets[row]);
    }
}
