/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json_schema.h"

#include "support/expect.h"

typedef enum pace {
    PACE_SLOW,
    PACE_FAST
} pace;

static const kw_enum_name pace_names[] = {{"slow", PACE_SLOW}, {"fast", PACE_FAST}};

typedef struct inner {
    uint32_t count;
} inner;

static const kw_field inner_fields[] = {KW_FIELD(inner, count, 99, KW_REQ, .min = 2)};
KW_SCHEMA(inner, inner_fields);

typedef struct inners {
    inner *items;
    size_t count;
} inners;

typedef struct all {
    bool on;
    int64_t wide;
    int64_t at;
    kw_hash32 hash;
    kw_span raw;
    kw_span blob;
    kw_str name;
    inners many;
    inner one;
    pace speed;
    kw_strs tags;
    kw_str path;
    uint64_t maybe;
} all;

static const kw_field all_fields[] = {
    KW_FIELD(all, on, 0, KW_REQ, .help = "is it \"on\""),
    KW_FIELD(all, wide, INT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(all, at, INT64_MAX, KW_TIME),
    KW_FIELD(all, name, 64, KW_REQ, .min = 3, .made_of = "-]"),
    KW_FIELD(all, blob, 32, 0, .min = 32),
    KW_FIELD(all, raw, 8, KW_HEX),
    KW_FIELD(all, hash, 0, 0),
    KW_FIELD(all, tags, 5, 0, .min = 1, .items_max = 3),
    KW_FIELD_ENUM(all, speed, pace_names, 0),
    KW_FIELD_OBJECT(all, one, &inner_schema, 0),
    KW_FIELD_LIST(all, many, &inner_schema, 2, 0),
    KW_FIELD(all, path, 9, KW_REQ | KW_PATH),
    KW_FIELD(all, maybe, 7, KW_NULL),
};
KW_SCHEMA(all, all_fields);

#define INNER                                                                        \
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"count\":" \
    "{\"type\":\"integer\",\"minimum\":2,\"maximum\":99}},\"required\":[\"count\"]}"

static const char wanted[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
    "\"on\":{\"type\":\"boolean\",\"description\":\"is it \\\"on\\\"\"},"
    "\"wide\":{\"type\":[\"integer\",\"string\"],\"pattern\":\"^-?[0-9]+$\"},"
    "\"at\":{\"type\":\"string\",\"format\":\"date-time\"},"
    "\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64,"
    "\"pattern\":\"^[A-Za-z0-9\\\\-\\\\]]*$\"},"
    "\"blob\":{\"type\":\"string\",\"contentEncoding\":\"base64\",\"minLength\":44,"
    "\"maxLength\":44},"
    "\"raw\":{\"type\":\"string\",\"pattern\":\"^([0-9a-f]{2})*$\",\"maxLength\":16},"
    "\"hash\":{\"type\":\"string\",\"pattern\":\"^[0-9a-f]{64}$\"},"
    "\"tags\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":3,\"items\":"
    "{\"type\":\"string\",\"maxLength\":5}},"
    "\"speed\":{\"enum\":[\"slow\",\"fast\"]},"
    "\"one\":" INNER ",\"many\":{\"type\":\"array\",\"maxItems\":2,\"items\":" INNER "},"
    "\"maybe\":{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"integer\",\"minimum\":0,"
    "\"maximum\":7}]}},\"required\":[\"on\",\"name\"]}";

static void json_schema_write__covers_every_kind(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(8192);
    kw_json_writer w = kw_json_writer_to(&out);
    kw_json_schema_write(&w, &all_schema);
    EXPECT_OK(kw_json_write_end(&w));
    EXPECT_STR(kw_buf_text(&out), wanted);
    KW_AUTO_PTR(kw_json) root = NULL;
    EXPECT_OK(kw_json_parse(&root, kw_buf_view(&out), 16, NULL));
}

static void json_schema_write_field__describes_a_parameter(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1024);
    kw_json_writer w = kw_json_writer_to(&out);
    kw_json_schema_write_field(&w, kw_field_find(&all_schema, KW_STR("path")));
    EXPECT_OK(kw_json_write_end(&w));
    EXPECT_STR(kw_buf_text(&out), "{\"type\":\"string\",\"maxLength\":9}");
}

static void json_schema_write__stops_at_the_maximum_of_the_buffer(void **state)
{
    (void)state;
    for (size_t max = 0; max < sizeof wanted; max += 13) {
        KW_AUTO(kw_buf) out = kw_buf_init(max);
        kw_json_writer w = kw_json_writer_to(&out);
        kw_json_schema_write(&w, &all_schema);
        EXPECT_STATUS(kw_json_write_end(&w), KW_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_schema_write__covers_every_kind),
        cmocka_unit_test(json_schema_write_field__describes_a_parameter),
        cmocka_unit_test(json_schema_write__stops_at_the_maximum_of_the_buffer),
    };
    return cmocka_run_group_tests_name("codec/json_schema", tests, NULL, NULL);
}
