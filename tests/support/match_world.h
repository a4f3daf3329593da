/* SPDX-License-Identifier: Apache-2.0
 * A small registry for tests: random rows and edits, and the sets that follow, computed in the
 * plainest way. */
#ifndef KW_TESTS_SUPPORT_MATCH_WORLD_H
#define KW_TESTS_SUPPORT_MATCH_WORLD_H

#include "base/buf.h"
#include "emtp/engine/match.h"

enum {
    MATCH_WORLD_ROWS = 24,
    MATCH_WORLD_TOKENS = 12,
    MATCH_WORLD_BUCKET_MAX = 4
};

/* Row i belongs to participant i % 6 of role i % 3; `tokens`: bit t when it has token t. */
typedef struct match_world {
    bool is_there[MATCH_WORLD_ROWS];
    uint32_t tokens[MATCH_WORLD_ROWS];
} match_world;

kw_match_options match_world_options(uint64_t seed);
kw_match_owner match_world_owner(size_t row);

/* Name of a row; some rows of different participants share theirs. */
void match_world_nurl(char out[16], size_t row);

/* Token t, sorted by t. */
kw_hash32 match_world_token(unsigned t);

/* Puts, loads or removes row `row` as it is in the world. */
void match_world_put(kw_match *match, const match_world *world, size_t row);
void match_world_load(kw_match *match, const match_world *world, size_t row);

/* What has been told of each row: "a b c", "" for none. */
typedef struct match_view {
    char sets[MATCH_WORLD_ROWS][256];
} match_view;

/* Takes all changes into the view; counts them. A change that changes nothing fails the test. */
size_t match_view_take(match_view *view, kw_match *match);

/* The sets as the definition gives them, under the protocol's roles and under others. */
void match_view_of_world(match_view *out, const match_world *world);
void match_view_of_roles(match_view *out, const match_world *world, const kw_match_roles *roles);

void match_view_expect_equal(const match_view *got, const match_view *wanted);

#endif /* KW_TESTS_SUPPORT_MATCH_WORLD_H */
