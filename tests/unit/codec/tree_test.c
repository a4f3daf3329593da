/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/tree.h"

#include "support/expect.h"

typedef struct inner {
    kw_str kid;
} inner;

static const kw_field inner_fields[] = {KW_FIELD(inner, kid, 8, KW_REQ)};
KW_SCHEMA(inner, inner_fields);

typedef struct inners {
    inner *items;
    size_t count;
} inners;

typedef struct body {
    bool on;
    inners keys;
    kw_str note;
    kw_str from_query;
} body;

static const kw_field body_fields[] = {
    KW_FIELD(body, on, 0, KW_NULL),
    KW_FIELD_LIST(body, keys, &inner_schema, 2, KW_REQ),
    KW_FIELD(body, note, 8, 0, .fallback = "none"),
    KW_FIELD(body, from_query, 8, KW_QUERY | KW_REQ, .fallback = "q"),
};
KW_SCHEMA(body, body_fields);

/* Decodes and gives the index of the node that the decoder was at. */
static kw_status decode(body *out, const char *text, bool is_yaml, size_t *spot)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 14);
    KW_AUTO_PTR(kw_json) tree = NULL;
    kw_tree_decoder decoder = {.arena = &arena, .is_null_absent = is_yaml, .suggests = is_yaml};
    EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(text)), 8, NULL));
    kw_status st = kw_tree_decode(out, &decoder, &body_schema, tree, NULL);
    *spot = decoder.spot == NULL ? SIZE_MAX : kw_dom_index(tree, decoder.spot);
    return st;
}

static void tree_decode__remembers_the_node_that_failed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t spot;
    } cases[] = {
        {"[]", 0},
        {"{}", 0},
        {"{\"on\":1,\"keys\":[]}", 1},
        {"{\"keys\":[{\"kid\":\"a\"},{\"kid\":7}]}", 5},
        {"{\"keys\":[{\"kid\":\"a\"},{}]}", 4},
        {"{\"keys\":[{\"kid\":\"a\"},7]}", 4},
        {"{\"keys\":[],\"zz\":0}", 2},
        {"{\"keys\":[],\"from_query\":\"x\"}", 2},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        body out = {.on = true};
        size_t spot = 0;
        EXPECT_STATUS(decode(&out, cases[i].text, false, &spot), KW_BAD_INPUT);
        assert_int_equal(spot, cases[i].spot);
        assert_true(out.on);
    }
}

static void tree_decode__leaves_members_that_are_not_of_the_body(void **state)
{
    (void)state;
    body out = {.from_query = KW_STR("kept"), .note = KW_STR("old")};
    size_t spot = 0;
    EXPECT_OK(decode(&out, "{\"keys\":[]}", false, &spot));
    EXPECT_STR(out.from_query, "kept");
    assert_int_equal(out.note.len, 4);
}

static void tree_decode__takes_null_where_the_row_or_the_notation_says(void **state)
{
    (void)state;
    body out = {.on = true};
    size_t spot = 0;
    EXPECT_OK(decode(&out, "{\"keys\":[],\"on\":null}", false, &spot));
    assert_false(out.on);
    EXPECT_STATUS(decode(&out, "{\"keys\":[],\"note\":null}", false, &spot), KW_BAD_INPUT);
    EXPECT_OK(decode(&out, "{\"keys\":[],\"note\":null}", true, &spot));
    EXPECT_STATUS(decode(&out, "{\"keys\":null}", true, &spot), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_decode__remembers_the_node_that_failed),
        cmocka_unit_test(tree_decode__leaves_members_that_are_not_of_the_body),
        cmocka_unit_test(tree_decode__takes_null_where_the_row_or_the_notation_says),
    };
    return cmocka_run_group_tests_name("codec/tree", tests, NULL, NULL);
}
