/* SPDX-License-Identifier: Apache-2.0
 * Scalars of BN254 in parts: k less the point of a lattice near (k, 0, ..), Babai's rounding. The
 * rows of the lattice are relations sum row[i] E^i = 0 modulo r (tools/curve_params.py). CT:
 * constant time. */

/* c = floor(k scale / 2^256 + 1/2), least word first. */
KW_TEMPLATE void split_round(uint64_t c[PART_WORDS], const uint64_t k[4], const uint64_t scale[4])
{
    uint64_t product[8];
    mont4_mul_wide(product, k, scale);
    uint64_t carry = product[3] >> 63;
    for (int i = 0; i < PART_WORDS; i++) {
        kw_u128 sum = (kw_u128)product[4 + i] + carry;
        c[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    kw_wipe(product, sizeof product);
}

/* o += a b modulo 2^(64 PART_WORDS), which serves signed numbers as well. */
KW_TEMPLATE void part_mul_add(uint64_t *o, const uint64_t *a, const uint64_t *b)
{
    for (int i = 0; i < PART_WORDS; i++) {
        uint64_t carry = 0;
        for (int j = 0; i + j < PART_WORDS; j++) {
            kw_u128 sum = (kw_u128)a[i] * b[j] + o[i + j] + carry;
            o[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
    }
}

/* `scales` has a row for each of the parts; `rows` are the negated lattice, count x count parts. */
KW_TEMPLATE void split(uint64_t (*parts)[PART_WORDS], const fr *k, int count,
                       const uint64_t (*scales)[4], const uint64_t (*rows)[PART_WORDS])
{
    uint64_t words[4];
    uint64_t c[PART_WORDS];
    fr_to_words(words, k);
    memset(parts, 0, (size_t)count * sizeof *parts);
    memcpy(parts[0], words, sizeof parts[0]);
    for (int i = 0; i < count; i++) {
        split_round(c, words, scales[i]);
        for (int j = 0; j < count; j++) {
            part_mul_add(parts[j], c, rows[count * i + j]);
        }
    }
    kw_wipe(words, sizeof words);
    kw_wipe(c, sizeof c);
}

KW_TEMPLATE void g1_split(uint64_t parts[2][PART_WORDS], const fr *k)
{
    split(parts, k, 2, g1_split_scales, g1_split_rows);
}

KW_TEMPLATE void g2_split(uint64_t parts[4][PART_WORDS], const fr *k)
{
    split(parts, k, 4, g2_split_scales, g2_split_rows);
}

/* Parts as short as a and b: the split finds them again, and its digits end half way. */
KW_TEMPLATE fr fr_of_parts(uint64_t a, uint64_t b)
{
    fr first = fr_of_u64(a);
    fr out = fr_of_u64(b);
    fr_mul(&out, &out, &g1_phi);
    fr_add(&out, &out, &first);
    return out;
}
