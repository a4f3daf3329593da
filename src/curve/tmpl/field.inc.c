/* SPDX-License-Identifier: Apache-2.0
 * A prime field in Montgomery form. Parameters: FIELD, its type and the prefix of its functions
 * and constants, LIMBS. Elements are fully reduced. CT: constant time except in names with _var. */

#define F(name)    KW_GLUE3(FIELD, _, name)
#define MONT(name) KW_GLUE3(mont, LIMBS, name)

KW_TEMPLATE_HOT void F(add)(FIELD *o, const FIELD *a, const FIELD *b)
{
    MONT(_add)(o->w, a->w, b->w, F(p));
}

KW_TEMPLATE_HOT void F(dbl)(FIELD *o, const FIELD *a)
{
    MONT(_add)(o->w, a->w, a->w, F(p));
}

KW_TEMPLATE_HOT void F(sub)(FIELD *o, const FIELD *a, const FIELD *b)
{
    MONT(_sub)(o->w, a->w, b->w, F(p));
}

KW_TEMPLATE void F(mul)(FIELD *o, const FIELD *a, const FIELD *b)
{
    MONT(_mul)(o->w, a->w, b->w, F(p), F(n0));
}

KW_TEMPLATE void F(sqr)(FIELD *o, const FIELD *a)
{
    MONT(_sqr)(o->w, a->w, F(p), F(n0));
}

KW_TEMPLATE FIELD F(zero)(void)
{
    return (FIELD){{0}};
}

KW_TEMPLATE FIELD F(one)(void)
{
    FIELD one;
    memcpy(one.w, F(r), sizeof one.w);
    return one;
}

KW_TEMPLATE_HOT void F(neg)(FIELD *o, const FIELD *a)
{
    FIELD zero = {{0}};
    F(sub)(o, &zero, a);
}

KW_TEMPLATE kw_mask F(is_zero)(const FIELD *a)
{
    uint64_t any = 0;
    for (int i = 0; i < LIMBS; i++) {
        any |= a->w[i];
    }
    return ~kw_ct_nonzero(any);
}

KW_TEMPLATE kw_mask F(equal)(const FIELD *a, const FIELD *b)
{
    uint64_t differing = 0;
    for (int i = 0; i < LIMBS; i++) {
        differing |= a->w[i] ^ b->w[i];
    }
    return ~kw_ct_nonzero(differing);
}

/* o = a under a mask of ones, else o stays. */
KW_TEMPLATE_HOT void F(copy)(kw_mask mask, FIELD *o, const FIELD *a)
{
    kw_mask m = kw_ct_barrier(mask);
    for (int i = 0; i < LIMBS; i++) {
        o->w[i] ^= (o->w[i] ^ a->w[i]) & m;
    }
}

/* o = -a under a mask of ones, else a. */
KW_TEMPLATE_HOT void F(neg_if)(kw_mask mask, FIELD *o, const FIELD *a)
{
    FIELD negated;
    F(neg)(&negated, a);
    *o = *a;
    F(copy)(mask, o, &negated);
}

/* o = a * k for a small constant k, not 0. */
KW_TEMPLATE_HOT void F(mul_small)(FIELD *o, const FIELD *a, unsigned k)
{
    FIELD sum = *a;
    for (unsigned bit = 1U << (31 - __builtin_clz(k)) >> 1; bit != 0; bit >>= 1) {
        F(dbl)(&sum, &sum);
        if ((k & bit) != 0) {
            F(add)(&sum, &sum, a);
        }
    }
    *o = sum;
}

/* o = a / 2: a when even, else a + p, shifted; that sum has no carry, for p's top bit is clear. */
KW_TEMPLATE void F(half)(FIELD *o, const FIELD *a)
{
    kw_mask is_odd = (uint64_t)0 - kw_ct_barrier(a->w[0] & 1);
    uint64_t sum[LIMBS];
    uint64_t more[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
        more[i] = F(p)[i] & is_odd;
    }
    (void)MONT(_add_words)(sum, a->w, more);
    for (int i = 0; i < LIMBS - 1; i++) {
        o->w[i] = sum[i] >> 1 | sum[i + 1] << 63;
    }
    o->w[LIMBS - 1] = sum[LIMBS - 1] >> 1;
    kw_wipe(sum, sizeof sum);
}

/* Plain words of an element, least first, and back; `from_words` needs words < p. */
KW_TEMPLATE void F(to_words)(uint64_t *words, const FIELD *a)
{
    uint64_t wide[2 * LIMBS] = {0};
    memcpy(wide, a->w, sizeof a->w);
    MONT(_redc)(words, wide, F(p), F(n0));
    kw_wipe(wide, sizeof wide);
}

KW_TEMPLATE void F(from_words)(FIELD *o, const uint64_t *words)
{
    MONT(_mul)(o->w, words, F(r2), F(p), F(n0));
}

KW_TEMPLATE FIELD F(of_u64)(uint64_t value)
{
    uint64_t words[LIMBS] = {value};
    FIELD out;
    F(from_words)(&out, words);
    return out;
}

/* All ones when the plain words are < p. */
KW_TEMPLATE kw_mask F(is_reduced)(const uint64_t *words)
{
    uint64_t difference[LIMBS];
    kw_mask is_below = (uint64_t)0 - MONT(_sub_words)(difference, words, F(p));
    kw_wipe(difference, sizeof difference);
    return is_below;
}

/* A word as big-endian bytes, on any machine; compilers know these loops. */
KW_TEMPLATE uint64_t F(word_of_bytes)(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (size_t i = 0; i < sizeof word; i++) {
        word = word << 8 | bytes[i];
    }
    return word;
}

KW_TEMPLATE void F(word_to_bytes)(uint8_t *bytes, uint64_t word)
{
    for (size_t i = sizeof word; i-- > 0;) {
        bytes[i] = (uint8_t)word;
        word >>= 8;
    }
}

/* Big-endian bytes, 8 LIMBS of them. All ones when they are < p; else `o` is of no use. */
KW_TEMPLATE kw_mask F(of_bytes)(FIELD *o, const uint8_t *bytes)
{
    uint64_t words[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
        words[i] = F(word_of_bytes)(bytes + 8 * (LIMBS - 1 - i));
    }
    kw_mask is_reduced = F(is_reduced)(words);
    F(from_words)(o, words);
    kw_wipe(words, sizeof words);
    return is_reduced;
}

KW_TEMPLATE void F(to_bytes)(uint8_t *bytes, const FIELD *a)
{
    uint64_t words[LIMBS];
    F(to_words)(words, a);
    for (int i = 0; i < LIMBS; i++) {
        F(word_to_bytes)(bytes + 8 * (LIMBS - 1 - i), words[i]);
    }
    kw_wipe(words, sizeof words);
}

/* Little-endian bytes of the words themselves; verdict as above. */
KW_TEMPLATE kw_mask F(of_mont_bytes)(FIELD *o, const uint8_t *bytes)
{
    for (size_t i = 0; i < LIMBS; i++) {
        o->w[i] = 0;
        for (size_t k = sizeof o->w[i]; k-- > 0;) {
            o->w[i] = o->w[i] << 8 | bytes[8 * i + k];
        }
    }
    return F(is_reduced)(o->w);
}

KW_TEMPLATE void F(to_mont_bytes)(uint8_t *bytes, const FIELD *a)
{
    for (size_t i = 0; i < sizeof a->w; i++) {
        bytes[i] = (uint8_t)(a->w[i / 8] >> 8 * (i % 8));
    }
}

/* Big-endian bytes, at most 16 LIMBS of them, modulo p: Horner over digits of LIMBS - 1 words. */
KW_TEMPLATE void F(of_wide_bytes)(FIELD *o, const uint8_t *bytes, size_t len)
{
    enum {
        DIGIT_BYTES = 8 * (LIMBS - 1)
    };
    const uint64_t base_words[LIMBS] = {[LIMBS - 1] = 1};
    uint8_t padded[3 * DIGIT_BYTES] = {0};
    uint8_t digit_bytes[8 * LIMBS] = {0};
    FIELD base;
    FIELD digit;
    FIELD sum = {{0}};
    memcpy(padded + sizeof padded - len, bytes, len);
    F(from_words)(&base, base_words);
    for (size_t i = 0; i < sizeof padded; i += DIGIT_BYTES) {
        memcpy(digit_bytes + 8, padded + i, DIGIT_BYTES);
        (void)F(of_bytes)(&digit, digit_bytes);
        F(mul)(&sum, &sum, &base);
        F(add)(&sum, &sum, &digit);
    }
    *o = sum;
    kw_wipe(padded, sizeof padded);
    kw_wipe(digit_bytes, sizeof digit_bytes);
    kw_wipe(&digit, sizeof digit);
}

/* Bytes of so many more bits than p has, 128 at least, that the bias of the remainder is small. */
KW_TEMPLATE kw_status F(from_wide)(FIELD *o, kw_span bytes)
{
    if (bytes.len < 8 * LIMBS + 16 || bytes.len > 16 * LIMBS) {
        return KW_ARG;
    }
    F(of_wide_bytes)(o, bytes.ptr, bytes.len);
    return KW_OK;
}

/* -1, 0 or 1 as the plain value of a is below, equal to or above that of b. */
KW_TEMPLATE int F(cmp)(const FIELD *a, const FIELD *b)
{
    uint64_t words_a[LIMBS];
    uint64_t words_b[LIMBS];
    uint64_t difference[LIMBS];
    F(to_words)(words_a, a);
    F(to_words)(words_b, b);
    int is_below = (int)MONT(_sub_words)(difference, words_a, words_b);
    int is_above = (int)MONT(_sub_words)(difference, words_b, words_a);
    kw_wipe(words_a, sizeof words_a);
    kw_wipe(words_b, sizeof words_b);
    kw_wipe(difference, sizeof difference);
    return is_above - is_below;
}

/* All ones when the plain value is above (p - 1) / 2: the larger of the two roots. */
KW_TEMPLATE kw_mask F(is_larger)(const FIELD *a)
{
    uint64_t words[LIMBS];
    uint64_t difference[LIMBS];
    F(to_words)(words, a);
    kw_mask is_above = (uint64_t)0 - MONT(_sub_words)(difference, F(half_p), words);
    kw_wipe(words, sizeof words);
    kw_wipe(difference, sizeof difference);
    return is_above;
}

/* The sign of RFC 9380 section 4.1: the lowest bit of the plain value, 0 or 1. */
KW_TEMPLATE uint64_t F(sgn0)(const FIELD *a)
{
    uint64_t words[LIMBS];
    F(to_words)(words, a);
    uint64_t lowest = words[0] & 1;
    kw_wipe(words, sizeof words);
    return lowest;
}

#include "curve/tmpl/field_inv.inc.c"

#undef F
#undef MONT
