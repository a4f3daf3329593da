/* SPDX-License-Identifier: Apache-2.0
 * Whom to ask for what. */
#include "threshold/engine/session/wants.h"

#include "support/expect.h"
#include "support/random_source.h"

enum {
    MEMBERS = 20,
    SELF = 5,
    ROUND_MS = 10,
};

static const kw_hash32 first = {{1}};
static const kw_hash32 second = {{2}};

static kw_wants open_wants(kw_arena *arena, uint32_t named_max)
{
    *arena = kw_arena_init(1 << 16);
    const kw_wants_setup setup = {arena, MEMBERS, SELF, named_max, ROUND_MS};
    kw_wants wants;
    EXPECT_OK(kw_wants_init(&wants, &setup));
    return wants;
}

/* Members asked at `now`, as bits; each is asked for `count` messages. */
static uint32_t asked_at(kw_wants *wants, uint64_t now, size_t count)
{
    uint32_t asked = 0;
    uint16_t to = 0;
    size_t ids = 0;
    while (kw_wants_next(wants, &to, &ids, now)) {
        assert_in_range(to, 1, MEMBERS);
        assert_int_equal(ids, count);
        assert_int_equal(asked >> to & 1, 0);
        asked |= 1U << to;
    }
    return asked;
}

static void wants_next__asks_one_then_two_then_four(void **state)
{
    (void)state;
    kw_arena arena;
    kw_wants wants = open_wants(&arena, 8);
    EXPECT_OK(kw_wants_add(&wants, &first, 1, 0, 100));
    assert_int_equal(kw_wants_wake_at(&wants), 110);
    assert_int_equal(asked_at(&wants, 109, 1), 0);
    uint32_t all = 0;
    const int counts[] = {1, 2, 4, 8, 4};
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        uint64_t now = kw_wants_wake_at(&wants);
        assert_int_equal(now, 110 + ROUND_MS * i);
        uint32_t asked = asked_at(&wants, now, 1);
        assert_int_equal(__builtin_popcount(asked), counts[i]);
        assert_int_equal(all & asked, 0);
        all |= asked;
    }
    assert_int_equal(all, ((1U << (MEMBERS + 1)) - 2) & ~(1U << SELF));
    assert_true(kw_wants_wake_at(&wants) > 110 + 5 * ROUND_MS); /* a rest */
    assert_int_equal(__builtin_popcount(asked_at(&wants, kw_wants_wake_at(&wants), 1)), 1);
    kw_arena_drop(&arena);
}

static void wants_next__asks_holders_only(void **state)
{
    (void)state;
    kw_arena arena;
    kw_wants wants = open_wants(&arena, 8);
    EXPECT_OK(kw_wants_add(&wants, &first, 1, 3, 0));
    EXPECT_STATUS(kw_wants_add(&wants, &first, 1, 17, 0), KW_END);
    EXPECT_OK(kw_wants_add(&wants, &second, 1, 17, 0));
    EXPECT_STATUS(kw_wants_add(&wants, &second, 1, SELF, 0), KW_END);
    assert_int_equal(asked_at(&wants, 10, 2), 1U << 17); /* both of the next one from here on */
    assert_int_equal(asked_at(&wants, 20, 1), 1U << 3);
    kw_arena_drop(&arena);
}

static void wants_drop__asks_no_more(void **state)
{
    (void)state;
    kw_arena arena;
    kw_wants wants = open_wants(&arena, 8);
    EXPECT_OK(kw_wants_add(&wants, &first, 1, 0, 0));
    EXPECT_OK(kw_wants_add(&wants, &second, 1, 0, 0));
    assert_true(kw_wants_has(&wants, &first));
    kw_wants_drop(&wants, &first);
    assert_false(kw_wants_has(&wants, &first));
    kw_wants_drop(&wants, &first);
    assert_int_equal(__builtin_popcount(asked_at(&wants, 10, 1)), 1);
    kw_wants_drop_all(&wants);
    assert_int_equal(asked_at(&wants, 100, 1), 0);
    assert_true(kw_wants_wake_at(&wants) == KW_WANTS_NEVER);
    kw_arena_drop(&arena);
}

static void wants_drop__takes_back_questions_that_are_due(void **state)
{
    (void)state;
    kw_arena arena;
    kw_wants wants = open_wants(&arena, 8);
    EXPECT_OK(kw_wants_add(&wants, &first, 1, 3, 0));
    EXPECT_OK(kw_wants_add(&wants, &second, 1, 7, 0));
    uint16_t to = 0;
    size_t ids = 0;
    assert_true(kw_wants_next(&wants, &to, &ids, 10));
    assert_int_equal(to, 3);
    kw_wants_drop(&wants, &second);
    assert_false(kw_wants_next(&wants, &to, &ids, 10));
    kw_arena_drop(&arena);
}

static void wants_add__bounds_what_one_member_names(void **state)
{
    (void)state;
    kw_arena arena;
    kw_wants wants = open_wants(&arena, 2);
    EXPECT_OK(kw_wants_add(&wants, &first, 1, 3, 0));
    EXPECT_OK(kw_wants_add(&wants, &second, 1, 3, 0));
    const kw_hash32 third = {{3}};
    EXPECT_STATUS(kw_wants_add(&wants, &third, 1, 3, 0), KW_LIMIT);
    EXPECT_OK(kw_wants_add(&wants, &third, 1, 4, 0));
    kw_wants_drop(&wants, &first);
    size_t used = arena.used;
    for (uint8_t i = 10; i < 100; i++) { /* what is closed is used again */
        const kw_hash32 other = {{i}};
        EXPECT_OK(kw_wants_add(&wants, &other, 1, 3, 0));
        kw_wants_drop(&wants, &other);
    }
    assert_int_equal(arena.used, used);
    assert_in_range(used, 1, kw_wants_arena_bytes(MEMBERS, 2));
    kw_arena_drop(&arena);
}

static void wants_find__knows_who_named_it_and_as_what(void **state)
{
    (void)state;
    kw_arena arena;
    kw_wants wants = open_wants(&arena, 2);
    EXPECT_OK(kw_wants_add(&wants, &first, 1U << 3, 7, 0));
    EXPECT_STATUS(kw_wants_add(&wants, &first, 1U << 5, 9, 0), KW_END);
    const kw_want *want = kw_wants_find(&wants, &first);
    assert_non_null(want);
    assert_int_equal(want->kinds, 1U << 3 | 1U << 5);
    assert_int_equal(want->namer, 7);
    assert_null(kw_wants_find(&wants, &second));
    kw_wants_drop(&wants, &first);
    assert_null(kw_wants_find(&wants, &first));
    kw_arena_drop(&arena);
}

static void wants_add__refuses_a_full_arena(void **state)
{
    (void)state;
    kw_arena arena = kw_arena_init(300);
    const kw_wants_setup setup = {&arena, MEMBERS, SELF, 8, ROUND_MS};
    kw_wants wants;
    EXPECT_OK(kw_wants_init(&wants, &setup));
    kw_status st = KW_OK;
    for (uint8_t i = 1; i < 8 && st == KW_OK; i++) {
        const kw_hash32 id = {{i}};
        st = kw_wants_add(&wants, &id, 1, 1, 0);
    }
    EXPECT_STATUS(st, KW_LIMIT);
    kw_arena_drop(&arena);
    arena = kw_arena_init(16);
    EXPECT_STATUS(kw_wants_init(&wants, &setup), KW_LIMIT);
    kw_arena_drop(&arena);
}

/* Ids that somebody may make up: equal but for a few of their first bits, or of their last. */
static kw_hash32 made_up_id(uint32_t number)
{
    kw_hash32 id = {{0}};
    uint32_t half = number / 2 + 1;
    id.bytes[number % 2 == 0 ? 0 : 31] = (uint8_t)half;
    id.bytes[number % 2 == 0 ? 1 : 30] = (uint8_t)(half >> 8);
    return id;
}

/* Whatever comes and goes, a plain table knows the same. */
static void wants__are_those_that_were_added_and_not_dropped(void **state)
{
    (void)state;
    enum {
        IDS = 1200,
        STEPS = 20000,
    };
    kw_arena arena = kw_arena_init(1 << 20);
    const kw_wants_setup setup = {&arena, MEMBERS, SELF, IDS, ROUND_MS};
    kw_wants wants;
    EXPECT_OK(kw_wants_init(&wants, &setup));
    random_source random = random_fixed("wants");
    static bool is_open[IDS];
    memset(is_open, 0, sizeof is_open);
    for (size_t step = 0; step < STEPS; step++) {
        uint32_t number = (uint32_t)random_below(&random, IDS);
        kw_hash32 id = made_up_id(number);
        assert_int_equal(kw_wants_has(&wants, &id), is_open[number]);
        if (random_below(&random, 2) == 0) {
            kw_status wanted = is_open[number] ? KW_END : KW_OK;
            EXPECT_STATUS(kw_wants_add(&wants, &id, 1, 3, 0), wanted);
            is_open[number] = true;
        } else {
            kw_wants_drop(&wants, &id);
            is_open[number] = false;
        }
    }
    size_t left = 0;
    for (uint32_t number = 0; number < IDS; number++) {
        left += is_open[number] ? 1 : 0;
    }
    size_t ids = 0;
    size_t asked = 0;
    uint16_t to = 0;
    while (kw_wants_next(&wants, &to, &ids, ROUND_MS)) { /* each once, of the one that has it */
        assert_int_equal(to, 3);
        asked += ids;
    }
    assert_int_equal(asked, left);
    kw_wants_drop_all(&wants);
    assert_int_equal(kw_wants_wake_at(&wants), KW_WANTS_NEVER);
    kw_arena_drop(&arena);
}

/* Between two questions to a member some of what it was to be asked for came. */
static void wants_next__goes_on_where_it_was(void **state)
{
    (void)state;
    enum {
        IDS = 3 * KW_WANTS_AT_ONCE,
    };
    kw_arena arena = kw_arena_init(1 << 20);
    const kw_wants_setup setup = {&arena, MEMBERS, SELF, IDS, ROUND_MS};
    kw_wants wants;
    EXPECT_OK(kw_wants_init(&wants, &setup));
    for (uint32_t number = 0; number < IDS; number++) {
        kw_hash32 id = made_up_id(number);
        EXPECT_OK(kw_wants_add(&wants, &id, 1, 3, 0));
    }
    uint16_t to = 0;
    size_t ids = 0;
    assert_true(kw_wants_next(&wants, &to, &ids, ROUND_MS));
    assert_int_equal(ids, KW_WANTS_AT_ONCE);
    for (uint32_t number = 0; number < IDS / 2; number++) { /* the older half */
        kw_hash32 id = made_up_id(number);
        kw_wants_drop(&wants, &id);
    }
    assert_true(kw_wants_next(&wants, &to, &ids, ROUND_MS));
    assert_int_equal(ids, IDS / 2 - KW_WANTS_AT_ONCE);
    assert_false(kw_wants_next(&wants, &to, &ids, ROUND_MS));
    kw_arena_drop(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wants_next__asks_one_then_two_then_four),
        cmocka_unit_test(wants_next__asks_holders_only),
        cmocka_unit_test(wants_drop__asks_no_more),
        cmocka_unit_test(wants_drop__takes_back_questions_that_are_due),
        cmocka_unit_test(wants_add__bounds_what_one_member_names),
        cmocka_unit_test(wants_find__knows_who_named_it_and_as_what),
        cmocka_unit_test(wants_add__refuses_a_full_arena),
        cmocka_unit_test(wants__are_those_that_were_added_and_not_dropped),
        cmocka_unit_test(wants_next__goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
