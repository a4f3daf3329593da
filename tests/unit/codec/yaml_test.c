/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/yaml.h"

#include "base/heap.h"
#include "codec/limits.h"
#include "support/expect.h"

typedef struct listener {
    kw_str address;
    uint16_t port;
} listener;

static const kw_field listener_fields[] = {
    KW_FIELD(listener, address, 64, KW_REQ),
    KW_FIELD(listener, port, UINT16_MAX, 0, .fallback = "8443"),
};
KW_SCHEMA(listener, listener_fields);

typedef struct listeners {
    listener *items;
    size_t count;
} listeners;

typedef struct config {
    bool on;
    kw_str name;
    int64_t offset;
    uint64_t epoch;
    kw_strs tags;
    listener main;
    listeners more;
    kw_str token;
} config;

static const kw_field config_fields[] = {
    KW_FIELD(config, on, 0, 0, .fallback = "true"),
    KW_FIELD(config, name, 32, 0),
    KW_FIELD(config, offset, 100, 0, .min = -100),
    KW_FIELD(config, epoch, UINT64_MAX, 0),
    KW_FIELD(config, tags, 32, 0),
    KW_FIELD_OBJECT(config, main, &listener_schema, 0),
    KW_FIELD_LIST(config, more, &listener_schema, 4, 0),
    KW_FIELD(config, token, 32, KW_SECRET),
};
KW_SCHEMA(config, config_fields);

static kw_status decode(config *out, kw_arena *arena, const char *text, kw_error *err)
{
    return kw_yaml_decode(out, arena, &config_schema, kw_span_of_str(kw_str_of(text)), err);
}

static void yaml_decode__reads_block_and_flow_style(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    config c = {0};
    kw_error err = {0};
    EXPECT_OK(decode(&c, &arena,
                     "# comment\n---\non: false\nname: plain text # behind\noffset: -7\n"
                     "epoch: 18446744073709551615\ntags: [a, 'b: c', \"d\\u00fc\", \"1\"]\n"
                     "main:\n  address: 127.0.0.1\n  port: 1\nmore:\n- address: x\n"
                     "- {address: \"y\", port: 2}\n",
                     &err));
    assert_false(c.on);
    EXPECT_STR(c.name, "plain text");
    assert_int_equal(c.offset, -7);
    assert_true(c.epoch == UINT64_MAX);
    assert_int_equal(c.tags.count, 4);
    EXPECT_STR(c.tags.items[1], "b: c");
    EXPECT_STR(c.tags.items[2], "d\xc3\xbc");
    EXPECT_STR(c.main.address, "127.0.0.1");
    assert_int_equal(c.more.count, 2);
    assert_int_equal(c.more.items[0].port, 8443);
    assert_int_equal(c.more.items[1].port, 2);
}

static void yaml_decode__takes_an_empty_document_and_empty_values(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# only this\n", "---\n", "{}",
                                        "name:\ntags: ~\non: null\n"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        config c = {.offset = 5};
        EXPECT_OK(decode(&c, &arena, texts[i], NULL));
        assert_true(c.on);
        assert_null(c.name.ptr);
        assert_int_equal(c.offset, 0);
    }
    /* An empty file is an empty span, which need not point anywhere. */
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    config c = {.offset = 5};
    EXPECT_OK(kw_yaml_decode(&c, &arena, &config_schema, (kw_span){0}, NULL));
    assert_int_equal(c.offset, 0);
}

static void yaml_decode__refuses_and_names_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        kw_status st;
        const char *why;
    } cases[] = {
        {"on: yes\n", KW_BAD_INPUT, "line 1: on: wrong type, wanted true or false"},
        {"on: True\n", KW_BAD_INPUT, "line 1: on: wrong type, wanted true or false"},
        {"name: 12\n", KW_BAD_INPUT, "line 1: name: wrong type, wanted text"},
        {"\n\noffset: 0x10\n", KW_BAD_INPUT, "line 3: offset: wrong type, wanted a whole number"},
        {"offset: 1.5\n", KW_BAD_INPUT, "line 1: offset: wrong type, wanted a whole number"},
        {"offset: 010\n", KW_BAD_INPUT, "line 1: offset: wrong type, wanted a whole number"},
        {"offset: 101\n", KW_BAD_INPUT, "line 1: offset: greater than 100"},
        {"nmae: x\n", KW_BAD_INPUT, "line 1: unknown member nmae; did you mean name?"},
        {"name: x\nname: y\n", KW_BAD_INPUT, "line 2: a member stands twice"},
        {"main:\n  port: 1\n", KW_BAD_INPUT, "line 1: main.address: missing"},
        {"main:\n  address: x\n  prt: 1\n", KW_BAD_INPUT,
         "line 3: main: unknown member prt; did you mean port?"},
        {"more:\n- address: x\n- address: 7\n", KW_BAD_INPUT,
         "line 3: more[1].address: wrong type, wanted text"},
        {"more:\n- address: x\n\n- port: 7\n", KW_BAD_INPUT, "line 4: more[1].address: missing"},
        {"tags:\n- a\n- 5\n", KW_BAD_INPUT, "line 3: tags[1]: wrong type, wanted text"},
        {"name: &a x\ntoken: *a\n", KW_BAD_INPUT, "line 1: anchors and tags are not accepted"},
        {"name: *a\n", KW_BAD_INPUT, "line 1: aliases are not accepted"},
        {"name: !!str 5\n", KW_BAD_INPUT, "line 1: anchors and tags are not accepted"},
        {"main: !x {address: a}\n", KW_BAD_INPUT, "line 1: anchors and tags are not accepted"},
        {"<<: {name: x}\n", KW_BAD_INPUT, "line 1: unknown member"},
        {"? [a]\n: b\n", KW_BAD_INPUT, "line 1: a key is not a text"},
        {"? {a: b}\n: b\n", KW_BAD_INPUT, "line 1: a key is not a text"},
        {"- a\n", KW_BAD_INPUT, "line 1: the document is not a mapping"},
        {"just text\n", KW_BAD_INPUT, "line 1: the document is not a mapping"},
        {"name: x\n---\nname: y\n", KW_BAD_INPUT, "line 2: a second document"},
        {"name: \"a\\0b\"\n", KW_BAD_INPUT, "line 1: U+0000 in a text"},
        {"name: 'a\n", KW_BAD_INPUT, "line 2: found unexpected end of stream"},
        {"name: [a\n", KW_BAD_INPUT, "line 2: did not find expected ',' or ']'"},
        {"\tname: x\n", KW_BAD_INPUT, "line 1: found character that cannot start any token"},
        {"name: \xff\n", KW_BAD_INPUT, "line 1: invalid leading UTF-8 octet"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        config c = {.offset = 42};
        kw_error err = {0};
        kw_status st = decode(&c, &arena, cases[i].text, &err);
        assert_string_equal(err.text, cases[i].why);
        EXPECT_STATUS(st, cases[i].st);
        assert_int_equal(err.status, st);
        assert_int_equal(c.offset, 42);
    }
}

static void yaml_decode__bounds_depth_size_and_nodes(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    KW_AUTO(kw_buf) text = kw_buf_init(2 << 20);
    config c = {0};
    kw_error err = {0};
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("tags: ")));
    for (int i = 0; i < KW_TREE_DEPTH_MAX; i++) {
        EXPECT_OK(kw_buf_append_byte(&text, '['));
    }
    EXPECT_STATUS(kw_yaml_decode(&c, &arena, &config_schema, kw_buf_view(&text), &err), KW_LIMIT);
    assert_string_equal(err.text, "line 1: nested too deep");

    kw_buf_clear(&text);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("tags: [")));
    for (int i = 0; i < KW_YAML_NODES_MAX; i++) {
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("a,")));
    }
    EXPECT_STATUS(kw_yaml_decode(&c, &arena, &config_schema, kw_buf_view(&text), &err), KW_LIMIT);
    assert_string_equal(err.text, "line 1: too many values");

    kw_buf_clear(&text);
    for (int i = 0; i < KW_YAML_BYTES_MAX + 1; i++) {
        EXPECT_OK(kw_buf_append_byte(&text, '#'));
    }
    EXPECT_STATUS(kw_yaml_decode(&c, &arena, &config_schema, kw_buf_view(&text), &err), KW_LIMIT);
    kw_span most = {text.ptr, KW_YAML_BYTES_MAX};
    EXPECT_OK(kw_yaml_decode(&c, &arena, &config_schema, most, &err));
}

static void yaml_decode__survives_every_failed_allocation(void **state)
{
    (void)state;
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        config c = {0};
        kw_error err = {0};
        kw_heap_fail_at(nth);
        st = decode(&c, &arena, "name: x\ntags: [a]\nmain: {address: y}\n", &err);
        kw_heap_fail_at(0);
        assert_int_equal(err.status, st);
        assert_true(st == KW_OK || st == KW_NO_MEMORY || st == KW_LIMIT);
        assert_true(nth > 2 || st != KW_OK);
    }
}

static void yaml_encode_redacted__reads_back(void **state)
{
    (void)state;
    kw_str tags[] = {KW_STR("a: b"), KW_STR("'\"\\\n")};
    listener items[] = {{KW_STR("x"), 1}, {KW_STR("#y"), 2}};
    config in = {.name = KW_STR("- not a list"),
                 .offset = -5,
                 .epoch = UINT64_MAX,
                 .tags = {tags, 1},
                 .main = {KW_STR("::1"), 7},
                 .more = {items, 2},
                 .token = KW_STR("hush")};
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    EXPECT_OK(kw_yaml_encode_redacted(&text, &config_schema, &in, 0));
    EXPECT_STR(kw_buf_text(&text),
               "on: false\nname: \"- not a list\"\noffset: -5\nepoch: \"18446744073709551615\"\n"
               "tags: [\"a: b\"]\nmain:\n  address: \"::1\"\n  port: 7\n"
               "more: [{\"address\":\"x\",\"port\":1},{\"address\":\"#y\",\"port\":2}]\n"
               "token: \"[redacted]\"\n");
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    config back = {0};
    EXPECT_OK(kw_yaml_decode(&back, &arena, &config_schema, kw_buf_view(&text), NULL));
    assert_true(back.epoch == UINT64_MAX);
    EXPECT_STR(back.more.items[1].address, "#y");
    for (size_t max = 0; max < text.len; max++) {
        KW_AUTO(kw_buf) small = kw_buf_init(max);
        EXPECT_STATUS(kw_yaml_encode_redacted(&small, &config_schema, &in, 0), KW_LIMIT);
    }
}

static void yaml_parse__gives_the_tree(void **state)
{
    (void)state;
    kw_json *tree = NULL;
    kw_span text = kw_span_of_str(KW_STR("a:\n  b: text\n  c: 7\nmore: [x]\n"));
    EXPECT_OK(kw_yaml_parse(&tree, text, NULL));
    EXPECT_STR(kw_json_text(kw_json_get(kw_json_get(tree, "a"), "b")), "text");
    int64_t number = 0;
    assert_true(kw_json_integer(kw_json_get(kw_json_get(tree, "a"), "c"), &number));
    assert_int_equal(number, 7);
    assert_int_equal(kw_json_count(kw_json_get(tree, "more")), 1);
    kw_json_free(tree);
}

static void yaml_parse__refuses_and_names_the_line(void **state)
{
    (void)state;
    static const char *const texts[] = {"a: 1\na: 2\n", "- a\n", "a: &x 1\n", "a: [\n"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_json *tree = NULL;
        kw_error err = {0};
        EXPECT_STATUS(kw_yaml_parse(&tree, kw_span_of_str(kw_str_of(texts[i])), &err),
                      KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
        assert_non_null(strstr(err.text, "line "));
        assert_null(tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_decode__reads_block_and_flow_style),
        cmocka_unit_test(yaml_decode__takes_an_empty_document_and_empty_values),
        cmocka_unit_test(yaml_decode__refuses_and_names_the_line),
        cmocka_unit_test(yaml_decode__bounds_depth_size_and_nodes),
        cmocka_unit_test(yaml_decode__survives_every_failed_allocation),
        cmocka_unit_test(yaml_parse__gives_the_tree),
        cmocka_unit_test(yaml_parse__refuses_and_names_the_line),
        cmocka_unit_test(yaml_encode_redacted__reads_back),
    };
    return cmocka_run_group_tests_name("codec/yaml", tests, NULL, NULL);
}
