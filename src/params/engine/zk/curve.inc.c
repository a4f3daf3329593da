/* SPDX-License-Identifier: Apache-2.0
 * One curve for curve.h. Parameters: CURVE, the prefix of its functions; FP_BYTES; FP_BITS;
 * FR_BITS; SCALAR, the member of kw_zk_scalar; and g1_clear(), g2_clear(), from the curve to the
 * group as ceremonies do it. */

#define KW_ZK_GLUE_(a, b) a##b
#define KW_ZK_GLUE(a, b)  KW_ZK_GLUE_(a, b)
#define C(name)           KW_ZK_GLUE(CURVE, name)

/* Drawn numbers are taken as the Montgomery form itself. */
static void draw_fp(C(fp) * out, kw_zk_draw *draw)
{
    uint8_t bytes[FP_BYTES];
    do {
        kw_zk_draw_number(bytes, draw, FP_BYTES / 8, FP_BITS);
    } while (C(fp_decode_mont)(out, KW_SPAN(bytes)) != KW_OK);
}

static void scalar_draw(kw_zk_scalar *out, kw_zk_draw *draw)
{
    uint8_t bytes[KW_ZK_FR_BYTES];
    do {
        kw_zk_draw_number(bytes, draw, KW_ZK_FR_BYTES / 8, FR_BITS);
    } while (C(fr_decode_mont)(&out->SCALAR, KW_SPAN(bytes)) != KW_OK);
}

static kw_zk_scalar scalar_of_u64(uint64_t value)
{
    return (kw_zk_scalar){.SCALAR = C(fr_of_u64)(value)};
}

static void scalar_of_u128(kw_zk_scalar *out, const uint8_t bytes[16])
{
    uint8_t number[KW_ZK_FR_BYTES] = {0};
    memcpy(number + 16, bytes, 16);
    KW_ASSERT(C(fr_decode)(&out->SCALAR, KW_SPAN(number)) == KW_OK);
}

static void scalar_of_wide(kw_zk_scalar *out, const uint8_t bytes[48])
{
    KW_ASSERT(C(fr_from_wide)(&out->SCALAR, (kw_span){bytes, 48}) == KW_OK);
}

static kw_status scalar_decode(kw_zk_scalar *out, kw_span number)
{
    uint8_t turned[KW_ZK_FR_BYTES];
    if (number.len != sizeof turned) {
        return KW_LENGTH;
    }
    for (size_t i = 0; i < sizeof turned; i++) {
        turned[i] = number.ptr[sizeof turned - 1 - i];
    }
    return C(fr_decode)(&out->SCALAR, KW_SPAN(turned));
}

static kw_status scalar_decode_mont(kw_zk_scalar *out, kw_span wire)
{
    return C(fr_decode_mont)(&out->SCALAR, wire);
}

static void scalar_add(kw_zk_scalar *out, const kw_zk_scalar *a, const kw_zk_scalar *b)
{
    C(fr_add)(&out->SCALAR, &a->SCALAR, &b->SCALAR);
}

static void scalar_sub(kw_zk_scalar *out, const kw_zk_scalar *a, const kw_zk_scalar *b)
{
    C(fr_sub)(&out->SCALAR, &a->SCALAR, &b->SCALAR);
}

static void scalar_mul(kw_zk_scalar *out, const kw_zk_scalar *a, const kw_zk_scalar *b)
{
    C(fr_mul)(&out->SCALAR, &a->SCALAR, &b->SCALAR);
}

static void scalar_batch_inv(kw_zk_scalar *io, size_t n)
{
    C(fr_batch_inv)((C(fr) *)io, n);
}

static bool scalar_equal(const kw_zk_scalar *a, const kw_zk_scalar *b)
{
    return C(fr_equal)(&a->SCALAR, &b->SCALAR);
}

#define GROUP      g1
#define GROUP_NAME "G1"
#define ELEMENTS   1
#define COORDINATE C(fp)
#define MEMBER     KW_ZK_GLUE(SCALAR, _g1)
#include "params/engine/zk/curve_group.inc.c"
#undef GROUP
#undef GROUP_NAME
#undef ELEMENTS
#undef COORDINATE
#undef MEMBER

#define GROUP      g2
#define GROUP_NAME "G2"
#define ELEMENTS   2
#define COORDINATE C(fp2)
#define MEMBER     KW_ZK_GLUE(SCALAR, _g2)
#include "params/engine/zk/curve_group.inc.c"
#undef GROUP
#undef GROUP_NAME
#undef ELEMENTS
#undef COORDINATE
#undef MEMBER

/* e(a, d) e(-b, c) = 1. */
static bool same_ratio(const kw_zk_point *a, const kw_zk_point *b, const kw_zk_point *c,
                       const kw_zk_point *d)
{
    C(g1) minus;
    bool is_one = false;
    C(g1_neg)(&minus, &b->KW_ZK_GLUE(SCALAR, _g1));
    const C(pair) pairs[] = {
        {.p = &a->KW_ZK_GLUE(SCALAR, _g1), .q = &d->KW_ZK_GLUE(SCALAR, _g2)},
        {.p = &minus, .q = &c->KW_ZK_GLUE(SCALAR, _g2)},
    };
    KW_ASSERT(C(pair_product_is_one)(&is_one, pairs, 2, KW_ALLOW_INFINITY) == KW_OK);
    return is_one;
}

static void pairing(uint8_t *out, const kw_zk_point *p, const kw_zk_point *q)
{
    C(gt) value;
    C(gt_bytes) bytes;
    C(pairing)(&value, &p->KW_ZK_GLUE(SCALAR, _g1), &q->KW_ZK_GLUE(SCALAR, _g2));
    C(gt_encode_coeff)(&bytes, &value);
    memcpy(out, bytes.bytes, sizeof bytes.bytes);
}

#define KW_ZK_SCALARS                                                                             \
    .g1 = &g1_group, .g2 = &g2_group, .same_ratio = same_ratio, .pairing = pairing,               \
    .scalar_of_u64 = scalar_of_u64, .scalar_of_u128 = scalar_of_u128,                             \
    .scalar_of_wide = scalar_of_wide, .scalar_decode = scalar_decode,                             \
    .scalar_decode_mont = scalar_decode_mont, .scalar_add = scalar_add, .scalar_sub = scalar_sub, \
    .scalar_mul = scalar_mul, .scalar_batch_inv = scalar_batch_inv, .scalar_equal = scalar_equal, \
    .scalar_draw = scalar_draw
