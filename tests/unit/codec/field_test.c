/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/field.h"

#include "support/expect.h"

typedef enum pace {
    PACE_NONE,
    PACE_SLOW,
    PACE_FAST
} pace;

static const kw_enum_name pace_names[] = {
    {"none", PACE_NONE}, {"slow", PACE_SLOW}, {"fast", PACE_FAST}};

typedef struct inner {
    uint32_t count;
} inner;

static const kw_field inner_fields[] = {KW_FIELD(inner, count, 99, 0, .fallback = "7")};
KW_SCHEMA(inner, inner_fields);

typedef struct inners {
    inner *items;
    size_t count;
} inners;

typedef struct query {
    bool all;
    int small;
    int64_t since;
    int64_t at;
    uint16_t port;
    uint32_t limit;
    uint64_t epoch;
    kw_str name;
    kw_span blob;
    kw_span raw;
    kw_hash32 hash;
    kw_strs tags;
    pace speed;
    inner one;
    inners many;
    kw_str body;
    kw_str token;
} query;

static const kw_field query_fields[] = {
    KW_FIELD(query, all, 0, KW_QUERY),
    KW_FIELD(query, small, 5, KW_QUERY, .min = -5),
    KW_FIELD(query, since, INT64_MAX, KW_QUERY, .min = INT64_MIN, .fallback = "-3"),
    KW_FIELD(query, at, INT64_MAX, KW_QUERY | KW_TIME, .min = INT64_MIN),
    KW_FIELD(query, port, UINT16_MAX, KW_QUERY),
    KW_FIELD(query, limit, 100, KW_QUERY | KW_REQ, .min = 1),
    KW_FIELD(query, epoch, UINT64_MAX, KW_QUERY),
    KW_FIELD(query, name, 8, KW_QUERY),
    KW_FIELD(query, blob, 4, KW_QUERY),
    KW_FIELD(query, raw, 4, KW_QUERY | KW_HEX),
    KW_FIELD(query, hash, 0, KW_QUERY),
    KW_FIELD(query, tags, 4, KW_QUERY, .items_max = 5, .fallback = "x,y"),
    KW_FIELD_ENUM(query, speed, pace_names, KW_QUERY, .fallback = "fast"),
    KW_FIELD_OBJECT(query, one, &inner_schema, 0),
    KW_FIELD_LIST(query, many, &inner_schema, 4, 0),
    KW_FIELD(query, body, 8, 0),
    KW_FIELD(query, token, 8, KW_SECRET),
};
KW_SCHEMA(query, query_fields);

static const kw_field *row(const char *name)
{
    const kw_field *field = kw_field_find(&query_schema, kw_str_of(name));
    assert_non_null(field);
    return field;
}

static void field_find__wants_the_exact_name(void **state)
{
    (void)state;
    assert_ptr_equal(row("port"), &query_fields[4]);
    assert_null(kw_field_find(&query_schema, KW_STR("por")));
    assert_null(kw_field_find(&query_schema, KW_STR("Port")));
    assert_null(kw_field_find(&query_schema, KW_STR("")));
}

static void object_init__gives_fallbacks_also_inside(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    query q;
    memset(&q, 0x5a, sizeof q);
    EXPECT_OK(kw_object_init(&q, &arena, &query_schema));
    assert_int_equal(q.since, -3);
    assert_int_equal(q.speed, PACE_FAST);
    assert_int_equal(q.tags.count, 2);
    EXPECT_STR(q.tags.items[1], "y");
    assert_int_equal(q.one.count, 7);
    assert_null(q.name.ptr);
    KW_AUTO(kw_arena) none = kw_arena_init(0);
    EXPECT_STATUS(kw_object_init(&q, &none, &query_schema), KW_LIMIT);
}

static void field_set__and_print_round_trip(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"all", "true"},
        {"all", "false"},
        {"small", "-5"},
        {"since", "-9223372036854775808"},
        {"since", "9223372036854775807"},
        {"at", "0000-01-01T00:00:00Z"},
        {"at", "9999-12-31T23:59:59Z"},
        {"port", "65535"},
        {"limit", "100"},
        {"epoch", "18446744073709551615"},
        {"name", "J\xc3\xbcrgen"},
        {"name", ""},
        {"blob", "AQIDBA=="},
        {"raw", "00ff"},
        {"hash", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"},
        {"tags", "abcd"},
        {"speed", "slow"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(4096);
        KW_AUTO(kw_buf) text = kw_buf_init(128);
        query q = {0};
        EXPECT_OK(kw_field_set(&q, &arena, row(cases[i][0]), kw_str_of(cases[i][1]), NULL));
        EXPECT_OK(kw_field_print(&text, &q, row(cases[i][0])));
        EXPECT_STR(kw_buf_text(&text), cases[i][1]);
    }
}

static void field_set__refuses_and_never_shows_the_value(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"all", "1", "all: not true or false"},
        {"all", "True", "all: not true or false"},
        {"small", "6", "small: greater than 5"},
        {"small", "-6", "small: less than -5"},
        {"small", "", "small: not a whole number"},
        {"small", "+1", "small: not a whole number"},
        {"small", "01", "small: not a whole number"},
        {"small", "-0", "small: not a whole number"},
        {"small", "1 ", "small: not a whole number"},
        {"since", "-9223372036854775809", "since: less than -9223372036854775808"},
        {"since", "9223372036854775808", "since: greater than 9223372036854775807"},
        {"at", "2026-01-31", "at: not a time like 2026-01-31T23:59:59Z"},
        {"port", "65536", "port: greater than 65535"},
        {"limit", "0", "limit: less than 1"},
        {"name", "123456789", "name: longer than 8 bytes"},
        {"name", "\xff", "name: not valid UTF-8"},
        {"name", "a\tb", "name: has control characters"},
        {"blob", "AQ=", "blob: not base64"},
        {"blob", "AQIDBAU=", "blob: longer than 4 bytes"},
        {"raw", "0", "raw: not lower-case hex"},
        {"hash", "00", "hash: not 64 characters of lower-case hex"},
        {"tags", "abcde", "tags: longer than 4 bytes"},
        {"speed", "warp", "speed: not one of: none, slow, fast"},
        {"one", "{}", "one: cannot be given as one text"},
        {"many", "[]", "many: cannot be given as one text"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(4096);
        query q = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_field_set(&q, &arena, row(cases[i][0]), kw_str_of(cases[i][1]), &err),
                      KW_BAD_INPUT);
        assert_string_equal(err.text, cases[i][2]);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
}

static void field_set__bounds_lists(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    query q = {0};
    for (size_t i = 0; i < 5; i++) {
        EXPECT_OK(kw_field_set(&q, &arena, row("tags"), (kw_str){&"abcde"[i], 1}, NULL));
    }
    EXPECT_STATUS(kw_field_set(&q, &arena, row("tags"), KW_STR("f"), NULL), KW_LIMIT);
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    EXPECT_OK(kw_field_print(&text, &q, row("tags")));
    EXPECT_STR(kw_buf_text(&text), "a,b,c,d,e");
}

static void field_set__fails_cleanly_when_the_arena_is_full(void **state)
{
    (void)state;
    static const char *const names[] = {"name", "blob", "tags"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        KW_AUTO(kw_arena) none = kw_arena_init(0);
        query q = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_field_set(&q, &none, row(names[i]), KW_STR("AQI="), &err), KW_LIMIT);
        assert_int_equal(err.status, KW_LIMIT);
        assert_true(kw_field_is_empty(&q, row(names[i])));
    }
}

static void field_print__hides_secrets(void **state)
{
    (void)state;
    query q = {.token = KW_STR("hush")};
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    EXPECT_OK(kw_field_print(&text, &q, row("token")));
    EXPECT_STR(kw_buf_text(&text), "[redacted]");
    KW_AUTO(kw_buf) small = kw_buf_init(3);
    EXPECT_STATUS(kw_field_print(&small, &q, row("token")), KW_LIMIT);
}

static void field_is_empty__knows_zero_and_absent(void **state)
{
    (void)state;
    query q = {0};
    for (size_t i = 0; i < query_schema.count; i++) {
        bool has_fallback_inside = query_fields[i].kind == KW_KIND_OBJECT;
        assert_int_equal(kw_field_is_empty(&q, &query_fields[i]), !has_fallback_inside);
    }
    q.one.count = 7;
    assert_true(kw_field_is_empty(&q, row("one")));
    inner item = {0};
    q = (query){.name = KW_STR(""), .hash.bytes[31] = 1, .one.count = 1, .many = {&item, 1}};
    assert_false(kw_field_is_empty(&q, row("name")));
    assert_false(kw_field_is_empty(&q, row("hash")));
    assert_false(kw_field_is_empty(&q, row("one")));
    assert_false(kw_field_is_empty(&q, row("many")));
    assert_int_equal(kw_field_items_count(&q, row("many")), 1);
    assert_ptr_equal(kw_field_item(&q, row("many"), 0), &item);
    assert_ptr_equal(kw_field_at(&q, row("hash")), &q.hash);
}

static kw_status read_query(query *q, kw_arena *arena, const char *text, kw_error *err)
{
    EXPECT_OK(kw_object_init(q, arena, &query_schema));
    return kw_query_decode(q, arena, &query_schema, kw_str_of(text), err);
}

static void query_decode__fills_what_is_given(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 14);
    query q;
    EXPECT_OK(read_query(&q, &arena, "limit=5&tags=a&na%6de=J%C3%BCr+g&tags=b&since=-7", NULL));
    assert_int_equal(q.limit, 5);
    assert_int_equal(q.since, -7);
    EXPECT_STR(q.name, "J\xc3\xbcr g");
    assert_int_equal(q.tags.count, 2);
    EXPECT_STR(q.tags.items[0], "a");
    EXPECT_OK(read_query(&q, &arena, "&&limit=5&", NULL));
    assert_int_equal(q.tags.count, 2);
    EXPECT_STR(q.tags.items[0], "x");
}

static void query_decode__refuses(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "limit: missing"},
        {"limit=5&limit=5", "limit: given twice"},
        {"limit=5&nope=1", "the query has an unknown parameter"},
        {"limit=5&body=x", "the query has an unknown parameter"},
        {"limit=", "limit: not a whole number"},
        {"limit", "limit: not a whole number"},
        {"limit=5&name=%zz", "the request is malformed: while reading parameter name"},
        {"%=5", "the request is malformed: while reading a name of the query"},
        {"limit=5&name=%00", "the request is malformed: while reading parameter name"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 14);
        query q;
        kw_error err = {0};
        EXPECT_STATUS(read_query(&q, &arena, cases[i][0], &err), KW_BAD_INPUT);
        assert_string_equal(err.text, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_find__wants_the_exact_name),
        cmocka_unit_test(object_init__gives_fallbacks_also_inside),
        cmocka_unit_test(field_set__and_print_round_trip),
        cmocka_unit_test(field_set__refuses_and_never_shows_the_value),
        cmocka_unit_test(field_set__bounds_lists),
        cmocka_unit_test(field_set__fails_cleanly_when_the_arena_is_full),
        cmocka_unit_test(field_print__hides_secrets),
        cmocka_unit_test(field_is_empty__knows_zero_and_absent),
        cmocka_unit_test(query_decode__fills_what_is_given),
        cmocka_unit_test(query_decode__refuses),
    };
    return cmocka_run_group_tests_name("codec/field", tests, NULL, NULL);
}
