/* SPDX-License-Identifier: Apache-2.0
 * Hexadecimal without tables and branches on the bytes: they may be secret. */
#include "codec/hex.h"

#include "base/ct.h"

/* All ones when lo <= c <= hi; all values are below 2^31. */
static uint32_t in_range(uint32_t c, uint32_t lo, uint32_t hi)
{
    return (((c - lo) | (hi - c)) >> 31) - 1;
}

static char digit_of(uint32_t value)
{
    return (char)('0' + value + (in_range(value, 10, 15) & ('a' - '0' - 10)));
}

/* 0..15; bits above them are set when the character is no digit. */
static uint32_t value_of(char digit)
{
    uint32_t c = (uint8_t)digit;
    uint32_t is_number = in_range(c, '0', '9');
    uint32_t is_letter = in_range(c, 'a', 'f');
    return (is_number & (c - '0')) | (is_letter & (c - 'a' + 10)) | ~(is_number | is_letter);
}

/* Eight digits of four bytes at once: every nibble gets a byte of its own, and those above 9 are
 * the ones that carry into bit 4 when 6 is added. */
static void encode_four(char out[8], const uint8_t bytes[4])
{
    uint64_t x = (uint64_t)bytes[0] | (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 32 |
                 (uint64_t)bytes[3] << 48;
    x = (x >> 4 & 0x000f000f000f000f) | (x & 0x000f000f000f000f) << 8;
    uint64_t is_letter = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
    x += 0x3030303030303030 + is_letter * ('a' - '0' - 10);
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (char)(x >> 8 * i);
    }
}

void kw_hex_encode_to(char *out, kw_span bytes)
{
    size_t fours = bytes.len / 4;
    for (size_t i = 0; i < fours; i++) {
        encode_four(out + 8 * i, bytes.ptr + 4 * i);
    }
    for (size_t i = 4 * fours; i < bytes.len; i++) {
        out[2 * i] = digit_of(bytes.ptr[i] >> 4);
        out[2 * i + 1] = digit_of(bytes.ptr[i] & 15);
    }
}

kw_status kw_hex_encode(kw_buf *out, kw_span bytes)
{
    if (bytes.len > SIZE_MAX / 2) {
        return KW_LIMIT;
    }
    KW_TRY(kw_buf_reserve(out, 2 * bytes.len));
    if (bytes.len > 0) {
        kw_hex_encode_to((char *)out->ptr + out->len, bytes);
        out->len += 2 * bytes.len;
    }
    return KW_OK;
}

kw_status kw_hex_decode_to(kw_mspan out, kw_str text)
{
    bool has_length = text.len % 2 == 0 && text.len / 2 == out.len;
    uint32_t seen = 0;
    for (size_t i = 0; i < out.len && has_length; i++) {
        uint32_t high = value_of(text.ptr[2 * i]);
        uint32_t low = value_of(text.ptr[2 * i + 1]);
        seen |= high | low;
        out.ptr[i] = (uint8_t)(high << 4 | low);
    }
    kw_mask is_good = kw_ct_lt(seen, 16);
    if (has_length && kw_declassify_mask(is_good, "whether a text is valid is public")) {
        return KW_OK;
    }
    if (out.len > 0) {
        memset(out.ptr, 0, out.len);
    }
    return KW_BAD_INPUT;
}

kw_status kw_hex_decode(kw_buf *out, kw_str text)
{
    if (text.len % 2 != 0) {
        return KW_BAD_INPUT;
    }
    KW_TRY(kw_buf_reserve(out, text.len / 2));
    if (text.len > 0) {
        KW_TRY(kw_hex_decode_to((kw_mspan){out->ptr + out->len, text.len / 2}, text));
        out->len += text.len / 2;
    }
    return KW_OK;
}
