/* SPDX-License-Identifier: Apache-2.0
 * Scalar multiplication in a group: the scalar in PARTS parts over the powers of the endomorphism,
 * each part in digits, doublings shared. Parameters: those of group.inc.c, PARTS, and DIGITS, the
 * windows of a part. CT: constant time except in names with _var. */

#define G(name) KW_GLUE3(GROUP, _, name)
#define B(name) KW_GLUE3(BASE, _, name)

enum {
    G(PART_COUNT) = PARTS,
    G(PART_SIZE) = PART_BITS,
    G(NAF_DIGITS) = WINDOW * DIGITS + 1,
};

/* What a multiplication by a secret keeps until it is wiped. */
typedef struct G(windows) {
    GROUP multiples[PARTS][WINDOW_LARGEST]; /* 1..16 times E^i(p) */
    uint64_t parts[PARTS][PART_WORDS];
    uint64_t biased[PARTS][PART_WORDS];
    GROUP term;
    fr k;
} G(windows);

/* o = digit times multiples[0], of which there are WINDOW_LARGEST. All are read. */
KW_TEMPLATE void G(select)(GROUP *o, const GROUP *multiples, int32_t digit)
{
    uint64_t d = (uint64_t)(int64_t)digit;
    kw_mask is_negative = (uint64_t)0 - (d >> 63);
    uint64_t magnitude = (d ^ is_negative) - is_negative;
    GROUP found = G(infinity)();
    for (uint64_t i = 0; i < WINDOW_LARGEST; i++) {
        G(copy)(kw_ct_eq(magnitude, i + 1), &found, &multiples[i]);
    }
    *o = found;
    B(neg_if)(is_negative, &o->y, &found.y);
    kw_wipe(&found, sizeof found);
}

KW_TEMPLATE void G(fill_windows)(G(windows) * w, const GROUP *p)
{
    GROUP *m = w->multiples[0];
    m[0] = *p;
    for (int i = 2; i <= WINDOW_LARGEST; i++) {
        if (i % 2 == 0) {
            G(dbl)(&m[i - 1], &m[i / 2 - 1]);
        } else {
            G(add)(&m[i - 1], &m[i - 2], p);
        }
    }
    for (int part = 1; part < PARTS; part++) {
        for (int i = 0; i < WINDOW_LARGEST; i++) {
            G(endo)(&w->multiples[part][i], &w->multiples[part - 1][i]);
        }
    }
    G(split)(w->parts, &w->k);
    for (int part = 0; part < PARTS; part++) {
        part_bias(w->biased[part], w->parts[part], WINDOW, DIGITS);
    }
}

KW_TEMPLATE void G(mul_secret)(GROUP *out, const GROUP *p, const secret *k)
{
    G(windows) w;
    w.k = secret_open(k);
    G(fill_windows)(&w, p);
    GROUP sum = G(infinity)();
    for (int i = DIGITS - 1; i >= 0; i--) {
        for (int bit = 0; bit < WINDOW && i < DIGITS - 1; bit++) {
            G(dbl)(&sum, &sum);
        }
        for (int part = 0; part < PARTS; part++) {
            G(select)(&w.term, w.multiples[part], biased_digit(w.biased[part], WINDOW, i));
            G(add)(&sum, &sum, &w.term);
        }
    }
    *out = sum;
    kw_wipe(&w, sizeof w);
    kw_wipe(&sum, sizeof sum);
}

/* One summand of Straus's method. */
typedef struct G(straus_row) {
    GROUP odd[PARTS][WINDOW_LARGEST / 2]; /* 1, 3, .. 15 times E^i(p) */
    int8_t naf[PARTS][G(NAF_DIGITS)];
    int length; /* of the longest naf */
} G(straus_row);

KW_TEMPLATE void G(straus_row_fill_var)(G(straus_row) * row, const GROUP *p, const fr *k)
{
    GROUP twice;
    G(dbl)(&twice, p);
    row->odd[0][0] = *p;
    for (int i = 1; i < WINDOW_LARGEST / 2; i++) {
        G(add)(&row->odd[0][i], &row->odd[0][i - 1], &twice);
    }
    uint64_t parts[PARTS][PART_WORDS];
    G(split)(parts, k);
    row->length = 0;
    for (int part = 0; part < PARTS; part++) {
        for (int i = 0; i < WINDOW_LARGEST / 2 && part > 0; i++) {
            G(endo)(&row->odd[part][i], &row->odd[part - 1][i]);
        }
        int length = part_wnaf_var(row->naf[part], parts[part], G(NAF_DIGITS));
        row->length = KW_MAX(row->length, length);
    }
}

/* out = sum of all rows, n > 0: one chain of doublings for all. */
KW_TEMPLATE void G(straus_var)(GROUP *out, const G(straus_row) * rows, size_t n)
{
    int length = 0;
    for (size_t i = 0; i < n; i++) {
        length = KW_MAX(length, rows[i].length);
    }
    GROUP sum = G(infinity)();
    for (int at = length - 1; at >= 0; at--) {
        G(dbl)(&sum, &sum);
        for (size_t i = 0; i < n * PARTS; i++) {
            const G(straus_row) *row = &rows[i / PARTS];
            int8_t digit = row->naf[i % PARTS][at];
            if (digit > 0) {
                G(add)(&sum, &sum, &row->odd[i % PARTS][digit / 2]);
            } else if (digit < 0) {
                G(sub)(&sum, &sum, &row->odd[i % PARTS][-digit / 2]);
            }
        }
    }
    *out = sum;
}

KW_TEMPLATE void G(mul_var)(GROUP *out, const GROUP *p, const fr *k)
{
    G(straus_row) row;
    G(straus_row_fill_var)(&row, p, k);
    G(straus_var)(out, &row, 1);
}

/* o = 2^count a, in Jacobian coordinates (x = X/Z^2, y = Y/Z^3): 2 multiplications and 5 squarings
 * for each, and 6 for the way there and back. Source: dbl-2009-l of the Explicit-Formulas Database.
 */
KW_TEMPLATE void G(dbl_run)(GROUP *o, const GROUP *a, int count)
{
    GROUP p = *a;
    BASE xx;
    BASE yy;
    BASE yyyy;
    BASE d;
    B(mul)(&p.x, &a->x, &a->z);
    B(sqr)(&yy, &a->z);
    B(mul)(&p.y, &a->y, &yy);
    for (int i = 0; i < count; i++) {
        B(sqr)(&xx, &p.x);
        B(sqr)(&yy, &p.y);
        B(sqr)(&yyyy, &yy);
        B(add)(&d, &p.x, &yy); /* 2 ((X + Y^2)^2 - X^2 - Y^4) = 4 X Y^2 */
        B(sqr)(&d, &d);
        B(sub)(&d, &d, &xx);
        B(sub)(&d, &d, &yyyy);
        B(dbl)(&d, &d);
        B(dbl)(&yy, &xx);
        B(add)(&xx, &xx, &yy); /* 3 X^2 */
        B(mul)(&p.z, &p.y, &p.z);
        B(dbl)(&p.z, &p.z);
        B(sqr)(&p.x, &xx);
        B(sub)(&p.x, &p.x, &d);
        B(sub)(&p.x, &p.x, &d);
        B(sub)(&d, &d, &p.x);
        B(mul)(&p.y, &xx, &d);
        B(dbl)(&yyyy, &yyyy);
        B(dbl)(&yyyy, &yyyy);
        B(dbl)(&yyyy, &yyyy);
        B(sub)(&p.y, &p.y, &yyyy);
    }
    B(mul)(&p.x, &p.x, &p.z);
    B(sqr)(&yy, &p.z);
    B(mul)(&p.z, &p.z, &yy);
    GROUP infinity = G(infinity)();
    G(copy)(G(is_infinity_mask)(&p), &p, &infinity);
    *o = p;
}

/* o = |x| a for any point of the curve; x is public. */
KW_TEMPLATE void G(mul_x)(GROUP *o, const GROUP *a)
{
    enum {
        LONG_RUN = 7 /* from here on Jacobian coordinates are worth their change */
    };
    const uint64_t digits = curve_x_plus | curve_x_minus;
    GROUP sum = *a;
    GROUP negated;
    G(neg)(&negated, a);
    for (int bit = 63 - __builtin_clzll(curve_x_plus); bit > 0;) {
        uint64_t lower = digits & (((uint64_t)1 << bit) - 1);
        int next = lower != 0 ? 63 - __builtin_clzll(lower) : 0;
        if (bit - next >= LONG_RUN) {
            G(dbl_run)(&sum, &sum, bit - next);
        }
        for (int i = bit - next; i > 0 && i < LONG_RUN; i--) {
            G(dbl)(&sum, &sum);
        }
        bit = next;
        if ((curve_x_plus >> bit & 1) != 0) {
            G(add)(&sum, &sum, a);
        } else if ((curve_x_minus >> bit & 1) != 0) {
            G(add)(&sum, &sum, &negated);
        }
    }
    *o = sum;
}

#undef G
#undef B
