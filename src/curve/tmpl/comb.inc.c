/* SPDX-License-Identifier: Apache-2.0
 * Multiples of a fixed point from tables: the signed comb of Hamburg (ePrint 2012/309 section
 * 3.3). Parameters: those of group.inc.c. CT: constant time in scalars; tables are public.
 *
 * The scalar becomes sum (2 b[i] - 1) 2^i over COMB_BITS bits, all signs and no zeros. Bit
 * (TEETH c + t) SPACING + s is tooth t of comb c in column s. at[c][j] has the sum of the teeth of
 * comb c in column 0, the last with a plus, the others with the signs of the bits of j. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

_Static_assert(KW_COUNT(((G(comb) *)0)->at) == COMBS &&
                   KW_COUNT(((G(comb) *)0)->at[0]) == COMB_ENTRIES &&
                   sizeof(RAW) <= COMB_ENTRY_MOST * sizeof(uint64_t),
               "the tables have the layout of recode.inc.c");

KW_TEMPLATE kw_status G(comb_init)(G(comb) * out, const GROUP *p)
{
    if (G(is_infinity)(p)) {
        return KW_INFINITY;
    }
    GROUP tooth = *p;
    for (int c = 0; c < COMBS; c++) {
        GROUP twice[COMB_TEETH - 1];
        GROUP line[COMB_ENTRIES];
        GROUP sum = G(infinity)();
        for (int t = 0; t < COMB_TEETH - 1; t++) {
            G(add)(&sum, &sum, &tooth);
            G(dbl)(&twice[t], &tooth);
            tooth = twice[t];
            for (int s = 1; s < COMB_SPACING; s++) {
                G(dbl)(&tooth, &tooth);
            }
        }
        G(sub)(&line[0], &tooth, &sum);
        for (int t = 0; t < COMB_TEETH - 1; t++) {
            for (int j = 0; j < 1 << t; j++) {
                G(add)(&line[j + (1 << t)], &line[j], &twice[t]);
            }
        }
        G(batch_to_raw)(out->at[c], line, COMB_ENTRIES);
        for (int s = 0; s < COMB_SPACING; s++) {
            G(dbl)(&tooth, &tooth);
        }
    }
    return KW_OK;
}

/* The entry that the six signs of `digit` ask for. All are read. */
KW_TEMPLATE void G(comb_select)(RAW *o, const RAW *entries, uint32_t digit)
{
    kw_mask is_negative = kw_ct_barrier((uint64_t)(digit >> (COMB_TEETH - 1)) - 1);
    uint64_t index = (digit ^ is_negative) & (COMB_ENTRIES - 1);
    comb_pick((uint64_t *)o, (const uint64_t *)entries, sizeof *o / sizeof(uint64_t), index);
    B(neg_if)(is_negative, &o->y, &o->y);
}

KW_TEMPLATE void G(comb_secret)(GROUP *out, const G(comb) * comb, const secret *k)
{
    comb_bits bits;
    comb_recode(&bits, k);
    GROUP sum;
    RAW term;
    G(comb_select)(&term, comb->at[0], comb_digit(&bits, 0, COMB_SPACING - 1));
    G(of_raw)(&sum, &term);
    for (int i = 1; i < COMBS * COMB_SPACING; i++) {
        int c = i % COMBS;
        if (c == 0) {
            G(dbl)(&sum, &sum);
        }
        G(comb_select)(&term, comb->at[c], comb_digit(&bits, c, COMB_SPACING - 1 - i / COMBS));
        G(add_affine)(&sum, &sum, &term);
    }
    *out = sum;
    kw_wipe(&bits, sizeof bits);
    kw_wipe(&sum, sizeof sum);
    kw_wipe(&term, sizeof term);
}

#undef G
#undef B
