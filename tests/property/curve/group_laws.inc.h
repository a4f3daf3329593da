/* SPDX-License-Identifier: Apache-2.0
 * Laws of one group of one curve. Parameters: GROUP and RAW, C(name) for the curve's public names;
 * the including test has an instance of the curve's templates, of which only what is not public is
 * used: points off the curve and off the subgroup, endomorphisms, cofactors. */

#define G(name)   KW_GLUE3(GROUP, _, name)
#define PUB(name) C(G(name))

static void G(expect_equal)(const GROUP *a, const GROUP *b)
{
    assert_true(PUB(equal)(a, b));
    RAW raw_a;
    RAW raw_b;
    PUB(to_raw)(&raw_a, a);
    PUB(to_raw)(&raw_b, b);
    assert_memory_equal(&raw_a, &raw_b, sizeof raw_a);
}

/* k p by doubling and adding, k big-endian: no window, no endomorphism. */
static GROUP G(plain_mul)(const GROUP *p, const uint8_t *k, size_t len)
{
    GROUP sum = PUB(infinity)();
    for (size_t bit = 0; bit < 8 * len; bit++) {
        PUB(dbl)(&sum, &sum);
        if ((k[bit / 8] >> (7 - bit % 8) & 1) != 0) {
            PUB(add)(&sum, &sum, p);
        }
    }
    return sum;
}

static GROUP G(random_point)(void)
{
    uint8_t bytes[16];
    draw(bytes, sizeof bytes);
    GROUP base = PUB(generator)();
    return G(plain_mul)(&base, bytes, sizeof bytes);
}

/* Of the curve; in the subgroup hardly ever, unless that is the whole curve. */
static RAW G(random_raw)(void)
{
    RAW raw;
    for (;;) {
        G(draw_x)(&raw.x);
        if (G(solve_y)(&raw)) {
            return raw;
        }
    }
}

static void G(add__obeys_the_laws_of_a_group)(void **state)
{
    (void)state;
    GROUP o = PUB(infinity)();
    for (int i = 0; i < 20; i++) {
        GROUP p = i == 0 ? PUB(generator)() : G(random_point)();
        GROUP q = i == 1 ? o : G(random_point)();
        GROUP left;
        GROUP right;
        GROUP minus_p;
        PUB(neg)(&minus_p, &p);
        PUB(add)(&left, &p, &q);
        PUB(add)(&right, &q, &p);
        G(expect_equal)(&left, &right);
        PUB(add)(&right, &left, &minus_p);
        G(expect_equal)(&right, &q);
        PUB(add)(&left, &p, &o);
        G(expect_equal)(&left, &p);
        PUB(add)(&left, &o, &p);
        G(expect_equal)(&left, &p);
        PUB(add)(&left, &p, &minus_p);
        assert_true(PUB(is_infinity)(&left));
        PUB(add)(&left, &p, &p);
        PUB(dbl)(&right, &p);
        G(expect_equal)(&left, &right);
        assert_false(PUB(equal)(&p, &minus_p));
        assert_false(PUB(equal)(&p, &o));
    }
    PUB(dbl)(&o, &o);
    assert_true(PUB(is_infinity)(&o));
}

static void G(expect_mul)(const GROUP *p, const fr *k, const GROUP *wanted)
{
    GROUP got;
    secret hidden;
    C(secret_of_fr)(&hidden, k);
    PUB(mul_var)(&got, p, k);
    G(expect_equal)(&got, wanted);
    PUB(mul_secret)(&got, p, &hidden);
    G(expect_equal)(&got, wanted);
}

static void G(mul__agrees_with_doubling_and_adding)(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        GROUP p = i == 0 ? PUB(infinity)() : G(random_point)();
        uint8_t bytes[48] = {0};
        draw(bytes + 16, i < 20 ? 32 : 1 + (size_t)i % 32);
        memset(bytes + 16 + i % 8, 0xff, i % 3 == 0 ? 8 : 0);
        fr k;
        EXPECT_OK(C(fr_from_wide)(&k, KW_SPAN(bytes)));
        GROUP wanted = G(plain_mul)(&p, bytes, sizeof bytes);
        G(expect_mul)(&p, &k, &wanted);
    }
}

static void G(mul__knows_small_and_large_scalars)(void **state)
{
    (void)state;
    GROUP p = G(random_point)();
    GROUP multiple = PUB(infinity)();
    for (uint64_t i = 0; i < 70; i++) {
        fr k = C(fr_of_u64)(i);
        GROUP negated;
        G(expect_mul)(&p, &k, &multiple);
        C(fr_neg)(&k, &k);
        PUB(neg)(&negated, &multiple);
        G(expect_mul)(&p, &k, &negated);
        PUB(add)(&multiple, &multiple, &p);
    }
}

/* Sums of a E^i(p) and of a |x|^i p: parts that are equal or opposite, so that a table meets p + p
 * and p - p; and scalars beside the powers of x. */
static void G(mul__bears_parts_that_coincide)(void **state)
{
    (void)state;
    const fr one = C(fr_of_u64)(1);
    fr factors[2];
    G(eigenvalue)(&factors[0]);
    factors[1] = C(fr_of_u64)(curve_x);
    for (int i = 0; i < 64; i++) {
        GROUP p = G(random_point)();
        const fr *factor = &factors[i % 2];
        fr power = one;
        fr k = C(fr_of_u64)(i / 2 % 2 == 0 ? 0 : 1 + (uint64_t)i);
        GROUP term = p;
        GROUP wanted;
        PUB(mul_var)(&wanted, &p, &k);
        for (int j = 0; j < 4; j++) {
            if ((i / 4 >> j & 1) != 0) {
                C(fr_add)(&k, &k, &power);
                PUB(add)(&wanted, &wanted, &term);
            }
            C(fr_mul)(&power, &power, factor);
            uint8_t bytes[32];
            fr_to_bytes(bytes, factor);
            term = G(plain_mul)(&term, bytes, sizeof bytes);
        }
        G(expect_mul)(&p, &k, &wanted);
    }
}

static void G(endo__is_multiplication_by_its_eigenvalue)(void **state)
{
    (void)state;
    fr value;
    uint8_t bytes[32];
    G(eigenvalue)(&value);
    fr_to_bytes(bytes, &value);
    for (int i = 0; i < 8; i++) {
        GROUP p = G(random_point)();
        GROUP wanted = G(plain_mul)(&p, bytes, sizeof bytes);
        GROUP got;
        G(endo)(&got, &p);
        G(expect_equal)(&got, &wanted);
    }
}

static void G(split__keeps_the_scalar)(void **state)
{
    (void)state;
    fr value;
    G(eigenvalue)(&value);
    for (int i = 0; i < 2000; i++) {
        fr k = edge_scalar(i);
        uint64_t parts[G(PART_COUNT)][PART_WORDS];
        G(split)(parts, &k);
        fr sum = C(fr_of_u64)(0);
        for (int part = G(PART_COUNT) - 1; part >= 0; part--) {
            fr term = fr_of_part(parts[part]);
            C(fr_mul)(&sum, &sum, &value);
            C(fr_add)(&sum, &sum, &term);
            assert_true(part_is_within(parts[part], G(NAF_DIGITS) - 1));
        }
        assert_true(C(fr_equal)(&sum, &k));
    }
}

static void G(check__takes_points_of_the_group_alone)(void **state)
{
    (void)state;
    RAW raw = {0};
    GROUP p;
    EXPECT_OK(PUB(check)(&p, &raw));
    assert_true(PUB(is_infinity)(&p));
    for (int i = 0; i < 20; i++) {
        GROUP q = G(random_point)();
        PUB(to_raw)(&raw, &q);
        EXPECT_OK(PUB(check)(&p, &raw));
        G(expect_equal)(&p, &q);
        GROUP before = p;
        raw.y = raw.x;
        EXPECT_STATUS(PUB(check)(&p, &raw), KW_NOT_ON_CURVE);
        raw = G(random_raw)();
        EXPECT_STATUS(PUB(check)(&p, &raw), G(IS_WHOLE_CURVE) ? KW_OK : KW_NOT_IN_SUBGROUP);
        if (!G(IS_WHOLE_CURVE)) {
            assert_memory_equal(&p, &before, sizeof p);
        }
    }
}

/* Doublings in other coordinates, of which infinity has no valid form. */
static void G(dbl_run__is_many_doublings)(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        GROUP p = i == 0 ? PUB(infinity)() : G(random_point)();
        GROUP wanted = p;
        GROUP got;
        G(dbl_run)(&got, &p, i);
        for (int j = 0; j < i; j++) {
            PUB(dbl)(&wanted, &wanted);
        }
        G(expect_equal)(&got, &wanted);
        GROUP other = G(random_point)();
        PUB(add)(&got, &got, &other);
        PUB(add)(&wanted, &wanted, &other);
        G(expect_equal)(&got, &wanted);
    }
}

static GROUP G(times_order)(const GROUP *p)
{
    uint8_t order[8 * KW_COUNT(fr_p)];
    for (size_t i = 0; i < sizeof order; i++) {
        order[sizeof order - 1 - i] = (uint8_t)(fr_p[i / 8] >> (8 * (i % 8)));
    }
    return G(plain_mul)(p, order, sizeof order);
}

static void G(times_cofactor__leads_into_the_group)(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        RAW raw = G(random_raw)();
        GROUP p;
        GROUP cleared;
        G(of_raw)(&p, &raw);
        G(times_cofactor)(&cleared, &p);
        assert_false(PUB(is_infinity)(&cleared));
        GROUP nothing = G(times_order)(&cleared);
        assert_true(PUB(is_infinity)(&nothing));
        PUB(to_raw)(&raw, &cleared);
        EXPECT_OK(PUB(check)(&p, &raw));
    }
}

#undef G
#undef PUB
