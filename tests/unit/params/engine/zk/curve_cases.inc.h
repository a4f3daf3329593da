/* SPDX-License-Identifier: Apache-2.0
 * Cases of one curve's table. CURVE is the table, DRAWN_G1 and DRAWN_G2 the points that
 * ffjavascript 0.3 draws, after a scalar, from the digest 01 02 .. 20. */

static const kw_zk_group *groups(size_t i)
{
    return i == 0 ? CURVE.g1 : CURVE.g2;
}

enum {
    POINTS = 70 /* more than are checked at once */
};

/* 1, 2, 3 ... times the generator, as a file has them. */
static void make_wire(uint8_t *wire, const kw_zk_group *g)
{
    const kw_zk_point generator = g->generator();
    kw_zk_point point = generator;
    for (size_t i = 0; i < POINTS; i++) {
        g->encode(wire + i * g->wire_bytes, &point);
        g->add(&point, &point, &generator);
    }
}

static void decode__takes_points_and_names_the_first_that_is_wrong(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        const kw_zk_group *g = groups(k);
        static uint8_t wire[POINTS * KW_ZK_G2_BYTES_MAX];
        static kw_zk_point points[POINTS];
        const kw_span all = {wire, POINTS * g->wire_bytes};
        size_t bad = 0;
        make_wire(wire, g);
        EXPECT_OK(g->decode(points, &bad, all, KW_POINT_STRICT));
        const kw_zk_scalar number = CURVE.scalar_of_u64(POINTS);
        const kw_zk_point generator = g->generator();
        kw_zk_point wanted;
        kw_zk_point last = g->at(points, POINTS - 1);
        g->mul(&wanted, &generator, &number);
        assert_true(g->equal(&last, &wanted));
        wire[67 * g->wire_bytes + 3] ^= 1;
        wire[69 * g->wire_bytes + 3] ^= 1;
        EXPECT_STATUS(g->decode(points, &bad, all, KW_POINT_STRICT), KW_NOT_ON_CURVE);
        assert_int_equal(bad, 67);
        memset(wire + 5 * g->wire_bytes, 0xff, CURVE.fp_bytes);
        EXPECT_STATUS(g->decode(points, &bad, all, KW_POINT_STRICT), KW_RANGE);
        assert_int_equal(bad, 5);
        memset(wire + 2 * g->wire_bytes, 0, g->wire_bytes);
        EXPECT_STATUS(g->decode(points, &bad, all, KW_POINT_STRICT), KW_INFINITY);
        assert_int_equal(bad, 2);
        EXPECT_STATUS(g->decode(points, &bad, all, KW_ALLOW_INFINITY), KW_RANGE);
        assert_int_equal(bad, 5);
    }
}

/* A point of the curve with a small x is in the group with no chance worth naming. */
static void decode__refuses_points_of_another_order(void **state)
{
    (void)state;
    uint8_t wire[KW_ZK_G2_BYTES_MAX];
    kw_zk_point point;
    size_t bad = 1;
    assert_true(OUTSIDER(wire));
    EXPECT_STATUS(CURVE.g2->decode(&point, &bad, (kw_span){wire, CURVE.g2->wire_bytes}, 0),
                  KW_NOT_IN_SUBGROUP);
    assert_int_equal(bad, 0);
}

static void draw__gives_the_points_of_ffjavascript(void **state)
{
    (void)state;
    uint8_t digest[32];
    for (size_t i = 0; i < sizeof digest; i++) {
        digest[i] = (uint8_t)(i + 1);
    }
    kw_zk_draw draw = kw_zk_draw_of(digest);
    kw_zk_scalar scalar;
    kw_zk_scalar wanted;
    const hexed words =
        hexed_of("9a942a73989f62affc7fc4dbee7962e4000a48b458682f1366e582f67599801e");
    CURVE.scalar_draw(&scalar, &draw);
    EXPECT_OK(CURVE.scalar_decode_mont(&wanted, hexed_view(&words)));
    assert_true(CURVE.scalar_equal(&scalar, &wanted));
    static const char *const drawn[] = {DRAWN_G1, DRAWN_G2};
    for (size_t k = 0; k < 2; k++) {
        const kw_zk_group *g = groups(k);
        uint8_t wire[KW_ZK_G2_BYTES_MAX];
        uint8_t hashed[KW_ZK_G2_BYTES_MAX];
        kw_zk_point point;
        g->draw(&point, &draw);
        g->encode(wire, &point);
        g->to_hashed(hashed, (kw_span){wire, g->wire_bytes});
        expect_hexed((kw_span){hashed, g->wire_bytes}, drawn[k]);
    }
}

static void sum__adds_multiples(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        const kw_zk_group *g = groups(k);
        static uint8_t wire[POINTS * KW_ZK_G2_BYTES_MAX];
        static kw_zk_point points[POINTS];
        kw_zk_scalar scalars[POINTS];
        size_t bad = 0;
        uint64_t total = 5;
        make_wire(wire, g);
        EXPECT_OK(g->decode(points, &bad, (kw_span){wire, POINTS * g->wire_bytes}, 0));
        for (size_t i = 0; i < POINTS; i++) {
            scalars[i] = CURVE.scalar_of_u64(3 * i);
            total += 3 * i * (i + 1);
        }
        const kw_zk_terms terms = {points, scalars, POINTS, 16};
        kw_mspan scratch = {kw_heap_new(g->sum_scratch(POINTS), 1), g->sum_scratch(POINTS)};
        assert_non_null(scratch.ptr);
        const kw_zk_scalar five = CURVE.scalar_of_u64(5);
        const kw_zk_scalar all = CURVE.scalar_of_u64(total);
        const kw_zk_point generator = g->generator();
        kw_zk_point sum;
        kw_zk_point wanted;
        g->mul(&sum, &generator, &five);
        g->sum(&sum, scratch, &terms);
        g->mul(&wanted, &generator, &all);
        assert_true(g->equal(&sum, &wanted));
        const kw_zk_point zero = g->infinity();
        assert_false(g->equal(&sum, &zero));
        kw_heap_free(scratch.ptr);
    }
}

static void same_ratio__compares_across_groups(void **state)
{
    (void)state;
    const kw_zk_scalar seven = CURVE.scalar_of_u64(7);
    const kw_zk_point a = CURVE.g1->generator();
    const kw_zk_point c = CURVE.g2->generator();
    const kw_zk_point zero1 = CURVE.g1->infinity();
    const kw_zk_point zero2 = CURVE.g2->infinity();
    kw_zk_point b;
    kw_zk_point d;
    CURVE.g1->mul(&b, &a, &seven);
    CURVE.g2->mul(&d, &c, &seven);
    assert_true(CURVE.same_ratio(&a, &b, &c, &d));
    assert_false(CURVE.same_ratio(&b, &a, &c, &d));
    assert_true(CURVE.same_ratio(&zero1, &zero1, &c, &d));
    assert_true(CURVE.same_ratio(&a, &b, &zero2, &zero2));
    assert_false(CURVE.same_ratio(&zero1, &b, &c, &d));
    assert_false(CURVE.same_ratio(&a, &b, &c, &zero2));
}

/* Numbers, their bytes in each form, and the laws between them. */
static void scalars__are_read_as_they_are_written(void **state)
{
    (void)state;
    uint8_t number[KW_ZK_FR_BYTES] = {9, 1};
    uint8_t wide[48] = {[46] = 1, [47] = 9};
    uint8_t half[16] = {[14] = 1, [15] = 9};
    const kw_zk_scalar wanted = CURVE.scalar_of_u64(265);
    const kw_zk_scalar one = CURVE.scalar_of_u64(1);
    kw_zk_scalar got;
    EXPECT_OK(CURVE.scalar_decode(&got, KW_SPAN(number)));
    assert_true(CURVE.scalar_equal(&got, &wanted));
    CURVE.scalar_of_wide(&got, wide);
    assert_true(CURVE.scalar_equal(&got, &wanted));
    CURVE.scalar_of_u128(&got, half);
    assert_true(CURVE.scalar_equal(&got, &wanted));
    CURVE.scalar_batch_inv(&got, 1);
    CURVE.scalar_mul(&got, &got, &wanted);
    assert_true(CURVE.scalar_equal(&got, &one));
    CURVE.scalar_add(&got, &got, &wanted);
    CURVE.scalar_sub(&got, &got, &wanted);
    assert_true(CURVE.scalar_equal(&got, &one));
    EXPECT_STATUS(CURVE.scalar_decode(&got, (kw_span){CURVE.r, KW_ZK_FR_BYTES}), KW_RANGE);
    EXPECT_STATUS(CURVE.scalar_decode(&got, (kw_span){number, 31}), KW_LENGTH);
    EXPECT_STATUS(CURVE.scalar_decode_mont(&got, (kw_span){CURVE.r, KW_ZK_FR_BYTES}), KW_RANGE);
}

#define CURVE_CASES                                                           \
    cmocka_unit_test(decode__takes_points_and_names_the_first_that_is_wrong), \
        cmocka_unit_test(decode__refuses_points_of_another_order),            \
        cmocka_unit_test(draw__gives_the_points_of_ffjavascript),             \
        cmocka_unit_test(sum__adds_multiples),                                \
        cmocka_unit_test(same_ratio__compares_across_groups),                 \
        cmocka_unit_test(scalars__are_read_as_they_are_written)
