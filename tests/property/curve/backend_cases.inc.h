/* SPDX-License-Identifier: Apache-2.0
 * What the operations of one curve give, as bytes, one operation after the other. T(name) is the
 * curve's prefix; BYTES(name) the name of a function here. */

/* A running hash of all results, and the random numbers behind them. */
typedef struct T(trace) {
    kw_sha256_state hash;
    random_source random;
} T(trace);

static void BYTES(draw)(T(trace) * t, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)random_u64(&t->random);
    }
}

static void BYTES(note_g1)(T(trace) * t, const T(g1) * a)
{
    T(g1_bytes) bytes;
    T(G1_ENCODE)(&bytes, a);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
    T(g1) again;
    EXPECT_OK(T(G1_DECODE)(&again, KW_SPAN(bytes.bytes), KW_ALLOW_INFINITY));
    assert_true(T(g1_equal)(&again, a));
}

static void BYTES(note_g2)(T(trace) * t, const T(g2) * a)
{
    T(g2_bytes) bytes;
    T(G2_ENCODE)(&bytes, a);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
    T(g2) again;
    EXPECT_OK(T(G2_DECODE)(&again, KW_SPAN(bytes.bytes), KW_ALLOW_INFINITY));
    assert_true(T(g2_equal)(&again, a));
}

static void BYTES(note_scalars)(T(trace) * t, const T(fr) * a, const T(fr) * b)
{
    T(fr) c;
    T(fr_bytes) bytes;
    T(fr_mul)(&c, a, b);
    T(fr_sub)(&c, &c, a);
    T(fr_inv)(&c, &c);
    T(fr_neg)(&c, &c);
    T(fr_add)(&c, &c, b);
    bool has_root = T(fr_sqrt)(&c, &c); /* else it stays */
    kw_sha256_update(&t->hash, (kw_span){(const uint8_t *)&has_root, 1});
    T(fr_encode)(&bytes, &c);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
}

static void BYTES(note_roots)(T(trace) * t, const T(g1) * point)
{
    T(g1_raw) raw;
    T(fp) root;
    T(fp_bytes) bytes;
    T(g1_to_raw)(&raw, point);
    bool has_root = T(fp_sqrt)(&root, &raw.x);
    kw_sha256_update(&t->hash, (kw_span){(const uint8_t *)&has_root, 1});
    T(fp_inv)(&raw.x, &raw.x);
    T(fp_mul)(&raw.x, &raw.x, &raw.y);
    T(fp_encode)(&bytes, has_root ? &root : &raw.x);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
}

/* One round: hash to both groups, multiply in all ways, sum, pair. */
static void BYTES(run_round)(T(trace) * t)
{
    enum {
        N = 20 /* above the size where sums change their method */
    };
    static T(g1) points[N];
    static T(fr) scalars[N];
    static uint64_t scratch[1 << 15];
    uint8_t wide[64];
    kw_span dst = kw_span_of_str(KW_STR("back-ends agree"));
    T(g2) q;
    for (size_t i = 0; i < N; i++) {
        BYTES(draw)(t, wide, sizeof wide);
        EXPECT_OK(T(fr_from_wide)(&scalars[i], KW_SPAN(wide)));
        EXPECT_OK(T(hash_to_g1)(&points[i], &kw_h2c_sha256, KW_SPAN(wide), dst));
    }
    EXPECT_OK(T(encode_to_g2)(&q, &kw_h2c_keccak256, KW_SPAN(wide), dst));
    BYTES(note_scalars)(t, &scalars[0], &scalars[1]);
    BYTES(note_roots)(t, &points[0]);
    T(secret) k;
    T(secret_of_fr)(&k, &scalars[2]);
    T(g1) p;
    T(g1_mul_secret)(&p, &points[0], &k);
    BYTES(note_g1)(t, &p);
    T(g1_base_secret)(&p, &k);
    BYTES(note_g1)(t, &p);
    kw_mspan room = {(uint8_t *)scratch, sizeof scratch};
    T(g1_msm_in) sum = {points, scalars, N, 0};
    assert_true(T(g1_msm_scratch)(N) <= sizeof scratch);
    EXPECT_OK(T(g1_msm_var)(&p, room, &sum));
    BYTES(note_g1)(t, &p);
    T(gt) e;
    T(pairing)(&e, &p, &q);
    T(g2_mul_secret)(&q, &q, &k);
    BYTES(note_g2)(t, &q);
    T(g2_base_secret)(&q, &k);
    BYTES(note_g2)(t, &q);
    EXPECT_OK(T(hash_to_g2)(&q, &kw_h2c_sha256, KW_SPAN(wide), dst));
    T(g2_mul_var)(&q, &q, &scalars[3]);
    BYTES(note_g2)(t, &q);
    T(gt_exp_var)(&e, &e, &scalars[4]);
    T(gt_bytes) bytes;
    T(gt_encode_coeff)(&bytes, &e);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
}

static kw_hash32 BYTES(run)(random_source random)
{
    T(trace) t = {.random = random};
    kw_hash32 out;
    kw_sha256_init(&t.hash);
    for (int i = 0; i < ROUNDS; i++) {
        BYTES(run_round)(&t);
    }
    kw_sha256_final(&t.hash, &out);
    return out;
}
