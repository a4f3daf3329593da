/* SPDX-License-Identifier: Apache-2.0
 * For groups that are not their whole curve. Parameters as for group_laws.inc.h, which comes
 * before, and COFACTOR: over a small prime that divides it once, in big-endian hex. */

#define G(name)   KW_GLUE3(GROUP, _, name)
#define PUB(name) C(G(name))

/* A point of small order beside a valid one: what a random combination would let through. */
static void G(check__refuses_points_with_a_small_part)(void **state)
{
    (void)state;
    uint8_t cofactor[(sizeof COFACTOR - 1) / 2];
    GROUP torsion = PUB(infinity)();
    read_hex(cofactor, COFACTOR);
    while (PUB(is_infinity)(&torsion)) {
        RAW raw = G(random_raw)();
        GROUP p;
        G(of_raw)(&p, &raw);
        p = G(plain_mul)(&p, cofactor, sizeof cofactor);
        torsion = G(times_order)(&p);
    }
    GROUP p = G(random_point)();
    RAW raw;
    PUB(to_raw)(&raw, &torsion);
    EXPECT_STATUS(PUB(check)(&p, &raw), KW_NOT_IN_SUBGROUP);
    PUB(add)(&torsion, &torsion, &p);
    PUB(to_raw)(&raw, &torsion);
    EXPECT_STATUS(PUB(check)(&p, &raw), KW_NOT_IN_SUBGROUP);
}

static void G(clear_cofactor__takes_raw_points_of_the_curve)(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        RAW raw = G(random_raw)();
        RAW cleared_raw;
        GROUP cleared;
        GROUP again;
        EXPECT_OK(PUB(clear_cofactor)(&cleared, &raw));
        PUB(to_raw)(&cleared_raw, &cleared);
        EXPECT_OK(PUB(check)(&again, &cleared_raw));
        assert_true(PUB(equal)(&cleared, &again));
        assert_false(PUB(is_infinity)(&cleared));
        raw.y = raw.x; /* no point */
        EXPECT_STATUS(PUB(clear_cofactor)(&cleared, &raw), KW_NOT_ON_CURVE);
        assert_true(PUB(equal)(&cleared, &again));
    }
    const RAW none = {0};
    GROUP cleared = G(random_point)();
    EXPECT_OK(PUB(clear_cofactor)(&cleared, &none));
    assert_true(PUB(is_infinity)(&cleared));
}

#undef G
#undef PUB
