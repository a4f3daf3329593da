/* SPDX-License-Identifier: Apache-2.0
 * Bytes of the points of both groups. */
#define GROUP          g1
#define RAW            g1_raw
#define BASE           fp
#define GROUP_ELEMENTS 1
#include "curve/tmpl/group_wire.inc.c"
#undef GROUP
#undef RAW
#undef BASE
#undef GROUP_ELEMENTS

#define GROUP          g2
#define RAW            g2_raw
#define BASE           fp2
#define GROUP_ELEMENTS 2
#include "curve/tmpl/group_wire.inc.c"
#undef GROUP
#undef RAW
#undef BASE
#undef GROUP_ELEMENTS

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

#define KW_ENCODERS(name, form, is_compressed, size)                   \
    KW_TEMPLATE void g1_encode_##name(T(g1_##size) * out, const g1 *a) \
    {                                                                  \
        g1_encode(out->bytes, a, is_compressed, &(form));              \
    }                                                                  \
    KW_TEMPLATE void g2_encode_##name(T(g2_##size) * out, const g2 *a) \
    {                                                                  \
        g2_encode(out->bytes, a, is_compressed, &(form));              \
    }
