/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rng.h"

#include "support/expect.h"
#include "support/seeded_rng.h"

static void fill__zeroes_what_a_failure_left(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 1, .fail_after = 1};
    kw_rng rng = seeded_rng_port(&source);
    static const uint8_t zeros[50];
    uint8_t bytes[50] = {0};
    EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(bytes)));
    assert_memory_not_equal(bytes, zeros, sizeof zeros);
    EXPECT_STATUS(kw_rng_fill(&rng, KW_MSPAN(bytes)), KW_ENTROPY_FAILURE);
    assert_memory_equal(bytes, zeros, sizeof zeros);
}

static void secret32__is_written_only_on_success(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 1, .fail_after = 1};
    kw_rng rng = seeded_rng_port(&source);
    KW_AUTO(kw_secret32) first = {0};
    KW_AUTO(kw_secret32) zeros = {0};
    EXPECT_OK(kw_rng_secret32(&rng, &first));
    assert_true(kw_secret32_equal(&first, &zeros) == 0);
    KW_AUTO(kw_secret32) second = first;
    EXPECT_STATUS(kw_rng_secret32(&rng, &second), KW_ENTROPY_FAILURE);
    assert_true(kw_secret32_equal(&first, &second) == ~(kw_mask)0);
}

static void below__stays_below_and_reaches_all(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 3};
    kw_rng rng = seeded_rng_port(&source);
    unsigned seen[7] = {0};
    for (int i = 0; i < 7000; i++) {
        uint64_t drawn = 99;
        EXPECT_OK(kw_rng_below(&rng, &drawn, KW_COUNT(seen)));
        assert_true(drawn < KW_COUNT(seen));
        seen[drawn]++;
    }
    for (size_t i = 0; i < KW_COUNT(seen); i++) {
        assert_in_range(seen[i], 850, 1150); /* five standard deviations */
    }
    uint64_t only = 99;
    EXPECT_OK(kw_rng_below(&rng, &only, 1));
    assert_int_equal(only, 0);
}

/* The first draw is one of the values that would come too often, so it is drawn again. */
static kw_status fill_low_then_high(void *ctx, kw_mspan out)
{
    int *calls = ctx;
    memset(out.ptr, (*calls)++ == 0 ? 0x00 : 0x7f, out.len);
    return KW_OK;
}

static void below__draws_again_what_would_be_biased(void **state)
{
    (void)state;
    int calls = 0;
    kw_rng rng = {.fill = fill_low_then_high, .ctx = &calls};
    uint64_t drawn = 0;
    EXPECT_OK(kw_rng_below(&rng, &drawn, 3)); /* 2^64 mod 3 = 1: zero is refused */
    assert_int_equal(calls, 2);
    assert_int_equal(drawn, 0x7f7f7f7f7f7f7f7fU % 3);
}

static void below__fails_with_the_generator(void **state)
{
    (void)state;
    seeded_rng source = {.fail_after = 1, .requests = 1};
    kw_rng rng = seeded_rng_port(&source);
    uint64_t drawn = 99;
    EXPECT_STATUS(kw_rng_below(&rng, &drawn, 3), KW_ENTROPY_FAILURE);
    assert_int_equal(drawn, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill__zeroes_what_a_failure_left),
        cmocka_unit_test(secret32__is_written_only_on_success),
        cmocka_unit_test(below__stays_below_and_reaches_all),
        cmocka_unit_test(below__draws_again_what_would_be_biased),
        cmocka_unit_test(below__fails_with_the_generator),
    };
    return cmocka_run_group_tests_name("crypto/rng", tests, NULL, NULL);
}
