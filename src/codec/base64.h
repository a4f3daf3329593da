/* SPDX-License-Identifier: Apache-2.0
 * RFC 4648 base64 with one spelling per value: no white space, no missing or extra padding, unused
 * bits zero. CT: constant time in the bytes; length, and whether a text is valid, are public. */
#ifndef KW_CODEC_BASE64_H
#define KW_CODEC_BASE64_H

#include "base/buf.h"

typedef enum kw_base64_form {
    KW_BASE64_STANDARD, /* section 4: '+' '/', padded */
    KW_BASE64_URL,      /* section 5: '-' '_', not padded (JOSE) */
} kw_base64_form;

/* Characters of the text of `bytes_count` bytes; `bytes_count` at most SIZE_MAX / 2. */
size_t kw_base64_text_len(size_t bytes_count, kw_base64_form form);

/* Writes kw_base64_text_len(bytes.len, form) characters without a NUL; `out` has room for them. */
void kw_base64_encode_to(char *out, kw_span bytes, kw_base64_form form);

/* Appends the text of the bytes. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_base64_encode(kw_buf *out, kw_span bytes, kw_base64_form form);

/* Fills the whole of `out`: the text must be that of exactly out.len bytes.
 * BAD_INPUT: it is not; `out` is then zeros. */
KW_MUST_USE kw_status kw_base64_decode_to(kw_mspan out, kw_str text, kw_base64_form form);

/* Appends the bytes of the text. BAD_INPUT (nothing appended), LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_base64_decode(kw_buf *out, kw_str text, kw_base64_form form);

#endif /* KW_CODEC_BASE64_H */
