/* SPDX-License-Identifier: Apache-2.0
 * The rows that both curves have. Parameters: an instance of the curve, the type OPS of its table,
 * C(name), and the functions prepare_bytes, run_g1_decode and run_g2_decode. */
#ifndef KW_BENCH_CURVE_BENCH_ROWS_INC_H
#define KW_BENCH_CURVE_BENCH_ROWS_INC_H

#include "base/heap.h"
#include "crypto/h2c_hashes.h"

static struct {
    fp a[CURVE_INPUTS];
    fr k[CURVE_INPUTS];
    secret s[CURVE_INPUTS];
    g1 p[CURVE_INPUTS];
    g2 q[CURVE_INPUTS];
    g1_raw p_raw[CURVE_INPUTS];
    g2_raw q_raw[CURVE_INPUTS];
    C(g1_bytes) p_bytes[CURVE_INPUTS];
    C(g2_bytes) q_bytes[CURVE_INPUTS];
    gt t[CURVE_INPUTS];
    lines prepared;
    g1 *many_p; /* CURVE_MSM_MAX */
    g2 *many_q;
    fr *many_k;
    fr *many_half_k; /* below 2^128 */
    kw_mspan scratch;
    /* results, which nobody reads */
    fp out_fp;
    fp2 out_fp2;
    fr out_fr;
    g1 out_g1;
    g2 out_g2;
    gt out_gt;
    fp12 out_fp12;
} w;

static const uint8_t dst[] = "KEYWARD-BENCH-V01-CS01-with-expander";

static void must(kw_status st)
{
    if (st != KW_OK) {
        kw_assert_failed(kw_status_name(st), __FILE__, __LINE__);
    }
}

#define ROW(name)   static void run_##name(const void *ops, size_t i)
#define AT(array)   (&w.array[i % CURVE_INPUTS])
#define NEXT(array) (&w.array[(i + 1) % CURVE_INPUTS])
#define CALL(name)  (((const OPS *)ops)->name)

ROW(fp_mul)
{
    CALL(fp_mul)(&w.out_fp, &w.out_fp, AT(a));
}

ROW(fp_inv)
{
    CALL(fp_inv)(&w.out_fp, AT(a));
}

ROW(fp_inv_var)
{
    CALL(fp_inv_var)(&w.out_fp, AT(a));
}

ROW(fp_sqrt)
{
    (void)CALL(fp_sqrt)(&w.out_fp, AT(a));
}

ROW(fp2_mul)
{
    CALL(fp2_mul)(&w.out_fp2, &w.out_fp2, &AT(q_raw)->x);
}

ROW(fr_mul)
{
    CALL(fr_mul)(&w.out_fr, &w.out_fr, AT(k));
}

ROW(fr_inv)
{
    CALL(fr_inv)(&w.out_fr, AT(k));
}

ROW(fr_inv_var)
{
    CALL(fr_inv_var)(&w.out_fr, AT(k));
}

ROW(g1_add)
{
    CALL(g1_add)(&w.out_g1, AT(p), NEXT(p));
}

ROW(g1_dbl)
{
    CALL(g1_dbl)(&w.out_g1, AT(p));
}

ROW(g1_mul_secret)
{
    CALL(g1_mul_secret)(&w.out_g1, AT(p), AT(s));
}

ROW(g1_mul_var)
{
    CALL(g1_mul_var)(&w.out_g1, AT(p), AT(k));
}

ROW(g1_base_secret)
{
    CALL(g1_comb_secret)(&w.out_g1, &C(g1_base_comb), AT(s));
}

ROW(g1_check)
{
    must(CALL(g1_check)(&w.out_g1, AT(p_raw)));
}

ROW(g2_add)
{
    CALL(g2_add)(&w.out_g2, AT(q), NEXT(q));
}

ROW(g2_dbl)
{
    CALL(g2_dbl)(&w.out_g2, AT(q));
}

ROW(g2_mul_secret)
{
    CALL(g2_mul_secret)(&w.out_g2, AT(q), AT(s));
}

ROW(g2_mul_var)
{
    CALL(g2_mul_var)(&w.out_g2, AT(q), AT(k));
}

ROW(g2_base_secret)
{
    CALL(g2_comb_secret)(&w.out_g2, &C(g2_base_comb), AT(s));
}

ROW(g2_check)
{
    must(CALL(g2_check)(&w.out_g2, AT(q_raw)));
}

ROW(gt_mul)
{
    CALL(gt_mul)(&w.out_gt, AT(t), NEXT(t));
}

ROW(gt_exp_var)
{
    CALL(gt_exp_var)(&w.out_gt, AT(t), AT(k));
}

ROW(gt_exp)
{
    CALL(gt_exp)(&w.out_gt, AT(t), AT(k));
}

ROW(gt_sqr_times)
{
    CALL(gt_sqr_times)(&w.out_gt, AT(t), 64);
}

ROW(miller)
{
    const pair one = {.p = AT(p), .q = AT(q)};
    must(CALL(miller)(&w.out_fp12, &one, 1, 0));
}

ROW(final_exp)
{
    must(CALL(final_exp)(&w.out_gt, &w.t[i % CURVE_INPUTS].value));
}

ROW(pairing)
{
    CALL(pairing)(&w.out_gt, AT(p), AT(q));
}

ROW(prepare)
{
    CALL(prepare)(&w.prepared, AT(q));
}

ROW(pairing_prepared)
{
    const pair one = {.p = AT(p), .prepared = &w.prepared};
    must(CALL(pair_product)(&w.out_gt, &one, 1, 0));
}

enum {
    PRODUCT_PAIRS = 32,
};

static void choose_pairs(pair *pairs, size_t i)
{
    for (size_t k = 0; k < PRODUCT_PAIRS; k++) {
        pairs[k] = (pair){.p = &w.p[(i + k) % CURVE_INPUTS], .q = &w.q[k]};
    }
}

ROW(miller_32)
{
    pair pairs[PRODUCT_PAIRS];
    choose_pairs(pairs, i);
    must(CALL(miller)(&w.out_fp12, pairs, KW_COUNT(pairs), 0));
}

ROW(pairing_32)
{
    pair pairs[PRODUCT_PAIRS];
    choose_pairs(pairs, i);
    must(CALL(pair_product)(&w.out_gt, pairs, KW_COUNT(pairs), 0));
}

static void prepare_bytes(void);
ROW(g1_decode);
ROW(g2_decode);

static kw_span message_of(const size_t *i)
{
    return (kw_span){(const uint8_t *)i, sizeof *i};
}

ROW(hash_to_g1)
{
    must(CALL(hash_to_g1)(&w.out_g1, &kw_h2c_sha256, message_of(&i), KW_SPAN(dst)));
}

ROW(hash_to_g2)
{
    must(CALL(hash_to_g2)(&w.out_g2, &kw_h2c_sha256, message_of(&i), KW_SPAN(dst)));
}

static void msm_g1(const void *ops, size_t n, const fr *scalars, unsigned bits)
{
    const g1_msm_in in = {w.many_p, scalars, n, bits};
    must(CALL(g1_msm_var)(&w.out_g1, w.scratch, &in));
}

static void msm_g2(const void *ops, size_t n)
{
    const g2_msm_in in = {w.many_q, w.many_k, n, 0};
    must(CALL(g2_msm_var)(&w.out_g2, w.scratch, &in));
}

/* Scalars from another place each time. */
ROW(msm_g1_64)
{
    msm_g1(ops, 64, w.many_k + 64 * (i % 64), 0);
}

ROW(msm_g1_1024)
{
    msm_g1(ops, 1024, w.many_k + 64 * (i % 64), 0);
}

ROW(msm_g1_16384)
{
    KW_UNUSED(i);
    msm_g1(ops, CURVE_MSM_MAX, w.many_k, 0);
}

ROW(msm_g1_1024_half)
{
    msm_g1(ops, 1024, w.many_half_k + 64 * (i % 64), 128);
}

ROW(msm_g2_64)
{
    KW_UNUSED(i);
    msm_g2(ops, 64);
}

ROW(msm_g2_1024)
{
    KW_UNUSED(i);
    msm_g2(ops, 1024);
}

static fr draw_fr(uint64_t *state, size_t len)
{
    uint8_t wide[48] = {0};
    fr k;
    for (size_t i = sizeof wide - len; i < sizeof wide; i++) {
        *state = *state * 6364136223846793005 + 1442695040888963407;
        wide[i] = (uint8_t)(*state >> 56);
    }
    must(C(fr_from_wide)(&k, KW_SPAN(wide)));
    return k;
}

static void prepare_many(uint64_t *state)
{
    size_t scratch = KW_MAX(C(g1_msm_scratch)(CURVE_MSM_MAX), C(g2_msm_scratch)(1024));
    w.many_p = kw_heap_new(CURVE_MSM_MAX, sizeof *w.many_p);
    w.many_q = kw_heap_new(1024, sizeof *w.many_q);
    w.many_k = kw_heap_new(CURVE_MSM_MAX, sizeof *w.many_k);
    w.many_half_k = kw_heap_new(CURVE_MSM_MAX, sizeof *w.many_half_k);
    w.scratch = (kw_mspan){kw_heap_new(1, scratch), scratch};
    KW_ASSERT(w.many_p != NULL && w.many_q != NULL && w.many_k != NULL && w.many_half_k != NULL &&
              w.scratch.ptr != NULL);
    for (size_t i = 0; i < CURVE_MSM_MAX; i++) {
        w.many_k[i] = draw_fr(state, 48);
        w.many_half_k[i] = draw_fr(state, 16);
        C(g1_add)(&w.many_p[i], i == 0 ? &w.p[0] : &w.many_p[i - 1], &w.p[i % CURVE_INPUTS]);
    }
    for (size_t i = 0; i < 1024; i++) {
        C(g2_add)(&w.many_q[i], i == 0 ? &w.q[0] : &w.many_q[i - 1], &w.q[i % CURVE_INPUTS]);
    }
}

/* Scalars uniform below r, points random multiples of the generators. */
static void prepare_inputs(void)
{
    uint64_t state = 1;
    for (size_t i = 0; i < CURVE_INPUTS; i++) {
        w.k[i] = draw_fr(&state, 48);
        C(secret_of_fr)(&w.s[i], &w.k[i]);
        C(g1_comb_secret)(&w.p[i], &C(g1_base_comb), &w.s[i]);
        C(g2_comb_secret)(&w.q[i], &C(g2_base_comb), &w.s[i]);
        C(g1_to_raw)(&w.p_raw[i], &w.p[i]);
        C(g2_to_raw)(&w.q_raw[i], &w.q[i]);
        w.a[i] = w.p_raw[i].x;
        C(pairing)(&w.t[i], &w.p[i], &w.q[i]);
    }
    w.out_fp = w.a[0];
    w.out_fp2 = w.q_raw[0].x;
    w.out_fr = w.k[0];
    C(prepare)(&w.prepared, &w.q[0]);
    prepare_many(&state);
    prepare_bytes();
}

#define COMMON_ROWS(curve)                                                                      \
    {curve "/fp.mul/n=1", run_fp_mul, 1}, {curve "/fp.inv/n=1", run_fp_inv, 1},                 \
        {curve "/fp.inv.var/n=1", run_fp_inv_var, 1}, {curve "/fp.sqrt/n=1", run_fp_sqrt, 1},   \
        {curve "/fp2.mul/n=1", run_fp2_mul, 1}, {curve "/fr.mul/n=1", run_fr_mul, 1},           \
        {curve "/fr.inv/n=1", run_fr_inv, 1}, {curve "/fr.inv.var/n=1", run_fr_inv_var, 1},     \
        {curve "/g1.add/n=1", run_g1_add, 1}, {curve "/g1.dbl/n=1", run_g1_dbl, 1},             \
        {curve "/g1.mul.ct/n=1", run_g1_mul_secret, 1},                                         \
        {curve "/g1.mul.var/n=1", run_g1_mul_var, 1},                                           \
        {curve "/g1.base.ct/n=1", run_g1_base_secret, 1},                                       \
        {curve "/g1.check/n=1", run_g1_check, 1},                                               \
        {curve "/g1.decode.check/n=1", run_g1_decode, 1}, {curve "/g2.add/n=1", run_g2_add, 1}, \
        {curve "/g2.dbl/n=1", run_g2_dbl, 1}, {curve "/g2.mul.ct/n=1", run_g2_mul_secret, 1},   \
        {curve "/g2.mul.var/n=1", run_g2_mul_var, 1},                                           \
        {curve "/g2.base.ct/n=1", run_g2_base_secret, 1},                                       \
        {curve "/g2.check/n=1", run_g2_check, 1},                                               \
        {curve "/g2.decode.check/n=1", run_g2_decode, 1}, {curve "/gt.mul/n=1", run_gt_mul, 1}, \
        {curve "/gt.exp.var/n=1", run_gt_exp_var, 1}, {curve "/gt.exp.ct/n=1", run_gt_exp, 1},  \
        {curve "/gt.sqr/n=64,run", run_gt_sqr_times, 64}, {curve "/miller/n=1", run_miller, 1}, \
        {curve "/miller/n=32", run_miller_32, 32}, {curve "/final.exp/n=1", run_final_exp, 1},  \
        {curve "/pairing/n=1", run_pairing, 1},                                                 \
        {curve "/pairing/n=1,prepared", run_pairing_prepared, 1},                               \
        {curve "/pairing.product/n=32", run_pairing_32, 32},                                    \
        {curve "/prepare/n=1", run_prepare, 1}, {curve "/hash.g1/n=1", run_hash_to_g1, 1},      \
        {curve "/hash.g2/n=1", run_hash_to_g2, 1},                                              \
        {curve "/msm.g1/n=64,bits=255", run_msm_g1_64, 1},                                      \
        {curve "/msm.g1/n=1024,bits=255", run_msm_g1_1024, 1},                                  \
        {curve "/msm.g1/n=1024,bits=128", run_msm_g1_1024_half, 1},                             \
        {curve "/msm.g1/n=16384,bits=255", run_msm_g1_16384, 1},                                \
        {curve "/msm.g2/n=64,bits=255", run_msm_g2_64, 1},                                      \
        {curve "/msm.g2/n=1024,bits=255", run_msm_g2_1024, 1},

#endif /* KW_BENCH_CURVE_BENCH_ROWS_INC_H */
