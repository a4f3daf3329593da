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

/* The functions of one encoding for both groups. */
#define KW_DECODERS(form)                                                                    \
    KW_TEMPLATE kw_status g1_decode_##form(g1 *out, kw_span in, unsigned flags)              \
    {                                                                                        \
        return g1_decode(out, in, flags, &(form));                                           \
    }                                                                                        \
    KW_TEMPLATE kw_status batch_g1_decode_##form(g1 *out, uint8_t *ok, kw_span in, size_t n, \
                                                 unsigned flags)                             \
    {                                                                                        \
        const wire_run run = {in, n, flags};                                                 \
        return g1_decode_many(out, ok, &run, &(form));                                       \
    }                                                                                        \
    KW_TEMPLATE kw_status g2_decode_##form(g2 *out, kw_span in, unsigned flags)              \
    {                                                                                        \
        return g2_decode(out, in, flags, &(form));                                           \
    }                                                                                        \
    KW_TEMPLATE kw_status batch_g2_decode_##form(g2 *out, uint8_t *ok, kw_span in, size_t n, \
                                                 unsigned flags)                             \
    {                                                                                        \
        const wire_run run = {in, n, flags};                                                 \
        return g2_decode_many(out, ok, &run, &(form));                                       \
    }
KW_DECODERS(zcash)
KW_DECODERS(eip2537)
#undef KW_DECODERS

#define KW_ENCODERS(name, form, is_compressed, size)                   \
    KW_TEMPLATE void g1_encode_##name(T(g1_##size) * out, const g1 *a) \
    {                                                                  \
        g1_encode(out->bytes, a, is_compressed, &(form));              \
    }                                                                  \
    KW_TEMPLATE void g2_encode_##name(T(g2_##size) * out, const g2 *a) \
    {                                                                  \
        g2_encode(out->bytes, a, is_compressed, &(form));              \
    }
KW_ENCODERS(zcash, zcash, true, bytes)
KW_ENCODERS(zcash_both, zcash, false, both)
KW_ENCODERS(eip2537, eip2537, false, eip2537)
#undef KW_ENCODERS
