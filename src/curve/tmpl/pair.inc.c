/* SPDX-License-Identifier: Apache-2.0
 * The optimal ate pairing over the steps of one curve, miller_steps. Asks for line_mul,
 * line_mul_monic, miller_conclude and hard_power. CT: constant time in the points.
 *
 * A line through points of the twist, divided by yP, is y + x (-xP / yP) + c / yP, each coefficient
 * at a power of w that depends on the twist. Factors in Fp2 do not matter, the final exponentiation
 * removes them. At infinity -xP / yP and 1 / yP are 0, so a line is y and the product stays 1.
 * Source: Costello, Lange, Naehrig, ePrint 2009/615; the formulas of Aranha, Karabina, Longa,
 * Gebotys, Lopez, ePrint 2010/526, section 6; on the twist of type M the line times w^3. */

typedef struct line {
    fp2 c;
    fp2 x;
    fp2 y;
} line;

/* One pair on its way through the loop. */
typedef struct miller_pair {
    fp minus_x_over_y; /* of the point of G1 */
    fp one_over_y;
    g2_raw q;
    g2 t;                  /* the multiple of q that the loop has reached */
    const lines *prepared; /* or NULL: then q and t are in use */
} miller_pair;

enum {
    MILLER_BLOCK = 32, /* pairs that share the squarings */
};

_Static_assert(KW_COUNT(miller_steps) == KW_COUNT(((lines *)0)->line), "lines holds all steps");

/* t = 2 t and the tangent there: 2 multiplications and 7 squarings. With E = 3 b' Z^2, all times 4:
 * X = 2 XY (Y^2 - 3 E), Y = (Y^2 + 3 E)^2 - 12 E^2, Z = 4 Y^2 2 YZ. */
KW_TEMPLATE void line_double(line *l, g2 *t)
{
    fp2 xx;
    fp2 yy;
    fp2 xy2;
    fp2 e;
    fp2 e3;
    fp2 ee12;
    fp2_sqr(&xx, &t->x);
    fp2_sqr(&yy, &t->y);
    fp2_sqr(&e, &t->z);
    fp2_add(&xy2, &t->x, &t->y); /* 2 XY = (X + Y)^2 - X^2 - Y^2, and so for 2 YZ */
    fp2_sqr(&xy2, &xy2);
    fp2_sub(&xy2, &xy2, &xx);
    fp2_sub(&xy2, &xy2, &yy);
    fp2_add(&l->y, &t->y, &t->z);
    fp2_sqr(&l->y, &l->y);
    fp2_sub(&l->y, &l->y, &yy);
    fp2_sub(&l->y, &l->y, &e);
    fp2_dbl(&l->x, &xx); /* 3 X^2 */
    fp2_add(&l->x, &l->x, &xx);
    g2_mul_3b(&e, &e);
    fp2_sub(&l->c, &yy, &e);
    fp2_dbl(&ee12, &e);
    fp2_add(&e3, &ee12, &e);
    fp2_sqr(&xx, &ee12); /* 4 E^2, then 12 E^2 */
    fp2_dbl(&ee12, &xx);
    fp2_add(&ee12, &ee12, &xx);
    fp2_mul(&t->z, &yy, &l->y);
    fp2_dbl(&t->z, &t->z);
    fp2_dbl(&t->z, &t->z);
    fp2_sub(&e, &yy, &e3);
    fp2_mul(&t->x, &xy2, &e);
    fp2_add(&e, &yy, &e3);
    fp2_sqr(&t->y, &e);
    fp2_sub(&t->y, &t->y, &ee12);
}

/* t = t + q and the line through both; t is neither q, -q nor infinity. */
KW_TEMPLATE void line_add(line *l, g2 *t, const g2_raw *q)
{
    fp2 theta;
    fp2 lambda;
    fp2 f;
    fp2 g;
    fp2 h;
    fp2_mul(&theta, &q->y, &t->z); /* Y1 - y2 Z1 */
    fp2_sub(&theta, &t->y, &theta);
    fp2_mul(&lambda, &q->x, &t->z); /* X1 - x2 Z1 */
    fp2_sub(&lambda, &t->x, &lambda);
    l->x = theta;
    l->y = lambda;
    fp2_mul(&l->c, &theta, &q->x);
    fp2_mul(&f, &lambda, &q->y);
    fp2_sub(&l->c, &l->c, &f);
    fp2_sqr(&f, &theta); /* F = Z1 theta^2, G = X1 lambda^2, E = lambda^3 */
    fp2_mul(&f, &f, &t->z);
    fp2_sqr(&h, &lambda);
    fp2_mul(&g, &h, &t->x);
    fp2_mul(&h, &h, &lambda);
    fp2_mul(&t->z, &t->z, &h); /* Z = Z1 E */
    fp2_add(&f, &f, &h);       /* H = E + F - 2 G */
    fp2_sub(&f, &f, &g);
    fp2_sub(&f, &f, &g);
    fp2_mul(&h, &h, &t->y);
    fp2_mul(&t->x, &lambda, &f); /* X = lambda H */
    fp2_sub(&g, &g, &f);
    fp2_mul(&g, &g, &theta);
    fp2_sub(&t->y, &g, &h); /* Y = theta (G - H) - E Y1 */
}

/* One step of the loop on the side of G2. Secret points are of BLS12-381, whose steps are the first
 * two: they make no copy of q. */
KW_TEMPLATE void miller_advance(line *l, miller_pair *at, miller_step step)
{
    g2_raw image;
    switch (step) {
    case MILLER_DOUBLE:
        line_double(l, &at->t);
        return;
    case MILLER_ADD:
        line_add(l, &at->t, &at->q);
        return;
    case MILLER_SUB:
        image.x = at->q.x;
        fp2_neg(&image.y, &at->q.y);
        break;
    case MILLER_ADD_PSI:
        g2_raw_endo(&image, &at->q);
        break;
    case MILLER_SUB_PSI_PSI:
        g2_raw_endo(&image, &at->q);
        g2_raw_endo(&image, &image);
        fp2_neg(&image.y, &image.y);
        break;
    }
    line_add(l, &at->t, &image);
}

/* f = f times the line of one step at the point of G1; `l` is room for it, to be wiped. */
KW_TEMPLATE void miller_multiply(fp12 *f, line *l, miller_pair *at, size_t step)
{
    if (at->prepared == NULL) {
        miller_advance(l, at, miller_steps[step]);
    } else {
        l->c = at->prepared->line[step].c;
        l->x = at->prepared->line[step].x;
    }
    fp2_mul_fp(&l->c, &l->c, &at->one_over_y);
    fp2_mul_fp(&l->x, &l->x, &at->minus_x_over_y);
    if (at->prepared == NULL) {
        line_mul(f, &l->c, &l->x, &l->y);
    } else {
        line_mul_monic(f, &l->c, &l->x);
    }
}

/* The product of the Miller functions of n pairs, which are used up. */
KW_TEMPLATE void miller_loop(fp12 *f, miller_pair *pairs, size_t n)
{
    line l;
    *f = fp12_one();
    for (size_t step = 0; step < KW_COUNT(miller_steps); step++) {
        if (miller_steps[step] == MILLER_DOUBLE && step != 0) {
            fp12_sqr(f, f);
        }
        for (size_t i = 0; i < n; i++) {
            miller_multiply(f, &l, &pairs[i], step);
        }
    }
    miller_conclude(f);
    kw_wipe(&l, sizeof l);
}

/* Affine coordinates for 1..MILLER_BLOCK pairs, by one inversion. Infinity on either side becomes
 * infinity in G1 and the generator of G2. */
KW_TEMPLATE void miller_start(miller_pair *out, const pair *in, size_t n)
{
    fp inverse[MILLER_BLOCK]; /* of yP times the norm of zQ */
    g1 p[MILLER_BLOCK];
    const g1 infinity = g1_infinity();
    for (size_t i = 0; i < n; i++) {
        p[i] = *in[i].p;
        out[i].prepared = in[i].prepared;
        out[i].t = in[i].prepared == NULL ? *in[i].q : g2_base_point;
        kw_mask is_infinity =
            in[i].prepared == NULL ? g2_is_infinity_mask(in[i].q) : in[i].prepared->is_infinity;
        g1_copy(is_infinity, &p[i], &infinity);
        g2_copy(is_infinity, &out[i].t, &g2_base_point);
        fp2_norm(&inverse[i], &out[i].t.z);
        fp_mul(&inverse[i], &inverse[i], &p[i].y);
    }
    fp_batch_inv(inverse, n);
    for (size_t i = 0; i < n; i++) {
        fp norm;
        fp2_norm(&norm, &out[i].t.z);
        fp_mul(&norm, &norm, &inverse[i]); /* 1 / Y */
        fp_mul(&out[i].one_over_y, &p[i].z, &norm);
        fp_mul(&out[i].minus_x_over_y, &p[i].x, &norm);
        fp_neg(&out[i].minus_x_over_y, &out[i].minus_x_over_y);
        fp_mul(&norm, &inverse[i], &p[i].y); /* 1 / norm */
        fp2 z;
        fp2_conj(&z, &out[i].t.z);
        fp2_mul_fp(&z, &z, &norm);
        fp2_mul(&out[i].q.x, &out[i].t.x, &z);
        fp2_mul(&out[i].q.y, &out[i].t.y, &z);
        out[i].t = (g2){out[i].q.x, out[i].q.y, fp2_one()};
    }
    kw_wipe(inverse, n * sizeof *inverse);
    kw_wipe(p, n * sizeof *p);
}

/* The lines of q, divided by their y: with infinity in place of q those of the generator, which
 * miller_start then meets with infinity. */
KW_TEMPLATE void prepare(lines *out, const g2 *q)
{
    fp2 inverses[KW_COUNT(miller_steps)];
    const g1 any = g1_base_point;
    const pair in = {.p = &any, .q = q};
    miller_pair at_q;
    miller_start(&at_q, &in, 1);
    for (size_t i = 0; i < KW_COUNT(miller_steps); i++) {
        line l;
        miller_advance(&l, &at_q, miller_steps[i]);
        out->line[i].c = l.c;
        out->line[i].x = l.x;
        inverses[i] = l.y;
    }
    fp2_batch_inv(inverses, KW_COUNT(inverses));
    for (size_t i = 0; i < KW_COUNT(miller_steps); i++) {
        fp2_mul(&out->line[i].c, &out->line[i].c, &inverses[i]);
        fp2_mul(&out->line[i].x, &out->line[i].x, &inverses[i]);
    }
    out->is_infinity = g2_is_infinity_mask(q);
}

/* f^(p^6 - 1)(p^2 + 1), which is in the cyclotomic subgroup, to the curve's hard power. */
KW_TEMPLATE void final_power(fp12 *o, const fp12 *f)
{
    fp12 a;
    fp12 b;
    fp12_inv(&b, f);
    fp12_conj(&a, f);
    fp12_mul(&a, &a, &b);
    fp12_frobenius(&b, &a, 2);
    fp12_mul(&a, &a, &b);
    hard_power(o, &a);
    kw_wipe(&a, sizeof a);
    kw_wipe(&b, sizeof b);
}

KW_TEMPLATE void pairing(gt *out, const g1 *p, const g2 *q)
{
    const pair in = {.p = p, .q = q};
    miller_pair at;
    fp12 f;
    miller_start(&at, &in, 1);
    miller_loop(&f, &at, 1);
    final_power(&out->value, &f);
    kw_wipe(&at, sizeof at);
    kw_wipe(&f, sizeof f);
}

KW_TEMPLATE kw_status pair_inputs_check(const pair *pairs, size_t n, unsigned flags)
{
    if (n == 0) {
        return KW_ARG;
    }
    for (size_t i = 0; i < n; i++) {
        const pair *in = &pairs[i];
        if (in->p == NULL || (in->q == NULL) == (in->prepared == NULL)) {
            return KW_ARG;
        }
        kw_mask is_infinity = g1_is_infinity_mask(in->p);
        is_infinity |= in->q != NULL ? g2_is_infinity_mask(in->q) : in->prepared->is_infinity;
        if ((flags & KW_ALLOW_INFINITY) == 0 &&
            kw_declassify_mask(is_infinity, "infinity is refused")) {
            return KW_INFINITY;
        }
    }
    return KW_OK;
}

KW_TEMPLATE kw_status miller(fp12 *out, const pair *pairs, size_t n, unsigned flags)
{
    KW_TRY(pair_inputs_check(pairs, n, flags));
    miller_pair block[MILLER_BLOCK];
    fp12 product = fp12_one();
    for (size_t done = 0; done < n;) {
        size_t count = KW_MIN(n - done, KW_COUNT(block));
        fp12 f;
        miller_start(block, pairs + done, count);
        miller_loop(&f, block, count);
        fp12_mul(&product, &product, &f);
        done += count;
    }
    *out = product;
    return KW_OK;
}

KW_TEMPLATE kw_status final_exp(gt *out, const fp12 *in)
{
    kw_mask is_zero = fp6_is_zero(&in->c0) & fp6_is_zero(&in->c1);
    if (kw_declassify_mask(is_zero, "zero is refused")) {
        return KW_ARG;
    }
    final_power(&out->value, in);
    return KW_OK;
}

KW_TEMPLATE kw_status pair_product(gt *out, const pair *pairs, size_t n, unsigned flags)
{
    fp12 product;
    KW_TRY(miller(&product, pairs, n, flags));
    final_power(&out->value, &product);
    return KW_OK;
}

KW_TEMPLATE kw_status pair_product_is_one(bool *yes, const pair *pairs, size_t n, unsigned flags)
{
    gt product;
    const fp12 one = fp12_one();
    KW_TRY(pair_product(&product, pairs, n, flags));
    *yes = fp12_equal(&product.value, &one) != 0;
    return KW_OK;
}
