/* SPDX-License-Identifier: Apache-2.0
 * Target: kw_form_decode, kw_path_decode, kw_query_decode, kw_url_parse. */
#include "codec/form.h"
#include "codec/field.h"
#include "codec/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct query {
    int64_t since;
    kw_strs tags;
    kw_str name;
} query;

static const kw_field query_fields[] = {
    KW_FIELD(query, since, INT64_MAX, KW_QUERY, .min = INT64_MIN),
    KW_FIELD(query, tags, 16, KW_QUERY, .items_max = 4),
    KW_FIELD(query, name, 32, KW_QUERY),
};
KW_SCHEMA(query, query_fields);

/* A text that decodes is UTF-8, and its encoding decodes to it. */
static void check_decoded(kw_arena *arena, kw_str text)
{
    KW_AUTO(kw_buf) encoded = kw_buf_init(1 << 20);
    kw_str back = {0};
    KW_ASSERT(kw_utf8_is_valid(text));
    KW_ASSERT(kw_url_encode(&encoded, text) == KW_OK);
    KW_ASSERT(kw_form_decode(arena, &back, kw_buf_text(&encoded)) == KW_OK);
    KW_ASSERT(kw_str_equal(back, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_str text = {(const char *)data, size};
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_str out = {0};
    kw_url url = {0};
    query q = {0};
    if (kw_form_decode(&arena, &out, text) == KW_OK) {
        check_decoded(&arena, out);
    }
    if (kw_path_decode(&arena, &out, text) == KW_OK) {
        check_decoded(&arena, out);
    }
    if (kw_url_parse(&url, text) == KW_OK) {
        KW_ASSERT(url.scheme.len > 0 && url.host.len > 0);
        KW_ASSERT(url.scheme.len + url.host.len + url.path.len + url.query.len < size);
    }
    kw_error err = {0};
    kw_status st = kw_query_decode(&q, &arena, &query_schema, text, &err);
    KW_ASSERT(err.status == st);
    KW_ASSERT(q.tags.count <= 4);
    return 0;
}
