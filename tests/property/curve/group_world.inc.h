/* SPDX-License-Identifier: Apache-2.0
 * What the laws of both groups of a curve need: random numbers, scalars at the edges, points off
 * the subgroup. The including test has an instance of the curve and C(name). */
#include "base/cpu.h"
#include "support/curve_backend.h"
#include "support/expect.h"

#include <stdlib.h>

static uint64_t draw_state;

/* splitmix64: the same numbers in every run and for every back-end. */
static uint64_t draw_u64(void)
{
    draw_state += 0x9e3779b97f4a7c15;
    uint64_t z = draw_state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static void draw(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)draw_u64();
    }
}

static fr random_fr(void)
{
    uint8_t bytes[48];
    fr k;
    draw(bytes, sizeof bytes);
    EXPECT_OK(C(fr_from_wide)(&k, KW_SPAN(bytes)));
    return k;
}

/* Below 2^bits, often the largest such number. */
static fr scalar_of_bits(unsigned bits)
{
    uint8_t bytes[48] = {0};
    draw(bytes + 16, 32);
    if (draw_u64() % 4 == 0) {
        memset(bytes + 16, 0xff, 32);
    }
    for (unsigned at = 128; at < 384 - bits; at++) {
        bytes[at / 8] = (uint8_t)(bytes[at / 8] & ~(0x80 >> at % 8));
    }
    fr k;
    EXPECT_OK(C(fr_from_wide)(&k, KW_SPAN(bytes)));
    return k;
}

/* Powers of x and numbers beside them, plain words at their limits, random ones. */
static fr edge_scalar(int i)
{
    if (i >= 64) {
        return random_fr();
    }
    fr k = C(fr_of_u64)(1);
    fr x = C(fr_of_u64)(curve_x);
    fr small = C(fr_of_u64)((uint64_t)i % 4);
    for (int j = 0; j < i / 8 % 4; j++) {
        C(fr_mul)(&k, &k, &x);
    }
    if (i >= 32) {
        fr factor = C(fr_of_u64)(i % 2 == 0 ? UINT64_MAX : curve_x - 1);
        C(fr_mul)(&k, &k, &factor);
    }
    (i % 8 < 4 ? C(fr_add) : C(fr_sub))(&k, &k, &small);
    return k;
}

/* The scalar that a signed part stands for. */
static fr fr_of_part(const uint64_t *part)
{
    uint64_t magnitude[PART_WORDS];
    fr sum = C(fr_of_u64)(0);
    fr base = C(fr_of_u64)((uint64_t)1 << 32);
    bool is_negative = part[PART_WORDS - 1] >> 63 != 0;
    part_neg_if(is_negative ? ~(kw_mask)0 : 0, magnitude, part);
    for (int i = PART_WORDS - 1; i >= 0; i--) {
        fr word = C(fr_of_u64)(magnitude[i]);
        C(fr_mul)(&sum, &sum, &base);
        C(fr_mul)(&sum, &sum, &base);
        C(fr_add)(&sum, &sum, &word);
    }
    if (is_negative) {
        C(fr_neg)(&sum, &sum);
    }
    return sum;
}

/* Windows of `bits` bits in all reach it: 31 |part| < 15 2^bits. */
static bool part_is_within(const uint64_t *part, int bits)
{
    uint64_t magnitude[PART_WORDS];
    part_neg_if((uint64_t)0 - (part[PART_WORDS - 1] >> 63), magnitude, part);
    kw_u128 high = (kw_u128)magnitude[2] << 64 | magnitude[1];
    if (bits < 128) {
        kw_u128 low = (kw_u128)magnitude[1] << 64 | magnitude[0];
        return magnitude[2] == 0 && low / 15 < ((kw_u128)1 << bits) / 31;
    }
    return high < ((kw_u128)15 << (bits - 64)) / 31;
}

static void g1_draw_x(fp *x)
{
    uint8_t bytes[64];
    draw(bytes, sizeof bytes);
    fp_of_wide_bytes(x, bytes, sizeof bytes);
}

static bool g1_solve_y(g1_raw *raw)
{
    fp square;
    fp_sqr(&square, &raw->x);
    fp_mul(&square, &square, &raw->x);
    fp_add(&square, &square, &g1_b);
    return fp_root(&raw->y, &square) != 0;
}

static void g2_draw_x(fp2 *x)
{
    g1_draw_x(&x->c0);
    g1_draw_x(&x->c1);
}

static bool g2_solve_y(g2_raw *raw)
{
    fp2 square;
    fp2_sqr(&square, &raw->x);
    fp2_mul(&square, &square, &raw->x);
    fp2_add(&square, &square, &g2_b);
    return fp2_root(&raw->y, &square) != 0;
}

static int limit_to_portable(void **state)
{
    (void)state;
    draw_state = 1;
    kw_cpu_limit(&(kw_cpu){0});
    return 0;
}

static int forget_limit(void **state)
{
    (void)state;
    draw_state = 1;
    return 0;
}

/* Big-endian hex digits, an even number of them. */
static void read_hex(uint8_t *bytes, const char *hex)
{
    for (size_t i = 0; hex[2 * i] != 0; i++) {
        const char digits[] = {hex[2 * i], hex[2 * i + 1], 0};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

#define GROUP g1
#define RAW   g1_raw
#include "property/curve/group_laws.inc.h"
#include "property/curve/group_sums.inc.h"
#undef GROUP
#undef RAW

#define GROUP g2
#define RAW   g2_raw
#include "property/curve/group_laws.inc.h"
#include "property/curve/group_sums.inc.h"
#undef GROUP
#undef RAW

static void poly__refuses_what_would_give_the_secret_away(void **state)
{
    (void)state;
    secret c[2] = {{{1}}, {{2}}};
    secret out = c[1];
    fr l[3];
    EXPECT_STATUS(C(poly_eval)(&out, c, 0, 1), KW_ARG);
    EXPECT_STATUS(C(poly_eval)(&out, c, 2, 0), KW_ARG);
    assert_true(C(secret_equal)(&out, &c[1]) != 0);
    EXPECT_OK(C(poly_eval)(&out, c, 1, UINT32_MAX));
    assert_true(C(secret_equal)(&out, &c[0]) != 0);
    EXPECT_STATUS(C(lagrange_zero)(l, (const uint32_t[]){1}, 0), KW_ARG);
    EXPECT_STATUS(C(lagrange_zero)(l, (const uint32_t[]){1, 2, 1}, 3), KW_ARG);
    EXPECT_STATUS(C(lagrange_zero)(l, (const uint32_t[]){1, 0, 2}, 3), KW_ARG);
    EXPECT_STATUS(C(lagrange_zero)(l, NULL, 4097), KW_ARG);
    /* 3, -3, 1 for the indices 1, 2, 3. */
    EXPECT_OK(C(lagrange_zero)(l, (const uint32_t[]){1, 2, 3}, 3));
    fr three = C(fr_of_u64)(3);
    fr one = C(fr_of_u64)(1);
    C(fr_neg)(&l[1], &l[1]);
    assert_true(C(fr_equal)(&l[0], &three) && C(fr_equal)(&l[1], &three));
    assert_true(C(fr_equal)(&l[2], &one));
}

#define GROUP_TESTS(g)                                                   \
    cmocka_unit_test(g##_add__obeys_the_laws_of_a_group),                \
        cmocka_unit_test(g##_mul__agrees_with_doubling_and_adding),      \
        cmocka_unit_test(g##_mul__knows_small_and_large_scalars),        \
        cmocka_unit_test(g##_mul__bears_parts_that_coincide),            \
        cmocka_unit_test(g##_endo__is_multiplication_by_its_eigenvalue), \
        cmocka_unit_test(g##_split__keeps_the_scalar),                   \
        cmocka_unit_test(g##_check__takes_points_of_the_group_alone),    \
        cmocka_unit_test(g##_times_cofactor__leads_into_the_group),      \
        cmocka_unit_test(g##_dbl_run__is_many_doublings),                \
        cmocka_unit_test(g##_msm__agrees_with_the_sum_of_products),      \
        cmocka_unit_test(g##_msm__agrees_where_its_windows_change),      \
        cmocka_unit_test(g##_msm__takes_scalars_of_few_bits),            \
        cmocka_unit_test(g##_msm__refuses_scalars_of_more_bits),         \
        cmocka_unit_test(g##_msm__bears_one_bucket_for_all),             \
        cmocka_unit_test(g##_comb__agrees_with_mul),                     \
        cmocka_unit_test(g##_batch__agrees_with_single_operations),      \
        cmocka_unit_test(g##_interpolate__brings_the_secret_back)

/* All laws with the processor's own back-end, then with the portable one. */
static int run_group_laws(const char *name)
{
    const struct CMUnitTest tests[] = {
        GROUP_TESTS(g1), GROUP_TESTS(g2),
        cmocka_unit_test(poly__refuses_what_would_give_the_secret_away)};
    int failed = cmocka_run_group_tests_name(name, tests, forget_limit, NULL);
    return failed + cmocka_run_group_tests_name(name, tests, limit_to_portable, NULL);
}
