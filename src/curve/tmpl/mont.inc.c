/* SPDX-License-Identifier: Apache-2.0
 * Words and Montgomery multiplication in portable C over LIMBS 64-bit limbs, least first; R =
 * 2^(64 LIMBS). Source: Koc, Acar, Kaliski 1996, CIOS; the variant without carries of gnark.
 *
 * This file is also the contract of asm/mont*.inc.h, which have the same functions for BMI2+ADX.
 * A modulus p is odd with its top bit clear; n0 = -1/p mod 2^64. Elements are < p, and every
 * result is. Outputs may be inputs, but not those of mul_wide. CT: constant time in all words. */

#define MONT(name) KW_GLUE3(mont, LIMBS, name)

/* o = a + b; the carry out, 0 or 1. */
static inline uint64_t MONT(_add_words)(uint64_t *o, const uint64_t *a, const uint64_t *b)
{
    uint64_t carry = 0;
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        kw_u128 sum = (kw_u128)a[i] + b[i] + carry;
        o[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    return carry;
}

/* o = a - b; the borrow out, 0 or 1. */
static inline uint64_t MONT(_sub_words)(uint64_t *o, const uint64_t *a, const uint64_t *b)
{
    uint64_t borrow = 0;
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        kw_u128 difference = (kw_u128)a[i] - b[i] - borrow;
        o[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    return borrow;
}

/* o = a - p when a >= p, else a; a < 2p < R. */
KW_TEMPLATE_HOT void MONT(_reduce_once)(uint64_t *o, const uint64_t *a, const uint64_t *p)
{
    uint64_t less[LIMBS];
    kw_mask is_small = kw_ct_barrier((uint64_t)0 - MONT(_sub_words)(less, a, p));
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        o[i] = (a[i] & is_small) | (less[i] & ~is_small);
    }
}

static inline void MONT(_add)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p)
{
    uint64_t sum[LIMBS];
    (void)MONT(_add_words)(sum, a, b);
    MONT(_reduce_once)(o, sum, p);
}

static inline void MONT(_sub)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p)
{
    uint64_t difference[LIMBS];
    uint64_t back[LIMBS];
    kw_mask is_negative = kw_ct_barrier((uint64_t)0 - MONT(_sub_words)(difference, a, b));
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        back[i] = p[i] & is_negative;
    }
    (void)MONT(_add_words)(o, difference, back);
}

/* o = a * b, 2 LIMBS words; any a and b. */
static inline void MONT(_mul_wide)(uint64_t *o, const uint64_t *a, const uint64_t *b)
{
    uint64_t t[2 * LIMBS] = {0};
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;
#pragma GCC unroll 12
        for (int j = 0; j < LIMBS; j++) {
            kw_u128 sum = (kw_u128)a[j] * b[i] + t[i + j] + carry;
            t[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        t[i + LIMBS] = carry;
    }
    memcpy(o, t, sizeof t);
}

/* o = a - b over 2 LIMBS words, for a >= b. */
static inline void MONT(_sub_wide)(uint64_t *o, const uint64_t *a, const uint64_t *b)
{
    uint64_t borrow = 0;
#pragma GCC unroll 12
    for (int i = 0; i < 2 * LIMBS; i++) {
        kw_u128 difference = (kw_u128)a[i] - b[i] - borrow;
        o[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
}

/* o = a - b, plus p R when that is negative; a, b < p R. */
static inline void MONT(_sub_wide_mod)(uint64_t *o, const uint64_t *a, const uint64_t *b,
                                       const uint64_t *p)
{
    uint64_t borrow = MONT(_sub_words)(o, a, b);
    uint64_t back[LIMBS];
    uint64_t high[LIMBS];
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        kw_u128 difference = (kw_u128)a[LIMBS + i] - b[LIMBS + i] - borrow;
        high[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    kw_mask is_negative = kw_ct_barrier((uint64_t)0 - borrow);
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        back[i] = p[i] & is_negative;
    }
    (void)MONT(_add_words)(o + LIMBS, high, back);
}

/* o = a + b, less p R when that is not below it; a, b < p R. */
static inline void MONT(_add_wide_mod)(uint64_t *o, const uint64_t *a, const uint64_t *b,
                                       const uint64_t *p)
{
    uint64_t carry = MONT(_add_words)(o, a, b);
    uint64_t high[LIMBS];
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        kw_u128 sum = (kw_u128)a[LIMBS + i] + b[LIMBS + i] + carry;
        high[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    MONT(_reduce_once)(o + LIMBS, high, p);
}

/* o = t / R mod p; t has 2 LIMBS words and is < p R. */
static inline void MONT(_redc)(uint64_t *o, const uint64_t *t, const uint64_t *p, uint64_t n0)
{
    uint64_t w[2 * LIMBS];
    memcpy(w, t, sizeof w);
    uint64_t top = 0;
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        uint64_t m = w[i] * n0;
        uint64_t carry = 0;
#pragma GCC unroll 12
        for (int j = 0; j < LIMBS; j++) {
            kw_u128 sum = (kw_u128)m * p[j] + w[i + j] + carry;
            w[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        kw_u128 sum = (kw_u128)w[i + LIMBS] + carry + top;
        w[i + LIMBS] = (uint64_t)sum;
        top = (uint64_t)(sum >> 64); /* ends as 0: the quotient is < 2p < R */
    }
    MONT(_reduce_once)(o, w + LIMBS, p);
}

/* o = a b / R mod p, but only < 2p; also for a, b < 2p when 4p < R. The top bit of p is clear, so
 * the two carries of a row fit one word. */
KW_TEMPLATE_HOT void MONT(_mul_loose)(uint64_t *o, const uint64_t *a, const uint64_t *b,
                                      const uint64_t *p, uint64_t n0)
{
    uint64_t t[LIMBS] = {0};
#pragma GCC unroll 12
    for (int i = 0; i < LIMBS; i++) {
        kw_u128 product = (kw_u128)a[0] * b[i] + t[0];
        uint64_t carry_a = (uint64_t)(product >> 64);
        uint64_t m = (uint64_t)product * n0;
        kw_u128 sum = (kw_u128)m * p[0] + (uint64_t)product;
        uint64_t carry_p = (uint64_t)(sum >> 64);
#pragma GCC unroll 12
        for (int j = 1; j < LIMBS; j++) {
            product = (kw_u128)a[j] * b[i] + t[j] + carry_a;
            carry_a = (uint64_t)(product >> 64);
            sum = (kw_u128)m * p[j] + (uint64_t)product + carry_p;
            carry_p = (uint64_t)(sum >> 64);
            t[j - 1] = (uint64_t)sum;
        }
        t[LIMBS - 1] = carry_a + carry_p;
    }
    memcpy(o, t, sizeof t);
}

KW_TEMPLATE_HOT void MONT(_sqr_loose)(uint64_t *o, const uint64_t *a, const uint64_t *p,
                                      uint64_t n0)
{
    MONT(_mul_loose)(o, a, a, p, n0);
}

/* o = a b / R mod p, also for a, b < 2p when 4p < R. */
static inline void MONT(_mul)(uint64_t *o, const uint64_t *a, const uint64_t *b, const uint64_t *p,
                              uint64_t n0)
{
    MONT(_mul_loose)(o, a, b, p, n0);
    MONT(_reduce_once)(o, o, p);
}

static inline void MONT(_sqr)(uint64_t *o, const uint64_t *a, const uint64_t *p, uint64_t n0)
{
    MONT(_mul)(o, a, a, p, n0);
}

/* o = (a0 + a1 u)(b0 + b1 u) with u^2 = -1, 2 LIMBS words each; 4 p < R. Karatsuba with one
 * reduction for each part. Products of unreduced sums are below 4 p^2 < p R; a difference that went
 * below 0 gets p R, so both sums are as redc wants them. */
static inline void MONT(_complex_mul)(uint64_t *o, const uint64_t *a, const uint64_t *b,
                                      const uint64_t *p, uint64_t n0)
{
    uint64_t sum_a[LIMBS];
    uint64_t sum_b[LIMBS];
    uint64_t v0[2 * LIMBS];
    uint64_t v1[2 * LIMBS];
    uint64_t cross[2 * LIMBS];
    (void)MONT(_add_words)(sum_a, a, a + LIMBS);
    (void)MONT(_add_words)(sum_b, b, b + LIMBS);
    MONT(_mul_wide)(v0, a, b);
    MONT(_mul_wide)(v1, a + LIMBS, b + LIMBS);
    MONT(_mul_wide)(cross, sum_a, sum_b);
    MONT(_sub_wide)(cross, cross, v0);
    MONT(_sub_wide)(cross, cross, v1);
    MONT(_sub_wide_mod)(v0, v0, v1, p);
    MONT(_redc)(o, v0, p, n0);
    MONT(_redc)(o + LIMBS, cross, p, n0);
}

#undef MONT
