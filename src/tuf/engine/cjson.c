/* SPDX-License-Identifier: Apache-2.0
 * Canonical JSON without recursion: a stack of open containers, whose children stand in order. */
#include "tuf/engine/cjson.h"

#include "base/heap.h"
#include "codec/limits.h"
#include "tuf/engine/limits.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct child {
    kw_str name; /* empty in a list */
    const kw_json *value;
} child;

/* A container that is open. */
typedef struct frame {
    child *children; /* owned, in the order of the output */
    size_t count;
    size_t written;
    bool is_object;
} frame;

typedef struct printer {
    kw_buf *out;
    size_t depth;
    frame open[KW_TUF_DEPTH_MAX];
} printer;

static void printer_drop(printer *p)
{
    while (p->depth > 0) {
        kw_heap_free(p->open[--p->depth].children);
    }
}

static kw_status write_text(kw_buf *out, kw_str text)
{
    KW_TRY(kw_buf_append_byte(out, '"'));
    for (size_t at = 0; at < text.len; at++) {
        if (text.ptr[at] == '"' || text.ptr[at] == '\\') {
            KW_TRY(kw_buf_append_byte(out, '\\'));
        }
        KW_TRY(kw_buf_append_byte(out, (uint8_t)text.ptr[at]));
    }
    return kw_buf_append_byte(out, '"');
}

static kw_status write_integer(kw_buf *out, const kw_json *value, kw_error *err)
{
    int64_t number = 0;
    KW_REQUIRE(kw_json_integer(value, &number) && number <= KW_JSON_INTEGER_MAX &&
                   number >= -KW_JSON_INTEGER_MAX,
               err, KW_BAD_INPUT, "a number is no integer within 2^53 - 1");
    return kw_buf_append_format(out, "%" PRId64, number);
}

static int compare_names(const void *a, const void *b)
{
    return kw_str_compare(((const child *)a)->name, ((const child *)b)->name);
}

static kw_status open_container(printer *p, const kw_json *value, kw_error *err)
{
    KW_REQUIRE(p->depth < KW_COUNT(p->open), err, KW_LIMIT, "nested too deep");
    frame f = {.count = kw_json_count(value),
               .is_object = kw_json_kind_of(value) == KW_JSON_OBJECT};
    f.children =
        kw_heap_new(f.count + 1, sizeof *f.children); /* an empty one has an address, too */
    KW_REQUIRE(f.children != NULL, err, KW_NO_MEMORY, "no memory for canonical JSON");
    child *to = f.children;
    for (const void *at = NULL; kw_json_next(value, &at, &to->name, &to->value);) {
        to++;
    }
    if (f.is_object) {
        qsort(f.children, f.count, sizeof *f.children, compare_names);
    }
    p->open[p->depth++] = f;
    return kw_buf_append_byte(p->out, f.is_object ? '{' : '[');
}

static kw_status write_value(printer *p, const kw_json *value, kw_error *err)
{
    switch (kw_json_kind_of(value)) {
    case KW_JSON_NULL:
        return kw_buf_append_str(p->out, KW_STR("null"));
    case KW_JSON_FALSE:
        return kw_buf_append_str(p->out, KW_STR("false"));
    case KW_JSON_TRUE:
        return kw_buf_append_str(p->out, KW_STR("true"));
    case KW_JSON_INTEGER:
    case KW_JSON_REAL:
        return write_integer(p->out, value, err);
    case KW_JSON_STRING:
        return write_text(p->out, kw_json_text(value));
    case KW_JSON_ARRAY:
    case KW_JSON_OBJECT:
        return open_container(p, value, err);
    }
    return KW_INTERNAL;
}

/* One child of the innermost container, or its end. */
static kw_status write_next(printer *p, kw_error *err)
{
    frame *f = &p->open[p->depth - 1];
    if (f->written == f->count) {
        p->depth--;
        kw_heap_free(f->children);
        return kw_buf_append_byte(p->out, f->is_object ? '}' : ']');
    }
    if (f->written > 0) {
        KW_TRY(kw_buf_append_byte(p->out, ','));
    }
    const child *next = &f->children[f->written++];
    if (f->is_object) {
        KW_TRY(write_text(p->out, next->name));
        KW_TRY(kw_buf_append_byte(p->out, ':'));
    }
    return write_value(p, next->value, err);
}

kw_status kw_tuf_cjson_write(kw_buf *out, const kw_json *value, kw_error *err)
{
    KW_AUTO(printer) p = {.out = out};
    KW_TRY_AT(err, write_value(&p, value, err), "writing canonical JSON");
    while (p.depth > 0) {
        KW_TRY_AT(err, write_next(&p, err), "writing canonical JSON");
    }
    return KW_OK;
}
