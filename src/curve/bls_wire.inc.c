/* SPDX-License-Identifier: Apache-2.0
 * The named encodings of BLS12-381: contracts in bls_wire.h. */

/* zcash protocol specification section 5.4.9.2; EIP-2537. */
static const wire_form zcash = {
    .fp_bytes = 48,
    .is_imaginary_first = true,
    .has_compressed = true,
    .has_both = true,
    .mask = 0xe0,
    .smaller = 0x80,
    .larger = 0xa0,
    .infinity = 0xc0,
    .both = 0x00,
    .infinity_both = 0x40,
};

static const wire_form eip2537 = {.fp_bytes = 64, .has_both = true};

KW_DECODERS(zcash)
KW_DECODERS(eip2537)
KW_ENCODERS(zcash, zcash, true, bytes)
KW_ENCODERS(zcash_both, zcash, false, both)
KW_ENCODERS(eip2537, eip2537, false, eip2537)

/* The group law is complete on the whole curve: both orders are odd. */
#define KW_ADDERS(group)                                                                      \
    KW_TEMPLATE kw_status group##_add_eip2537(T(group##_eip2537) * out, kw_span a, kw_span b) \
    {                                                                                         \
        group##_raw raw;                                                                      \
        group x;                                                                              \
        group y;                                                                              \
        KW_TRY(group##_decode_raw(&raw, a, KW_ALLOW_INFINITY, &eip2537));                     \
        group##_of_raw(&x, &raw);                                                             \
        KW_TRY(group##_decode_raw(&raw, b, KW_ALLOW_INFINITY, &eip2537));                     \
        group##_of_raw(&y, &raw);                                                             \
        group##_add(&x, &x, &y);                                                              \
        group##_encode_eip2537(out, &x);                                                      \
        return KW_OK;                                                                         \
    }
KW_ADDERS(g1)
KW_ADDERS(g2)
#undef KW_ADDERS
