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

#undef G
#undef PUB
