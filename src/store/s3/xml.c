/* SPDX-License-Identifier: Apache-2.0
 * A reader of plain XML. */
#include "store/s3/xml.h"

enum {
    DEPTH_MAX = 16,
    REFERENCE_BYTES_MAX = 6, /* between "&" and ";" */
};

static kw_xml_kind fail(kw_xml *xml)
{
    xml->has_failed = true;
    xml->rest = (kw_str){0};
    return KW_XML_END;
}

static void skip(kw_str *text, size_t len)
{
    *text = (kw_str){text->ptr + len, text->len - len};
}

/* Bytes before the first `c`, or all. */
static size_t length_to(kw_str text, char c)
{
    const char *at = text.len == 0 ? NULL : memchr(text.ptr, c, text.len);
    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

/* Passes over all up to the end of `end`; false: it is not there. */
static bool skip_behind(kw_str *text, kw_str end)
{
    while (text->len > 0) {
        if (kw_str_starts_with(*text, end)) {
            skip(text, end.len);
            return true;
        }
        skip(text, 1);
    }
    return false;
}

static kw_xml_kind read_end(kw_xml *xml, kw_str *out, kw_str name)
{
    *out = kw_str_trim(name);
    if (xml->depth == 0 || out->len == 0) {
        return fail(xml);
    }
    xml->is_closing = true;
    return KW_XML_CLOSE;
}

static kw_xml_kind read_begin(kw_xml *xml, kw_str *out, kw_str tag)
{
    xml->is_empty = kw_str_ends_with(tag, KW_STR("/"));
    tag.len -= xml->is_empty;
    size_t len = 0;
    while (len < tag.len && memchr(" \t\r\n", tag.ptr[len], 4) == NULL) {
        len++;
    }
    *out = (kw_str){tag.ptr, len};
    if (len == 0 || xml->depth == DEPTH_MAX || !kw_str_is_made_of(*out, "-_.:")) {
        return fail(xml);
    }
    xml->depth++;
    return KW_XML_OPEN;
}

static kw_xml_kind read_tag(kw_xml *xml, kw_str *out)
{
    size_t len = length_to(xml->rest, '>');
    if (len == xml->rest.len) {
        return fail(xml);
    }
    kw_str tag = {xml->rest.ptr + 1, len - 1};
    skip(&xml->rest, len + 1);
    if (kw_str_starts_with(tag, KW_STR("/"))) {
        return read_end(xml, out, (kw_str){tag.ptr + 1, tag.len - 1});
    }
    return read_begin(xml, out, tag);
}

static bool starts_remark(kw_str text, kw_str *out_end)
{
    bool is_comment = kw_str_starts_with(text, KW_STR("<!--"));
    *out_end = is_comment ? KW_STR("-->") : KW_STR("?>");
    return is_comment || kw_str_starts_with(text, KW_STR("<?"));
}

kw_xml_kind kw_xml_next(kw_xml *xml, kw_str *out)
{
    if (xml->is_closing) {
        xml->is_closing = false;
        xml->depth--;
    }
    if (xml->is_empty) {
        xml->is_empty = false;
        xml->is_closing = true;
        return KW_XML_CLOSE;
    }
    while (xml->rest.len > 0) {
        kw_str end = {0};
        if (starts_remark(xml->rest, &end)) {
            if (!skip_behind(&xml->rest, end)) {
                return fail(xml);
            }
            continue;
        }
        size_t len = length_to(xml->rest, '<');
        if (len == 0) {
            return read_tag(xml, out);
        }
        *out = kw_str_trim((kw_str){xml->rest.ptr, len});
        skip(&xml->rest, len);
        if (out->len > 0) {
            return xml->depth == 0 ? fail(xml) : KW_XML_TEXT;
        }
    }
    return KW_XML_END;
}

/* What a reference without "&" and ";" stands for; 0: none that is known. */
static char referred(kw_str name)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < KW_COUNT(known); i++) {
        if (kw_str_equal(name, kw_str_of(known[i].name))) {
            return known[i].c;
        }
    }
    uint64_t number = 0;
    if (!kw_str_starts_with(name, KW_STR("#")) ||
        !kw_str_to_u64((kw_str){name.ptr + 1, name.len - 1}, 0x7e, &number) || number < 0x20) {
        return '\0';
    }
    return (char)number;
}

kw_status kw_xml_decode(kw_arena *arena, kw_str *out, kw_str text)
{
    char *decoded = kw_arena_new(arena, text.len + 1, 1);
    if (decoded == NULL) {
        return KW_LIMIT;
    }
    size_t len = 0;
    while (text.len > 0) {
        char c = text.ptr[0];
        size_t taken = 1;
        if (c == '&') {
            size_t end = length_to(text, ';');
            if (end == text.len || end > REFERENCE_BYTES_MAX + 1) {
                return KW_BAD_INPUT;
            }
            c = referred((kw_str){text.ptr + 1, end - 1});
            taken = end + 1;
            if (c == '\0') {
                return KW_BAD_INPUT;
            }
        }
        decoded[len++] = c;
        skip(&text, taken);
    }
    *out = (kw_str){decoded, len};
    return KW_OK;
}
