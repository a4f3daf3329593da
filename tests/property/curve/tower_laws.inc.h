/* SPDX-License-Identifier: Apache-2.0
 * The laws of Fp12 and its cyclotomic subgroup. The including test has an instance of the curve. */
#include "support/expect.h"
#include "support/random_source.h"

enum {
    ROUNDS = 16,
};

static random_source seed;

static fp random_fp(void)
{
    uint8_t bytes[sizeof(fp) + 16];
    fp a;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)random_u64(&seed);
    }
    fp_of_wide_bytes(&a, bytes, sizeof bytes);
    return a;
}

static fp2 random_fp2(void)
{
    return (fp2){random_fp(), random_fp()};
}

static fp6 random_fp6(void)
{
    return (fp6){random_fp2(), random_fp2(), random_fp2()};
}

static fp12 random_fp12(void)
{
    return (fp12){random_fp6(), random_fp6()};
}

/* a^((p^6 - 1)(p^2 + 1)), by inversions and powers alone. */
static fp12 random_cyclotomic(void)
{
    fp12 a = random_fp12();
    fp12 b;
    fp12 inverse;
    fp12_frobenius(&b, &a, 3);
    fp12_frobenius(&b, &b, 3);
    fp12_inv(&inverse, &a);
    fp12_mul(&a, &b, &inverse);
    fp12_frobenius(&b, &a, 2);
    fp12_mul(&a, &a, &b);
    return a;
}

static void expect_equal(const fp12 *a, const fp12 *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

static void fp12_mul__is_associative_and_distributive(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = random_fp12();
        fp12 b = random_fp12();
        fp12 c = random_fp12();
        fp12 left;
        fp12 right;
        fp12 t;
        fp12_mul(&left, &a, &b);
        fp12_mul(&right, &b, &a);
        expect_equal(&left, &right);
        fp12_mul(&left, &left, &c);
        fp12_mul(&t, &b, &c);
        fp12_mul(&right, &a, &t);
        expect_equal(&left, &right);
        fp6_add(&t.c0, &b.c0, &c.c0); /* a (b + c) = a b + a c */
        fp6_add(&t.c1, &b.c1, &c.c1);
        fp12_mul(&left, &a, &t);
        fp12_mul(&right, &a, &b);
        fp12_mul(&t, &a, &c);
        fp6_add(&right.c0, &right.c0, &t.c0);
        fp6_add(&right.c1, &right.c1, &t.c1);
        expect_equal(&left, &right);
    }
}

/* out = a b by schoolbook over powers of w, w^6 = xi. */
static void polynomial_product(fp12 *out, fp12 *a, fp12 *b)
{
    *out = (fp12){0};
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            fp2 product;
            fp2_mul(&product, fp12_at(a, i), fp12_at(b, j));
            if (i + j >= 6) {
                fp2_mul_xi(&product, &product);
            }
            fp2 *sum = fp12_at(out, (i + j) % 6);
            fp2_add(sum, sum, &product);
        }
    }
}

static void fp12_mul__is_that_of_polynomials_in_w(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = random_fp12();
        fp12 b = random_fp12();
        fp12 got;
        fp12 wanted;
        fp12_mul(&got, &a, &b);
        polynomial_product(&wanted, &a, &b);
        expect_equal(&got, &wanted);
    }
}

static void fp12_sqr__is_the_product_with_itself(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = random_fp12();
        fp12 wanted;
        fp12_mul(&wanted, &a, &a);
        fp12_sqr(&a, &a);
        expect_equal(&a, &wanted);
    }
}

static void fp12_inv__gives_one_with_its_argument(void **state)
{
    (void)state;
    const fp12 one = fp12_one();
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = random_fp12();
        fp12 inverse;
        fp12_inv(&inverse, &a);
        fp12_mul(&inverse, &inverse, &a);
        expect_equal(&inverse, &one);
    }
    fp12 zero = {0};
    fp12 inverse;
    fp12_inv(&inverse, &zero);
    expect_equal(&inverse, &zero);
}

static void fp12_frobenius__is_the_power_p(void **state)
{
    (void)state;
    fp12 a = random_fp12();
    fp12 got;
    fp12 wanted = fp12_one();
    for (int bit = 64 * FP_LIMBS - 1; bit >= 0; bit--) {
        fp12_sqr(&wanted, &wanted);
        if ((fp_p[bit / 64] >> (bit % 64) & 1) != 0) {
            fp12_mul(&wanted, &wanted, &a);
        }
    }
    fp12_frobenius(&got, &a, 1);
    expect_equal(&got, &wanted);
}

static void fp12_frobenius__has_order_twelve(void **state)
{
    (void)state;
    fp12 a = random_fp12();
    fp12 b = a;
    for (int i = 1; i <= 12; i++) {
        fp12_frobenius(&b, &b, 1);
        bool is_back = fp12_equal(&a, &b) != 0;
        assert_int_equal(is_back, i == 12);
        fp12 jump;
        if (i <= 3) {
            fp12_frobenius(&jump, &a, i);
            expect_equal(&jump, &b);
        }
        if (i == 6) {
            fp12_conj(&jump, &a);
            expect_equal(&jump, &b);
        }
    }
}

static void fp12_cyclotomic_sqr__is_the_square(void **state)
{
    (void)state;
    const fp12 one = fp12_one();
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = random_cyclotomic();
        fp12 inverse;
        fp12 wanted;
        fp12_conj(&inverse, &a);
        fp12_mul(&inverse, &inverse, &a);
        expect_equal(&inverse, &one);
        fp12_sqr(&wanted, &a);
        fp12_cyclotomic_sqr(&a, &a);
        expect_equal(&a, &wanted);
    }
    fp12 a = one;
    fp12_cyclotomic_sqr(&a, &a);
    expect_equal(&a, &one);
    a = random_fp12(); /* elsewhere it is something else */
    fp12 square;
    fp12_sqr(&square, &a);
    fp12_cyclotomic_sqr(&a, &a);
    assert_false(fp12_equal(&a, &square));
}

static void power_x__is_the_power_by_plain_squarings(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = i == 0 ? fp12_one() : random_cyclotomic();
        fp12 got;
        fp12 wanted = fp12_one();
        for (int bit = 63; bit >= 0; bit--) {
            fp12_sqr(&wanted, &wanted);
            if ((curve_x >> bit & 1) != 0) {
                fp12_mul(&wanted, &wanted, &a);
            }
        }
        if (X_IS_NEGATIVE) {
            fp12_conj(&wanted, &wanted);
        }
        power_x(&got, &a);
        expect_equal(&got, &wanted);
    }
}

/* Each sparse product against the whole one. */
static void line_mul__is_a_product(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        fp12 f = random_fp12();
        fp12 sparse = {0};
        fp12 wanted;
        fp12 got = f;
        fp2 *c = fp12_at(&sparse, LINE_C);
        fp2 *x = fp12_at(&sparse, LINE_X);
        fp2 *y = fp12_at(&sparse, LINE_Y);
        *c = random_fp2();
        *x = random_fp2();
        *y = random_fp2();
        fp12_mul(&wanted, &f, &sparse);
        line_mul(&got, c, x, y);
        expect_equal(&got, &wanted);
        *y = fp2_one();
        fp12_mul(&wanted, &f, &sparse);
        line_mul_monic(&f, c, x);
        expect_equal(&f, &wanted);
    }
}

/* The cyclotomic subgroup is larger than GT; the hard power leads from one to the other. */
static void gt_check__refuses_the_rest_of_the_cyclotomic_subgroup(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = random_cyclotomic();
        gt out = gt_one();
        gt one = out;
        EXPECT_STATUS(gt_check(&out, &a), KW_NOT_IN_SUBGROUP);
        expect_equal(&out.value, &one.value);
        hard_power(&a, &a);
        EXPECT_OK(gt_check(&out, &a));
        expect_equal(&out.value, &a);
    }
}

static int run_tower_laws(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fp12_mul__is_associative_and_distributive),
        cmocka_unit_test(fp12_mul__is_that_of_polynomials_in_w),
        cmocka_unit_test(fp12_sqr__is_the_product_with_itself),
        cmocka_unit_test(fp12_inv__gives_one_with_its_argument),
        cmocka_unit_test(fp12_frobenius__is_the_power_p),
        cmocka_unit_test(fp12_frobenius__has_order_twelve),
        cmocka_unit_test(fp12_cyclotomic_sqr__is_the_square),
        cmocka_unit_test(power_x__is_the_power_by_plain_squarings),
        cmocka_unit_test(line_mul__is_a_product),
        cmocka_unit_test(gt_check__refuses_the_rest_of_the_cyclotomic_subgroup),
    };
    seed = random_new(name);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
