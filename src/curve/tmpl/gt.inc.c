/* SPDX-License-Identifier: Apache-2.0
 * GT, the subgroup of order r of Fp12, and its bytes. Asks for trace_power. CT: constant time,
 * except in gt_check and what decodes. */

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

KW_TEMPLATE bool gt_equal(const gt *a, const gt *b)
{
    return fp12_equal(&a->value, &b->value) != 0;
}

/* out = a^words, for 256 bits, by windows of 4 bits. */
KW_TEMPLATE void gt_exp_words(gt *out, const gt *a, const uint64_t words[4])
{
    fp12 powers[16];
    fp12 factor;
    fp12 product = fp12_one();
    powers[0] = product;
    for (int i = 1; i < 16; i++) {
        fp12_mul(&powers[i], &powers[i - 1], &a->value);
    }
    for (int bit = 252; bit >= 0; bit -= 4) {
        uint64_t digit = words[bit / 64] >> (bit % 64) & 15;
        for (int i = 0; i < 4; i++) {
            fp12_cyclotomic_sqr(&product, &product);
        }
        factor = powers[0];
        for (uint64_t i = 1; i < 16; i++) {
            fp12_copy(kw_ct_eq(i, digit), &factor, &powers[i]);
        }
        fp12_mul(&product, &product, &factor);
    }
    out->value = product;
    kw_wipe(powers, sizeof powers);
    kw_wipe(&factor, sizeof factor);
    kw_wipe(&product, sizeof product);
}

KW_TEMPLATE void gt_exp_var(gt *out, const gt *a, const fr *k)
{
    uint64_t words[4];
    fr_to_words(words, k);
    gt_exp_words(out, a, words);
}

KW_TEMPLATE void gt_exp_secret(gt *out, const gt *a, const secret *k)
{
    uint64_t words[4];
    fr opened = secret_open(k);
    fr_to_words(words, &opened);
    gt_exp_words(out, a, words);
    kw_wipe(words, sizeof words);
    kw_wipe(&opened, sizeof opened);
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
