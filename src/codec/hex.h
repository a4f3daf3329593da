/* SPDX-License-Identifier: Apache-2.0
 * Hexadecimal text, lower case only: a value has one spelling. CT: constant time in the bytes; the
 * length, and whether a text is valid, are public. */
#ifndef KW_CODEC_HEX_H
#define KW_CODEC_HEX_H

#include "base/buf.h"

/* Writes 2 * bytes.len characters without a NUL. `out` has room for them. */
void kw_hex_encode_to(char *out, kw_span bytes);

/* Appends 2 * bytes.len characters. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_hex_encode(kw_buf *out, kw_span bytes);

/* Fills the whole of `out` from exactly 2 * out.len characters 0-9 a-f.
 * BAD_INPUT: another length or character; `out` is then zeros. */
KW_MUST_USE kw_status kw_hex_decode_to(kw_mspan out, kw_str text);

/* Appends the bytes of the text. BAD_INPUT (nothing appended), LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_hex_decode(kw_buf *out, kw_str text);

#endif /* KW_CODEC_HEX_H */
