/* SPDX-License-Identifier: Apache-2.0
 * Scalars of BLS12-381 in parts: k = d0 + d1 |x| + d2 |x|^2 + d3 |x|^3 with digits below |x|, since
 * r < x^4. psi is multiplication by x = -|x| and phi by -x^2. CT: constant time. */

/* (high 2^64 + low) / |x| for high < |x|; *rest becomes the remainder. |x| has its top bit set, so
 * curve_x_inverse = floor((2^128 - 1) / |x|) - 2^64 is a word. Source: Moeller, Granlund, "Improved
 * division by invariant integers", algorithm 4, whose last correction this divisor never needs:
 * before the first, the remainder is below 1.39 |x| (tools/curve_params.py proves that). */
KW_TEMPLATE uint64_t divide_by_x(uint64_t *rest, uint64_t high, uint64_t low)
{
    kw_u128 estimate = (kw_u128)curve_x_inverse * high + (((kw_u128)high << 64) | low);
    uint64_t quotient = (uint64_t)(estimate >> 64) + 1;
    uint64_t r = low - quotient * curve_x;
    kw_mask is_above = kw_ct_lt((uint64_t)estimate, r);
    *rest = r + (curve_x & is_above);
    return quotient + is_above; /* less 1 */
}

KW_TEMPLATE void split_base_x(uint64_t digits[4], const fr *k)
{
    uint64_t words[4];
    fr_to_words(words, k);
    for (int i = 0; i < 4; i++) {
        uint64_t rest = 0;
        for (int j = 3; j >= 0; j--) {
            words[j] = divide_by_x(&rest, rest, words[j]);
        }
        digits[i] = rest;
    }
    kw_wipe(words, sizeof words);
}

/* (d0 + d1 |x|) and -(d2 + d3 |x|). */
KW_TEMPLATE void g1_split(uint64_t parts[2][PART_WORDS], const fr *k)
{
    uint64_t digits[4];
    split_base_x(digits, k);
    for (int i = 0; i < 2; i++) {
        kw_u128 part = (kw_u128)digits[2 * i + 1] * curve_x + digits[2 * i];
        parts[i][0] = (uint64_t)part;
        parts[i][1] = (uint64_t)(part >> 64);
        parts[i][2] = 0;
    }
    part_neg_if(~(kw_mask)0, parts[1], parts[1]);
    kw_wipe(digits, sizeof digits);
}

/* d0, -d1, d2, -d3. */
KW_TEMPLATE void g2_split(uint64_t parts[4][PART_WORDS], const fr *k)
{
    uint64_t digits[4];
    split_base_x(digits, k);
    memset(parts, 0, 4 * sizeof parts[0]);
    for (int i = 0; i < 4; i++) {
        parts[i][0] = digits[i];
    }
    part_neg_if(~(kw_mask)0, parts[1], parts[1]);
    part_neg_if(~(kw_mask)0, parts[3], parts[3]);
    kw_wipe(digits, sizeof digits);
}
