/* SPDX-License-Identifier: Apache-2.0
 * Text operations that allocate nothing. */
#include "base/span.h"

static bool is_ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int kw_str_compare(kw_str a, kw_str b)
{
    size_t shared = KW_MIN(a.len, b.len);
    int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool kw_str_starts_with(kw_str text, kw_str prefix)
{
    return text.len >= prefix.len && kw_str_equal((kw_str){text.ptr, prefix.len}, prefix);
}

bool kw_str_ends_with(kw_str text, kw_str suffix)
{
    if (text.len < suffix.len) {
        return false;
    }
    return suffix.len == 0 ||
           kw_str_equal((kw_str){text.ptr + (text.len - suffix.len), suffix.len}, suffix);
}

bool kw_str_equal_nocase(kw_str a, kw_str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower_ascii(a.ptr[i]) != lower_ascii(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool kw_str_is_made_of(kw_str text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_alnum = (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z');
        if (!is_alnum && (c == '\0' || strchr(also, c) == NULL)) {
            return false;
        }
    }
    return true;
}

bool kw_str_split(kw_str text, char separator, kw_str *head, kw_str *tail)
{
    const char *at = text.len == 0 ? NULL : memchr(text.ptr, separator, text.len);
    if (at == NULL) {
        *head = text;
        *tail = (kw_str){0};
        return false;
    }
    size_t head_len = (size_t)(at - text.ptr);
    *head = (kw_str){text.ptr, head_len};
    *tail = (kw_str){at + 1, text.len - head_len - 1};
    return true;
}

kw_str kw_str_trim(kw_str text)
{
    while (text.len > 0 && is_ascii_space(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_ascii_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

bool kw_str_to_u64(kw_str text, uint64_t max, uint64_t *out)
{
    if (text.len == 0 || (text.len > 1 && text.ptr[0] == '0')) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(text.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (value > max) {
        return false;
    }
    *out = value;
    return true;
}
