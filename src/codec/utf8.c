/* SPDX-License-Identifier: Apache-2.0
 * RFC 3629 section 4, the table of well-formed sequences. */
#include "codec/utf8.h"

/* Bytes of the sequence at the front of a text that is not empty; 0 when it is not well-formed. */
static size_t sequence_len(const uint8_t *at, size_t left)
{
    uint8_t first = at[0];
    if (first < 0x80) {
        return 1;
    }
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || left < len) {
        return 0;
    }
    /* The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF. */
    uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return len;
}

/* Bytes at the front that are ASCII, eight at a time. */
static size_t ascii_prefix(const uint8_t *at, size_t left)
{
    size_t i = 0;
    for (; left - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, at + i, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    while (i < left && at[i] < 0x80) {
        i++;
    }
    return i;
}

bool kw_utf8_is_valid(kw_str text)
{
    const uint8_t *bytes = (const uint8_t *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        i += ascii_prefix(bytes + i, text.len - i);
        if (i < text.len) {
            size_t len = sequence_len(bytes + i, text.len - i);
            if (len == 0) {
                return false;
            }
            i += len;
        }
    }
    return true;
}

/* True when all bytes of a word are from 0x20 to 0x7e. Taking 0x20 from a smaller byte, or adding 1
 * to 0x7f, sets its high bit; the lowest byte that does so is told truly, whatever it carries. */
static bool is_plain(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    return ((word | (word - 0x20 * ones) | (word + ones)) & 0x80 * ones) == 0;
}

size_t kw_utf8_plain_prefix(kw_span bytes)
{
    size_t i = 0;
    for (; bytes.len - i >= 8; i += 8) {
        uint64_t word;
        memcpy(&word, bytes.ptr + i, sizeof word);
        if (!is_plain(word)) {
            break;
        }
    }
    while (i < bytes.len && bytes.ptr[i] >= 0x20 && bytes.ptr[i] < 0x7f) {
        i++;
    }
    return i;
}

bool kw_utf8_is_line(kw_str text)
{
    size_t plain = kw_utf8_plain_prefix(kw_span_of_str(text));
    for (size_t i = plain; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        if (c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return plain == text.len || kw_utf8_is_valid((kw_str){text.ptr + plain, text.len - plain});
}

bool kw_utf8_next(kw_str *rest, uint32_t *out)
{
    const uint8_t *at = (const uint8_t *)rest->ptr;
    size_t len = sequence_len(at, rest->len);
    size_t taken = KW_MAX(len, (size_t)1);
    static const uint8_t first_bits[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code_point = at[0] & first_bits[len];
    for (size_t i = 1; i < len; i++) {
        code_point = code_point << 6 | (at[i] & 0x3f);
    }
    *out = len == 0 ? KW_UTF8_REPLACEMENT : code_point;
    *rest = (kw_str){rest->ptr + taken, rest->len - taken};
    return len != 0;
}

size_t kw_utf8_encode_to(char out[4], uint32_t code_point)
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint8_t first_mark[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)(first_mark[len] | code_point);
    return len;
}
