/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/pairs.h"

#include "base/heap.h"

#include "support/expect.h"

static void pairs_sum__counts_and_keeps_the_lowest_tier(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_pairs) pairs = kw_emtp_pairs_init(100);
    static const kw_emtp_pair hits[] = {
        {.a = 5000000, .b = 1, .tier = 3},   {.a = 1, .b = 9, .tier = 3},
        {.a = 1, .b = 2, .tier = 3},         {.a = 5000000, .b = 1, .tier = 1},
        {.a = 1, .b = 9, .tier = 2},         {.a = 0, .b = 7, .tier = 1},
        {.a = UINT32_MAX, .b = 1, .tier = 0}};
    for (size_t i = 0; i < KW_COUNT(hits); i++) {
        EXPECT_OK(kw_emtp_pairs_add(&pairs, hits[i].a, hits[i].b, hits[i].tier));
    }
    static const kw_emtp_pair wanted[] = {
        {0, 7, 1, 1}, {1, 2, 1, 3}, {1, 9, 2, 2}, {5000000, 1, 2, 1}, {UINT32_MAX, 1, 1, 0}};
    for (int round = 0; round < 2; round++) { /* a sum of sums is the same */
        EXPECT_OK(kw_emtp_pairs_sum(&pairs));
        assert_int_equal(pairs.count, KW_COUNT(wanted));
        assert_memory_equal(pairs.items, wanted, sizeof wanted);
    }
}

static void pairs_add__holds_its_limit(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_pairs) pairs = kw_emtp_pairs_init(2);
    EXPECT_OK(kw_emtp_pairs_add(&pairs, 1, 1, 1));
    EXPECT_OK(kw_emtp_pairs_add(&pairs, 1, 1, 1));
    EXPECT_OK(kw_emtp_pairs_sum(&pairs));
    assert_int_equal(pairs.count, 1);
    KW_AUTO(kw_emtp_pairs) none = {0};
    EXPECT_STATUS(kw_emtp_pairs_add(&none, 1, 1, 1), KW_LIMIT);
    EXPECT_OK(kw_emtp_pairs_sum(&none));
}

static void pairs_join__moves_all(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_pairs) a = kw_emtp_pairs_init(3000);
    KW_AUTO(kw_emtp_pairs) b = kw_emtp_pairs_init(3000);
    for (uint32_t i = 0; i < 1500; i++) {
        EXPECT_OK(kw_emtp_pairs_add(i % 2 == 0 ? &a : &b, i, i, 1));
    }
    EXPECT_OK(kw_emtp_pairs_join(&a, &b));
    assert_int_equal(a.count, 1500);
    assert_int_equal(b.count, 0);
    EXPECT_OK(kw_emtp_pairs_join(&a, &b));
    EXPECT_OK(kw_emtp_pairs_sum(&a));
    for (uint32_t i = 0; i < 1500; i++) {
        assert_int_equal(a.items[i].a, i);
    }
    KW_AUTO(kw_emtp_pairs) small = kw_emtp_pairs_init(10);
    EXPECT_STATUS(kw_emtp_pairs_join(&small, &a), KW_LIMIT);
    assert_int_equal(a.count, 1500);
}

static void pairs__survive_every_failing_allocation(void **state)
{
    (void)state;
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        kw_heap_fail_at(nth);
        KW_AUTO(kw_emtp_pairs) pairs = kw_emtp_pairs_init(5000);
        kw_status st = KW_OK;
        for (uint32_t i = 0; st == KW_OK && i < 3000; i++) {
            st = kw_emtp_pairs_add(&pairs, i, i, 1);
        }
        st = st == KW_OK ? kw_emtp_pairs_sum(&pairs) : st;
        kw_heap_fail_at(0);
        is_done = st == KW_OK;
        assert_true(is_done || st == KW_NO_MEMORY);
        assert_in_range(nth, 1, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_sum__counts_and_keeps_the_lowest_tier),
        cmocka_unit_test(pairs_add__holds_its_limit),
        cmocka_unit_test(pairs_join__moves_all),
        cmocka_unit_test(pairs__survive_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
