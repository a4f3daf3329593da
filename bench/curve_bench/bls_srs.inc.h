/* SPDX-License-Identifier: Apache-2.0
 * Powers of tau as a KZG ceremony publishes them, checked whole: each point decoded and in its
 * group, and each the one before it times tau. Needs what stands in rows.inc.h. */
#ifndef KW_BENCH_CURVE_BENCH_BLS_SRS_INC_H
#define KW_BENCH_CURVE_BENCH_BLS_SRS_INC_H

enum {
    SRS_G1 = 4096,
    SRS_G2 = 65,
};

static struct {
    C(g1_bytes) g1_bytes[SRS_G1];
    C(g2_bytes) g2_bytes[SRS_G2];
    uint8_t ok[SRS_G1];
    g1 *powers1; /* SRS_G1, as they were decoded */
    g2 powers2[SRS_G2];
} srs;

static void prepare_srs(void)
{
    fr power = C(fr_of_u64)(1);
    srs.powers1 = kw_heap_new(SRS_G1, sizeof *srs.powers1);
    KW_ASSERT(srs.powers1 != NULL);
    for (size_t i = 0; i < SRS_G1; i++) {
        secret k;
        g1 p;
        g2 q;
        C(secret_of_fr)(&k, &power);
        C(g1_base_secret)(&p, &k);
        C(g1_encode_zcash)(&srs.g1_bytes[i], &p);
        if (i < SRS_G2) {
            C(g2_base_secret)(&q, &k);
            C(g2_encode_zcash)(&srs.g2_bytes[i], &q);
        }
        C(fr_mul)(&power, &power, &w.k[0]);
    }
}

static void decode_srs(const OPS *ops)
{
    const kw_span in1 = {(const uint8_t *)srs.g1_bytes, sizeof srs.g1_bytes};
    const kw_span in2 = {(const uint8_t *)srs.g2_bytes, sizeof srs.g2_bytes};
    must(ops->batch_g1_decode_zcash(srs.powers1, srs.ok, in1, SRS_G1, KW_POINT_STRICT));
    must(ops->batch_g2_decode_zcash(srs.powers2, srs.ok, in2, SRS_G2, KW_POINT_STRICT));
}

/* sum r[i] (p[i + 1] - tau p[i]) = 0 in G1, by e(sum r[i] p[i + 1], G) = e(sum r[i] p[i], tau G);
 * and the same in G2. Multipliers of 128 bits. */
ROW(srs_check)
{
    KW_UNUSED(i);
    g1 sums[2];
    g2 sums2[2];
    bool yes[2];
    decode_srs(ops);
    for (size_t k = 0; k < 2; k++) {
        const g1_msm_in in = {srs.powers1 + k, w.many_half_k, SRS_G1 - 1, 128};
        const g2_msm_in in2 = {srs.powers2 + k, w.many_half_k, SRS_G2 - 1, 128};
        must(CALL(g1_msm_var)(&sums[k], w.scratch, &in));
        must(CALL(g2_msm_var)(&sums2[k], w.scratch, &in2));
    }
    CALL(g1_neg)(&sums[1], &sums[1]);
    CALL(g2_neg)(&sums2[1], &sums2[1]);
    const pair in_g1[] = {{.p = &sums[0], .q = &srs.powers2[1]},
                          {.p = &sums[1], .q = &srs.powers2[0]}};
    const pair in_g2[] = {{.p = &srs.powers1[1], .q = &sums2[0]},
                          {.p = &srs.powers1[0], .q = &sums2[1]}};
    must(CALL(pair_product_is_one)(&yes[0], in_g1, 2, KW_POINT_STRICT));
    must(CALL(pair_product_is_one)(&yes[1], in_g2, 2, KW_POINT_STRICT));
    KW_ASSERT(yes[0] && yes[1]);
}

#endif /* KW_BENCH_CURVE_BENCH_BLS_SRS_INC_H */
