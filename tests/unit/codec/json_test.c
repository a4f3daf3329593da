/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json.h"

#include "support/expect.h"

#include <stdio.h>

typedef enum pace {
    PACE_SLOW = 1,
    PACE_FAST = 2
} pace;

static const kw_enum_name pace_names[] = {{"slow", PACE_SLOW}, {"fast", PACE_FAST}};

typedef struct inner {
    kw_str kid;
    uint32_t count;
} inner;

typedef struct inners {
    inner *items;
    size_t count;
} inners;

typedef struct outer {
    bool is_on;
    int small;
    int64_t at;
    int64_t wide;
    uint16_t port;
    uint64_t epoch;
    kw_str from_path;
    inner one;
    inners many;
    pace speed;
    kw_str name;
    kw_strs tags;
    kw_span blob;
    kw_span raw;
    kw_hash32 hash;
    kw_str token;
    kw_str notes;
} outer;

static const kw_field inner_fields[] = {
    KW_FIELD(inner, kid, 8, KW_REQ, .min = 2, .made_of = "-_"),
    KW_FIELD(inner, count, 99, 0, .fallback = "7"),
};
KW_SCHEMA(inner, inner_fields);

static const kw_field outer_fields[] = {
    KW_FIELD(outer, is_on, 0, 0),
    KW_FIELD(outer, small, 10, 0, .min = -10),
    KW_FIELD(outer, at, INT64_MAX, KW_TIME | KW_NULL, .min = INT64_MIN),
    KW_FIELD(outer, wide, INT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(outer, port, UINT64_MAX, 0),
    KW_FIELD(outer, epoch, UINT64_MAX, 0),
    KW_FIELD(outer, name, 12, KW_REQ),
    KW_FIELD(outer, blob, 4, 0),
    KW_FIELD(outer, raw, 4, KW_HEX),
    KW_FIELD(outer, hash, 0, 0),
    KW_FIELD(outer, tags, 5, 0, .items_max = 3),
    KW_FIELD_ENUM(outer, speed, pace_names, 0),
    KW_FIELD_OBJECT(outer, one, &inner_schema, 0),
    KW_FIELD_LIST(outer, many, &inner_schema, 2, 0),
    KW_FIELD(outer, from_path, 64, KW_REQ | KW_PATH),
    KW_FIELD(outer, token, 64, KW_SECRET),
    KW_FIELD(outer, notes, 64, KW_CONTROLS),
};
KW_SCHEMA(outer, outer_fields);

static kw_status decode(outer *out, kw_arena *arena, const char *text, kw_error *err)
{
    return kw_json_decode(out, arena, &outer_schema, kw_span_of_str(kw_str_of(text)), err);
}

static void json_decode__fills_every_kind(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    outer out = {.from_path = KW_STR("kept")};
    kw_error err = {0};
    EXPECT_OK(decode(&out, &arena,
                     "{\"is_on\":true,\"small\":-10,\"at\":\"2026-01-31T23:59:59Z\","
                     "\"wide\":\"-9223372036854775808\",\"port\":65535,"
                     "\"epoch\":\"18446744073709551615\",\"name\":\"J\\u00fcrgen\","
                     "\"blob\":\"AQID\",\"raw\":\"00ff\",\"hash\":"
                     "\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\","
                     "\"tags\":[\"a\",\"bb\"],\"speed\":\"fast\",\"one\":{\"kid\":\"k1\"},"
                     "\"many\":[{\"kid\":\"k2\",\"count\":3},{\"kid\":\"k3\"}],"
                     "\"notes\":\"a\\nb\"}",
                     &err));
    assert_true(out.is_on);
    assert_int_equal(out.small, -10);
    assert_int_equal(out.at, 1769903999);
    assert_true(out.wide == INT64_MIN);
    assert_int_equal(out.port, 65535);
    assert_true(out.epoch == UINT64_MAX);
    EXPECT_STR(out.name, "J\xc3\xbcrgen");
    EXPECT_SPAN(out.blob, KW_SPAN(((const uint8_t[]){1, 2, 3})));
    EXPECT_SPAN(out.raw, KW_SPAN(((const uint8_t[]){0, 255})));
    assert_int_equal(out.hash.bytes[31], 31);
    assert_int_equal(out.tags.count, 2);
    EXPECT_STR(out.tags.items[1], "bb");
    assert_int_equal(out.speed, PACE_FAST);
    EXPECT_STR(out.one.kid, "k1");
    assert_int_equal(out.one.count, 7);
    assert_int_equal(out.many.count, 2);
    assert_int_equal(out.many.items[0].count, 3);
    assert_int_equal(out.many.items[1].count, 7);
    EXPECT_STR(out.from_path, "kept");
    EXPECT_STR(out.notes, "a\nb");
}

static const struct {
    const char *body;
    kw_status st;
    const char *text;
} refused[] = {
    {"", KW_BAD_INPUT, "not valid JSON: neither an object nor a list, byte 1"},
    {"{}", KW_BAD_INPUT, "name: missing"},
    {"{\"name\":null}", KW_BAD_INPUT, "name: wrong type, wanted text"},
    {"{\"name\":7}", KW_BAD_INPUT, "name: wrong type, wanted text"},
    {"{\"name\":\"a\",\"from_path\":\"x\"}", KW_BAD_INPUT, "unknown member from_path"},
    {"{\"name\":\"a\",\"zz z\":1}", KW_BAD_INPUT, "unknown member"},
    {"{\"name\":\"0123456789abc\"}", KW_BAD_INPUT, "name: longer than 12 bytes"},
    {"{\"name\":\"a\\nb\"}", KW_BAD_INPUT, "name: has control characters"},
    {"{\"name\":\"a\",\"name\":\"a\"}", KW_BAD_INPUT,
     "not valid JSON: a member stands twice, byte 19"},
    {"{\"name\":\"a\",\"is_on\":1}", KW_BAD_INPUT, "is_on: wrong type, wanted true or false"},
    {"{\"name\":\"a\",\"small\":11}", KW_BAD_INPUT, "small: greater than 10"},
    {"{\"name\":\"a\",\"small\":-11}", KW_BAD_INPUT, "small: less than -10"},
    {"{\"name\":\"a\",\"small\":1.0}", KW_BAD_INPUT, "small: wrong type, wanted a whole number"},
    {"{\"name\":\"a\",\"small\":\"1\"}", KW_BAD_INPUT, "small: wrong type, wanted a whole number"},
    {"{\"name\":\"a\",\"port\":65536}", KW_BAD_INPUT, "port: greater than 65535"},
    {"{\"name\":\"a\",\"port\":-1}", KW_BAD_INPUT, "port: less than 0"},
    {"{\"name\":\"a\",\"epoch\":9007199254740992}", KW_BAD_INPUT,
     "epoch: beyond 2^53 - 1: write it as a string"},
    {"{\"name\":\"a\",\"epoch\":\"007\"}", KW_BAD_INPUT, "epoch: not a whole number"},
    {"{\"name\":\"a\",\"epoch\":\"18446744073709551616\"}", KW_BAD_INPUT,
     "epoch: not a whole number"},
    {"{\"name\":\"a\",\"wide\":\"-0\"}", KW_BAD_INPUT, "wide: not a whole number"},
    {"{\"name\":\"a\",\"at\":\"2026-02-30T00:00:00Z\"}", KW_BAD_INPUT,
     "at: not a time like 2026-01-31T23:59:59Z"},
    {"{\"name\":\"a\",\"blob\":\"AQIDBAU=\"}", KW_BAD_INPUT, "blob: longer than 4 bytes"},
    {"{\"name\":\"a\",\"blob\":\"AQI\"}", KW_BAD_INPUT, "blob: not base64"},
    {"{\"name\":\"a\",\"blob\":\"AQJ=\"}", KW_BAD_INPUT, "blob: not base64"},
    {"{\"name\":\"a\",\"raw\":\"00FF\"}", KW_BAD_INPUT, "raw: not lower-case hex"},
    {"{\"name\":\"a\",\"hash\":\"00\"}", KW_BAD_INPUT, "hash: not 64 characters of lower-case hex"},
    {"{\"name\":\"a\",\"tags\":\"a\"}", KW_BAD_INPUT, "tags: wrong type, wanted a list"},
    {"{\"name\":\"a\",\"tags\":[\"a\",1]}", KW_BAD_INPUT, "tags[1]: wrong type, wanted text"},
    {"{\"name\":\"a\",\"tags\":[\"abcdef\"]}", KW_BAD_INPUT, "tags[0]: longer than 5 bytes"},
    {"{\"name\":\"a\",\"tags\":[\"\",\"\",\"\",\"\"]}", KW_LIMIT, "tags: more than 3 items"},
    {"{\"name\":\"a\",\"speed\":\"warp\"}", KW_BAD_INPUT, "speed: not one of: slow, fast"},
    {"{\"name\":\"a\",\"one\":[]}", KW_BAD_INPUT, "one: wrong type, wanted an object"},
    {"{\"name\":\"a\",\"one\":{}}", KW_BAD_INPUT, "one.kid: missing"},
    {"{\"name\":\"a\",\"many\":[{\"kid\":\"k1\"},{\"kid\":\"k\"}]}", KW_BAD_INPUT,
     "many[1].kid: shorter than 2 bytes"},
    {"{\"name\":\"a\",\"many\":[{\"kid\":\"k!\"}]}", KW_BAD_INPUT,
     "many[0].kid: may hold only A-Z a-z 0-9 -_"},
    {"{\"name\":\"a\",\"many\":[{\"kid\":\"k1\",\"x\":1}]}", KW_BAD_INPUT,
     "many[0]: unknown member x"},
    {"[]", KW_BAD_INPUT, "wrong type, wanted an object"},
};

static void json_decode__refuses_and_names_the_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        outer out;
        outer before;
        memset(&out, 0x5a, sizeof out);
        memcpy(&before, &out, sizeof out);
        kw_error err = {0};
        kw_status st = decode(&out, &arena, refused[i].body, &err);
        if (st != refused[i].st || strcmp(err.text, refused[i].text) != 0) {
            print_error("%s: %s, \"%s\"\n", refused[i].body, kw_status_name(st), err.text);
        }
        assert_int_equal(st, refused[i].st);
        assert_int_equal(err.status, st);
        assert_string_equal(err.text, refused[i].text);
        assert_memory_equal(&out, &before, sizeof out);
    }
}

static void json_decode_known__passes_over_what_it_does_not_know(void **state)
{
    (void)state;
    static const char text[] = "{\"x\":[{}],\"name\":\"a\",\"one\":{\"kid\":\"k1\",\"y\":1},"
                               "\"many\":[{\"kid\":\"k2\",\"z\":null}]}";
    KW_AUTO_PTR(kw_json) tree = NULL;
    EXPECT_OK(kw_json_parse(&tree, (kw_span){(const uint8_t *)text, sizeof text - 1}, 8, NULL));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    outer out;
    EXPECT_OK(kw_json_decode_known(&out, &arena, &outer_schema, tree, NULL));
    EXPECT_STR(out.name, "a");
    EXPECT_STR(out.one.kid, "k1");
    assert_int_equal(out.many.count, 1);
    EXPECT_STR(out.many.items[0].kid, "k2");
}

static void json_decode_known__refuses_what_its_rows_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        const char *text;
    } bad[] = {{"{\"x\":1}", "name: missing"},
               {"{\"name\":7,\"x\":1}", "name: wrong type, wanted text"},
               {"{\"name\":\"a\",\"one\":{\"x\":1}}", "one.kid: missing"},
               {"[]", "wrong type, wanted an object"}};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO_PTR(kw_json) tree = NULL;
        EXPECT_OK(kw_json_parse(&tree, kw_span_of_str(kw_str_of(bad[i].body)), 8, NULL));
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        outer out;
        kw_error err = {0};
        EXPECT_STATUS(kw_json_decode_known(&out, &arena, &outer_schema, tree, &err), KW_BAD_INPUT);
        assert_string_equal(err.text, bad[i].text);
    }
}

static void json_decode__fails_cleanly_when_the_arena_is_full(void **state)
{
    (void)state;
    static const char body[] = "{\"name\":\"a\",\"tags\":[\"a\",\"b\"],\"blob\":\"AQID\","
                               "\"many\":[{\"kid\":\"k1\"},{\"kid\":\"k2\"}],\"raw\":\"00\"}";
    bool has_succeeded = false;
    for (size_t max = 0; max < 4096 && !has_succeeded; max += 16) {
        KW_AUTO(kw_arena) arena = kw_arena_init(max);
        outer out = {0};
        kw_error err = {0};
        kw_status st = decode(&out, &arena, body, &err);
        has_succeeded = st == KW_OK;
        if (!has_succeeded) {
            EXPECT_STATUS(st, KW_LIMIT);
            assert_int_equal(err.status, KW_LIMIT);
        }
    }
    assert_true(has_succeeded);
}

static void json_encode__writes_rows_in_table_order(void **state)
{
    (void)state;
    inner items[] = {{KW_STR("k2"), 0}, {KW_STR("k3"), 1}};
    kw_str tags[] = {KW_STR("a"), KW_STR("\"\\\x1f")};
    uint8_t blob[] = {1, 2, 3};
    outer in = {.is_on = true,
                .small = -1,
                .wide = INT64_MIN,
                .epoch = UINT64_MAX,
                .port = 80,
                .name = KW_STR("\xff!"),
                .blob = KW_SPAN(blob),
                .raw = KW_SPAN(blob),
                .tags = {tags, 2},
                .speed = PACE_SLOW,
                .many = {items, 2},
                .from_path = KW_STR("never"),
                .token = KW_STR("hush")};
    static const char wanted[] =
        "{\"is_on\":true,\"small\":-1,\"at\":null,\"wide\":\"-9223372036854775808\",\"port\":80,"
        "\"epoch\":\"18446744073709551615\",\"name\":\"\xef\xbf\xbd!\",\"blob\":\"AQID\","
        "\"raw\":\"010203\",\"tags\":[\"a\",\"\\\"\\\\\\u001f\"],\"speed\":\"slow\","
        "\"many\":[{\"kid\":\"k2\",\"count\":0},{\"kid\":\"k3\",\"count\":1}],\"token\":\"%s\"}";
    char text[1024];
    KW_AUTO(kw_buf) out = kw_buf_init(4096);
    EXPECT_OK(kw_json_encode(&out, &outer_schema, &in, KW_JSON_PLAIN));
    (void)snprintf(text, sizeof text, wanted, "hush");
    EXPECT_STR(kw_buf_text(&out), text);
    kw_buf_clear(&out);
    EXPECT_OK(kw_json_encode(&out, &outer_schema, &in, KW_JSON_REDACT));
    (void)snprintf(text, sizeof text, wanted, "[redacted]");
    EXPECT_STR(kw_buf_text(&out), text);
}

static void json_encode__is_undone_by_decode_for_absent_and_zero_members(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    outer absent = {0};
    outer zero = {0};
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    EXPECT_OK(decode(&absent, &arena, "{\"name\":\"a\"}", NULL));
    assert_int_equal(absent.one.count, 7);
    EXPECT_OK(kw_json_encode(&text, &outer_schema, &absent, KW_JSON_PLAIN));
    EXPECT_STR(kw_buf_text(&text), "{\"at\":null,\"name\":\"a\"}");

    kw_buf_clear(&text);
    EXPECT_OK(decode(&zero, &arena, "{\"name\":\"a\",\"one\":{\"kid\":\"k1\",\"count\":0}}", NULL));
    EXPECT_OK(kw_json_encode(&text, &outer_schema, &zero, KW_JSON_PLAIN));
    EXPECT_STR(kw_buf_text(&text),
               "{\"at\":null,\"name\":\"a\",\"one\":{\"kid\":\"k1\",\"count\":0}}");
}

static void json_encode__stops_at_the_maximum_of_the_buffer(void **state)
{
    (void)state;
    outer in = {.name = KW_STR("abc"), .at = 1769903999};
    static const char whole[] = "{\"at\":\"2026-01-31T23:59:59Z\",\"name\":\"abc\"}";
    for (size_t max = 0; max <= sizeof whole - 1; max++) {
        KW_AUTO(kw_buf) out = kw_buf_init(max);
        EXPECT_STATUS(kw_json_encode(&out, &outer_schema, &in, KW_JSON_PLAIN),
                      max == sizeof whole - 1 ? KW_OK : KW_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_decode__fills_every_kind),
        cmocka_unit_test(json_decode__refuses_and_names_the_member),
        cmocka_unit_test(json_decode_known__passes_over_what_it_does_not_know),
        cmocka_unit_test(json_decode_known__refuses_what_its_rows_refuse),
        cmocka_unit_test(json_decode__fails_cleanly_when_the_arena_is_full),
        cmocka_unit_test(json_encode__writes_rows_in_table_order),
        cmocka_unit_test(json_encode__is_undone_by_decode_for_absent_and_zero_members),
        cmocka_unit_test(json_encode__stops_at_the_maximum_of_the_buffer),
    };
    return cmocka_run_group_tests_name("codec/json", tests, NULL, NULL);
}
