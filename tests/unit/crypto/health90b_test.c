/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/health90b.h"

#include "support/expect.h"
#include "support/process.h"
#include "support/seeded_rng.h"

#include <stdio.h>

static const kw_health_source jitter_like = {.half_bits = 1};
static const kw_health_source full_bytes = {.half_bits = 16};

/* The table of the design, from SP 800-90B. */
static void cutoffs_of__gives_the_published_numbers(void **state)
{
    (void)state;
    static const struct {
        unsigned alpha_log2;
        kw_health_source source;
        uint32_t repetitions;
        uint32_t proportion;
    } cases[] = {
        {20, {1, true}, 41, 793},  {20, {2, true}, 21, 589},  {20, {1, false}, 41, 410},
        {20, {2, false}, 21, 311}, {20, {16, false}, 4, 13},  {30, {1, true}, 61, 810},
        {30, {2, true}, 31, 609},  {30, {1, false}, 61, 422}, {30, {2, false}, 31, 325},
        {30, {16, false}, 5, 16},  {40, {1, true}, 81, 824},  {40, {2, true}, 41, 625},
        {40, {1, false}, 81, 432}, {40, {2, false}, 41, 336}, {40, {16, false}, 6, 19},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_health_cutoffs got = kw_health_cutoffs_of(cases[i].source, cases[i].alpha_log2);
        assert_int_equal(got.repetitions, cases[i].repetitions);
        assert_int_equal(got.proportion, cases[i].proportion);
        assert_int_equal(got.window, cases[i].source.is_binary ? 1024 : 512);
    }
}

static void cutoffs_of__agrees_with_exact_arithmetic(void **state)
{
    (void)state;
    process_result result = {0};
    const char *const argv[] = {KW_SOURCE_DIR "/tools/health90b_cutoffs.py", NULL};
    process_expect(&result, 0, argv, (kw_str){0});
    kw_str rest = kw_buf_text(&result.out);
    kw_str line = {0};
    size_t lines = 0;
    while (kw_str_split(rest, '\n', &line, &rest)) {
        uint64_t cells[5];
        for (size_t i = 0; i < KW_COUNT(cells); i++) {
            kw_str cell = {0};
            (void)kw_str_split(line, ' ', &cell, &line);
            assert_true(kw_str_to_u64(cell, 4096, &cells[i]));
        }
        kw_health_source source = {.half_bits = (uint8_t)cells[1], .is_binary = cells[2] == 1};
        kw_health_cutoffs got = kw_health_cutoffs_of(source, (unsigned)cells[0]);
        assert_int_equal(got.repetitions, cells[3]);
        assert_int_equal(got.proportion, cells[4]);
        lines++;
    }
    assert_int_equal(lines, 30);
    process_result_drop(&result);
}

static void feed__counts_repetitions_to_both_cutoffs(void **state)
{
    (void)state;
    kw_health health;
    kw_health_init(&health, full_bytes);
    static const kw_health_verdict wanted[] = {KW_HEALTH_GOOD,    KW_HEALTH_GOOD,
                                               KW_HEALTH_GOOD,    KW_HEALTH_SUSPECT,
                                               KW_HEALTH_SUSPECT, KW_HEALTH_FAILED};
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        assert_int_equal(kw_health_feed(&health, 0x55), wanted[i]);
    }
    assert_int_equal(kw_health_feed(&health, 0x56), KW_HEALTH_GOOD);
}

static void feed__counts_the_first_sample_of_each_window(void **state)
{
    (void)state;
    kw_health health;
    kw_health_init(&health, full_bytes);
    /* Every other sample is the first one again: no repetition, but too large a share. */
    uint8_t other = 1;
    size_t at_suspect = 0;
    size_t at_failed = 0;
    for (size_t i = 0; i < 512 && at_failed == 0; i++) {
        kw_health_verdict verdict = kw_health_feed(&health, i % 2 == 0 ? 0 : other++);
        if (verdict != KW_HEALTH_GOOD && at_suspect == 0) {
            at_suspect = i;
        }
        at_failed = verdict == KW_HEALTH_FAILED ? i : 0;
    }
    assert_int_equal(at_suspect, 2 * (13 - 1));
    assert_int_equal(at_failed, 2 * (19 - 1));
}

static void feed__starts_a_new_window_after_512_samples(void **state)
{
    (void)state;
    kw_health health;
    kw_health_init(&health, full_bytes);
    for (size_t i = 0; i < 512 * 40; i++) {
        /* 0 once in each window, and each window begins with another value. */
        uint8_t sample = (uint8_t)(i / 512 + i % 512);
        assert_int_equal(kw_health_feed(&health, sample), KW_HEALTH_GOOD);
    }
}

static void feed__passes_a_binary_source_of_full_entropy(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 11};
    kw_rng rng = seeded_rng_port(&source);
    kw_health health;
    kw_health_init(&health, (kw_health_source){.half_bits = 2, .is_binary = true});
    for (size_t block = 0; block < 1000; block++) {
        uint8_t bytes[32];
        EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(bytes)));
        for (size_t bit = 0; bit < 256; bit++) {
            uint8_t sample = (bytes[bit / 8] >> bit % 8) & 1;
            assert_int_equal(kw_health_feed(&health, sample), KW_HEALTH_GOOD);
        }
    }
}

/* 2^20 bytes of good data: at most a handful of alarms of 2^-20 per sample and test. */
static void feed__seldom_alarms_on_good_data(void **state)
{
    (void)state;
    seeded_rng source = {.seed = 12};
    kw_rng rng = seeded_rng_port(&source);
    kw_health health;
    kw_health_init(&health, full_bytes);
    unsigned alarms = 0;
    for (size_t block = 0; block < (1 << 20) / 1024; block++) {
        uint8_t bytes[1024];
        EXPECT_OK(kw_rng_fill(&rng, KW_MSPAN(bytes)));
        for (size_t i = 0; i < sizeof bytes; i++) {
            kw_health_verdict verdict = kw_health_feed(&health, bytes[i]);
            assert_int_not_equal(verdict, KW_HEALTH_FAILED);
            alarms += verdict == KW_HEALTH_SUSPECT ? 1 : 0;
        }
    }
    assert_true(alarms <= 8);
}

static void feed__tolerates_what_half_a_bit_may_do(void **state)
{
    (void)state;
    kw_health health;
    kw_health_init(&health, jitter_like);
    for (size_t i = 0; i < 40; i++) {
        assert_int_equal(kw_health_feed(&health, 7), KW_HEALTH_GOOD);
    }
    assert_int_equal(kw_health_feed(&health, 7), KW_HEALTH_SUSPECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cutoffs_of__gives_the_published_numbers),
        cmocka_unit_test(cutoffs_of__agrees_with_exact_arithmetic),
        cmocka_unit_test(feed__counts_repetitions_to_both_cutoffs),
        cmocka_unit_test(feed__counts_the_first_sample_of_each_window),
        cmocka_unit_test(feed__starts_a_new_window_after_512_samples),
        cmocka_unit_test(feed__passes_a_binary_source_of_full_entropy),
        cmocka_unit_test(feed__seldom_alarms_on_good_data),
        cmocka_unit_test(feed__tolerates_what_half_a_bit_may_do),
    };
    return cmocka_run_group_tests_name("crypto/health90b", tests, NULL, NULL);
}
