/* SPDX-License-Identifier: Apache-2.0
 * Inversion of public elements, in variable time: the steps of field_inv.inc.c with delta = 1, many
 * at once where g has low zeros, until g is 0, on digits that get fewer. Source: ePrint 2019/266
 * and the notes on safegcd of libsecp256k1. Parameters: those of field.inc.c. */

/* Sixty-two steps on the low words of f and g; eta is -delta. */
KW_TEMPLATE int64_t F(divsteps_var)(F(steps) * out, int64_t eta, uint64_t f, uint64_t g)
{
    uint64_t u = 1;
    uint64_t v = 0;
    uint64_t q = 0;
    uint64_t r = 1;
    for (int left = F(DIGIT_BITS);;) {
        int zeros = __builtin_ctzll(g | UINT64_MAX << left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) {
            break;
        }
        if (eta < 0) { /* (f, g) = (g, -f) */
            uint64_t old_f = f;
            uint64_t old_u = u;
            uint64_t old_v = v;
            f = g;
            g = 0 - old_f;
            u = q;
            q = 0 - old_u;
            v = r;
            r = 0 - old_v;
            eta = -eta;
        }
        /* The next eta + 1 steps do not swap again: -g / f times f clears as many bits of g, here
         * six at most, for 1 / f is f (2 - f^2) modulo 2^6. */
        int bits = KW_MIN(KW_MIN((int)eta + 1, left), 6);
        uint64_t times = f * g * (f * f - 2) & (((uint64_t)1 << bits) - 1);
        g += f * times;
        q += u * times;
        r += v * times;
    }
    *out = (F(steps)){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return eta;
}

KW_TEMPLATE bool F(is_zero_62)(const F(signed62) * a, int digits)
{
    int64_t any = 0;
    for (int i = 0; i < digits; i++) {
        any |= a->v[i];
    }
    return any == 0;
}

/* The digits that f and g need: without the last when both have 0 or -1 there, a sign, which moves
 * into the one before. */
KW_TEMPLATE int F(shorten_62)(F(signed62) * f, F(signed62) * g, int digits)
{
    int64_t f_last = f->v[digits - 1];
    int64_t g_last = g->v[digits - 1];
    if (digits < 2 || f_last != f_last >> 63 || g_last != g_last >> 63) {
        return digits;
    }
    f->v[digits - 2] |= (int64_t)((uint64_t)f_last << F(DIGIT_BITS));
    g->v[digits - 2] |= (int64_t)((uint64_t)g_last << F(DIGIT_BITS));
    return digits - 1;
}

/* o = 1 / a; of 0: 0. */
KW_TEMPLATE void F(inv_var)(FIELD *o, const FIELD *a)
{
    F(signed62) f;
    F(signed62) g;
    F(signed62) d = {{0}};
    F(signed62) e = {{1}};
    F(steps) t;
    memcpy(f.v, F(p62), sizeof f.v);
    F(to_62)(&g, a->w);
    int digits = F(DIGITS);
    for (int64_t eta = -1; !F(is_zero_62)(&g, digits); digits = F(shorten_62)(&f, &g, digits)) {
        eta = F(divsteps_var)(&t, eta, (uint64_t)f.v[0], (uint64_t)g.v[0]);
        F(apply_to_de)(&d, &e, &t);
        F(apply_to_fg)(&f, &g, &t, digits);
    }
    F(inverse_of_d)(o, &d, f.v[digits - 1] >> 63);
}
