/* SPDX-License-Identifier: Apache-2.0
 * RFC 3986 percent-encoding and authority; pairs as browsers send them. */
#include "codec/form.h"

#include "codec/utf8.h"

bool kw_form_next(kw_str *rest, kw_str *out_name, kw_str *out_value)
{
    kw_str pair = {0};
    while (pair.len == 0) {
        if (rest->len == 0) {
            return false;
        }
        kw_str tail = {0};
        (void)kw_str_split(*rest, '&', &pair, &tail);
        *rest = tail;
    }
    (void)kw_str_split(pair, '=', out_name, out_value);
    return true;
}

/* 0..15, or -1. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Takes one byte off an encoded text; false when it is a broken %XX. */
static bool next_byte(kw_str *rest, char *out)
{
    size_t taken = 1;
    *out = rest->ptr[0];
    if (*out == '%') {
        int high = rest->len < 3 ? -1 : hex_value(rest->ptr[1]);
        int low = rest->len < 3 ? -1 : hex_value(rest->ptr[2]);
        if (high < 0 || low < 0) {
            return false;
        }
        *out = (char)(high << 4 | low);
        taken = 3;
    }
    *rest = (kw_str){rest->ptr + taken, rest->len - taken};
    return true;
}

typedef enum place {
    IN_FORM,
    IN_PATH,
} place;

static kw_status decode(kw_arena *arena, kw_str *out, kw_str text, place where)
{
    char *room = kw_arena_new(arena, KW_MAX(text.len, (size_t)1), 1);
    if (room == NULL) {
        return KW_LIMIT;
    }
    size_t len = 0;
    while (text.len > 0) {
        bool is_plus = where == IN_FORM && text.ptr[0] == '+';
        bool is_encoded = text.ptr[0] == '%';
        char c = '\0';
        if (!next_byte(&text, &c) || c == '\0' || (where == IN_PATH && is_encoded && c == '/')) {
            return KW_BAD_INPUT;
        }
        room[len++] = is_plus ? ' ' : c;
    }
    kw_str decoded = {room, len};
    if (!kw_utf8_is_valid(decoded)) {
        return KW_BAD_INPUT;
    }
    *out = decoded;
    return KW_OK;
}

kw_status kw_form_decode(kw_arena *arena, kw_str *out, kw_str text)
{
    return decode(arena, out, text, IN_FORM);
}

kw_status kw_path_decode(kw_arena *arena, kw_str *out, kw_str segment)
{
    return decode(arena, out, segment, IN_PATH);
}

kw_status kw_url_encode(kw_buf *out, kw_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        if (kw_str_is_made_of((kw_str){text.ptr + i, 1}, "-._~")) {
            KW_TRY(kw_buf_append_byte(out, c));
        } else {
            const char encoded[3] = {'%', digits[c >> 4], digits[c & 15]};
            KW_TRY(kw_buf_append_str(out, (kw_str){encoded, sizeof encoded}));
        }
    }
    return KW_OK;
}

/* Graphic ASCII without what RFC 3986 never lets stand bare, and without '#': no fragments here. */
static bool has_url_characters(kw_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c <= ' ' || c > '~' || strchr("\\\"<>^`{|}#", c) != NULL) {
            return false;
        }
    }
    return true;
}

static bool is_scheme(kw_str text)
{
    char first = text.len == 0 ? '\0' : (char)(text.ptr[0] | 0x20);
    return first >= 'a' && first <= 'z' && kw_str_is_made_of(text, "+-.");
}

/* Splits "host:port" or "[v6]:port"; false when it is neither. */
static bool read_authority(kw_url *url, kw_str authority)
{
    kw_str port = {0};
    bool has_port = false;
    if (kw_str_starts_with(authority, KW_STR("["))) {
        kw_str behind = {0};
        kw_str inside = {authority.ptr + 1, authority.len - 1};
        if (!kw_str_split(inside, ']', &url->host, &behind)) {
            return false;
        }
        url->is_ipv6 = true;
        has_port = behind.len > 0;
        if (has_port && behind.ptr[0] != ':') {
            return false;
        }
        port = has_port ? (kw_str){behind.ptr + 1, behind.len - 1} : port;
    } else {
        has_port = kw_str_split(authority, ':', &url->host, &port);
    }
    uint64_t number = 0;
    if (has_port && (!kw_str_to_u64(port, UINT16_MAX, &number) || number == 0)) {
        return false;
    }
    url->port = (uint16_t)number;
    bool is_made_well =
        url->is_ipv6 ? kw_str_is_made_of(url->host, ":.") : kw_str_is_made_of(url->host, "-._");
    return url->host.len > 0 && is_made_well;
}

kw_status kw_url_parse(kw_url *out, kw_str text)
{
    kw_url url = {0};
    kw_str rest = {0};
    if (!has_url_characters(text) || !kw_str_split(text, ':', &url.scheme, &rest) ||
        !is_scheme(url.scheme) || !kw_str_starts_with(rest, KW_STR("//"))) {
        return KW_BAD_INPUT;
    }
    rest = (kw_str){rest.ptr + 2, rest.len - 2};
    kw_str before_query = {0};
    (void)kw_str_split(rest, '?', &before_query, &url.query);
    const char *slash =
        before_query.len == 0 ? NULL : memchr(before_query.ptr, '/', before_query.len);
    size_t authority_len = slash == NULL ? before_query.len : (size_t)(slash - before_query.ptr);
    url.path = (kw_str){before_query.ptr + authority_len, before_query.len - authority_len};
    if (!read_authority(&url, (kw_str){before_query.ptr, authority_len})) {
        return KW_BAD_INPUT;
    }
    *out = url;
    return KW_OK;
}
