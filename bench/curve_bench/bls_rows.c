/* SPDX-License-Identifier: Apache-2.0
 * BLS12-381: the rows of the bench. */
#define FP_COUNTED 6
#include "curve_bench/counted.inc.h"

#define KW_OPS bench_bls_ops
#include "curve/bls.inc.c"

#define OPS     kw_bls_ops
#define C(name) KW_GLUE(kw_bls_, name)
#include "curve/bls_sign.h"
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

ROW(g1_decode_batch)
{
    KW_UNUSED(i);
    g1 out[CURVE_INPUTS];
    uint8_t ok[CURVE_INPUTS];
    const kw_span bytes = {(const uint8_t *)w.p_bytes, sizeof w.p_bytes};
    must(CALL(batch_g1_decode_zcash)(out, ok, bytes, CURVE_INPUTS, KW_POINT_STRICT));
}

ROW(g2_decode_batch)
{
    KW_UNUSED(i);
    g2 out[CURVE_INPUTS];
    uint8_t ok[CURVE_INPUTS];
    const kw_span bytes = {(const uint8_t *)w.q_bytes, sizeof w.q_bytes};
    must(CALL(batch_g2_decode_zcash)(out, ok, bytes, CURVE_INPUTS, KW_POINT_STRICT));
}

static const kw_bls_suite suite = {&kw_h2c_sha256, {dst, sizeof dst}};

/* A signature in G2, compressed. These three go through the public functions. */
ROW(sign)
{
    KW_UNUSED(ops);
    kw_bls_g2_bytes bytes;
    must(kw_bls_min_pk_sign(&w.out_g2, AT(s), message_of(&i), &suite));
    kw_bls_g2_encode_zcash(&bytes, &w.out_g2);
}

static struct {
    kw_hash32 messages[CURVE_INPUTS];
    g2 signatures[CURVE_INPUTS];
    g1 short_signatures[CURVE_INPUTS];
    C(g2_bytes) same_bytes[CURVE_INPUTS]; /* of all keys on message 0 */
    uint8_t multipliers[CURVE_INPUTS][KW_BLS_MULTIPLIER_BYTES];
} signed_by;

static void prepare_signatures(void)
{
    for (size_t i = 0; i < CURVE_INPUTS; i++) {
        g2 same;
        memset(&signed_by.messages[i], (int)i, sizeof signed_by.messages[i]);
        memset(signed_by.multipliers[i], (int)(i * 37 + 1), sizeof signed_by.multipliers[i]);
        must(kw_bls_min_pk_sign(&signed_by.signatures[i], &w.s[i],
                                KW_SPAN(signed_by.messages[i].bytes), &suite));
        must(kw_bls_min_sig_sign(&signed_by.short_signatures[i], &w.s[i],
                                 KW_SPAN(signed_by.messages[i].bytes), &suite));
        must(kw_bls_min_pk_sign(&same, &w.s[i], KW_SPAN(signed_by.messages[0].bytes), &suite));
        kw_bls_g2_encode_zcash(&signed_by.same_bytes[i], &same);
    }
}

/* With points that are decoded already. */
ROW(verify)
{
    KW_UNUSED(ops);
    size_t at = i % CURVE_INPUTS;
    bool yes = false;
    must(kw_bls_min_pk_verify(&yes, &w.p[at], &signed_by.signatures[at],
                              KW_SPAN(signed_by.messages[at].bytes), &suite));
    KW_ASSERT(yes);
}

/* 64 signatures on a message each, with points that are decoded already. */
ROW(verify_each)
{
    KW_UNUSED(ops);
    KW_UNUSED(i);
    uint8_t ok[CURVE_INPUTS];
    kw_span messages[CURVE_INPUTS];
    for (size_t at = 0; at < CURVE_INPUTS; at++) {
        messages[at] = KW_SPAN(signed_by.messages[at].bytes);
    }
    const kw_bls_min_pk_batch batch = {
        w.p,
        signed_by.signatures,
        CURVE_INPUTS,
        {(const uint8_t *)signed_by.multipliers, sizeof signed_by.multipliers}};
    must(kw_bls_min_pk_verify_each(ok, &batch, messages, &suite));
    KW_ASSERT(ok[CURVE_INPUTS - 1] == 1);
}

/* The sum of 64 keys, and of 64 signatures. */
ROW(g1_aggregate)
{
    KW_UNUSED(i);
    w.out_g1 = w.p[0];
    for (size_t at = 1; at < CURVE_INPUTS; at++) {
        CALL(g1_add)(&w.out_g1, &w.out_g1, &w.p[at]);
    }
}

ROW(g2_aggregate)
{
    KW_UNUSED(i);
    w.out_g2 = signed_by.signatures[0];
    for (size_t at = 1; at < CURVE_INPUTS; at++) {
        CALL(g2_add)(&w.out_g2, &w.out_g2, &signed_by.signatures[at]);
    }
}

/* Signatures under 64 keys on one message, as they come: decode, check, verify. */
ROW(verify_same)
{
    KW_UNUSED(ops);
    KW_UNUSED(i);
    g2 signatures[CURVE_INPUTS];
    uint8_t ok[CURVE_INPUTS];
    const kw_span bytes = {(const uint8_t *)signed_by.same_bytes, sizeof signed_by.same_bytes};
    must(kw_bls_batch_g2_decode_zcash(signatures, ok, bytes, CURVE_INPUTS, KW_POINT_STRICT));
    const kw_bls_min_pk_batch batch = {
        w.p,
        signatures,
        CURVE_INPUTS,
        {(const uint8_t *)signed_by.multipliers, sizeof signed_by.multipliers}};
    must(kw_bls_min_pk_verify_same(ok, w.scratch, &batch, KW_SPAN(signed_by.messages[0].bytes),
                                   &suite));
    KW_ASSERT(ok[CURVE_INPUTS - 1] == 1);
}

/* Keys in G2, which @chainsafe/blst has not: a signature in G1, compressed, and its check. */
ROW(sign_min_sig)
{
    KW_UNUSED(ops);
    kw_bls_g1_bytes bytes;
    must(kw_bls_min_sig_sign(&w.out_g1, AT(s), message_of(&i), &suite));
    kw_bls_g1_encode_zcash(&bytes, &w.out_g1);
}

ROW(verify_min_sig)
{
    KW_UNUSED(ops);
    size_t at = i % CURVE_INPUTS;
    bool yes = false;
    must(kw_bls_min_sig_verify(&yes, &w.q[at], &signed_by.short_signatures[at],
                               KW_SPAN(signed_by.messages[at].bytes), &suite));
    KW_ASSERT(yes);
}

#include "curve_bench/bls_srs.inc.h"

static void prepare_all(void)
{
    prepare_inputs();
    prepare_signatures();
    prepare_srs();
    KW_ASSERT(kw_bls_verify_same_scratch(CURVE_INPUTS) <= w.scratch.len);
}

static const curve_row rows[] = {
    COMMON_ROWS("bls12-381") /* */
    {"bls12-381/g1.decode.check/n=64,batch", run_g1_decode_batch, CURVE_INPUTS},
    {"bls12-381/g2.decode.check/n=64,batch", run_g2_decode_batch, CURVE_INPUTS},
    {"bls12-381/g1.aggregate/n=64", run_g1_aggregate, CURVE_INPUTS},
    {"bls12-381/g2.aggregate/n=64", run_g2_aggregate, CURVE_INPUTS},
    {"bls12-381/sign.min_pk/n=1", run_sign, 1},
    {"bls12-381/verify.min_pk/n=1", run_verify, 1},
    {"bls12-381/sign.min_sig/n=1", run_sign_min_sig, 1},
    {"bls12-381/verify.min_sig/n=1", run_verify_min_sig, 1},
    {"bls12-381/srs.check/g1=4096,g2=65", run_srs_check, 1},
    {"bls12-381/verify.each.min_pk/n=64", run_verify_each, CURVE_INPUTS},
    {"bls12-381/verify.same.min_pk/n=64,decode", run_verify_same, CURVE_INPUTS},
};

const curve_suite curve_suite_bls = {
    .rows = rows,
    .rows_count = KW_COUNT(rows),
    .portable = &kw_bls_ops_c,
    .adx = &kw_bls_ops_adx,
    .counted = &bench_bls_ops,
    .counts = &counts,
    .prepare = prepare_all,
};
