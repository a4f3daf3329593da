/* SPDX-License-Identifier: Apache-2.0
 * The constant-time words of base/ct.h over poisoned values. */
#include "base/ct.h"

#include "support/ct.h"
#include "support/expect.h"

static uint64_t poisoned(uint64_t value)
{
    KW_POISON(&value, sizeof value);
    return value;
}

static void expect_mask(kw_mask got, bool wanted)
{
    KW_UNPOISON(&got, sizeof got);
    assert_true(got == (wanted ? ~(kw_mask)0 : 0));
}

static void words__do_not_branch(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 2, UINT64_MAX, UINT64_MAX - 1, (uint64_t)1 << 63};
    for (size_t i = 0; i < KW_COUNT(values); i++) {
        expect_mask(kw_ct_nonzero(poisoned(values[i])), values[i] != 0);
        for (size_t n = 0; n < KW_COUNT(values); n++) {
            uint64_t a = poisoned(values[i]);
            uint64_t b = poisoned(values[n]);
            expect_mask(kw_ct_eq(a, b), values[i] == values[n]);
            expect_mask(kw_ct_lt(a, b), values[i] < values[n]);
            uint64_t least = kw_ct_select(kw_ct_lt(a, b), a, b);
            KW_UNPOISON(&least, sizeof least);
            assert_true(least == KW_MIN(values[i], values[n]));
        }
    }
}

static void regions__do_not_branch(void **state)
{
    (void)state;
    uint8_t a[33] = {1, 2, 3};
    uint8_t b[33] = {3, 2, 1};
    const uint8_t first_of_b = b[0];
    KW_POISON(a, sizeof a);
    KW_POISON(b, sizeof b);
    expect_mask(kw_ct_equal(a, b, sizeof a), false);
    kw_ct_copy(kw_ct_eq(poisoned(1), poisoned(2)), a, b, sizeof a);
    expect_mask(kw_ct_equal(a, b, sizeof a), false);
    kw_ct_swap(kw_ct_eq(poisoned(1), poisoned(1)), a, b, sizeof a);
    KW_UNPOISON(a, sizeof a);
    assert_int_equal(a[0], first_of_b);
    kw_ct_copy(kw_ct_eq(poisoned(1), poisoned(1)), a, b, sizeof a);
    expect_mask(kw_ct_equal(a, b, sizeof a), true);
}

/* The branch is reported when the mark is missing. */
static void mark_public__lets_a_branch_depend_on_it(void **state)
{
    (void)state;
    uint64_t shown = poisoned(7);
    kw_ct_mark_public(&shown, sizeof shown);
    assert_true(shown == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words__do_not_branch),
        cmocka_unit_test(regions__do_not_branch),
        cmocka_unit_test(mark_public__lets_a_branch_depend_on_it),
    };
    int failures = cmocka_run_group_tests_name("ct/base", tests, NULL, NULL);
    KW_UNPOISON(&failures, sizeof failures); /* MSan takes it for what a test returned last */
    return failures;
}
