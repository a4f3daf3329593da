/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ct.h"

#include "support/expect.h"

static const uint64_t words[] = {
    0, 1, 2, 255, 1ULL << 31, 1ULL << 32, INT64_MAX, 1ULL << 63, UINT64_MAX - 1, UINT64_MAX};

static void masks__agree_with_plain_comparison(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(words); i++) {
        assert_true(kw_ct_nonzero(words[i]) == (words[i] != 0 ? UINT64_MAX : 0));
        for (size_t j = 0; j < KW_COUNT(words); j++) {
            assert_true(kw_ct_eq(words[i], words[j]) == (i == j ? UINT64_MAX : 0));
            assert_true(kw_ct_lt(words[i], words[j]) == (words[i] < words[j] ? UINT64_MAX : 0));
        }
    }
}

static void select__takes_one_side_whole(void **state)
{
    (void)state;
    assert_true(kw_ct_select(UINT64_MAX, 3, 5) == 3);
    assert_true(kw_ct_select(0, 3, 5) == 5);
}

static void copy_and_swap__act_only_under_a_mask_of_ones(void **state)
{
    (void)state;
    uint8_t a[] = {1, 2, 3};
    uint8_t b[] = {4, 5, 6};
    kw_ct_swap(0, a, b, sizeof a);
    assert_int_equal(a[0], 1);
    kw_ct_swap(UINT64_MAX, a, b, sizeof a);
    assert_int_equal(a[0], 4);
    assert_int_equal(b[2], 3);
    kw_ct_copy(0, a, b, sizeof a);
    assert_int_equal(a[0], 4);
    kw_ct_copy(UINT64_MAX, a, b, sizeof a);
    assert_memory_equal(a, b, sizeof a);
}

static void equal__sees_every_single_bit(void **state)
{
    (void)state;
    uint8_t a[33] = {0};
    uint8_t b[33] = {0};
    assert_true(kw_ct_equal(a, b, sizeof a) == UINT64_MAX);
    for (size_t bit = 0; bit < sizeof a * 8; bit++) {
        b[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        assert_true(kw_ct_equal(a, b, sizeof a) == 0);
        assert_false(kw_ct_span_equal(KW_SPAN(a), KW_SPAN(b)));
        b[bit / 8] ^= (uint8_t)(1U << (bit % 8));
    }
    assert_true(kw_ct_span_equal(KW_SPAN(a), KW_SPAN(b)));
    assert_false(kw_ct_span_equal(KW_SPAN(a), (kw_span){b, 32}));
    assert_true(kw_ct_equal(a, b, 0) == UINT64_MAX);
}

static void wipe__zeroes(void **state)
{
    (void)state;
    uint8_t bytes[] = {1, 2, 3};
    kw_wipe(bytes, 2);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(bytes[1], 0);
    assert_int_equal(bytes[2], 3);
    kw_wipe(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks__agree_with_plain_comparison),
        cmocka_unit_test(select__takes_one_side_whole),
        cmocka_unit_test(copy_and_swap__act_only_under_a_mask_of_ones),
        cmocka_unit_test(equal__sees_every_single_bit),
        cmocka_unit_test(wipe__zeroes),
    };
    return cmocka_run_group_tests_name("base/ct", tests, NULL, NULL);
}
