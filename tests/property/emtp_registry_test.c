/* SPDX-License-Identifier: Apache-2.0
 * Match streams over random rows and random tables of roles: rows one at a time, a full join of
 * what the store holds, and a registry that had the last table of roles from the beginning say the
 * same. */
#include "support/expect.h"
#include "support/registry_desk.h"

#include <stdio.h>

enum {
    SEEDS = 6,
    EDITS = 40,
    NURLS = 4, /* of each participant */
    DIGITS = 6,
};

static const char *const participants[] = {"payer", "hub", "clinic"};

static uint64_t next_word(uint64_t *at)
{
    uint64_t z = *at += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static kw_match_roles random_roles(uint64_t *at)
{
    kw_match_roles roles = {0};
    for (size_t role = 0; role <= KW_MATCH_HUB; role++) {
        roles.sees[role] = (uint8_t)(next_word(at) % 8);
    }
    return roles;
}

static void name_nurl(char out[32], size_t who, size_t n)
{
    (void)snprintf(out, 32, "https://%c/%zu", participants[who][0], n);
}

/* A change of one row of somebody; the same for the same seed. */
static void edit(registry_desk *desk, uint64_t *at, unsigned seq)
{
    char nurl[32];
    char digits[DIGITS + 1] = "";
    size_t who = next_word(at) % KW_COUNT(participants);
    name_nurl(nurl, who, next_word(at) % NURLS);
    bool is_there = next_word(at) % 4 != 0;
    uint64_t bits = next_word(at);
    size_t len = 0;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        if ((bits >> digit & 1) != 0) {
            digits[len++] = (char)('1' + digit);
        }
    }
    (void)registry_desk_apply(desk, participants[who], seq, nurl,
                              is_there && len > 0 ? digits : NULL);
}

/* All live rows of all streams, as text. */
static void read_streams(registry_desk *desk, kw_buf *out)
{
    for (size_t who = 0; who < KW_COUNT(participants); who++) {
        for (size_t n = 0; n < NURLS; n++) {
            char nurl[32];
            kw_emtp_stream *stream = NULL;
            name_nurl(nurl, who, n);
            EXPECT_OK(kw_emtp_registry_stream(desk->registry, &stream, kw_str_of(participants[who]),
                                              NULL));
            EXPECT_OK(kw_buf_append_format(out, "%s: ", nurl));
            kw_status st = kw_emtp_stream_find(stream, out, kw_str_of(nurl));
            assert_true(st == KW_OK || st == KW_NOT_FOUND);
            EXPECT_OK(kw_buf_append_byte(out, '\n'));
        }
    }
}

/* What the streams say after the edits of a seed, when the registry had the roles `last` in the
 * end, and, if it is `restless`, other roles and buckets before. */
static void run(void **state, uint64_t seed, kw_match_roles last, bool restless, kw_buf *out)
{
    registry_desk desk;
    uint64_t edits_at = seed;
    uint64_t roles_at = ~seed;
    registry_desk_make(&desk, state);
    size_t bucket_max = desk.bucket_max;
    desk.roles = last;
    registry_desk_reopen(&desk);
    for (unsigned i = 1; i <= EDITS; i++) {
        if (restless && i % 10 == 0) {
            desk.roles = random_roles(&roles_at);
            desk.bucket_max = 2 + next_word(&roles_at) % 6;
            registry_desk_reopen(&desk);
        }
        edit(&desk, &edits_at, i);
    }
    int64_t rows = registry_desk_stream_rows(&desk);
    desk.roles = last;
    desk.bucket_max = bucket_max;
    registry_desk_reopen(&desk);
    if (!restless) { /* the full join says what single rows said */
        assert_int_equal(registry_desk_stream_rows(&desk), rows);
    }
    read_streams(&desk, out);
    registry_desk_drop(&desk);
}

static void registry__says_the_same_whatever_it_said_before(void **state)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        print_message("seed %d\n", (int)seed);
        uint64_t roles_at = seed << 32;
        kw_match_roles last = random_roles(&roles_at);
        KW_AUTO(kw_buf) steady = kw_buf_init(1 << 20);
        KW_AUTO(kw_buf) restless = kw_buf_init(1 << 20);
        run(state, seed, last, false, &steady);
        run(state, seed, last, true, &restless);
        const char *wanted = NULL;
        const char *got = NULL;
        EXPECT_OK(kw_buf_c_text(&steady, &wanted));
        EXPECT_OK(kw_buf_c_text(&restless, &got));
        assert_string_equal(got, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registry__says_the_same_whatever_it_said_before)};
    return STORES_RUN_ON_BOTH(tests);
}
