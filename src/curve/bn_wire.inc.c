/* SPDX-License-Identifier: Apache-2.0
 * The named encodings of BN254: contracts in bn_wire.h. */

/* EIP-196 and EIP-197; gnark-crypto ecc/bn254/marshal.go; ark-serialize. */
static const wire_form eip196 = {.fp_bytes = 32, .is_imaginary_first = true, .has_both = true};

static const wire_form gnark = {
    .fp_bytes = 32,
    .is_imaginary_first = true,
    .has_compressed = true,
    .has_both = true,
    .mask = 0xc0,
    .smaller = 0x80,
    .larger = 0xc0,
    .infinity = 0x40,
};

static const wire_form ark = {
    .fp_bytes = 32,
    .is_little_endian = true,
    .has_compressed = true,
    .mask = 0xc0,
    .smaller = 0x00,
    .larger = 0x80,
    .infinity = 0x40,
};

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
KW_DECODERS(eip196)
KW_DECODERS(gnark)
KW_DECODERS(ark)
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
KW_ENCODERS(eip196, eip196, false, both)
KW_ENCODERS(gnark, gnark, true, bytes)
KW_ENCODERS(gnark_both, gnark, false, both)
KW_ENCODERS(ark, ark, true, bytes)
#undef KW_ENCODERS
