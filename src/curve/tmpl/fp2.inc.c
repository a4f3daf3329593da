/* SPDX-License-Identifier: Apache-2.0
 * Fp2 = Fp[u] / (u^2 + 1). Parameter: LIMBS. CT: constant time except in names with _var. */

#define MONT(name) KW_GLUE3(mont, LIMBS, name)

KW_TEMPLATE void fp2_add(fp2 *o, const fp2 *a, const fp2 *b)
{
    fp_add(&o->c0, &a->c0, &b->c0);
    fp_add(&o->c1, &a->c1, &b->c1);
}

KW_TEMPLATE void fp2_dbl(fp2 *o, const fp2 *a)
{
    fp_dbl(&o->c0, &a->c0);
    fp_dbl(&o->c1, &a->c1);
}

KW_TEMPLATE void fp2_sub(fp2 *o, const fp2 *a, const fp2 *b)
{
    fp_sub(&o->c0, &a->c0, &b->c0);
    fp_sub(&o->c1, &a->c1, &b->c1);
}

KW_TEMPLATE void fp2_neg(fp2 *o, const fp2 *a)
{
    fp_neg(&o->c0, &a->c0);
    fp_neg(&o->c1, &a->c1);
}

KW_TEMPLATE void fp2_conj(fp2 *o, const fp2 *a)
{
    o->c0 = a->c0;
    fp_neg(&o->c1, &a->c1);
}

/* o = a^(p^power). */
KW_TEMPLATE void fp2_frobenius(fp2 *o, const fp2 *a, int power)
{
    *o = *a;
    if (power % 2 != 0) {
        fp2_conj(o, o);
    }
}

KW_TEMPLATE void fp2_mul(fp2 *o, const fp2 *a, const fp2 *b)
{
    MONT(_complex_mul)((uint64_t *)o, (const uint64_t *)a, (const uint64_t *)b, fp_p, fp_n0);
}

/* (a0 + a1)(a0 - a1) + 2 a0 a1 u. Factors need not be reduced: their products are below 4 p^2. */
KW_TEMPLATE void fp2_sqr(fp2 *o, const fp2 *a)
{
    uint64_t sum[LIMBS];
    uint64_t difference[LIMBS];
    uint64_t twice[LIMBS];
    (void)MONT(_add_words)(sum, a->c0.w, a->c1.w);
    (void)MONT(_add_words)(twice, a->c0.w, a->c0.w);
    (void)MONT(_sub_words)(difference, fp_p, a->c1.w);
    (void)MONT(_add_words)(difference, difference, a->c0.w);
    MONT(_mul)(o->c1.w, twice, a->c1.w, fp_p, fp_n0);
    MONT(_mul)(o->c0.w, sum, difference, fp_p, fp_n0);
}

KW_TEMPLATE void fp2_mul_fp(fp2 *o, const fp2 *a, const fp *b)
{
    fp_mul(&o->c0, &a->c0, b);
    fp_mul(&o->c1, &a->c1, b);
}

KW_TEMPLATE void fp2_mul_small(fp2 *o, const fp2 *a, unsigned k)
{
    fp_mul_small(&o->c0, &a->c0, k);
    fp_mul_small(&o->c1, &a->c1, k);
}

KW_TEMPLATE fp2 fp2_zero(void)
{
    return (fp2){{{0}}, {{0}}};
}

KW_TEMPLATE fp2 fp2_one(void)
{
    return (fp2){fp_one(), {{0}}};
}

KW_TEMPLATE kw_mask fp2_is_zero(const fp2 *a)
{
    return fp_is_zero(&a->c0) & fp_is_zero(&a->c1);
}

KW_TEMPLATE kw_mask fp2_equal(const fp2 *a, const fp2 *b)
{
    return fp_equal(&a->c0, &b->c0) & fp_equal(&a->c1, &b->c1);
}

KW_TEMPLATE void fp2_copy(kw_mask mask, fp2 *o, const fp2 *a)
{
    fp_copy(mask, &o->c0, &a->c0);
    fp_copy(mask, &o->c1, &a->c1);
}

KW_TEMPLATE void fp2_neg_if(kw_mask mask, fp2 *o, const fp2 *a)
{
    fp_neg_if(mask, &o->c0, &a->c0);
    fp_neg_if(mask, &o->c1, &a->c1);
}

/* o = a0^2 + a1^2. */
KW_TEMPLATE void fp2_norm(fp *o, const fp2 *a)
{
    fp square;
    fp_sqr(&square, &a->c0);
    fp_sqr(o, &a->c1);
    fp_add(o, o, &square);
}

/* Of 0: 0. */
KW_TEMPLATE void fp2_inv(fp2 *o, const fp2 *a)
{
    fp norm;
    fp2_norm(&norm, a);
    fp_inv(&norm, &norm);
    fp_mul(&o->c0, &a->c0, &norm);
    fp_mul(&o->c1, &a->c1, &norm);
    fp_neg(&o->c1, &o->c1);
}

/* All ones when the plain value is the larger of the two roots: c1 decides unless it is 0. */
KW_TEMPLATE kw_mask fp2_is_larger(const fp2 *a)
{
    kw_mask is_real = fp_is_zero(&a->c1);
    return kw_ct_select(is_real, fp_is_larger(&a->c0), fp_is_larger(&a->c1));
}

/* The sign of RFC 9380 section 4.1 for m = 2, 0 or 1. */
KW_TEMPLATE uint64_t fp2_sgn0(const fp2 *a)
{
    return fp_sgn0(&a->c0) | (fp_is_zero(&a->c0) & fp_sgn0(&a->c1));
}

/* A root of a from a root s of its norm (the complex method), and whether it is one. With
 * t = (a0 + s) / 2, the root is x0 + x1 u with x0^2 = t or, when t is no square, x1^2 = -t;
 * c = t^((p - 3) / 4) gives both roots and their inverse, for c^2 t is 1 or -1. CT: all. */
KW_TEMPLATE kw_mask fp2_root_by_norm(fp2 *o, const fp2 *a, const fp *s)
{
    fp t;
    fp other;
    fp c;
    fp_add(&t, &a->c0, s);
    fp_sub(&other, &a->c0, s);
    fp_copy(fp_is_zero(&t), &t, &other);
    fp_half(&t, &t);
    fp_inverse_root(&c, &t);
    fp ct;
    fp half_a1_c;
    fp_mul(&ct, &c, &t);
    fp_half(&half_a1_c, &a->c1);
    fp_mul(&half_a1_c, &half_a1_c, &c);
    fp check;
    fp_sqr(&check, &ct);
    kw_mask t_is_square = fp_equal(&check, &t);
    fp2 root = {half_a1_c, ct}; /* t no square: (a1 c / 2, -c t); else (c t, a1 c / 2) */
    fp_neg(&root.c1, &root.c1);
    fp_copy(t_is_square, &root.c0, &ct);
    fp_copy(t_is_square, &root.c1, &half_a1_c);
    fp2 square;
    fp2_sqr(&square, &root);
    kw_mask is_root = fp2_equal(&square, a);
    *o = root;
    return is_root;
}

/* A root of a, and whether there is one; else `o` is of no use. CT: constant time in a. */
KW_TEMPLATE kw_mask fp2_root(fp2 *o, const fp2 *a)
{
    fp s;
    fp2_norm(&s, a);
    kw_mask has_norm = fp_root(&s, &s);
    return has_norm & fp2_root_by_norm(o, a, &s);
}

enum {
    fp2_BATCH = fp_BATCH
};

typedef void fp_batch_inversion(fp *io, size_t count);

/* Inverses in place, count <= fp2_BATCH, by the norms; zeros stay. CT: if `invert` is. */
KW_TEMPLATE_HOT void fp2_batch_inv_block(fp2 *io, size_t count, fp_batch_inversion *invert)
{
    fp norms[fp2_BATCH];
    for (size_t i = 0; i < count; i++) {
        fp2_norm(&norms[i], &io[i]);
    }
    invert(norms, count);
    for (size_t i = 0; i < count; i++) {
        fp2_conj(&io[i], &io[i]);
        fp2_mul_fp(&io[i], &io[i], &norms[i]);
    }
    kw_wipe(norms, count * sizeof *norms);
}

/* As fp_batch_inv. CT: constant time in the elements. */
KW_TEMPLATE void fp2_batch_inv(fp2 *io, size_t count)
{
    for (size_t done = 0; done < count; done += fp2_BATCH) {
        fp2_batch_inv_block(io + done, KW_MIN(count - done, (size_t)fp2_BATCH), fp_batch_inv);
    }
}

KW_TEMPLATE void fp2_batch_inv_var(fp2 *io, size_t count)
{
    for (size_t done = 0; done < count; done += fp2_BATCH) {
        fp2_batch_inv_block(io + done, KW_MIN(count - done, (size_t)fp2_BATCH), fp_batch_inv_var);
    }
}

#undef MONT
