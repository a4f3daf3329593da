/* SPDX-License-Identifier: Apache-2.0
 * Products in the fields over Fp against their definitions: random elements, and coefficients at
 * the edges, where sums are longest. The including test has an instance of the
 * curve. */
#include "support/expect.h"
#include "support/random_source.h"

enum {
    ROUNDS = 300,
    COEFFICIENTS = 12,
};

static fp12 draw_fp12(random_source *random)
{
    fp12 out;
    fp *coefficients = (fp *)&out;
    bool is_edge = random_below(random, 2) == 0;
    for (size_t i = 0; i < COEFFICIENTS; i++) {
        uint8_t bytes[48];
        for (size_t k = 0; k < sizeof bytes; k++) {
            bytes[k] = (uint8_t)random_u64(random);
        }
        fp_of_wide_bytes(&coefficients[i], bytes, sizeof bytes);
        if (is_edge) { /* 0, 1 and p - 1, in Montgomery form and as words */
            fp *c = &coefficients[i];
            switch (random_below(random, 5)) {
            case 0:
                *c = fp_zero();
                break;
            case 1:
                *c = fp_one();
                break;
            case 2:
                *c = fp_one();
                fp_neg(c, c);
                break;
            case 3:
                memcpy(c->w, fp_p, sizeof c->w);
                c->w[0]--;
                break;
            default:
                break;
            }
        }
    }
    return out;
}

static void expect_fp2(const fp2 *got, const fp2 *wanted)
{
    assert_memory_equal(got, wanted, sizeof *got);
}

/* ---- definitions ---- */
static fp2 school_fp2(const fp2 *a, const fp2 *b)
{
    fp2 out;
    fp t;
    fp_mul(&out.c0, &a->c0, &b->c0);
    fp_mul(&t, &a->c1, &b->c1);
    fp_sub(&out.c0, &out.c0, &t);
    fp_mul(&out.c1, &a->c0, &b->c1);
    fp_mul(&t, &a->c1, &b->c0);
    fp_add(&out.c1, &out.c1, &t);
    return out;
}

/* Coefficient j of w^j, in a ring with w^6 = xi. */
static const fp2 *at_power(const fp12 *a, int j)
{
    const fp6 *half = j % 2 == 0 ? &a->c0 : &a->c1;
    const fp2 *const parts[] = {&half->c0, &half->c1, &half->c2};
    return parts[j / 2];
}

static fp12 school_fp12(const fp12 *a, const fp12 *b)
{
    const fp2 xi = {fp_of_u64(KW_XI_REAL), fp_one()};
    fp2 sums[6] = {0};
    fp12 out;
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
            fp2 product = school_fp2(at_power(a, i), at_power(b, j));
            if (i + j >= 6) {
                product = school_fp2(&product, &xi);
            }
            fp2_add(&sums[(i + j) % 6], &sums[(i + j) % 6], &product);
        }
    }
    for (int j = 0; j < 6; j++) {
        *fp12_at(&out, j) = sums[j];
    }
    return out;
}

static fp6 school_fp6(const fp6 *a, const fp6 *b)
{
    const fp12 wide_a = {.c0 = *a};
    const fp12 wide_b = {.c0 = *b};
    return school_fp12(&wide_a, &wide_b).c0;
}

/* ---- laws ---- */
static void fp2__multiplies_by_its_definition(void **state)
{
    (void)state;
    random_source random = random_new("fp2");
    const fp2 xi = {fp_of_u64(KW_XI_REAL), fp_one()};
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = draw_fp12(&random);
        fp12 b = draw_fp12(&random);
        fp2 got;
        fp2 wanted = school_fp2(&a.c0.c0, &b.c0.c0);
        fp2_mul(&got, &a.c0.c0, &b.c0.c0);
        expect_fp2(&got, &wanted);
        wanted = school_fp2(&a.c0.c0, &a.c0.c0);
        fp2_sqr(&got, &a.c0.c0);
        expect_fp2(&got, &wanted);
        wanted = school_fp2(&a.c0.c0, &xi);
        fp2_mul_xi(&got, &a.c0.c0);
        expect_fp2(&got, &wanted);
        const fp2 twelve = {fp_of_u64(12), fp_zero()};
        wanted = school_fp2(&a.c0.c0, &twelve);
        fp2_mul_small(&got, &a.c0.c0, 12);
        expect_fp2(&got, &wanted);
    }
}

static void fp6__multiplies_by_its_definition(void **state)
{
    (void)state;
    random_source random = random_new("fp6");
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = draw_fp12(&random);
        fp12 b = draw_fp12(&random);
        fp6 got;
        fp6 wanted = school_fp6(&a.c0, &b.c0);
        fp6_mul(&got, &a.c0, &b.c0);
        assert_memory_equal(&got, &wanted, sizeof got);
        b.c0.c2 = fp2_zero();
        wanted = school_fp6(&a.c0, &b.c0);
        fp6_mul_01(&got, &a.c0, &b.c0.c0, &b.c0.c1);
        assert_memory_equal(&got, &wanted, sizeof got);
        b.c0.c0 = fp2_zero();
        wanted = school_fp6(&a.c0, &b.c0);
        fp6_mul_1(&got, &a.c0, &b.c0.c1);
        assert_memory_equal(&got, &wanted, sizeof got);
    }
}

static void fp12__multiplies_by_its_definition(void **state)
{
    (void)state;
    random_source random = random_new("fp12");
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = draw_fp12(&random);
        fp12 b = draw_fp12(&random);
        fp12 got;
        fp12 wanted = school_fp12(&a, &b);
        fp12_mul(&got, &a, &b);
        assert_memory_equal(&got, &wanted, sizeof got);
        wanted = school_fp12(&a, &a);
        fp12_sqr(&got, &a);
        assert_memory_equal(&got, &wanted, sizeof got);
    }
}

static void products__may_replace_their_factors(void **state)
{
    (void)state;
    random_source random = random_new("in place");
    fp12 a = draw_fp12(&random);
    fp12 wanted = school_fp12(&a, &a);
    fp12 io = a;
    fp12_mul(&io, &io, &io);
    assert_memory_equal(&io, &wanted, sizeof io);
    io = a;
    fp12_sqr(&io, &io);
    assert_memory_equal(&io, &wanted, sizeof io);
    fp6 wanted_6 = school_fp6(&a.c0, &a.c0);
    fp6 io_6 = a.c0;
    fp6_mul(&io_6, &io_6, &io_6);
    assert_memory_equal(&io_6, &wanted_6, sizeof io_6);
    fp2 wanted_2 = school_fp2(&a.c0.c0, &a.c0.c0);
    fp2 io_2 = a.c0.c0;
    fp2_sqr(&io_2, &io_2);
    expect_fp2(&io_2, &wanted_2);
    io_2 = a.c0.c0;
    fp2_mul(&io_2, &io_2, &io_2);
    expect_fp2(&io_2, &wanted_2);
}

static void roots__are_of_squares_alone(void **state)
{
    (void)state;
    random_source random = random_new("roots");
    const fp2 xi = {fp_of_u64(KW_XI_REAL), fp_one()}; /* no square, for w^6 = xi is irreducible */
    for (int i = 0; i < ROUNDS; i++) {
        fp12 a = draw_fp12(&random);
        fp2 square = school_fp2(&a.c0.c0, &a.c0.c0);
        fp2 root;
        assert_true(fp2_root(&root, &square) != 0);
        fp2 again = school_fp2(&root, &root);
        expect_fp2(&again, &square);
        fp2 other = school_fp2(&square, &xi);
        bool is_zero = fp2_is_zero(&square) != 0;
        assert_true((fp2_root(&root, &other) != 0) == is_zero);
        fp fp_square;
        fp fp_got;
        fp_sqr(&fp_square, &a.c0.c0.c0);
        assert_true(fp_sqrt(&fp_got, &fp_square));
        fp_sqr(&fp_got, &fp_got);
        assert_memory_equal(&fp_got, &fp_square, sizeof fp_got);
        fp_neg(&fp_square, &fp_square); /* p = 3 mod 4: -1 is no square */
        assert_true(fp_sqrt(&fp_got, &fp_square) == (fp_is_zero(&fp_square) != 0));
    }
}

/* Each round of the root by itself: elements of the order 2^k; then such with random squares. */
static void roots_of_fr__are_of_squares_alone(void **state)
{
    (void)state;
    random_source random = random_new("roots of Fr");
    fr unity = fr_root_of_unity;
    fr got;
    for (int k = fr_twos; k >= 0; k--) {
        bool is_square = k < fr_twos;
        for (int i = 0; i < 8; i++) {
            uint8_t bytes[48];
            fr a;
            for (size_t at = 0; at < sizeof bytes; at++) {
                bytes[at] = (uint8_t)random_u64(&random);
            }
            fr_of_wide_bytes(&a, bytes, sizeof bytes);
            a = i == 0 ? fr_one() : a;
            fr_sqr(&a, &a);
            fr_mul(&a, &a, &unity);
            assert_true(fr_sqrt(&got, &a) == is_square);
            assert_true(fr_is_square(&a) == is_square);
            if (is_square) {
                fr_sqr(&got, &got);
                assert_memory_equal(&got, &a, sizeof got);
            }
        }
        fr_sqr(&unity, &unity);
    }
}

static int run_product_laws(const char *name)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fp2__multiplies_by_its_definition),
        cmocka_unit_test(fp6__multiplies_by_its_definition),
        cmocka_unit_test(fp12__multiplies_by_its_definition),
        cmocka_unit_test(products__may_replace_their_factors),
        cmocka_unit_test(roots__are_of_squares_alone),
        cmocka_unit_test(roots_of_fr__are_of_squares_alone),
    };
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}
