/* SPDX-License-Identifier: Apache-2.0
 * Runs of squarings in the cyclotomic subgroup on four of the six coefficients. Source: Karabina,
 * ePrint 2010/542. CT: constant time.
 *
 * With Fp12 = Fp4[w^...] the square of an element is made of squares of three elements of Fp4, and
 * two of them, (c1.c0, c0.c2) and (c0.c1, c1.c2), follow from each other alone. The third,
 * (c0.c0, c1.c1), is found again from them by a division. */

enum {
    CYCLOTOMIC_LONG_RUN = 12, /* squares; from here on they are worth the inversion at the end */
};

typedef struct cyclotomic {
    fp2 b0; /* c1.c0 */
    fp2 b1; /* c0.c2 */
    fp2 d0; /* c0.c1 */
    fp2 d1; /* c1.c2 */
} cyclotomic;

KW_TEMPLATE void cyclotomic_of(cyclotomic *o, const fp12 *a)
{
    *o = (cyclotomic){a->c1.c0, a->c0.c2, a->c0.c1, a->c1.c2};
}

KW_TEMPLATE void cyclotomic_sqr_times(cyclotomic *io, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        fp2 t2;
        fp2 t3;
        fp2 t4;
        fp2 t5;
        fp4_sqr(&t2, &t3, &io->b0, &io->b1);
        fp4_sqr(&t4, &t5, &io->d0, &io->d1);
        fp2_mul_xi(&t5, &t5);
        fp2_three_plus_two(&io->b0, &t5, &io->b0);
        fp2_three_minus_two(&io->b1, &t4, &io->b1);
        fp2_three_minus_two(&io->d0, &t2, &io->d0);
        fp2_three_plus_two(&io->d1, &t3, &io->d1);
    }
}

/* c1.c1 as a fraction: (xi d1^2 + 3 d0^2 - 2 b1) / 4 b0, or 2 d0 d1 / b1 when b0 is 0. When b1 is
 * 0 as well, the element is 1 and the fraction 0 / 1. */
KW_TEMPLATE void cyclotomic_fraction(fp2 *top, fp2 *bottom, const cyclotomic *a)
{
    fp2 other;
    const fp2 one = fp2_one();
    fp2_sqr(top, &a->d0);
    fp2_three_minus_two(top, top, &a->b1);
    fp2_sqr(&other, &a->d1);
    fp2_mul_xi(&other, &other);
    fp2_add(top, top, &other);
    fp2_mul_small(bottom, &a->b0, 4);
    kw_mask b0_is_zero = fp2_is_zero(&a->b0);
    fp2_mul(&other, &a->d0, &a->d1);
    fp2_dbl(&other, &other);
    fp2_copy(b0_is_zero, top, &other);
    fp2_copy(b0_is_zero, bottom, &a->b1);
    fp2_copy(fp2_is_zero(bottom), bottom, &one);
}

/* The whole element, given c1.c1: c0.c0 = xi (2 c1.c1^2 + b0 d1 - 3 b1 d0) + 1. */
KW_TEMPLATE void cyclotomic_complete(fp12 *o, const cyclotomic *a, const fp2 *c1_c1)
{
    fp2 sum;
    fp2 product;
    const fp2 one = fp2_one();
    fp2_sqr(&sum, c1_c1);
    fp2_mul(&product, &a->b1, &a->d0);
    fp2_sub(&sum, &sum, &product);
    fp2_dbl(&sum, &sum);
    fp2_sub(&sum, &sum, &product);
    fp2_mul(&product, &a->b0, &a->d1);
    fp2_add(&sum, &sum, &product);
    fp2_mul_xi(&sum, &sum);
    fp2_add(&sum, &sum, &one);
    *o = (fp12){{sum, a->d0, a->b1}, {a->b0, *c1_c1, a->d1}};
}

enum {
    CYCLOTOMIC_RUNS = 2, /* that become whole at once */
};

/* Whole elements, at most CYCLOTOMIC_RUNS, by one inversion. */
KW_TEMPLATE void cyclotomic_whole(fp12 *out, const cyclotomic *in, size_t count)
{
    fp2 top[CYCLOTOMIC_RUNS];
    fp2 bottom[CYCLOTOMIC_RUNS];
    for (size_t i = 0; i < count; i++) {
        cyclotomic_fraction(&top[i], &bottom[i], &in[i]);
    }
    fp2_batch_inv(bottom, count);
    for (size_t i = 0; i < count; i++) {
        fp2_mul(&top[i], &top[i], &bottom[i]);
        cyclotomic_complete(&out[i], &in[i], &top[i]);
    }
}

/* o = a^(2^times). */
KW_TEMPLATE void fp12_cyclotomic_sqr_times(fp12 *o, const fp12 *a, unsigned times)
{
    if (times < CYCLOTOMIC_LONG_RUN) {
        *o = *a;
        for (unsigned i = 0; i < times; i++) {
            fp12_cyclotomic_sqr(o, o);
        }
        return;
    }
    cyclotomic run;
    cyclotomic_of(&run, a);
    cyclotomic_sqr_times(&run, times);
    cyclotomic_whole(o, &run, 1);
    kw_wipe(&run, sizeof run);
}
