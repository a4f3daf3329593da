/* SPDX-License-Identifier: Apache-2.0
 * RFC 8259 into one block of nodes, without recursion and with one allocation: records come by the
 * million (docs/adr/0013-json-reader.md). Strict as RFC 7493: no duplicates, no lone surrogates. */
#include "codec/dom.h"

#include "base/checked.h"
#include "base/heap.h"
#include "codec/limits.h"
#include "codec/utf8.h"

#include <stdlib.h>

enum {
    MEMBERS_COMPARED = 16
}; /* larger objects are sorted to find duplicates */

/* A container that is open. */
typedef struct frame {
    uint32_t node;
    uint32_t last; /* its newest child; 0: none yet */
} frame;

typedef struct parser {
    const uint8_t *begin;
    const uint8_t *at;
    const uint8_t *end;
    kw_json *nodes;
    uint32_t used;  /* nodes */
    char *text;     /* where the next string goes */
    unsigned depth; /* open containers */
    unsigned depth_max;
    frame open[KW_TREE_DEPTH_MAX];
    const char *what; /* of the failure */
} parser;

static kw_status bad(parser *p, const char *what)
{
    p->what = what;
    return KW_BAD_INPUT;
}

static void skip_space(parser *p)
{
    while (p->at < p->end &&
           (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')) {
        p->at++;
    }
}

/* The next byte, or 0, which no JSON holds outside strings. */
static uint8_t peek(const parser *p)
{
    return p->at < p->end ? *p->at : 0;
}

/* ---- strings ---- */

static bool read_hex4(parser *p, uint32_t *out)
{
    uint32_t value = 0;
    if (p->end - p->at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        uint8_t c = *p->at++;
        uint8_t lower = c | 0x20;
        if (c >= '0' && c <= '9') {
            value = value << 4 | (uint32_t)(c - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            value = value << 4 | (uint32_t)(lower - 'a' + 10);
        } else {
            return false;
        }
    }
    *out = value;
    return true;
}

/* Behind "\u": one code point, which may take a second escape (RFC 8259 section 7). */
static kw_status read_unicode(parser *p)
{
    uint32_t c = 0;
    uint32_t low = 0;
    if (!read_hex4(p, &c)) {
        return bad(p, "a bad escape");
    }
    if (c >= 0xd800 && c <= 0xdbff) {
        bool has_second = p->end - p->at >= 2 && p->at[0] == '\\' && p->at[1] == 'u';
        p->at += has_second ? 2 : 0;
        if (!has_second || !read_hex4(p, &low) || low < 0xdc00 || low > 0xdfff) {
            return bad(p, "a lone surrogate");
        }
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    } else if (c >= 0xdc00 && c <= 0xdfff) {
        return bad(p, "a lone surrogate");
    }
    if (c == 0) {
        return bad(p, "U+0000 in a text");
    }
    p->text += kw_utf8_encode_to(p->text, c);
    return KW_OK;
}

static kw_status read_escape(parser *p)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    p->at++;
    uint8_t c = peek(p);
    p->at += p->at < p->end;
    if (c == 'u') {
        return read_unicode(p);
    }
    const char *known = c == 0 ? NULL : strchr(from, c);
    if (known == NULL) {
        return bad(p, "a bad escape");
    }
    *p->text++ = to[known - from];
    return KW_OK;
}

/* Bytes at the front of a string that stand for themselves. */
static size_t plain_run(const parser *p)
{
    const uint8_t *at = p->at;
    while (at < p->end && *at >= 0x20 && *at != '"' && *at != '\\') {
        at++;
    }
    return (size_t)(at - p->at);
}

/* Copies a string without its quotes and escapes to the block. The whole text is known to be UTF-8;
 * an unescaped string is never longer than it was written, so it fits. */
static kw_status read_string(parser *p, const char **out, uint32_t *out_len)
{
    const char *begin = p->text;
    p->at++;
    for (;;) {
        size_t run = plain_run(p);
        memcpy(p->text, p->at, run);
        p->text += run;
        p->at += run;
        uint8_t c = peek(p);
        if (c == '"') {
            break;
        }
        if (c != '\\') {
            return bad(p, p->at == p->end ? "a text without its end" : "a control character");
        }
        KW_TRY(read_escape(p));
    }
    p->at++;
    *out = begin;
    *out_len = (uint32_t)(p->text - begin);
    return KW_OK;
}

/* ---- numbers and words ---- */

static size_t skip_digits(parser *p)
{
    const uint8_t *begin = p->at;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') {
        p->at++;
    }
    return (size_t)(p->at - begin);
}

/* Behind the integer part; false: digits are missing. */
static bool skip_fraction_and_exponent(parser *p)
{
    if (peek(p) == '.') {
        p->at++;
        if (skip_digits(p) == 0) {
            return false;
        }
    }
    if ((peek(p) | 0x20) == 'e') {
        p->at++;
        p->at += peek(p) == '+' || peek(p) == '-';
        return skip_digits(p) > 0;
    }
    return true;
}

static bool to_integer(int64_t *out, kw_str digits, bool is_negative)
{
    uint64_t magnitude = 0;
    uint64_t most = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
    if (!kw_str_to_u64(digits, most, &magnitude)) {
        return false;
    }
    *out = (int64_t)(is_negative ? (uint64_t)0 - magnitude : magnitude);
    return true;
}

static kw_status read_number(parser *p, kw_json *node)
{
    bool is_negative = *p->at == '-';
    p->at += is_negative;
    const uint8_t *digits = p->at;
    size_t count = skip_digits(p);
    if (count == 0 || (count > 1 && digits[0] == '0')) {
        return bad(p, "a bad number");
    }
    const uint8_t *end = p->at;
    if (!skip_fraction_and_exponent(p)) {
        return bad(p, "a bad number");
    }
    node->kind = p->at == end ? KW_JSON_INTEGER : KW_JSON_REAL;
    if (p->at == end &&
        !to_integer(&node->integer, (kw_str){(const char *)digits, count}, is_negative)) {
        return bad(p, "a number beyond 64 bits");
    }
    return KW_OK;
}

static kw_status read_word(parser *p, kw_json *node)
{
    static const struct {
        kw_str word;
        kw_json_kind kind;
    } words[] = {
        {{"true", 4}, KW_JSON_TRUE}, {{"false", 5}, KW_JSON_FALSE}, {{"null", 4}, KW_JSON_NULL}};
    kw_str rest = {(const char *)p->at, (size_t)(p->end - p->at)};
    for (size_t i = 0; i < KW_COUNT(words); i++) {
        if (kw_str_starts_with(rest, words[i].word)) {
            node->kind = (uint8_t)words[i].kind;
            p->at += words[i].word.len;
            return KW_OK;
        }
    }
    return bad(p, "a value is missing or wrong");
}

/* ---- containers ---- */

static kw_status push(parser *p, kw_json *node, kw_json_kind kind)
{
    if (p->depth == p->depth_max) {
        p->what = "nested too deep";
        return KW_LIMIT;
    }
    p->at++;
    node->kind = (uint8_t)kind;
    p->open[p->depth++] = (frame){.node = (uint32_t)(node - p->nodes)};
    return KW_OK;
}

static kw_status read_value(parser *p, kw_json *node)
{
    uint8_t c = peek(p);
    if (c == '"') {
        node->kind = KW_JSON_STRING;
        return read_string(p, &node->text, &node->len);
    }
    if (c == '{' || c == '[') {
        return push(p, node, c == '{' ? KW_JSON_OBJECT : KW_JSON_ARRAY);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return read_number(p, node);
    }
    return read_word(p, node);
}

static kw_str key_of(const kw_json *member)
{
    return (kw_str){member->key, member->key_len};
}

static int compare_keys(const void *a, const void *b)
{
    return kw_str_compare(key_of(*(const kw_json *const *)a), key_of(*(const kw_json *const *)b));
}

static kw_status check_many_members(parser *p, const kw_json *object)
{
    const kw_json **sorted = kw_heap_new(object->len, sizeof(*sorted));
    if (sorted == NULL) {
        return KW_NO_MEMORY;
    }
    size_t count = 0;
    for (const kw_json *m = kw_dom_first(object); m != NULL; m = kw_dom_next(m)) {
        sorted[count++] = m;
    }
    qsort(sorted, count, sizeof(*sorted), compare_keys);
    kw_status st = KW_OK;
    for (size_t i = 1; i < count && st == KW_OK; i++) {
        bool is_twice = kw_str_equal(key_of(sorted[i - 1]), key_of(sorted[i]));
        st = is_twice ? bad(p, "a member stands twice") : KW_OK;
    }
    kw_heap_free(sorted);
    return st;
}

/* Small objects: each new key against those before it. */
static bool is_known_key(const kw_json *object, const kw_json *member)
{
    for (const kw_json *m = object + 1; m != member; m += m->next) {
        if (m->key_len == member->key_len && memcmp(m->key, member->key, m->key_len) == 0) {
            return true;
        }
    }
    return false;
}

static kw_status pop(parser *p)
{
    const kw_json *node = &p->nodes[p->open[p->depth - 1].node];
    p->at++;
    p->depth--;
    bool is_large = node->kind == KW_JSON_OBJECT && node->len > MEMBERS_COMPARED;
    return is_large ? check_many_members(p, node) : KW_OK;
}

/* The node of the next child, linked behind its sibling. */
static kw_json *add_child(parser *p)
{
    frame *f = &p->open[p->depth - 1];
    uint32_t index = p->used++;
    if (f->last != 0) {
        p->nodes[f->last].next = index - f->last;
    }
    f->last = index;
    p->nodes[f->node].len++;
    return &p->nodes[index];
}

static kw_status read_key(parser *p, const kw_json *object, kw_json *member)
{
    if (peek(p) != '"') {
        return bad(p, "a name is missing");
    }
    KW_TRY(read_string(p, &member->key, &member->key_len));
    if (object->len <= MEMBERS_COMPARED && is_known_key(object, member)) {
        return bad(p, "a member stands twice");
    }
    skip_space(p);
    if (peek(p) != ':') {
        return bad(p, "a colon is missing");
    }
    p->at++;
    skip_space(p);
    return KW_OK;
}

/* One child of the innermost open container, or its end. */
static kw_status read_next(parser *p)
{
    frame *f = &p->open[p->depth - 1];
    const kw_json *container = &p->nodes[f->node];
    skip_space(p);
    if (peek(p) == (container->kind == KW_JSON_OBJECT ? '}' : ']')) {
        return pop(p);
    }
    if (f->last != 0) {
        if (peek(p) != ',') {
            return bad(p, "a comma or an end is missing");
        }
        p->at++;
        skip_space(p);
    }
    kw_json *child = add_child(p);
    if (container->kind == KW_JSON_OBJECT) {
        KW_TRY(read_key(p, container, child));
    }
    return read_value(p, child);
}

static kw_status read_tree(parser *p)
{
    if (!kw_utf8_is_valid((kw_str){(const char *)p->begin, (size_t)(p->end - p->begin)})) {
        return bad(p, "not valid UTF-8");
    }
    skip_space(p);
    if (peek(p) != '{' && peek(p) != '[') {
        return bad(p, "neither an object nor a list");
    }
    p->used = 1;
    KW_TRY(read_value(p, p->nodes));
    while (p->depth > 0) {
        KW_TRY(read_next(p));
    }
    skip_space(p);
    return p->at == p->end ? KW_OK : bad(p, "text behind the end");
}

/* Every value but the root is the first of its container or stands behind a comma, so these bytes
 * bound the nodes; those inside strings only make the block larger than needed. */
static size_t count_nodes(kw_span text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        count += c == ',' || c == '[' || c == '{';
    }
    return count;
}

kw_status kw_dom_parse(kw_json **out, kw_span text, unsigned depth_max, kw_dom_failure *failure)
{
    KW_ASSERT(depth_max <= KW_TREE_DEPTH_MAX);
    *failure = (kw_dom_failure){.what = "no memory"};
    size_t count = count_nodes(text);
    size_t bytes = 0;
    if (text.len > UINT32_MAX || !kw_size_mul(count, sizeof(kw_json), &bytes) ||
        !kw_size_add(bytes, text.len, &bytes)) {
        return KW_LIMIT;
    }
    kw_json *nodes = kw_heap_new(bytes, 1);
    if (nodes == NULL) {
        return KW_NO_MEMORY;
    }
    parser p = {.begin = text.ptr,
                .at = text.ptr,
                .end = text.len == 0 ? text.ptr : text.ptr + text.len,
                .nodes = nodes,
                .text = (char *)(nodes + count),
                .depth_max = depth_max};
    kw_status st = read_tree(&p);
    if (st == KW_OK) {
        *out = nodes;
        return KW_OK;
    }
    size_t newest = p.used == 0 ? 0 : p.used - 1;
    *failure = (kw_dom_failure){p.what, (size_t)(p.at - p.begin), newest};
    kw_heap_wipe_free(nodes);
    return st;
}

kw_status kw_json_parse(kw_json **out, kw_span text, unsigned depth_max, kw_error *err)
{
    kw_dom_failure failure;
    kw_status st = kw_dom_parse(out, text, depth_max, &failure);
    if (st == KW_OK) {
        return KW_OK;
    }
    return kw_fail(err, st, "not valid JSON: %s, byte %zu", failure.what, failure.at + 1);
}

void kw_json_free(kw_json *root)
{
    kw_heap_wipe_free(root); /* records are personal data */
}
