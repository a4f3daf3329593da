/* SPDX-License-Identifier: Apache-2.0
 * BN254: the rows of the bench. */
#define FP_COUNTED 4
#include "curve_bench/counted.inc.h"

#define KW_OPS bench_bn_ops
#include "curve/bn.inc.c"

#define OPS     kw_bn_ops
#define C(name) KW_GLUE(kw_bn_, name)
#include "curve_bench/rows.inc.h"

static void prepare_bytes(void)
{
    for (size_t i = 0; i < CURVE_INPUTS; i++) {
        kw_bn_g1_encode_gnark(&w.p_bytes[i], &w.p[i]);
        kw_bn_g2_encode_gnark(&w.q_bytes[i], &w.q[i]);
    }
}

ROW(g1_decode)
{
    must(CALL(g1_decode_gnark)(&w.out_g1, KW_SPAN(AT(p_bytes)->bytes), KW_POINT_STRICT));
}

ROW(g2_decode)
{
    must(CALL(g2_decode_gnark)(&w.out_g2, KW_SPAN(AT(q_bytes)->bytes), KW_POINT_STRICT));
}

static const curve_row rows[] = {COMMON_ROWS("bn254")};

const curve_suite curve_suite_bn = {
    .rows = rows,
    .rows_count = KW_COUNT(rows),
    .portable = &kw_bn_ops_c,
    .adx = &kw_bn_ops_adx,
    .counted = &bench_bn_ops,
    .counts = &counts,
    .prepare = prepare_inputs,
};
