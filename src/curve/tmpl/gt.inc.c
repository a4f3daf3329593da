/* SPDX-License-Identifier: Apache-2.0
 * GT, the subgroup of order r of Fp12, and its bytes. Asks for trace_power. CT: constant time,
 * except in gt_check, gt_exp_var and what decodes. */

KW_TEMPLATE gt gt_one(void)
{
    return (gt){fp12_one()};
}

KW_TEMPLATE void gt_mul(gt *out, const gt *a, const gt *b)
{
    fp12_mul(&out->value, &a->value, &b->value);
}

KW_TEMPLATE void gt_inv(gt *out, const gt *a)
{
    fp12_conj(&out->value, &a->value);
}

KW_TEMPLATE void gt_sqr(gt *out, const gt *a)
{
    fp12_cyclotomic_sqr(&out->value, &a->value);
}

KW_TEMPLATE void gt_sqr_times(gt *out, const gt *a, unsigned times)
{
    fp12_cyclotomic_sqr_times(&out->value, &a->value, times);
}

KW_TEMPLATE bool gt_equal(const gt *a, const gt *b)
{
    return fp12_equal(&a->value, &b->value) != 0;
}

enum {
    GT_PARTS = 4, /* as in G2: the Frobenius map is the power p here, as psi is times p there */
    GT_DIGITS = 13,
    GT_NAF_DIGITS = WINDOW * GT_DIGITS + 1,
};

/* What an exponentiation keeps until it is wiped. */
typedef struct gt_windows {
    fp12 powers[WINDOW_LARGEST]; /* a^1 .. a^16 */
    uint64_t parts[GT_PARTS][PART_WORDS];
    uint64_t biased[GT_PARTS][PART_WORDS];
    fp12 factor;
    fp12 inverse;
    fp12 product;
} gt_windows;

/* factor = a^digit. All powers are read. */
KW_TEMPLATE void gt_select(gt_windows *w, int32_t digit)
{
    uint64_t d = (uint64_t)(int64_t)digit;
    kw_mask is_negative = (uint64_t)0 - (d >> 63);
    uint64_t magnitude = (d ^ is_negative) - is_negative;
    w->factor = fp12_one();
    for (uint64_t i = 0; i < WINDOW_LARGEST; i++) {
        fp12_copy(kw_ct_eq(magnitude, i + 1), &w->factor, &w->powers[i]);
    }
    fp12_conj(&w->inverse, &w->factor);
    fp12_copy(is_negative, &w->factor, &w->inverse);
}

/* out = a^k: the scalar in parts over the powers of the Frobenius map, squarings shared. */
KW_TEMPLATE void gt_exp(gt *out, const gt *a, const fr *k)
{
    gt_windows w;
    w.powers[0] = a->value;
    for (int i = 1; i < WINDOW_LARGEST; i++) {
        fp12_mul(&w.powers[i], &w.powers[i - 1], &a->value);
    }
    g2_split(w.parts, k);
    for (int part = 0; part < GT_PARTS; part++) {
        part_bias(w.biased[part], w.parts[part], WINDOW, GT_DIGITS);
    }
    w.product = fp12_one();
    for (int i = GT_DIGITS - 1; i >= 0; i--) {
        for (int bit = 0; bit < WINDOW && i < GT_DIGITS - 1; bit++) {
            fp12_cyclotomic_sqr(&w.product, &w.product);
        }
        for (int part = 0; part < GT_PARTS; part++) {
            gt_select(&w, biased_digit(w.biased[part], WINDOW, i));
            if (part != 0) {
                fp12_frobenius(&w.factor, &w.factor, part);
            }
            fp12_mul(&w.product, &w.product, &w.factor);
        }
    }
    out->value = w.product;
    kw_wipe(&w, sizeof w);
}

/* The same by the wNAF of the parts. */
KW_TEMPLATE void gt_exp_var(gt *out, const gt *a, const fr *k)
{
    fp12 odd[GT_PARTS][WINDOW_LARGEST / 2]; /* a, a^3, .. a^15, and their powers p^part */
    int8_t naf[GT_PARTS][GT_NAF_DIGITS];
    uint64_t parts[GT_PARTS][PART_WORDS];
    fp12 factor;
    fp12 product = fp12_one();
    int length = 0;
    fp12_cyclotomic_sqr(&factor, &a->value);
    odd[0][0] = a->value;
    for (int i = 1; i < WINDOW_LARGEST / 2; i++) {
        fp12_mul(&odd[0][i], &odd[0][i - 1], &factor);
    }
    g2_split(parts, k);
    for (int part = 0; part < GT_PARTS; part++) {
        for (int i = 0; i < WINDOW_LARGEST / 2 && part > 0; i++) {
            fp12_frobenius(&odd[part][i], &odd[0][i], part);
        }
        int part_length = part_wnaf_var(naf[part], parts[part], GT_NAF_DIGITS);
        length = KW_MAX(length, part_length);
    }
    for (int at = length - 1; at >= 0; at--) {
        fp12_cyclotomic_sqr(&product, &product);
        for (int part = 0; part < GT_PARTS; part++) {
            int8_t digit = naf[part][at];
            if (digit == 0) {
                continue;
            }
            factor = odd[part][(digit < 0 ? -digit : digit) / 2];
            if (digit < 0) {
                fp12_conj(&factor, &factor);
            }
            fp12_mul(&product, &product, &factor);
        }
    }
    out->value = product;
}

/* First a^(p^4 - p^2 + 1) = 1, on which trace_power relies. */
KW_TEMPLATE kw_status gt_check(gt *out, const fp12 *in)
{
    fp12 left;
    fp12 right;
    if ((fp6_is_zero(&in->c0) & fp6_is_zero(&in->c1)) != 0) {
        return KW_NOT_IN_SUBGROUP;
    }
    fp12_frobenius(&right, in, 2);
    fp12_frobenius(&left, &right, 2);
    fp12_mul(&left, &left, in);
    if (fp12_equal(&left, &right) == 0) {
        return KW_NOT_IN_SUBGROUP;
    }
    fp12_frobenius(&left, in, 1);
    trace_power(&right, in);
    if (fp12_equal(&left, &right) == 0) {
        return KW_NOT_IN_SUBGROUP;
    }
    out->value = *in;
    return KW_OK;
}

/* The coefficient of Fp at place i of the twelve, c0.c0.c0 first. */
KW_TEMPLATE_HOT fp *fp12_place(fp12 *a, int i)
{
    fp6 *half = i < 6 ? &a->c0 : &a->c1;
    fp2 *c = i % 6 < 2 ? &half->c0 : i % 6 < 4 ? &half->c1 : &half->c2;
    return i % 2 == 0 ? &c->c0 : &c->c1;
}

/* `is_reversed`: c1.c2.c1 first. */
KW_TEMPLATE kw_status gt_read(gt *out, kw_span in, bool is_reversed)
{
    fp12 a;
    if (in.len != 12 * sizeof(fp)) {
        return KW_LENGTH;
    }
    for (int i = 0; i < 12; i++) {
        fp *c = fp12_place(&a, is_reversed ? 11 - i : i);
        if (fp_of_bytes(c, in.ptr + (size_t)i * sizeof(fp)) == 0) {
            return KW_RANGE;
        }
    }
    return gt_check(out, &a);
}

KW_TEMPLATE void gt_write(uint8_t *out, const gt *a, bool is_reversed)
{
    fp12 value = a->value;
    for (int i = 0; i < 12; i++) {
        fp_to_bytes(out + (size_t)i * sizeof(fp), fp12_place(&value, is_reversed ? 11 - i : i));
    }
    kw_wipe(&value, sizeof value);
}

KW_TEMPLATE kw_status gt_decode_coeff(gt *out, kw_span in)
{
    return gt_read(out, in, false);
}

KW_TEMPLATE kw_status gt_decode_kyber(gt *out, kw_span in)
{
    return gt_read(out, in, true);
}

KW_TEMPLATE void gt_encode_coeff(T(gt_bytes) * out, const gt *a)
{
    gt_write(out->bytes, a, false);
}

KW_TEMPLATE void gt_encode_kyber(T(gt_bytes) * out, const gt *a)
{
    gt_write(out->bytes, a, true);
}
