/* SPDX-License-Identifier: Apache-2.0
 * The operations on BN254. */
#include "kw_curve/call.h"

#include "curve/bn_batch.h"
#include "curve/bn_comb.h"
#include "curve/bn_hash.h"
#include "curve/bn_pair.h"
#include "curve/bn_tower.h"
#include "curve/bn_wire.h"
#include "curve/tmpl/glue.inc.h"

#define T(name)      kw_bn_##name
#define LAGRANGE_MAX KW_BN_LAGRANGE_MAX
#define HAS_SECRETS \
    0 /* its secrets are scalars; signatures are pairings that others put together */
#include "kw_curve/curve.inc.c"

#define FORMS(group)                                                              \
    static const group##_form *group##_form_of(const curve_call *call)            \
    {                                                                             \
        static const group##_form eip196 = {kw_bn_##group##_decode_eip196,        \
                                            kw_bn_batch_##group##_decode_eip196}; \
        static const group##_form gnark = {kw_bn_##group##_decode_gnark,          \
                                           kw_bn_batch_##group##_decode_gnark};   \
        static const group##_form ark = {kw_bn_##group##_decode_ark,              \
                                         kw_bn_batch_##group##_decode_ark};       \
        if (call->fmt == CURVE_GNARK) {                                           \
            return &gnark;                                                        \
        }                                                                         \
        return call->fmt == CURVE_ARK ? &ark : &eip196;                           \
    }
FORMS(g1)
FORMS(g2)

/* Encodes with kw_bn_<group>_encode_<name> into a value of its type. */
#define ANSWER_WITH(out, group, name, type, p)                  \
    do {                                                        \
        kw_bn_##group##_##type encoded;                         \
        kw_bn_##group##_encode_##name(&encoded, p);             \
        answer_bytes(out, encoded.bytes, sizeof encoded.bytes); \
    } while (0)

static void g1_encode(curve_answer *out, const curve_call *call, const kw_bn_g1 *p)
{
    if (call->fmt == CURVE_GNARK) {
        ANSWER_WITH(out, g1, gnark, bytes, p);
    } else if (call->fmt == CURVE_ARK) {
        ANSWER_WITH(out, g1, ark, bytes, p);
    } else {
        ANSWER_WITH(out, g1, eip196, both, p);
    }
}

static void g2_encode(curve_answer *out, const curve_call *call, const kw_bn_g2 *p)
{
    if (call->fmt == CURVE_GNARK) {
        ANSWER_WITH(out, g2, gnark, bytes, p);
    } else if (call->fmt == CURVE_ARK) {
        ANSWER_WITH(out, g2, ark, bytes, p);
    } else {
        ANSWER_WITH(out, g2, eip196, both, p);
    }
}

static kw_status op_g1_both(curve_answer *out, const curve_call *call)
{
    kw_bn_g1 p;
    KW_TRY(curve_call_needs(call, call->fmt == CURVE_GNARK ? 1 : SIZE_MAX));
    KW_TRY(g1_read(&p, call, 0, KW_ALLOW_INFINITY));
    ANSWER_WITH(out, g1, gnark_both, both, &p);
    return KW_OK;
}

static kw_status op_g2_both(curve_answer *out, const curve_call *call)
{
    kw_bn_g2 p;
    KW_TRY(curve_call_needs(call, call->fmt == CURVE_GNARK ? 1 : SIZE_MAX));
    KW_TRY(g2_read(&p, call, 0, KW_ALLOW_INFINITY));
    ANSWER_WITH(out, g2, gnark_both, both, &p);
    return KW_OK;
}

static kw_status op_g1_increment(curve_answer *out, const curve_call *call)
{
    kw_hash32 digest;
    kw_bn_g1 p;
    KW_TRY(curve_call_needs(call, 1));
    if (call->in[0].len != sizeof digest) {
        return KW_LENGTH;
    }
    memcpy(digest.bytes, call->in[0].ptr, sizeof digest);
    KW_TRY(kw_bn_g1_try_and_increment_var(&p, &digest));
    g1_answer(out, call, &p);
    return KW_OK;
}

/* Of a raw point, as snarkjs has it. */
static kw_status op_g2_clear(curve_answer *out, const curve_call *call)
{
    kw_bn_g2_raw raw;
    kw_bn_g2 p;
    KW_TRY(curve_call_needs(call, 1));
    KW_TRY(g2_raw_of_bytes(&raw, call->in[0]));
    KW_TRY(kw_bn_g2_clear_cofactor(&p, &raw));
    g2_answer(out, call, &p);
    return KW_OK;
}

const curve_row *curve_bn_find(kw_str op)
{
    static const curve_row own[] = {
        {"g1.both", op_g1_both}, {"g2.both", op_g2_both},           {"g1.add", op_g1_add},
        {"g2.add", op_g2_add},   {"g1.increment", op_g1_increment}, {"g2.clear", op_g2_clear},
    };
    return find_row(own, KW_COUNT(own), op);
}
