/* SPDX-License-Identifier: Apache-2.0
 * Inversion by the division steps of Bernstein and Yang (ePrint 2019/266), up to 62 at a time on
 * single words, in the form with delta = 1/2 (half-delta divsteps). CT: constant time.
 *
 * f and g, from p and a, shrink together; d and e follow them, so that d a = f and e a = g hold
 * modulo p. When g is 0, f is 1 or -1, and d or -d is the inverse. */

enum {
    F(DIGITS) = KW_COUNT(F(p62)),
    F(DIGIT_BITS) = 62,
};
#define DIGIT_MASK ((int64_t)(UINT64_MAX >> 2))

/* A signed number in digits of 62 bits; all but the last lie in [0, 2^62). */
typedef struct F(signed62) {
    int64_t v[F(DIGITS)];
} F(signed62);

/* 2^62 times a step matrix ((u, v), (q, r)). */
typedef struct F(steps) {
    int64_t u;
    int64_t v;
    int64_t q;
    int64_t r;
} F(steps);

/* One round on the low words of f and g; zeta is -(delta + 1/2). Not inline: apart, gcc keeps each
 * row of the matrix in one vector register, which is a fifth faster. */
KW_TEMPLATE __attribute__((noinline)) int64_t F(divsteps)(F(steps) * out, int64_t zeta, uint64_t f,
                                                          uint64_t g)
{
    uint64_t u = (uint64_t)1 << (F(DIGIT_BITS) - F(inv_steps)); /* the steps double the rest */
    uint64_t v = 0;
    uint64_t q = 0;
    uint64_t r = u;
    uint64_t z = (uint64_t)zeta;
    for (int i = 0; i < F(inv_steps); i++) {
        kw_mask is_positive = kw_ct_barrier((uint64_t)0 - (z >> 63)); /* delta */
        kw_mask is_odd = kw_ct_barrier((uint64_t)0 - (g & 1));
        kw_mask swaps = is_positive & is_odd;
        uint64_t old_g = g;
        uint64_t old_q = q;
        uint64_t old_r = r;
        g += ((f ^ is_positive) - is_positive) & is_odd;
        q += ((u ^ is_positive) - is_positive) & is_odd;
        r += ((v ^ is_positive) - is_positive) & is_odd;
        z = (z ^ swaps) - 1;
        f ^= (f ^ old_g) & swaps; /* not from the new g: that would be a longer chain */
        u ^= (u ^ old_q) & swaps;
        v ^= (v ^ old_r) & swaps;
        g >>= 1;
        u <<= 1;
        v <<= 1;
    }
    *out = (F(steps)){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return (int64_t)z;
}

/* (f, g) = steps (f, g) / 2^62, which is exact, of so many digits. */
KW_TEMPLATE_HOT void F(apply_to_fg)(F(signed62) * f, F(signed62) * g, const F(steps) * t,
                                    int digits)
{
    kw_i128 cf = (kw_i128)t->u * f->v[0] + (kw_i128)t->v * g->v[0];
    kw_i128 cg = (kw_i128)t->q * f->v[0] + (kw_i128)t->r * g->v[0];
    for (int i = 1; i < digits; i++) {
        cf = (cf >> F(DIGIT_BITS)) + (kw_i128)t->u * f->v[i] + (kw_i128)t->v * g->v[i];
        cg = (cg >> F(DIGIT_BITS)) + (kw_i128)t->q * f->v[i] + (kw_i128)t->r * g->v[i];
        f->v[i - 1] = (int64_t)cf & DIGIT_MASK;
        g->v[i - 1] = (int64_t)cg & DIGIT_MASK;
    }
    f->v[digits - 1] = (int64_t)(cf >> F(DIGIT_BITS));
    g->v[digits - 1] = (int64_t)(cg >> F(DIGIT_BITS));
}

/* (d, e) = steps (d, e) / 2^62 modulo p; both stay in (-2p, p). Multiples of p make the low digit
 * vanish: first those that lift negative inputs, then those that clear 62 bits. */
KW_TEMPLATE void F(apply_to_de)(F(signed62) * d, F(signed62) * e, const F(steps) * t)
{
    int64_t d_sign = d->v[F(DIGITS) - 1] >> 63;
    int64_t e_sign = e->v[F(DIGITS) - 1] >> 63;
    int64_t md = (t->u & d_sign) + (t->v & e_sign);
    int64_t me = (t->q & d_sign) + (t->r & e_sign);
    kw_i128 cd = (kw_i128)t->u * d->v[0] + (kw_i128)t->v * e->v[0];
    kw_i128 ce = (kw_i128)t->q * d->v[0] + (kw_i128)t->r * e->v[0];
    md -= (int64_t)((F(p62_inverse) * (uint64_t)cd + (uint64_t)md) & (uint64_t)DIGIT_MASK);
    me -= (int64_t)((F(p62_inverse) * (uint64_t)ce + (uint64_t)me) & (uint64_t)DIGIT_MASK);
    cd += (kw_i128)F(p62)[0] * md;
    ce += (kw_i128)F(p62)[0] * me;
    for (int i = 1; i < F(DIGITS); i++) {
        cd = (cd >> F(DIGIT_BITS)) + (kw_i128)t->u * d->v[i] + (kw_i128)t->v * e->v[i];
        ce = (ce >> F(DIGIT_BITS)) + (kw_i128)t->q * d->v[i] + (kw_i128)t->r * e->v[i];
        cd += (kw_i128)F(p62)[i] * md;
        ce += (kw_i128)F(p62)[i] * me;
        d->v[i - 1] = (int64_t)cd & DIGIT_MASK;
        e->v[i - 1] = (int64_t)ce & DIGIT_MASK;
    }
    d->v[F(DIGITS) - 1] = (int64_t)(cd >> F(DIGIT_BITS));
    e->v[F(DIGITS) - 1] = (int64_t)(ce >> F(DIGIT_BITS));
}

/* Brings `a` into canonical digits; adds p first when it is negative (`mask` of ones). */
KW_TEMPLATE void F(carry_62)(F(signed62) * a, int64_t mask)
{
    int64_t carry = 0;
    for (int i = 0; i < F(DIGITS); i++) {
        int64_t digit = a->v[i] + (F(p62)[i] & mask) + carry;
        carry = digit >> F(DIGIT_BITS);
        a->v[i] = i < F(DIGITS) - 1 ? digit & DIGIT_MASK : digit;
    }
}

/* d in (-2p, p) times the sign of f, into [0, p). */
KW_TEMPLATE void F(normalise_62)(F(signed62) * d, int64_t f_sign)
{
    F(carry_62)(d, d->v[F(DIGITS) - 1] >> 63); /* (-p, p) */
    for (int i = 0; i < F(DIGITS); i++) {
        d->v[i] = (d->v[i] ^ f_sign) - f_sign;
    }
    F(carry_62)(d, 0);
    F(carry_62)(d, d->v[F(DIGITS) - 1] >> 63); /* [0, p) */
}

KW_TEMPLATE void F(to_62)(F(signed62) * out, const uint64_t *words)
{
    for (int i = 0; i < F(DIGITS); i++) {
        int bit = F(DIGIT_BITS) * i;
        uint64_t low = words[bit / 64] >> (bit % 64);
        uint64_t high =
            bit % 64 > 2 && bit / 64 + 1 < LIMBS ? words[bit / 64 + 1] << (64 - bit % 64) : 0;
        out->v[i] = (int64_t)(low | high) & DIGIT_MASK;
    }
}

KW_TEMPLATE void F(of_62)(uint64_t *words, const F(signed62) * a)
{
    memset(words, 0, LIMBS * sizeof *words);
    for (int i = 0; i < F(DIGITS); i++) {
        int bit = F(DIGIT_BITS) * i;
        words[bit / 64] |= (uint64_t)a->v[i] << (bit % 64);
        if (bit % 64 > 2 && bit / 64 + 1 < LIMBS) {
            words[bit / 64 + 1] |= (uint64_t)a->v[i] >> (64 - bit % 64);
        }
    }
}

/* o from d at the end, which is changed; f_sign is 0 or -1 as f is 1 or -1. */
KW_TEMPLATE void F(inverse_of_d)(FIELD *o, F(signed62) * d, int64_t f_sign)
{
    uint64_t words[LIMBS];
    F(normalise_62)(d, f_sign);
    F(of_62)(words, d);
    /* The inverse of a R is 1 / (a R); R^3 / R makes it R / a. */
    MONT(_mul)(o->w, words, F(r3), F(p), F(n0));
    kw_wipe(words, sizeof words);
}

/* o = 1 / a; of 0: 0. */
KW_TEMPLATE void F(inv)(FIELD *o, const FIELD *a)
{
    F(signed62) f;
    F(signed62) g;
    F(signed62) d = {{0}};
    F(signed62) e = {{1}};
    F(steps) t;
    memcpy(f.v, F(p62), sizeof f.v);
    F(to_62)(&g, a->w);
    int64_t zeta = -1;
    for (int i = 0; i < F(inv_rounds); i++) {
        zeta = F(divsteps)(&t, zeta, (uint64_t)f.v[0] | (uint64_t)f.v[1] << 62,
                           (uint64_t)g.v[0] | (uint64_t)g.v[1] << 62);
        F(apply_to_de)(&d, &e, &t);
        F(apply_to_fg)(&f, &g, &t, F(DIGITS));
    }
    F(inverse_of_d)(o, &d, f.v[F(DIGITS) - 1] >> 63);
    kw_wipe(&g, sizeof g);
    kw_wipe(&d, sizeof d);
    kw_wipe(&e, sizeof e);
    kw_wipe(&t, sizeof t);
}

#include "curve/tmpl/field_inv_var.inc.c"

#undef DIGIT_MASK
