/* SPDX-License-Identifier: Apache-2.0
 * The laws of a pairing, for one curve: T(name) is its name, LAW(name) that of a test. */

/* k p by additions alone. */
static void LAW(g1_times)(T(g1) * out, const T(g1) * p, uint64_t k)
{
    T(g1) sum = T(g1_infinity)();
    for (int bit = 63; bit >= 0; bit--) {
        T(g1_dbl)(&sum, &sum);
        if ((k >> bit & 1) != 0) {
            T(g1_add)(&sum, &sum, p);
        }
    }
    *out = sum;
}

static void LAW(g2_times)(T(g2) * out, const T(g2) * q, uint64_t k)
{
    T(g2) sum = T(g2_infinity)();
    for (int bit = 63; bit >= 0; bit--) {
        T(g2_dbl)(&sum, &sum);
        if ((k >> bit & 1) != 0) {
            T(g2_add)(&sum, &sum, q);
        }
    }
    *out = sum;
}

static T(g1) LAW(g1_at)(uint64_t k)
{
    T(g1) point = T(g1_generator)();
    LAW(g1_times)(&point, &point, k);
    return point;
}

static T(g2) LAW(g2_at)(uint64_t k)
{
    T(g2) point = T(g2_generator)();
    LAW(g2_times)(&point, &point, k);
    return point;
}

static T(gt) LAW(base)(void)
{
    T(g1) p = T(g1_generator)();
    T(g2) q = T(g2_generator)();
    T(gt) base;
    T(pairing)(&base, &p, &q);
    return base;
}

/* base^k by multiplications alone. */
static T(gt) LAW(gt_at)(const T(gt) * base, uint64_t k)
{
    T(gt) product = T(gt_one)();
    for (int bit = 63; bit >= 0; bit--) {
        T(gt_mul)(&product, &product, &product);
        if ((k >> bit & 1) != 0) {
            T(gt_mul)(&product, &product, base);
        }
    }
    return product;
}

static bool LAW(is_one)(const T(gt) * a)
{
    T(gt) one = T(gt_one)();
    return T(gt_equal)(a, &one);
}

static const uint64_t LAW(factors)[] = {1, 2, 3, 0xfedcba98, 0xffffffff};

static void LAW(pairing__is_bilinear)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    for (size_t i = 0; i < KW_COUNT(LAW(factors)); i++) {
        uint64_t a = LAW(factors)[i];
        uint64_t b = LAW(factors)[(i + 2) % KW_COUNT(LAW(factors))];
        T(g1) p = LAW(g1_at)(a);
        T(g2) q = LAW(g2_at)(b);
        T(gt) got;
        T(gt) wanted = LAW(gt_at)(&base, a * b);
        T(pairing)(&got, &p, &q);
        assert_true(T(gt_equal)(&got, &wanted));
        T(fr) product = T(fr_of_u64)(a * b);
        T(gt_exp_var)(&wanted, &base, &product);
        assert_true(T(gt_equal)(&got, &wanted));
    }
}

static void LAW(pairing__of_sums_is_the_product)(void **state)
{
    (void)state;
    T(g1) p[3] = {LAW(g1_at)(5), LAW(g1_at)(1234567891011)};
    T(g2) q = LAW(g2_at)(77);
    T(gt) e[3];
    T(gt) product;
    T(g1_add)(&p[2], &p[0], &p[1]);
    for (int i = 0; i < 3; i++) {
        T(pairing)(&e[i], &p[i], &q);
    }
    T(gt_mul)(&product, &e[0], &e[1]);
    assert_true(T(gt_equal)(&product, &e[2]));
    assert_false(T(gt_equal)(&e[0], &e[1]));
}

static void LAW(pairing__is_not_degenerate)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    T(fr) order = T(fr_of_u64)(1);
    T(gt) power;
    assert_false(LAW(is_one)(&base));
    T(fr_neg)(&order, &order); /* r - 1 */
    T(gt_exp_var)(&power, &base, &order);
    assert_false(LAW(is_one)(&power));
    T(gt_mul)(&power, &power, &base);
    assert_true(LAW(is_one)(&power));
}

static void LAW(pairing__of_infinity_is_one)(void **state)
{
    (void)state;
    T(g1) no_p = T(g1_infinity)();
    T(g2) no_q = T(g2_infinity)();
    T(g1) p = LAW(g1_at)(9);
    T(g2) q = LAW(g2_at)(9);
    T(gt) e;
    T(pairing)(&e, &no_p, &q);
    assert_true(LAW(is_one)(&e));
    T(pairing)(&e, &p, &no_q);
    assert_true(LAW(is_one)(&e));
    T(pairing)(&e, &no_p, &no_q);
    assert_true(LAW(is_one)(&e));
    /* infinity as it comes out of a sum, in another form */
    T(g1_neg)(&no_p, &p);
    T(g1_add)(&no_p, &no_p, &p);
    T(g2_neg)(&no_q, &q);
    T(g2_add)(&no_q, &no_q, &q);
    T(pairing)(&e, &no_p, &no_q);
    assert_true(LAW(is_one)(&e));
}

enum {
    LAW(PAIRS) = 35 /* two whole blocks and a rest */
};

/* Pairs (i + 1) G1, (2 i + 3) G2; every third one by prepared lines; and their exponent. */
typedef struct LAW(world) {
    T(g1) p[LAW(PAIRS)];
    T(g2) q[LAW(PAIRS)];
    T(lines) prepared[LAW(PAIRS)];
    T(pair) pairs[LAW(PAIRS)];
    uint64_t exponent[LAW(PAIRS) + 1]; /* of the first so many */
} LAW(world);

static void LAW(world_build)(LAW(world) * w)
{
    w->exponent[0] = 0;
    for (size_t i = 0; i < LAW(PAIRS); i++) {
        w->p[i] = LAW(g1_at)(i + 1);
        w->q[i] = LAW(g2_at)(2 * i + 3);
        T(prepare)(&w->prepared[i], &w->q[i]);
        bool is_prepared = i % 3 == 1;
        w->pairs[i] = (T(pair)){.p = &w->p[i],
                                .q = is_prepared ? NULL : &w->q[i],
                                .prepared = is_prepared ? &w->prepared[i] : NULL};
        w->exponent[i + 1] = w->exponent[i] + (i + 1) * (2 * i + 3);
    }
}

static void LAW(pair_product__is_the_product_of_pairings)(void **state)
{
    (void)state;
    static LAW(world) w;
    LAW(world_build)(&w);
    T(gt) base = LAW(base)();
    const size_t counts[] = {1, 2, 15, 16, 17, 32, 33, LAW(PAIRS)};
    for (size_t i = 0; i < KW_COUNT(counts); i++) {
        T(gt) got;
        T(gt) wanted = LAW(gt_at)(&base, w.exponent[counts[i]]);
        EXPECT_OK(T(pair_product)(&got, w.pairs, counts[i], 0));
        assert_true(T(gt_equal)(&got, &wanted));
    }
}

static void LAW(pair_product_is_one__tells_one_from_others)(void **state)
{
    (void)state;
    static LAW(world) w;
    LAW(world_build)(&w);
    for (size_t n = 2; n < LAW(PAIRS); n += 8) {
        bool yes = true;
        EXPECT_OK(T(pair_product_is_one)(&yes, w.pairs, n, 0));
        assert_false(yes);
        /* What cancels the others takes the last place. */
        T(g1) last = LAW(g1_at)(w.exponent[n - 1]);
        T(g2) generator = T(g2_generator)();
        T(pair) kept = w.pairs[n - 1];
        T(g1_neg)(&last, &last);
        w.pairs[n - 1] = (T(pair)){.p = &last, .q = &generator};
        EXPECT_OK(T(pair_product_is_one)(&yes, w.pairs, n, 0));
        assert_true(yes);
        w.pairs[n - 1] = kept;
    }
}

static void LAW(prepare__gives_the_same_as_the_point)(void **state)
{
    (void)state;
    static T(lines) prepared;
    for (uint64_t k = 1; k < 6; k++) {
        T(g1) p = LAW(g1_at)(k * k);
        T(g2) q = LAW(g2_at)(k + 40);
        T(gt) wanted;
        T(gt) got;
        T(prepare)(&prepared, &q);
        T(pairing)(&wanted, &p, &q);
        EXPECT_OK(T(pair_product)(&got, &(T(pair)){.p = &p, .prepared = &prepared}, 1, 0));
        assert_true(T(gt_equal)(&got, &wanted));
    }
}

static void LAW(pair_product__refuses_infinity_unless_allowed)(void **state)
{
    (void)state;
    static T(lines) no_lines;
    T(g1) no_p = T(g1_infinity)();
    T(g2) no_q = T(g2_infinity)();
    T(g1) p = LAW(g1_at)(2);
    T(g2) q = LAW(g2_at)(3);
    T(prepare)(&no_lines, &no_q);
    const T(pair) with_infinity[] = {
        {.p = &no_p, .q = &q},
        {.p = &p, .q = &no_q},
        {.p = &p, .prepared = &no_lines},
    };
    T(gt) wanted;
    T(pairing)(&wanted, &p, &q);
    for (size_t i = 0; i < KW_COUNT(with_infinity); i++) {
        T(pair) pairs[2] = {{.p = &p, .q = &q}, with_infinity[i]};
        T(gt) got = T(gt_one)();
        bool yes = true;
        EXPECT_STATUS(T(pair_product)(&got, pairs, 2, 0), KW_INFINITY);
        assert_true(LAW(is_one)(&got));
        EXPECT_STATUS(T(pair_product_is_one)(&yes, pairs + 1, 1, KW_POINT_STRICT), KW_INFINITY);
        assert_true(yes);
        EXPECT_OK(T(pair_product)(&got, pairs, 2, KW_ALLOW_INFINITY));
        assert_true(T(gt_equal)(&got, &wanted));
        yes = false;
        EXPECT_OK(T(pair_product_is_one)(&yes, pairs + 1, 1, KW_ALLOW_INFINITY));
        assert_true(yes);
    }
}

static void LAW(pair_product__refuses_missing_points)(void **state)
{
    (void)state;
    static T(lines) prepared;
    T(g1) p = LAW(g1_at)(2);
    T(g2) q = LAW(g2_at)(3);
    T(prepare)(&prepared, &q);
    const T(pair) bad[] = {
        {.q = &q},
        {.p = &p},
        {.p = &p, .q = &q, .prepared = &prepared},
    };
    T(gt) out;
    bool yes;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(T(pair_product)(&out, &bad[i], 1, 0), KW_ARG);
        EXPECT_STATUS(T(pair_product_is_one)(&yes, &bad[i], 1, KW_ALLOW_INFINITY), KW_ARG);
    }
    EXPECT_STATUS(T(pair_product)(&out, NULL, 0, 0), KW_ARG);
    EXPECT_STATUS(T(pair_product_is_one)(&yes, NULL, 0, KW_ALLOW_INFINITY), KW_ARG);
}

static void LAW(gt_exp__is_repeated_multiplication)(void **state)
{
    (void)state;
    const uint64_t exponents[] = {0, 1, 2, 15, 16, 17, 0x1000000000000000, UINT64_MAX};
    T(gt) base = LAW(base)();
    for (size_t i = 0; i < KW_COUNT(exponents); i++) {
        T(fr) k = T(fr_of_u64)(exponents[i]);
        T(gt) got;
        T(gt) wanted = LAW(gt_at)(&base, exponents[i]);
        T(gt_exp_var)(&got, &base, &k);
        assert_true(T(gt_equal)(&got, &wanted));
    }
}

/* Scalars of full size: a^j a^k = a^(j + k), (a^j)^k = a^(j k). */
static void LAW(gt_exp__is_a_homomorphism)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    T(fr) j = T(fr_of_u64)(0x9e3779b97f4a7c15);
    T(fr) k;
    for (int i = 0; i < 8; i++) {
        T(fr_mul)(&k, &j, &j);
        T(fr_mul)(&j, &k, &j);
        T(fr) sum;
        T(fr) product;
        T(fr_add)(&sum, &j, &k);
        T(fr_mul)(&product, &j, &k);
        T(gt) to_j;
        T(gt) to_k;
        T(gt) wanted;
        T(gt) got;
        T(gt_exp_var)(&to_j, &base, &j);
        T(gt_exp_var)(&to_k, &base, &k);
        T(gt_mul)(&got, &to_j, &to_k);
        T(gt_exp_var)(&wanted, &base, &sum);
        assert_true(T(gt_equal)(&got, &wanted));
        T(gt_exp_var)(&got, &to_j, &k);
        T(gt_exp_var)(&wanted, &base, &product);
        assert_true(T(gt_equal)(&got, &wanted));
    }
}

static void LAW(gt_inv__gives_one_with_its_argument)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    T(gt) inverse;
    T(gt_inv)(&inverse, &base);
    assert_false(T(gt_equal)(&inverse, &base));
    T(gt_mul)(&inverse, &inverse, &base);
    assert_true(LAW(is_one)(&inverse));
}

static void LAW(gt_check__accepts_the_group_only)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    T(gt) out = T(gt_one)();
    EXPECT_OK(T(gt_check)(&out, &base.value));
    assert_true(T(gt_equal)(&out, &base));
    T(gt) one = T(gt_one)();
    EXPECT_OK(T(gt_check)(&out, &one.value));

    T(fp12) bad = {0};
    EXPECT_STATUS(T(gt_check)(&out, &bad), KW_NOT_IN_SUBGROUP); /* zero */
    bad = base.value;
    bad.c0.c0.c0 = bad.c1.c0.c0;
    EXPECT_STATUS(T(gt_check)(&out, &bad), KW_NOT_IN_SUBGROUP); /* anything */
    bad = (T(fp12)){.c0 = one.value.c0};
    T(fp) zero = {0};
    bad.c0.c0.c0 = zero;
    bad.c0.c0.c1 = one.value.c0.c0.c0; /* u: of order 4, in a subfield */
    EXPECT_STATUS(T(gt_check)(&out, &bad), KW_NOT_IN_SUBGROUP);
    bad = (T(fp12)){0};
    bad.c1.c0.c0 = one.value.c0.c0.c0; /* w */
    EXPECT_STATUS(T(gt_check)(&out, &bad), KW_NOT_IN_SUBGROUP);
    assert_true(LAW(is_one)(&out));
}

static void LAW(gt_bytes__come_back_both_ways)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    T(gt_bytes) coeff;
    T(gt_bytes) kyber;
    T(gt) got;
    T(gt_encode_coeff)(&coeff, &base);
    T(gt_encode_kyber)(&kyber, &base);
    const size_t size = sizeof(T(fp));
    for (size_t i = 0; i < 12; i++) {
        assert_memory_equal(coeff.bytes + i * size, kyber.bytes + (11 - i) * size, size);
    }
    EXPECT_OK(T(gt_decode_coeff)(&got, KW_SPAN(coeff.bytes)));
    assert_true(T(gt_equal)(&got, &base));
    EXPECT_OK(T(gt_decode_kyber)(&got, KW_SPAN(kyber.bytes)));
    assert_true(T(gt_equal)(&got, &base));
}

static void LAW(gt_decode__refuses_what_is_not_the_encoding)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    T(gt) got = T(gt_one)();
    T(gt_bytes) good;
    T(gt_encode_coeff)(&good, &base);
    for (size_t len = 0; len < sizeof good.bytes; len += 7) {
        EXPECT_STATUS(T(gt_decode_coeff)(&got, (kw_span){good.bytes, len}), KW_LENGTH);
        EXPECT_STATUS(T(gt_decode_kyber)(&got, (kw_span){good.bytes, len}), KW_LENGTH);
    }
    for (size_t i = 0; i < sizeof good.bytes; i += sizeof(T(fp))) {
        T(gt_bytes) bad = good;
        bad.bytes[i + sizeof(T(fp)) - 1] ^= 1;
        EXPECT_STATUS(T(gt_decode_coeff)(&got, KW_SPAN(bad.bytes)), KW_NOT_IN_SUBGROUP);
        bad = good;
        memset(bad.bytes + i, 0xff, sizeof(T(fp)));
        EXPECT_STATUS(T(gt_decode_coeff)(&got, KW_SPAN(bad.bytes)), KW_RANGE);
        EXPECT_STATUS(T(gt_decode_kyber)(&got, KW_SPAN(bad.bytes)), KW_RANGE);
    }
    /* The other order of coefficients is another element. */
    EXPECT_STATUS(T(gt_decode_kyber)(&got, KW_SPAN(good.bytes)), KW_NOT_IN_SUBGROUP);
    T(gt_bytes) zero = {{0}};
    EXPECT_STATUS(T(gt_decode_coeff)(&got, KW_SPAN(zero.bytes)), KW_NOT_IN_SUBGROUP);
    assert_true(LAW(is_one)(&got));
}

/* The Miller loop of some, that of others, their product, and one final exponentiation. */
static void LAW(miller__and_final_exp_make_the_product)(void **state)
{
    (void)state;
    static LAW(world) w;
    LAW(world_build)(&w);
    T(gt) wanted;
    T(gt) got;
    T(fp12) f;
    T(fp12) rest;
    EXPECT_OK(T(pair_product)(&wanted, w.pairs, 20, 0));
    EXPECT_OK(T(miller)(&f, w.pairs, 20, 0));
    EXPECT_OK(T(final_exp)(&got, &f));
    assert_true(T(gt_equal)(&got, &wanted));
    EXPECT_OK(T(miller)(&f, w.pairs, 3, 0));
    EXPECT_OK(T(miller)(&rest, w.pairs + 3, 17, 0));
    T(fp12_mul)(&f, &f, &rest);
    EXPECT_OK(T(final_exp)(&got, &f));
    assert_true(T(gt_equal)(&got, &wanted));
    T(g1) infinity = T(g1_infinity)();
    T(pair) bad = {.p = &infinity, .q = w.pairs[0].q};
    const T(fp12) untouched = f;
    EXPECT_STATUS(T(miller)(&f, &bad, 0, 0), KW_ARG);
    EXPECT_STATUS(T(miller)(&f, &bad, 1, 0), KW_INFINITY);
    bad.q = NULL;
    EXPECT_STATUS(T(miller)(&f, &bad, 1, KW_ALLOW_INFINITY), KW_ARG);
    assert_memory_equal(&f, &untouched, sizeof f);
    const T(fp12) zero = {0};
    EXPECT_STATUS(T(final_exp)(&got, &zero), KW_ARG);
    assert_true(T(gt_equal)(&got, &wanted));
}

static void LAW(gt_sqr_times__is_repeated_squaring)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    const T(gt) one = T(gt_one)();
    T(gt) got;
    T(gt) wanted = base;
    T(gt) squared = base;
    for (unsigned times = 0; times < 70; times++) {
        T(gt_sqr_times)(&got, &base, times);
        assert_true(T(gt_equal)(&got, &wanted));
        assert_true(T(gt_equal)(&squared, &wanted));
        T(gt_mul)(&wanted, &wanted, &wanted);
        T(gt_sqr)(&squared, &squared);
        T(gt_sqr_times)(&got, &one, times);
        assert_true(LAW(is_one)(&got));
    }
}

/* Also for exponents whose parts are 0 or at their ends. */
static void LAW(gt_exp__in_constant_time_is_the_same_power)(void **state)
{
    (void)state;
    T(gt) base = LAW(base)();
    for (uint64_t i = 0; i < 12; i++) {
        T(fr) k = T(fr_of_u64)(i < 4 ? i : i * 0x9e3779b97f4a7c15);
        T(gt) wanted;
        T(gt) got;
        if (i >= 4) {
            T(fr_sqr)(&k, &k);
            T(fr_sqr)(&k, &k);
        }
        if (i % 2 == 1) {
            T(fr_neg)(&k, &k);
        }
        T(gt_exp_var)(&wanted, &base, &k);
        T(gt_exp)(&got, &base, &k);
        assert_true(T(gt_equal)(&got, &wanted));
    }
}

static const struct CMUnitTest LAW(laws)[] = {
    NAMED_TEST(LAW(miller__and_final_exp_make_the_product)),
    NAMED_TEST(LAW(gt_sqr_times__is_repeated_squaring)),
    NAMED_TEST(LAW(gt_exp__in_constant_time_is_the_same_power)),
    NAMED_TEST(LAW(pairing__is_bilinear)),
    NAMED_TEST(LAW(pairing__of_sums_is_the_product)),
    NAMED_TEST(LAW(pairing__is_not_degenerate)),
    NAMED_TEST(LAW(pairing__of_infinity_is_one)),
    NAMED_TEST(LAW(pair_product__is_the_product_of_pairings)),
    NAMED_TEST(LAW(pair_product_is_one__tells_one_from_others)),
    NAMED_TEST(LAW(prepare__gives_the_same_as_the_point)),
    NAMED_TEST(LAW(pair_product__refuses_infinity_unless_allowed)),
    NAMED_TEST(LAW(pair_product__refuses_missing_points)),
    NAMED_TEST(LAW(gt_exp__is_repeated_multiplication)),
    NAMED_TEST(LAW(gt_exp__is_a_homomorphism)),
    NAMED_TEST(LAW(gt_inv__gives_one_with_its_argument)),
    NAMED_TEST(LAW(gt_check__accepts_the_group_only)),
    NAMED_TEST(LAW(gt_bytes__come_back_both_ways)),
    NAMED_TEST(LAW(gt_decode__refuses_what_is_not_the_encoding)),
};
