/* SPDX-License-Identifier: Apache-2.0
 * Square roots in Fp, p = 3 mod 4. Parameters: LIMBS, fp_sqrt_exponent. CT: constant time in the
 * elements; the exponent is a constant of the curve. */

#define MONT(name) KW_GLUE3(mont, LIMBS, name)

/* Bits of the exponent from `at` down to `end`. */
typedef struct fp_window {
    int end;
    unsigned digit; /* 0, of one bit, or odd */
} fp_window;

enum {
    FP_WINDOW_BITS = 5,
};

KW_TEMPLATE unsigned fp_exponent_bit(int at)
{
    return fp_sqrt_exponent[at / 64] >> (at % 64) & 1;
}

/* A zero, or the longest window from `at` down that ends in a one. */
KW_TEMPLATE fp_window fp_window_at(int at)
{
    if (fp_exponent_bit(at) == 0) {
        return (fp_window){at, 0};
    }
    fp_window w = {at - FP_WINDOW_BITS + 1 > 0 ? at - FP_WINDOW_BITS + 1 : 0, 0};
    while (fp_exponent_bit(w.end) == 0) {
        w.end++;
    }
    for (; at >= w.end; at--) {
        w.digit = w.digit << 1 | fp_exponent_bit(at);
    }
    return w;
}

/* o = a^((p - 3) / 4); then o^2 a is 1 for a square, -1 for another, 0 for 0. In between, values
 * are only below 2p. */
KW_TEMPLATE void fp_inverse_root(fp *o, const fp *a)
{
    uint64_t odd[1 << (FP_WINDOW_BITS - 1)][LIMBS]; /* a^1, a^3, ..., a^31 */
    uint64_t power[LIMBS];
    MONT(_sqr_loose)(power, a->w, fp_p, fp_n0);
    memcpy(odd[0], a->w, sizeof odd[0]);
    for (int i = 1; i < 1 << (FP_WINDOW_BITS - 1); i++) {
        MONT(_mul_loose)(odd[i], odd[i - 1], power, fp_p, fp_n0);
    }
    int at = 64 * LIMBS - 1;
    while (fp_exponent_bit(at) == 0) {
        at--;
    }
    fp_window w = fp_window_at(at);
    memcpy(power, odd[w.digit >> 1], sizeof power);
    for (at = w.end - 1; at >= 0; at = w.end - 1) {
        w = fp_window_at(at);
        for (int i = w.end; i <= at; i++) {
            MONT(_sqr_loose)(power, power, fp_p, fp_n0);
        }
        if (w.digit != 0) {
            MONT(_mul_loose)(power, power, odd[w.digit >> 1], fp_p, fp_n0);
        }
    }
    MONT(_reduce_once)(o->w, power, fp_p);
    kw_wipe(odd, sizeof odd);
    kw_wipe(power, sizeof power);
}

/* A root of a, and whether there is one; else `o` is of no use. CT: constant time in a. */
KW_TEMPLATE kw_mask fp_root(fp *o, const fp *a)
{
    fp root;
    fp square;
    fp_inverse_root(&root, a);
    fp_mul(&root, &root, a);
    fp_sqr(&square, &root);
    kw_mask is_square = fp_equal(&square, a);
    *o = root;
    return is_square;
}

#undef MONT
