/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: the rows of the bench. */
#define FP_COUNTED 6
#include "curve_bench/counted.inc.h"

#define KW_OPS bench_bls_ops
#include "curve/bls.inc.c"

#define OPS     kw_bls_ops
#define C(name) KW_GLUE(kw_bls_, name)
#include "curve_bench/rows.inc.h"

static void prepare_bytes(void)
{
    for (size_t i = 0; i < CURVE_INPUTS; i++) {
        kw_bls_g1_encode_zcash(&w.p_bytes[i], &w.p[i]);
        kw_bls_g2_encode_zcash(&w.q_bytes[i], &w.q[i]);
    }
}

ROW(g1_decode)
{
    must(CALL(g1_decode_zcash)(&w.out_g1, KW_SPAN(AT(p_bytes)->bytes), KW_POINT_STRICT));
}

ROW(g2_decode)
{
    must(CALL(g2_decode_zcash)(&w.out_g2, KW_SPAN(AT(q_bytes)->bytes), KW_POINT_STRICT));
}

ROW(gt_exp_secret)
{
    CALL(gt_exp_secret)(&w.out_gt, AT(t), AT(s));
}

/* A signature in G2, compressed: hash, multiply, encode. */
ROW(sign)
{
    kw_bls_g2_bytes bytes;
    must(CALL(hash_to_g2)(&w.out_g2, &kw_h2c_sha256, message_of(&i), KW_SPAN(dst)));
    CALL(g2_mul_secret)(&w.out_g2, &w.out_g2, AT(s));
    CALL(g2_encode_zcash)(&bytes, &w.out_g2);
}

/* The work of a verification with points that are decoded already: hash, two pairings. */
ROW(verify)
{
    const g1 generator = CALL(g1_generator)();
    g2 hashed;
    bool yes;
    must(CALL(hash_to_g2)(&hashed, &kw_h2c_sha256, message_of(&i), KW_SPAN(dst)));
    const pair pairs[] = {{.p = AT(p), .q = &hashed}, {.p = &generator, .q = AT(q)}};
    must(CALL(pair_product_is_one)(&yes, pairs, KW_COUNT(pairs), KW_POINT_STRICT));
}

static const curve_row rows[] = {
    COMMON_ROWS("bls12-381") /* */
    {"bls12-381/gt.exp.ct/n=1", run_gt_exp_secret, 1},
    {"bls12-381/sign.min_pk/n=1", run_sign, 1},
    {"bls12-381/verify.min_pk/n=1", run_verify, 1},
};

const curve_suite curve_suite_bls = {
    .rows = rows,
    .rows_count = KW_COUNT(rows),
    .portable = &kw_bls_ops_c,
    .adx = &kw_bls_ops_adx,
    .counted = &bench_bls_ops,
    .counts = &counts,
    .prepare = prepare_inputs,
};
