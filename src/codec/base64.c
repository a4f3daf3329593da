/* SPDX-License-Identifier: Apache-2.0
 * RFC 4648 without tables and branches on the bytes: they may be secret. */
#include "codec/base64.h"

#include "base/ct.h"

/* The two characters in which the forms differ. */
typedef struct alphabet {
    uint32_t char62;
    uint32_t char63;
    bool is_padded;
} alphabet;

static alphabet alphabet_of(kw_base64_form form)
{
    return form == KW_BASE64_STANDARD ? (alphabet){'+', '/', true} : (alphabet){'-', '_', false};
}

/* All ones when lo <= c <= hi; all values are below 2^31. */
static uint32_t in_range(uint32_t c, uint32_t lo, uint32_t hi)
{
    return (((c - lo) | (hi - c)) >> 31) - 1;
}

static char char_of(const alphabet *a, uint32_t value)
{
    uint32_t c = (in_range(value, 0, 25) & ('A' + value)) |
                 (in_range(value, 26, 51) & ('a' + value - 26)) |
                 (in_range(value, 52, 61) & ('0' + value - 52)) |
                 (in_range(value, 62, 62) & a->char62) | (in_range(value, 63, 63) & a->char63);
    return (char)c;
}

/* 0..63; bits above them are set when the character is not of the alphabet. */
static uint32_t value_of(const alphabet *a, char digit)
{
    uint32_t c = (uint8_t)digit;
    uint32_t is_upper = in_range(c, 'A', 'Z');
    uint32_t is_lower = in_range(c, 'a', 'z');
    uint32_t is_number = in_range(c, '0', '9');
    uint32_t is_62 = in_range(c, a->char62, a->char62);
    uint32_t is_63 = in_range(c, a->char63, a->char63);
    uint32_t known = is_upper | is_lower | is_number | is_62 | is_63;
    return (is_upper & (c - 'A')) | (is_lower & (c - 'a' + 26)) | (is_number & (c - '0' + 52)) |
           (is_62 & 62) | (is_63 & 63) | ~known;
}

size_t kw_base64_text_len(size_t bytes_count, kw_base64_form form)
{
    size_t rest = bytes_count % 3;
    size_t tail = rest == 0 ? 0 : form == KW_BASE64_STANDARD ? 4 : rest + 1;
    return bytes_count / 3 * 4 + tail;
}

void kw_base64_encode_to(char *out, kw_span bytes, kw_base64_form form)
{
    alphabet a = alphabet_of(form);
    size_t at = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t have = KW_MIN(bytes.len - i, (size_t)3);
        uint32_t group = (uint32_t)bytes.ptr[i] << 16;
        group |= have > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0;
        group |= have > 2 ? (uint32_t)bytes.ptr[i + 2] : 0;
        for (size_t k = 0; k < 4; k++) {
            if (k <= have) {
                out[at++] = char_of(&a, group >> (18 - 6 * k) & 63);
            } else if (a.is_padded) {
                out[at++] = '=';
            }
        }
    }
}

kw_status kw_base64_encode(kw_buf *out, kw_span bytes, kw_base64_form form)
{
    if (bytes.len > SIZE_MAX / 2) {
        return KW_LIMIT;
    }
    size_t len = kw_base64_text_len(bytes.len, form);
    KW_TRY(kw_buf_reserve(out, len));
    if (len > 0) {
        kw_base64_encode_to((char *)out->ptr + out->len, bytes, form);
        out->len += len;
    }
    return KW_OK;
}

/* Takes the padding off a text that has the form's length; false when it has not. */
static bool strip_padding(const alphabet *a, kw_str *text)
{
    if (!a->is_padded) {
        return text->len % 4 != 1;
    }
    if (text->len % 4 != 0) {
        return false;
    }
    for (int i = 0; i < 2 && text->len > 0 && text->ptr[text->len - 1] == '='; i++) {
        text->len--;
    }
    return true;
}

/* Decodes unpadded characters into exactly digits.len * 3 / 4 bytes. Ones: all are of the alphabet,
 * and unused bits are zero (section 3.5). */
static kw_mask decode_digits(uint8_t *out, const alphabet *a, kw_str digits)
{
    uint32_t seen = 0;
    uint32_t bits = 0;
    unsigned bits_count = 0;
    for (size_t i = 0; i < digits.len; i++) {
        uint32_t value = value_of(a, digits.ptr[i]);
        seen |= value;
        bits = (bits << 6 | (value & 63)) & 0xffff;
        bits_count += 6;
        if (bits_count >= 8) {
            bits_count -= 8;
            *out++ = (uint8_t)(bits >> bits_count);
        }
    }
    uint32_t unused = bits & ((1U << bits_count) - 1);
    return ~kw_ct_nonzero(seen >> 6 | unused);
}

/* Ones when all characters are '='. */
static kw_mask is_padding(kw_str text)
{
    uint32_t others = 0;
    for (size_t i = 0; i < text.len; i++) {
        others |= (uint8_t)text.ptr[i] ^ (uint32_t)'=';
    }
    return ~kw_ct_nonzero(others);
}

kw_status kw_base64_decode_to(kw_mspan out, kw_str text, kw_base64_form form)
{
    alphabet a = alphabet_of(form);
    kw_mask is_good = 0;
    if (text.len == kw_base64_text_len(out.len, form)) {
        size_t padding = a.is_padded ? (3 - out.len % 3) % 3 : 0;
        size_t digits = text.len - padding;
        kw_str rest = padding > 0 ? (kw_str){text.ptr + digits, padding} : (kw_str){0};
        is_good = decode_digits(out.ptr, &a, (kw_str){text.ptr, digits}) & is_padding(rest);
    }
    if (kw_declassify_mask(is_good, "whether a text is valid is public")) {
        return KW_OK;
    }
    if (out.len > 0) {
        memset(out.ptr, 0, out.len);
    }
    return KW_BAD_INPUT;
}

kw_status kw_base64_decode(kw_buf *out, kw_str text, kw_base64_form form)
{
    alphabet a = alphabet_of(form);
    kw_str digits = text;
    if (!strip_padding(&a, &digits)) {
        return KW_BAD_INPUT;
    }
    size_t len = digits.len / 4 * 3 + digits.len % 4 * 3 / 4;
    KW_TRY(kw_buf_reserve(out, len));
    if (digits.len > 0) {
        KW_TRY(kw_base64_decode_to((kw_mspan){out->ptr + out->len, len}, text, form));
        out->len += len;
    }
    return KW_OK;
}
