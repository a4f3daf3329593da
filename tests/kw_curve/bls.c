/* SPDX-License-Identifier: Apache-2.0
 * The operations on BLS12-381. */
#include "kw_curve/call.h"

#include "curve/bls_batch.h"
#include "curve/bls_comb.h"
#include "curve/bls_hash.h"
#include "curve/bls_pair.h"
#include "curve/bls_sign.h"
#include "curve/bls_tower.h"
#include "curve/bls_wire.h"
#include "curve/tmpl/glue.inc.h"

#define T(name)      kw_bls_##name
#define LAGRANGE_MAX KW_BLS_LAGRANGE_MAX
#define HAS_SECRETS  1
#include "kw_curve/curve.inc.c"

#define FORMS(group)                                                                 \
    static const group##_form *group##_form_of(const curve_call *call)               \
    {                                                                                \
        static const group##_form zcash = {kw_bls_##group##_decode_zcash,            \
                                           kw_bls_batch_##group##_decode_zcash};     \
        static const group##_form eip2537 = {kw_bls_##group##_decode_eip2537,        \
                                             kw_bls_batch_##group##_decode_eip2537}; \
        return call->fmt == CURVE_EIP2537 ? &eip2537 : &zcash;                       \
    }
FORMS(g1)
FORMS(g2)

#define MUL_AGREES(group)                                                                       \
    static kw_status group##_mul_agrees(const kw_bls_##group *product, const kw_bls_##group *p, \
                                        const kw_bls_secret *k)                                 \
    {                                                                                           \
        kw_bls_secret_##group secret = {*p};                                                    \
        kw_bls_secret_##group##_mul(&secret, &secret, k);                                       \
        return agree(kw_bls_##group##_equal(product, &secret.secret));                          \
    }
MUL_AGREES(g1)
MUL_AGREES(g2)

static kw_status gt_exp_agrees(const kw_bls_gt *power, const kw_bls_gt *value, const kw_bls_fr *k)
{
    kw_bls_gt again;
    kw_bls_secret secret;
    kw_bls_secret_of_fr(&secret, k);
    kw_bls_gt_exp_secret(&again, value, &secret);
    return agree(kw_bls_gt_equal(power, &again));
}

static kw_status pairing_agrees(const kw_bls_gt *value, const kw_bls_g1 *p, const kw_bls_g2 *q)
{
    kw_bls_gt again;
    kw_bls_secret_g1 secret = {*p};
    kw_bls_secret_g2 secret_q = {*q};
    kw_bls_pairing_secret(&again, &secret, q);
    KW_TRY(agree(kw_bls_gt_equal(value, &again)));
    kw_bls_pairing_secret_g2(&again, p, &secret_q);
    return agree(kw_bls_gt_equal(value, &again));
}

/* Multipliers of a batch of two; unforeseen by nobody, which is enough here. */
static const uint8_t multipliers[2 * KW_BLS_MULTIPLIER_BYTES] = {[0] = 1, [31] = 2};

/* Alone, each of two with a message of its own, and two on the same message. */
#define SIGNATURES_AGREE(mode)                                                                   \
    static kw_status mode##_agrees(const mode##_case *c)                                         \
    {                                                                                            \
        kw_bls_suite suite = {c->call->hash, c->dst};                                            \
        kw_span msgs[] = {c->call->in[2], c->call->in[2]};                                       \
        bool yes = false;                                                                        \
        uint8_t each[2] = {2, 2};                                                                \
        uint8_t same[2] = {2, 2};                                                                \
        mode##_keys keys[] = {c->key, c->key};                                                   \
        mode##_sigs sigs[] = {c->sig, c->sig};                                                   \
        kw_bls_##mode##_batch two = {keys, sigs, 2, KW_SPAN(multipliers)};                       \
        size_t len = kw_bls_verify_same_scratch(2);                                              \
        kw_mspan scratch = {kw_arena_new(c->call->arena, len, 1), len};                          \
        if (scratch.ptr == NULL) {                                                               \
            return KW_LIMIT;                                                                     \
        }                                                                                        \
        KW_TRY(kw_bls_##mode##_verify(&yes, &c->key, &c->sig, msgs[0], &suite));                 \
        KW_TRY(kw_bls_##mode##_verify_each(each, &two, msgs, &suite));                           \
        KW_TRY(kw_bls_##mode##_verify_same(same, scratch, &two, msgs[0], &suite));               \
        return agree(yes == c->is_valid && each[0] == yes && each[1] == yes && same[0] == yes && \
                     same[1] == yes);                                                            \
    }
typedef kw_bls_g1 min_pk_keys;
typedef kw_bls_g2 min_pk_sigs;
typedef kw_bls_g2 min_sig_keys;
typedef kw_bls_g1 min_sig_sigs;
SIGNATURES_AGREE(min_pk)
SIGNATURES_AGREE(min_sig)

/* Encodes with kw_bls_<group>_encode_<name> into a value of its type. */
#define ANSWER_WITH(out, group, name, type, p)                  \
    do {                                                        \
        kw_bls_##group##_##type encoded;                        \
        kw_bls_##group##_encode_##name(&encoded, p);            \
        answer_bytes(out, encoded.bytes, sizeof encoded.bytes); \
    } while (0)

static void g1_encode(curve_answer *out, const curve_call *call, const kw_bls_g1 *p)
{
    if (call->fmt == CURVE_EIP2537) {
        ANSWER_WITH(out, g1, eip2537, eip2537, p);
    } else {
        ANSWER_WITH(out, g1, zcash, bytes, p);
    }
}

static void g2_encode(curve_answer *out, const curve_call *call, const kw_bls_g2 *p)
{
    if (call->fmt == CURVE_EIP2537) {
        ANSWER_WITH(out, g2, eip2537, eip2537, p);
    } else {
        ANSWER_WITH(out, g2, zcash, bytes, p);
    }
}

static kw_status op_g1_both(curve_answer *out, const curve_call *call)
{
    kw_bls_g1 p;
    KW_TRY(curve_call_needs(call, call->fmt == CURVE_ZCASH ? 1 : SIZE_MAX));
    KW_TRY(g1_read(&p, call, 0, KW_ALLOW_INFINITY));
    ANSWER_WITH(out, g1, zcash_both, both, &p);
    return KW_OK;
}

static kw_status op_g2_both(curve_answer *out, const curve_call *call)
{
    kw_bls_g2 p;
    KW_TRY(curve_call_needs(call, call->fmt == CURVE_ZCASH ? 1 : SIZE_MAX));
    KW_TRY(g2_read(&p, call, 0, KW_ALLOW_INFINITY));
    ANSWER_WITH(out, g2, zcash_both, both, &p);
    return KW_OK;
}

/* Additions of EIP-2537 take all points of the curve. */
static kw_status op_g1_add_any(curve_answer *out, const curve_call *call)
{
    kw_bls_g1_eip2537 sum;
    if (call->fmt != CURVE_EIP2537) {
        return op_g1_add(out, call);
    }
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(kw_bls_g1_add_eip2537(&sum, call->in[0], call->in[1]));
    answer_bytes(out, sum.bytes, sizeof sum.bytes);
    return KW_OK;
}

static kw_status op_g2_add_any(curve_answer *out, const curve_call *call)
{
    kw_bls_g2_eip2537 sum;
    if (call->fmt != CURVE_EIP2537) {
        return op_g2_add(out, call);
    }
    KW_TRY(curve_call_needs(call, 2));
    KW_TRY(kw_bls_g2_add_eip2537(&sum, call->in[0], call->in[1]));
    answer_bytes(out, sum.bytes, sizeof sum.bytes);
    return KW_OK;
}

/* Of a raw point, as snarkjs has it. */
static kw_status op_g1_clear(curve_answer *out, const curve_call *call)
{
    kw_bls_g1_raw raw;
    kw_bls_g1 p;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(g1_raw_of_bytes(&raw, call->in[0]));
    KW_TRY(kw_bls_g1_clear_cofactor(&p, &raw));
    g1_answer(out, call, &p);
    return KW_OK;
}

static kw_status op_g2_clear(curve_answer *out, const curve_call *call)
{
    kw_bls_g2_raw raw;
    kw_bls_g2 p;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(g2_raw_of_bytes(&raw, call->in[0]));
    KW_TRY(kw_bls_g2_clear_cofactor(&p, &raw));
    g2_answer(out, call, &p);
    return KW_OK;
}

const curve_row *curve_bls_find(kw_str op)
{
    static const curve_row own[] = {
        {"g1.both", op_g1_both},   {"g2.both", op_g2_both},   {"g1.add", op_g1_add_any},
        {"g2.add", op_g2_add_any}, {"g1.clear", op_g1_clear}, {"g2.clear", op_g2_clear},
    };
    return find_row(own, KW_COUNT(own), op);
}
