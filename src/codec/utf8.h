/* SPDX-License-Identifier: Apache-2.0
 * UTF-8 as RFC 3629 defines it: shortest forms only, no surrogates, at most U+10FFFF. */
#ifndef KW_CODEC_UTF8_H
#define KW_CODEC_UTF8_H

#include "base/span.h"

/* Stands for what cannot be decoded. */
#define KW_UTF8_REPLACEMENT 0xfffdU

/* True when the whole text is valid; the empty text is. U+0000 is valid UTF-8. */
bool kw_utf8_is_valid(kw_str text);

/* True when valid and without U+0000..001F and U+007F: text that stays on its line. */
bool kw_utf8_is_line(kw_str text);

/* How many bytes at the front are printable ASCII, 0x20 to 0x7e: what a parser may pass over. */
size_t kw_utf8_plain_prefix(kw_span bytes);

/* Takes the first code point off `rest`, which is not empty. False: invalid; one byte is taken and
 * `out` is KW_UTF8_REPLACEMENT. */
bool kw_utf8_next(kw_str *rest, uint32_t *out);

/* Writes a code point (a valid one) and gives its 1..4 bytes. */
size_t kw_utf8_encode_to(char out[4], uint32_t code_point);

#endif /* KW_CODEC_UTF8_H */
