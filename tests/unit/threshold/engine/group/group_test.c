/* SPDX-License-Identifier: Apache-2.0
 * The laws that the protocol relies on, for every row of the group table. */
#include "threshold/engine/group/group.h"

#include "support/expect.h"
#include "support/toy_group.h"

static const kw_group *const groups[] = {&kw_group_bls12_381, &toy_group};

static kw_group_secret secret_of(const kw_group *g, uint64_t value)
{
    kw_group_scalar scalar = g->scalar_of_u64(value);
    kw_group_secret out;
    g->secret_of_scalar(&out, &scalar);
    return out;
}

static void group__commits_to_what_it_evaluates(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret c[3] = {secret_of(g, 7), secret_of(g, 11), secret_of(g, 13)};
        kw_group_g1 c1[3];
        kw_group_g2 c2[3];
        for (size_t i = 0; i < 3; i++) {
            g->g1_base(&c1[i], &c[i]);
            g->g2_base(&c2[i], &c[i]);
        }
        kw_group_secret share;
        EXPECT_OK(g->poly_eval(&share, c, 3, 5));
        kw_group_scalar value;
        kw_declassify_group_secret(g, &value, &share, "this test looks at its own share");
        kw_group_scalar wanted = g->scalar_of_u64(7 + 11 * 5 + 13 * 25);
        assert_true(g->scalar_equal(&value, &wanted));
        kw_group_g1 left1;
        kw_group_g1 right1;
        g->g1_base(&left1, &share);
        EXPECT_OK(g->g1_poly_eval(&right1, c1, 3, 5));
        assert_true(g->g1_equal(&left1, &right1));
        kw_group_g2 left2;
        kw_group_g2 right2;
        g->g2_base(&left2, &share);
        EXPECT_OK(g->g2_poly_eval(&right2, c2, 3, 5));
        assert_true(g->g2_equal(&left2, &right2));
        EXPECT_OK(g->g2_poly_eval(&right2, c2, 3, 6));
        assert_false(g->g2_equal(&left2, &right2));
    }
}

static void group__interpolates_at_zero(void **state)
{
    (void)state;
    static const uint32_t index[] = {2, 5, 9};
    static const uint32_t bad[][2] = {{1, 0}, {4, 4}};
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret c[3] = {secret_of(g, 42), secret_of(g, 1000), secret_of(g, 3)};
        kw_group_scalar l[3];
        EXPECT_OK(g->lagrange_zero(l, index, 3));
        kw_group_scalar total = g->scalar_of_u64(0);
        assert_true(g->scalar_is_zero(&total));
        for (size_t i = 0; i < 3; i++) {
            kw_group_secret share;
            kw_group_scalar term;
            EXPECT_OK(g->poly_eval(&share, c, 3, index[i]));
            g->secret_reveal(&term, &share);
            g->scalar_mul(&term, &term, &l[i]);
            g->scalar_add(&total, &total, &term);
        }
        kw_group_scalar wanted = g->scalar_of_u64(42);
        assert_true(g->scalar_equal(&total, &wanted));
        g->scalar_sub(&total, &total, &wanted);
        assert_true(g->scalar_is_zero(&total));
        for (size_t i = 0; i < KW_COUNT(bad); i++) {
            EXPECT_STATUS(g->lagrange_zero(l, bad[i], 2), KW_ARG);
        }
        EXPECT_STATUS(g->lagrange_zero(l, index, 0), KW_ARG);
        kw_group_secret share;
        EXPECT_STATUS(g->poly_eval(&share, c, 3, 0), KW_ARG);
        EXPECT_STATUS(g->poly_eval(&share, c, 0, 1), KW_ARG);
    }
}

static void group__pairs_in_both_arguments(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_g1 h;
        EXPECT_OK(g->g1_hash(&h, KW_SPAN("message"), KW_SPAN("a domain")));
        EXPECT_STATUS(g->g1_hash(&h, KW_SPAN("message"), (kw_span){0}), KW_ARG);
        kw_group_secret k = secret_of(g, 123456789);
        kw_group_g1 signature;
        g->g1_mul(&signature, &h, &k);
        kw_group_g2 key;
        kw_group_g2 base = g->g2_generator();
        g->g2_mul(&key, &base, &k);
        bool yes = false;
        EXPECT_OK(g->pairings_equal(&yes, &signature, &base, &h, &key));
        assert_true(yes);
        g->g1_neg(&signature, &signature);
        EXPECT_OK(g->pairings_equal(&yes, &signature, &base, &h, &key));
        assert_false(yes);
        kw_group_g1 none = g->g1_infinity();
        EXPECT_STATUS(g->pairings_equal(&yes, &none, &base, &h, &key), KW_INFINITY);
        kw_group_g2 nothing = g->g2_infinity();
        EXPECT_STATUS(g->pairings_equal(&yes, &h, &base, &h, &nothing), KW_INFINITY);
    }
}

static void group__interpolates_points(void **state)
{
    (void)state;
    static const uint32_t index[] = {9, 2, 5};
    static const uint32_t bad[][2] = {{1, 0}, {4, 4}};
    static uint64_t scratch[32768];
    kw_mspan room = {(uint8_t *)scratch, sizeof scratch};
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret c[3] = {secret_of(g, 42), secret_of(g, 1000), secret_of(g, 3)};
        kw_group_g1 points[3];
        kw_group_g1 wanted;
        kw_group_g1 got;
        for (size_t i = 0; i < 3; i++) {
            kw_group_secret share;
            EXPECT_OK(g->poly_eval(&share, c, 3, index[i]));
            g->g1_base(&points[i], &share);
        }
        g->g1_base(&wanted, &c[0]);
        assert_true(g->g1_interpolate_scratch(3) <= room.len);
        EXPECT_OK(g->g1_interpolate(&got, room, &(kw_group_g1_values){index, points, 3}));
        assert_true(g->g1_equal(&got, &wanted));
        EXPECT_OK(g->g1_interpolate(&got, room, &(kw_group_g1_values){index, points, 2}));
        assert_false(g->g1_equal(&got, &wanted));
        for (size_t i = 0; i < KW_COUNT(bad); i++) {
            const kw_group_g1_values in = {bad[i], points, 2};
            EXPECT_STATUS(g->g1_interpolate(&got, room, &in), KW_ARG);
        }
        EXPECT_STATUS(g->g1_interpolate(&got, room, &(kw_group_g1_values){index, points, 0}),
                      KW_ARG);
    }
}

static void group__verifies_signatures_of_one_message(void **state)
{
    (void)state;
    static uint64_t scratch[32768];
    kw_mspan room = {(uint8_t *)scratch, sizeof scratch};
    uint8_t weights[3 * KW_BLS_MULTIPLIER_BYTES];
    memset(weights, 5, sizeof weights);
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_g1 signatures[3];
        kw_group_g2 keys[3];
        kw_group_g1 h;
        EXPECT_OK(g->g1_hash(&h, KW_SPAN("message"), KW_SPAN("a domain")));
        for (size_t i = 0; i < 3; i++) {
            kw_group_secret k = secret_of(g, 77 + i);
            g->g1_mul(&signatures[i], &h, &k);
            g->g2_base(&keys[i], &k);
        }
        signatures[1] = signatures[2];
        kw_group_signatures in = {keys, signatures, 3, KW_SPAN(weights)};
        uint8_t ok[3] = {7, 7, 7};
        assert_true(g->verify_scratch(3) <= room.len);
        EXPECT_OK(g->verify_all(ok, room, &in, KW_SPAN("message"), KW_SPAN("a domain")));
        assert_memory_equal(ok, ((const uint8_t[]){1, 0, 1}), 3);
        EXPECT_OK(g->verify_all(ok, room, &in, KW_SPAN("message"), KW_SPAN("other domain")));
        assert_memory_equal(ok, ((const uint8_t[]){0, 0, 0}), 3);
        in.weights.len--;
        EXPECT_STATUS(g->verify_all(ok, room, &in, KW_SPAN("message"), KW_SPAN("a domain")),
                      KW_ARG);
        in.n = 0;
        EXPECT_STATUS(g->verify_all(ok, room, &in, KW_SPAN("message"), KW_SPAN("a domain")),
                      KW_ARG);
    }
}

static void secret_point__wipes_when_it_drops(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        static const kw_group_secret_g1 wiped;
        kw_group_g1 base = g->g1_generator();
        kw_group_g1 again;
        kw_group_secret_g1 secret;
        kw_group_secret_g1_of_g1(&secret, &base);
        kw_declassify_group_secret_g1(&again, &secret, "this test looks at its own point");
        assert_true(g->g1_equal(&again, &base));
        kw_group_secret_g1_drop(&secret);
        assert_memory_equal(&secret, &wiped, sizeof secret);
    }
}

static void group__sums_products(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_g1 p1 = g->g1_generator();
        kw_group_g2 p2 = g->g2_generator();
        kw_group_g1 points1[2] = {p1, p1};
        kw_group_g2 points2[2] = {p2, p2};
        g->g1_add(&points1[1], &p1, &p1);
        g->g2_add(&points2[1], &p2, &p2);
        kw_group_scalar scalars[2] = {g->scalar_of_u64(3), g->scalar_of_u64(4)};
        kw_group_scalar eleven = g->scalar_of_u64(11);
        static uint64_t scratch[32768];
        kw_mspan room = {(uint8_t *)scratch, sizeof scratch};
        assert_true(g->g1_msm_scratch(2) <= room.len && g->g2_msm_scratch(2) <= room.len);
        kw_group_g1 sum1;
        kw_group_g2 sum2;
        EXPECT_OK(g->g1_msm(&sum1, room, &(kw_group_g1_terms){points1, scalars, 2}));
        EXPECT_OK(g->g2_msm(&sum2, room, &(kw_group_g2_terms){points2, scalars, 2}));
        g->g1_mul_var(&p1, &p1, &eleven);
        g->g2_mul_var(&p2, &p2, &eleven);
        assert_true(g->g1_equal(&sum1, &p1));
        assert_true(g->g2_equal(&sum2, &p2));
        g->g1_neg(&p1, &p1);
        g->g1_add(&p1, &p1, &sum1);
        assert_true(g->g1_is_infinity(&p1));
        g->g2_neg(&p2, &p2);
        g->g2_add(&p2, &p2, &sum2);
        assert_true(g->g2_is_infinity(&p2));
    }
}

static void group__shares_a_point_both_ways(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret a = secret_of(g, 99991);
        kw_group_secret b = secret_of(g, 31337);
        kw_group_g1 big_a;
        kw_group_g1 big_b;
        g->g1_base(&big_a, &a);
        g->g1_base(&big_b, &b);
        KW_AUTO(kw_group_shared_bytes) one = {{0}};
        KW_AUTO(kw_group_shared_bytes) other = {{0}};
        g->g1_share(&one, &big_a, &b);
        g->g1_share(&other, &big_b, &a);
        assert_memory_equal(one.bytes, other.bytes, sizeof one.bytes);
        kw_group_secret both;
        g->secret_mul(&both, &a, &b);
        kw_group_g1 product;
        g->g1_base(&product, &both);
        kw_group_g1_bytes wire = {{0}};
        g->g1_encode(&wire, &product);
        assert_memory_equal(one.bytes, wire.bytes, g->g1_bytes);
        kw_group_shared_bytes_drop(&one);
        assert_int_equal(one.bytes[0], 0);
    }
}

static void group_decode__reads_what_encode_wrote(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_secret k = secret_of(g, 77777777);
        kw_group_g1 p[2];
        kw_group_g2 q[2];
        g->g1_base(&p[0], &k);
        g->g2_base(&q[0], &k);
        kw_group_g1_bytes wire1 = {{0}};
        kw_group_g2_bytes wire2 = {{0}};
        g->g1_encode(&wire1, &p[0]);
        g->g2_encode(&wire2, &q[0]);
        uint8_t twice[2 * KW_GROUP_G2_BYTES_MAX];
        EXPECT_OK(g->g1_decode(&p[1], kw_group_g1_view(g, &wire1)));
        assert_true(g->g1_equal(&p[0], &p[1]));
        EXPECT_OK(g->g2_decode(&q[1], kw_group_g2_view(g, &wire2)));
        assert_true(g->g2_equal(&q[0], &q[1]));
        memcpy(twice, wire1.bytes, g->g1_bytes);
        memcpy(twice + g->g1_bytes, wire1.bytes, g->g1_bytes);
        EXPECT_OK(g->g1_decode_all(p, (kw_span){twice, 2u * g->g1_bytes}, 2));
        EXPECT_STATUS(g->g1_decode_all(p, (kw_span){twice, 2u * g->g1_bytes}, 1), KW_LENGTH);
        memset(twice + g->g1_bytes, 0xff, g->g1_bytes);
        assert_int_not_equal(g->g1_decode_all(p, (kw_span){twice, 2u * g->g1_bytes}, 2), KW_OK);
        memcpy(twice, wire2.bytes, g->g2_bytes);
        memcpy(twice + g->g2_bytes, wire2.bytes, g->g2_bytes);
        EXPECT_OK(g->g2_decode_all(q, (kw_span){twice, 2u * g->g2_bytes}, 2));
        EXPECT_STATUS(g->g2_decode_all(q, (kw_span){twice, 2u * g->g2_bytes - 1}, 2), KW_LENGTH);
    }
}

static void group_decode__refuses_infinity_lengths_and_numbers(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_group_g1 p = g->g1_infinity();
        kw_group_g2 q = g->g2_infinity();
        kw_group_g1_bytes wire1 = {{0}};
        kw_group_g2_bytes wire2 = {{0}};
        g->g1_encode(&wire1, &p);
        g->g2_encode(&wire2, &q);
        EXPECT_STATUS(g->g1_decode(&p, kw_group_g1_view(g, &wire1)), KW_INFINITY);
        EXPECT_STATUS(g->g2_decode(&q, kw_group_g2_view(g, &wire2)), KW_INFINITY);
        EXPECT_STATUS(g->g1_decode(&p, (kw_span){wire1.bytes, g->g1_bytes - 1u}), KW_LENGTH);
        EXPECT_STATUS(g->g2_decode(&q, (kw_span){wire2.bytes, g->g2_bytes - 1u}), KW_LENGTH);
        EXPECT_STATUS(g->g1_decode(&p, (kw_span){0}), KW_LENGTH);
        kw_group_scalar s;
        uint8_t ones[33];
        memset(ones, 0xff, sizeof ones);
        EXPECT_STATUS(g->scalar_decode(&s, (kw_span){ones, 32}), KW_RANGE);
        EXPECT_STATUS(g->scalar_decode(&s, (kw_span){ones, 33}), KW_LENGTH);
        EXPECT_STATUS(g->scalar_decode(&s, (kw_span){ones, 31}), KW_LENGTH);
        kw_group_secret k;
        kw_group_secret_bytes large;
        memset(&large, 0xff, sizeof large);
        EXPECT_STATUS(g->secret_decode(&k, &large), KW_RANGE);
        uint8_t zeros[KW_GROUP_WIDE_BYTES] = {0};
        EXPECT_STATUS(g->secret_of_random(&k, KW_SPAN(zeros)), KW_RANGE);
        EXPECT_STATUS(g->secret_of_random(&k, (kw_span){ones, 32}), KW_ARG);
    }
    /* Both coordinates are an encoding of the curve, but not of a message. */
    uint8_t both[192] = {0x17};
    kw_group_g1 p;
    kw_group_g2 q;
    EXPECT_STATUS(kw_group_bls12_381.g1_decode(&p, (kw_span){both, 96}), KW_LENGTH);
    EXPECT_STATUS(kw_group_bls12_381.g2_decode(&q, (kw_span){both, 192}), KW_LENGTH);
    const uint8_t stray[TOY_GROUP_G1_BYTES] = {0x80, 0, 0, 0, 0, 0, 0, 1};
    EXPECT_STATUS(toy_group.g1_decode(&p, KW_SPAN(stray)), KW_NOT_IN_SUBGROUP);
    const uint8_t wide[TOY_GROUP_G2_BYTES] = {1, [15] = 1};
    EXPECT_STATUS(toy_group.g2_decode(&q, KW_SPAN(wide)), KW_ENCODING);
}

static void group_scalars__keep_their_bytes(void **state)
{
    (void)state;
    for (size_t row = 0; row < KW_COUNT(groups); row++) {
        const kw_group *g = groups[row];
        kw_hash32 hash;
        memset(&hash, 0xff, sizeof hash);
        kw_group_scalar s = g->scalar_of_hash(&hash);
        kw_group_scalar_bytes wire;
        g->scalar_encode(&wire, &s);
        kw_group_scalar again;
        EXPECT_OK(g->scalar_decode(&again, KW_SPAN(wire.bytes)));
        assert_true(g->scalar_equal(&s, &again));
        KW_AUTO(kw_group_secret) k = {0};
        g->secret_of_scalar(&k, &s);
        KW_AUTO(kw_group_secret_bytes) secret = {{0}};
        g->secret_encode(&secret, &k);
        assert_memory_equal(secret.bytes, wire.bytes, sizeof wire.bytes);
        KW_AUTO(kw_group_secret) same = {0};
        EXPECT_OK(g->secret_decode(&same, &secret));
        g->secret_add(&k, &k, &same);
        g->scalar_add(&s, &s, &s);
        g->secret_reveal(&again, &k);
        assert_true(g->scalar_equal(&s, &again));
        kw_group_secret_bytes_drop(&secret);
        EXPECT_OK(g->secret_decode(&same, &secret)); /* zeros */
        g->secret_reveal(&again, &same);
        assert_true(g->scalar_is_zero(&again));
        kw_group_secret_drop(&k);
        g->secret_reveal(&again, &k);
        assert_true(g->scalar_is_zero(&again));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group__commits_to_what_it_evaluates),
        cmocka_unit_test(group__interpolates_at_zero),
        cmocka_unit_test(group__pairs_in_both_arguments),
        cmocka_unit_test(group__interpolates_points),
        cmocka_unit_test(group__verifies_signatures_of_one_message),
        cmocka_unit_test(secret_point__wipes_when_it_drops),
        cmocka_unit_test(group__sums_products),
        cmocka_unit_test(group__shares_a_point_both_ways),
        cmocka_unit_test(group_decode__reads_what_encode_wrote),
        cmocka_unit_test(group_decode__refuses_infinity_lengths_and_numbers),
        cmocka_unit_test(group_scalars__keep_their_bytes),
    };
    return cmocka_run_group_tests_name("threshold/engine/group", tests, NULL, NULL);
}
