/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_json_decode, kw_tree_decode. What decodes is encoded, and that decodes to the same
 * bytes again. */
#include "codec/limits.h"
#include "codec/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum pace {
    PACE_NONE,
    PACE_SLOW,
    PACE_FAST
} pace;

static const kw_enum_name pace_names[] = {
    {"none", PACE_NONE}, {"slow", PACE_SLOW}, {"fast", PACE_FAST}};

typedef struct part {
    kw_str id;
    int n;
} part;

static const kw_field part_fields[] = {
    KW_FIELD(part, id, 16, KW_REQ, .min = 1, .made_of = "-_"),
    KW_FIELD(part, n, 1000, 0, .min = -1000, .fallback = "5"),
};
KW_SCHEMA(part, part_fields);

typedef struct parts {
    part *items;
    size_t count;
} parts;

typedef struct body {
    bool b;
    int64_t t;
    int64_t i;
    uint16_t p;
    uint64_t u;
    kw_str s;
    kw_span x;
    kw_span h;
    kw_hash32 d;
    kw_strs l;
    pace e;
    part o;
    parts a;
} body;

static const kw_field body_fields[] = {
    KW_FIELD(body, b, 0, 0),
    KW_FIELD(body, t, INT64_MAX, KW_TIME | KW_NULL, .min = INT64_MIN),
    KW_FIELD(body, i, INT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(body, p, UINT16_MAX, 0),
    KW_FIELD(body, u, UINT64_MAX, 0),
    KW_FIELD(body, s, 64, KW_CONTROLS),
    KW_FIELD(body, x, 32, 0),
    KW_FIELD(body, h, 32, KW_HEX),
    KW_FIELD(body, d, 0, 0),
    KW_FIELD(body, l, 16, 0, .items_max = 4),
    KW_FIELD_ENUM(body, e, pace_names, 0),
    KW_FIELD_OBJECT(body, o, &part_schema, 0),
    KW_FIELD_LIST(body, a, &part_schema, 4, 0),
};
KW_SCHEMA(body, body_fields);

/* The rules of YAML on the same tree: they accept more, never less, and name a node when not. */
static void check_lenient(kw_arena *arena, kw_span text, kw_status strict)
{
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tree_decoder decoder = {.arena = arena, .is_null_absent = true, .suggests = true};
    body out = {0};
    if (kw_json_parse(&tree, text, KW_TREE_DEPTH_MAX, NULL) != KW_OK) {
        return;
    }
    kw_status st = kw_tree_decode(&out, &decoder, &body_schema, tree, NULL);
    KW_ASSERT(strict != KW_OK || st == KW_OK);
    KW_ASSERT(st == KW_OK || decoder.spot != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 18);
    KW_AUTO(kw_buf) first = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) second = kw_buf_init(1 << 16);
    body in = {0};
    body back = {0};
    kw_error err = {0};
    kw_status st = kw_json_decode(&in, &arena, &body_schema, (kw_span){data, size}, &err);
    KW_ASSERT(err.status == st);
    check_lenient(&arena, (kw_span){data, size}, st);
    if (st != KW_OK) {
        return 0;
    }
    KW_ASSERT(kw_json_encode(&first, &body_schema, &in, KW_JSON_PLAIN) == KW_OK);
    KW_ASSERT(kw_json_decode(&back, &arena, &body_schema, kw_buf_view(&first), &err) == KW_OK);
    KW_ASSERT(kw_json_encode(&second, &body_schema, &back, KW_JSON_PLAIN) == KW_OK);
    KW_ASSERT(kw_span_equal_var(kw_buf_view(&first), kw_buf_view(&second)));
    return 0;
}
