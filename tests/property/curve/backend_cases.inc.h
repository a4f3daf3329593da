/* SPDX-License-Identifier: Apache-2.0
 * What the operations of one curve give, as bytes, one operation after the other. T(name) is the
 * curve's prefix; BYTES(name) the name of a function here; WIRES(W) the encodings of its points, as
 * W(group, name, type of the bytes). */

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

#define POINT      T(g1)
#define OF(name)   T(g1_##name)
#define MANY(name) T(batch_g1_##name)
#define NOTE       BYTES(note_g1)
#define RUN        BYTES(run_g1)
#include "property/curve/backend_group.inc.h"
#undef POINT
#undef OF
#undef MANY
#undef NOTE
#undef RUN

#define POINT      T(g2)
#define OF(name)   T(g2_##name)
#define MANY(name) T(batch_g2_##name)
#define NOTE       BYTES(note_g2)
#define RUN        BYTES(run_g2)
#include "property/curve/backend_group.inc.h"
#undef POINT
#undef OF
#undef MANY
#undef NOTE
#undef RUN

static void BYTES(note_secret)(T(trace) * t, const T(secret) * k)
{
    T(secret_bytes) bytes;
    T(secret_encode)(&bytes, k);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.secret));
}

static void BYTES(run_secrets)(T(trace) * t, const T(fr) * scalars)
{
    T(secret) k[MANY_COUNT];
    for (size_t i = 0; i < MANY_COUNT; i++) {
        T(secret_of_fr)(&k[i], &scalars[i]);
    }
    T(secret) out;
    EXPECT_OK(T(poly_eval)(&out, k, MANY_COUNT, 9));
    BYTES(note_secret)(t, &out);
    T(secret_add)(&out, &out, &k[0]);
    T(secret_inv)(&out, &out);
    T(secret_sub)(&out, &out, &k[1]);
    T(secret_mul)(&out, &out, &k[2]);
    T(secret_neg)(&out, &out);
    BYTES(note_secret)(t, &out);
    static const uint32_t index[] = {1, 2, 5, 70000};
    T(fr) l[KW_COUNT(index)];
    EXPECT_OK(T(lagrange_zero)(l, index, KW_COUNT(index)));
    T(fr_batch_inv)(l, KW_COUNT(index));
    for (size_t i = 0; i < KW_COUNT(index); i++) {
        BYTES(note_scalars)(t, &l[i], &scalars[i]);
    }
}

static void BYTES(note_gt)(T(trace) * t, const T(gt) * e)
{
    T(gt_bytes) bytes;
    T(gt) again;
    T(gt_encode_coeff)(&bytes, e);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
    EXPECT_OK(T(gt_decode_coeff)(&again, KW_SPAN(bytes.bytes)));
    assert_true(T(gt_equal)(&again, e));
    T(gt_encode_kyber)(&bytes, e);
    kw_sha256_update(&t->hash, KW_SPAN(bytes.bytes));
}

static void BYTES(run_pairings)(T(trace) * t, const T(g1) * p, const T(g2) * q, const T(fr) * k)
{
    static T(lines) lines;
    T(gt) e;
    T(gt) one;
    T(pairing)(&e, &p[0], &q[0]);
    T(gt_exp_var)(&e, &e, k);
    BYTES(note_gt)(t, &e);
    T(prepare)(&lines, &q[1]);
    T(pair) pairs[] = {{&p[1], NULL, &lines}, {&p[2], &q[2], NULL}, {&p[3], &q[3], NULL}};
    T(gt) product;
    EXPECT_OK(T(pair_product)(&product, pairs, KW_COUNT(pairs), KW_POINT_STRICT));
    T(gt_mul)(&e, &e, &product);
    BYTES(note_gt)(t, &e);
    T(gt_inv)(&one, &e);
    T(gt_mul)(&one, &one, &e);
    e = T(gt_one)();
    assert_true(T(gt_equal)(&one, &e));
}

/* A pairing in its two halves, powers of it. */
static void BYTES(run_halves)(T(trace) * t, const T(g1) * p, const T(g2) * q, const T(fr) * k)
{
    const T(pair) pairs[] = {{&p[0], &q[0], NULL}, {&p[1], &q[1], NULL}};
    T(fp12) value;
    T(gt) e;
    EXPECT_OK(T(miller)(&value, pairs, KW_COUNT(pairs), KW_POINT_STRICT));
    EXPECT_OK(T(final_exp)(&e, &value));
    BYTES(note_gt)(t, &e);
    T(gt_exp)(&e, &e, k);
    T(gt_sqr)(&e, &e);
    BYTES(note_gt)(t, &e);
    T(gt_sqr_times)(&e, &e, 40);
    BYTES(note_gt)(t, &e);
}

#include "property/curve/backend_wire.inc.h"

/* Operations that one of the curves has alone. */
static void BYTES(run_others)(T(trace) * t, const T(g1) * p, const T(g2) * q, const T(secret) * k);

/* One round: hash to both groups, multiply in all ways, sum, pair. */
static void BYTES(run_round)(T(trace) * t)
{
    static T(g1) points[MANY_COUNT];
    static T(g2) others[MANY_COUNT];
    static T(fr) scalars[MANY_COUNT];
    uint8_t wide[64];
    kw_span dst = kw_span_of_str(KW_STR("back-ends agree"));
    for (size_t i = 0; i < MANY_COUNT; i++) {
        BYTES(draw)(t, wide, sizeof wide);
        EXPECT_OK(T(fr_from_wide)(&scalars[i], KW_SPAN(wide)));
        EXPECT_OK(T(hash_to_g1)(&points[i], &kw_h2c_sha256, KW_SPAN(wide), dst));
        EXPECT_OK(T(hash_to_g2)(&others[i], &kw_h2c_sha256, KW_SPAN(wide), dst));
    }
    EXPECT_OK(T(encode_to_g1)(&points[0], &kw_h2c_sha256, KW_SPAN(wide), dst));
    EXPECT_OK(T(encode_to_g2)(&others[0], &kw_h2c_keccak256, KW_SPAN(wide), dst));
    BYTES(note_scalars)(t, &scalars[0], &scalars[1]);
    BYTES(note_roots)(t, &points[0]);
    T(secret) k;
    T(secret_of_fr)(&k, &scalars[2]);
    T(g1) p;
    T(g1_mul_secret)(&p, &points[0], &k);
    BYTES(note_g1)(t, &p);
    T(g1_base_secret)(&p, &k);
    BYTES(note_g1)(t, &p);
    T(g2) q;
    T(g2_mul_secret)(&q, &others[0], &k);
    BYTES(note_g2)(t, &q);
    T(g2_base_secret)(&q, &k);
    T(g2_mul_var)(&q, &q, &scalars[3]);
    BYTES(note_g2)(t, &q);
    BYTES(run_g1)(t, points, scalars);
    BYTES(run_g2)(t, others, scalars);
    BYTES(run_secrets)(t, scalars);
    BYTES(run_pairings)(t, points, others, &scalars[4]);
    BYTES(run_halves)(t, points, others, &scalars[5]);
    BYTES(run_products)(t, &points[5], &others[5]);
    BYTES(run_wires)(t, points, others);
    BYTES(run_maps)(t, &points[6], &others[6]);
    BYTES(run_hash_to_fields)(t, KW_SPAN(wide));
    BYTES(run_secret_bytes)(t, &k);
    BYTES(run_others)(t, &points[8], &others[8], &k);
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
