/* SPDX-License-Identifier: Apache-2.0
 * libyaml's events are rewritten as JSON, which the strict tree then reads: one set of rules for
 * both. Both list values in the order of the text, so the n-th node has the n-th recorded line. */
#include "codec/yaml.h"

#include "codec/json.h"
#include "codec/limits.h"
#include "codec/tree.h"

#include <yaml.h>

typedef struct level {
    bool is_mapping;
    bool has_key; /* mapping: the key was read, its value is next */
} level;

/* A document on its way to JSON. */
typedef struct rewriter {
    kw_json_writer w;
    kw_buf json;
    kw_buf lines;  /* uint32_t of each value: where it, or its key, begins */
    uint32_t line; /* of the event at hand, from 1 */
    uint32_t key_line;
    level levels[KW_TREE_DEPTH_MAX + 1];
    unsigned depth; /* open collections */
    bool has_root;
    bool has_ended;   /* the stream is at its end */
    const char *what; /* of a failure */
} rewriter;

static void rewriter_drop(rewriter *r)
{
    kw_buf_drop(&r->json);
    kw_buf_drop(&r->lines);
}

static kw_status bad(rewriter *r, kw_status st, const char *what)
{
    r->what = what;
    return st;
}

/* Before a value: remembers its line, and that the mapping around it wants a key next. */
static kw_status begin_value(rewriter *r)
{
    level *around = &r->levels[r->depth];
    bool is_member = r->depth > 0 && around->is_mapping;
    uint32_t line = is_member ? r->key_line : r->line;
    around->has_key = false;
    r->has_root = true;
    if (kw_buf_append(&r->lines, (kw_span){(const uint8_t *)&line, sizeof line}) != KW_OK) {
        return bad(r, KW_LIMIT, "too many values");
    }
    return KW_OK;
}

static void write_plain(rewriter *r, kw_str text)
{
    kw_number number = {0};
    if (kw_str_equal(text, KW_STR("true")) || kw_str_equal(text, KW_STR("false"))) {
        kw_json_write_raw(&r->w, text);
    } else if (text.len == 0 || kw_str_equal(text, KW_STR("~")) ||
               kw_str_equal(text, KW_STR("null"))) {
        kw_json_write_null(&r->w);
    } else if (kw_number_parse(&number, text) &&
               number.magnitude <= (uint64_t)KW_JSON_INTEGER_MAX) {
        kw_json_write_raw(&r->w, text);
    } else {
        kw_json_write_str(&r->w, text);
    }
}

static kw_status take_scalar(rewriter *r, const yaml_event_t *event)
{
    kw_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    level *around = &r->levels[r->depth];
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL) {
        return bad(r, KW_BAD_INPUT, "anchors and tags are not accepted");
    }
    if (r->depth == 0) {
        bool is_empty = is_plain && text.len == 0;
        return is_empty ? KW_OK : bad(r, KW_BAD_INPUT, "the document is not a mapping");
    }
    if (around->is_mapping && !around->has_key) {
        kw_json_write_key(&r->w, text);
        around->has_key = true;
        r->key_line = r->line;
        return KW_OK;
    }
    KW_TRY(begin_value(r));
    if (is_plain) {
        write_plain(r, text);
    } else {
        kw_json_write_str(&r->w, text);
    }
    return KW_OK;
}

static kw_status open_collection(rewriter *r, bool is_mapping, const yaml_char_t *anchor,
                                 const yaml_char_t *tag)
{
    level *around = &r->levels[r->depth];
    if (anchor != NULL || tag != NULL) {
        return bad(r, KW_BAD_INPUT, "anchors and tags are not accepted");
    }
    if (r->depth == KW_TREE_DEPTH_MAX) {
        return bad(r, KW_LIMIT, "nested too deep");
    }
    if (r->depth > 0 && around->is_mapping && !around->has_key) {
        return bad(r, KW_BAD_INPUT, "a key is not a text");
    }
    if (r->depth == 0 && !is_mapping) {
        return bad(r, KW_BAD_INPUT, "the document is not a mapping");
    }
    KW_TRY(begin_value(r));
    if (is_mapping) {
        kw_json_open_object(&r->w);
    } else {
        kw_json_open_array(&r->w);
    }
    r->levels[++r->depth] = (level){.is_mapping = is_mapping};
    return KW_OK;
}

static kw_status take_event(rewriter *r, const yaml_event_t *event)
{
    r->line = (uint32_t)event->start_mark.line + 1;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return bad(r, KW_BAD_INPUT, "aliases are not accepted");
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(r, false, event->data.sequence_start.anchor,
                               event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return open_collection(r, true, event->data.mapping_start.anchor,
                               event->data.mapping_start.tag);
    case YAML_SEQUENCE_END_EVENT:
        kw_json_close_array(&r->w);
        r->depth--;
        return KW_OK;
    case YAML_MAPPING_END_EVENT:
        kw_json_close_object(&r->w);
        r->depth--;
        return KW_OK;
    case YAML_DOCUMENT_START_EVENT:
        return r->has_root ? bad(r, KW_BAD_INPUT, "a second document") : KW_OK;
    case YAML_STREAM_END_EVENT:
        r->has_ended = true;
        return KW_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return KW_OK;
    }
    return KW_OK;
}

static kw_status parser_failed(rewriter *r, const yaml_parser_t *parser)
{
    r->line = (uint32_t)parser->problem_mark.line + 1;
    if (parser->error == YAML_MEMORY_ERROR) {
        return bad(r, KW_NO_MEMORY, "no memory");
    }
    return bad(r, KW_BAD_INPUT, parser->problem != NULL ? parser->problem : "not valid YAML");
}

static kw_status rewrite_events(rewriter *r, yaml_parser_t *parser)
{
    while (!r->has_ended) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) != 1) {
            return parser_failed(r, parser);
        }
        kw_status st = take_event(r, &event);
        yaml_event_delete(&event);
        KW_TRY(st);
    }
    if (!r->has_root) {
        kw_json_write_raw(&r->w, KW_STR("{}"));
    }
    return kw_json_write_end(&r->w);
}

static kw_status rewrite(rewriter *r, kw_span text)
{
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) != 1) {
        return bad(r, KW_NO_MEMORY, "no memory");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    /* libyaml aborts for NULL, which is what an empty span may hold. */
    static const uint8_t nothing[1] = {0};
    yaml_parser_set_input_string(&parser, text.len > 0 ? text.ptr : nothing, text.len);
    kw_status st = rewrite_events(r, &parser);
    yaml_parser_delete(&parser);
    return st;
}

/* Line of the n-th value; the last known one when there is no such value. */
static unsigned line_of(const rewriter *r, size_t node)
{
    size_t count = r->lines.len / sizeof(uint32_t);
    uint32_t line = 1;
    if (count > 0) {
        size_t index = KW_MIN(node, count - 1);
        memcpy(&line, r->lines.ptr + index * sizeof line, sizeof line);
    }
    return line;
}

/* An escape makes at most six bytes of one; quotes and punctuation stay within that. */
static rewriter rewriter_for(kw_span text)
{
    return (rewriter){.json = kw_buf_init(6 * text.len + 64),
                      .lines = kw_buf_init(KW_YAML_NODES_MAX * sizeof(uint32_t))};
}

static kw_status read_tree(kw_json **out, rewriter *r, kw_span text, kw_error *err)
{
    kw_dom_failure failure;
    KW_REQUIRE(text.len <= KW_YAML_BYTES_MAX, err, KW_LIMIT, "longer than %d bytes",
               KW_YAML_BYTES_MAX);
    r->w = kw_json_writer_to(&r->json);
    kw_status st = rewrite(r, text);
    if (st != KW_OK) {
        return kw_fail(err, st, "line %u: %s", r->line,
                       r->what != NULL ? r->what : kw_status_text(st));
    }
    st = kw_dom_parse(out, kw_buf_view(&r->json), KW_TREE_DEPTH_MAX, &failure);
    KW_REQUIRE(st == KW_OK, err, st, "line %u: %s", line_of(r, failure.node), failure.what);
    return KW_OK;
}

kw_status kw_yaml_parse(kw_json **out, kw_span text, kw_error *err)
{
    KW_AUTO(rewriter) r = rewriter_for(text);
    return read_tree(out, &r, text, err);
}

kw_status kw_yaml_decode(void *out, kw_arena *arena, const kw_schema *schema, kw_span text,
                         kw_error *err)
{
    KW_AUTO(rewriter) r = rewriter_for(text);
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_TRY(read_tree(&tree, &r, text, err));
    kw_tree_decoder decoder = {.arena = arena, .is_null_absent = true, .suggests = true};
    kw_error inner = {0};
    kw_status st = kw_tree_decode(out, &decoder, schema, tree, &inner);
    if (st != KW_OK) {
        size_t node = decoder.spot == NULL ? 0 : kw_dom_index(tree, decoder.spot);
        return kw_fail(err, st, "line %u: %s", line_of(&r, node), inner.text);
    }
    return KW_OK;
}

/* One row as YAML. Values are JSON, which YAML reads as its flow style. */
static kw_status encode_row(kw_buf *out, const void *object, const kw_field *field, unsigned indent)
{
    KW_TRY(kw_buf_append_format(out, "%*s%s:", (int)indent, "", field->name));
    if (field->kind == KW_KIND_OBJECT) {
        KW_TRY(kw_buf_append_byte(out, '\n'));
        return kw_yaml_encode_redacted(out, field->schema, kw_member_of(object, field), indent + 2);
    }
    KW_TRY(kw_buf_append_byte(out, ' '));
    kw_json_writer w = kw_json_writer_to(out);
    if ((field->flags & KW_SECRET) != 0 && !kw_field_is_empty(object, field)) {
        kw_json_write_str(&w, KW_STR("[redacted]"));
    } else {
        kw_dom_write_member(&w, object, field, KW_JSON_REDACT);
    }
    KW_TRY(kw_json_write_end(&w));
    return kw_buf_append_byte(out, '\n');
}

kw_status kw_yaml_encode_redacted(kw_buf *out, const kw_schema *schema, const void *object,
                                  unsigned indent)
{
    size_t written = 0;
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        /* What is empty, without fallback and not required reads back as empty without a line. */
        bool is_needed = field->fallback != NULL || (field->flags & KW_REQ) != 0;
        if (is_needed || !kw_field_is_empty(object, field)) {
            KW_TRY(encode_row(out, object, field, indent));
            written++;
        }
    }
    return written > 0 ? KW_OK : kw_buf_append_format(out, "%*s{}\n", (int)indent, "");
}
