/* SPDX-License-Identifier: Apache-2.0
 * What is encoded decodes to the same object, and the same object encodes to the same bytes. */
#include "codec/json.h"
#include "codec/utf8.h"
#include "codec/yaml.h"
#include "support/expect.h"
#include "support/random_source.h"

enum {
    ROUNDS = 5000,
    TEXT_BYTES_MAX = 64,
    ITEMS_MAX = 5
};

typedef enum tint {
    TINT_RED = -1,
    TINT_NONE = 0,
    TINT_BLUE = 1000
} tint;

static const kw_enum_name tint_names[] = {
    {"red", TINT_RED}, {"none", TINT_NONE}, {"blue", TINT_BLUE}};

typedef struct leaf {
    kw_str label;
    int level;
} leaf;

typedef struct leaves {
    leaf *items;
    size_t count;
} leaves;

typedef struct thing {
    uint64_t serial;
    int64_t balance;
    int64_t made_at;
    uint32_t count;
    uint16_t port;
    bool is_on;
    tint tint;
    kw_hash32 hash;
    kw_str title;
    kw_span bytes;
    kw_span hex;
    kw_strs tags;
    leaf stem;
    leaves leaves;
} thing;

static const kw_field leaf_rows[] = {
    KW_FIELD(leaf, label, TEXT_BYTES_MAX, KW_REQ | KW_CONTROLS),
    KW_FIELD(leaf, level, INT32_MAX, 0, .min = INT32_MIN),
};
KW_SCHEMA(leaf, leaf_rows);

static const kw_field thing_rows[] = {
    KW_FIELD(thing, serial, UINT64_MAX, KW_REQ),
    KW_FIELD(thing, balance, INT64_MAX, 0, .min = INT64_MIN),
    KW_FIELD(thing, made_at, INT64_MAX, KW_TIME | KW_NULL, .min = INT64_MIN),
    KW_FIELD(thing, count, UINT32_MAX, 0),
    KW_FIELD(thing, port, UINT16_MAX, KW_REQ),
    KW_FIELD(thing, is_on, 0, 0),
    KW_FIELD_ENUM(thing, tint, tint_names, KW_REQ),
    KW_FIELD(thing, hash, 0, 0),
    KW_FIELD(thing, title, TEXT_BYTES_MAX, KW_CONTROLS),
    KW_FIELD(thing, bytes, TEXT_BYTES_MAX, 0),
    KW_FIELD(thing, hex, TEXT_BYTES_MAX, KW_HEX),
    KW_FIELD(thing, tags, TEXT_BYTES_MAX, KW_CONTROLS, .items_max = ITEMS_MAX),
    KW_FIELD_OBJECT(thing, stem, &leaf_schema, KW_REQ),
    KW_FIELD_LIST(thing, leaves, &leaf_schema, ITEMS_MAX, 0),
};
KW_SCHEMA(thing, thing_rows);

/* ASCII, any, and those that JSON, YAML or UTF-8 treat in their own way, in equal parts. */
static uint32_t any_code_point(random_source *random)
{
    static const uint32_t peculiar[] = {0x7f,   0x80,   0x85,   0x9f,   0xa0,    0x7ff,   0x800,
                                        0x2028, 0x2029, 0xd7ff, 0xe000, 0xfeff,  0xfffd,  0xfffe,
                                        0xffff, '"',    '\\',   '#',    0x10000, 0x10ffff};
    switch (random_below(random, 3)) {
    case 0:
        return (uint32_t)random_below(random, 0x80);
    case 1:
        return peculiar[random_below(random, KW_COUNT(peculiar))];
    default:
        return (uint32_t)random_below(random, 0x110000);
    }
}

static kw_str any_text(kw_arena *arena, random_source *random)
{
    char text[TEXT_BYTES_MAX];
    size_t len = 0;
    for (uint64_t n = random_below(random, 12); n > 0; n--) {
        uint32_t c = any_code_point(random);
        bool is_scalar = c != 0 && (c < 0xd800 || c > 0xdfff);
        len += kw_utf8_encode_to(text + len, is_scalar ? c : 'x');
    }
    kw_str copy = {0};
    EXPECT_OK(kw_arena_copy_str(arena, &copy, (kw_str){text, len}));
    return copy;
}

static kw_span any_bytes(kw_arena *arena, random_source *random)
{
    uint8_t bytes[TEXT_BYTES_MAX];
    size_t len = (size_t)random_below(random, sizeof bytes + 1);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)random_u64(random);
    }
    kw_span copy = {0};
    EXPECT_OK(kw_arena_copy_span(arena, &copy, (kw_span){bytes, len}));
    return copy;
}

/* Small numbers, numbers around 2^53 and any numbers, in equal parts. */
static uint64_t any_number(random_source *random)
{
    switch (random_below(random, 3)) {
    case 0:
        return random_below(random, 10);
    case 1:
        return UINT64_C(9007199254740986) + random_below(random, 10);
    default:
        return random_u64(random);
    }
}

static leaf any_leaf(kw_arena *arena, random_source *random)
{
    return (leaf){any_text(arena, random), (int)(uint32_t)random_u64(random)};
}

static thing any_thing(kw_arena *arena, random_source *random)
{
    static const tint tints[] = {TINT_RED, TINT_NONE, TINT_BLUE};
    thing t = {.serial = any_number(random),
               .balance = (int64_t)any_number(random),
               .made_at = (int64_t)random_below(random, UINT64_C(253402300800)),
               .count = (uint32_t)any_number(random),
               .port = (uint16_t)any_number(random),
               .is_on = random_below(random, 2) == 0,
               .tint = tints[random_below(random, KW_COUNT(tints))],
               .title = any_text(arena, random),
               .bytes = any_bytes(arena, random),
               .hex = any_bytes(arena, random),
               .stem = any_leaf(arena, random)};
    t.hash.bytes[random_below(random, 32)] = (uint8_t)random_u64(random);
    t.tags.count = (size_t)random_below(random, ITEMS_MAX + 1);
    t.leaves.count = (size_t)random_below(random, ITEMS_MAX + 1);
    t.tags.items = kw_arena_new(arena, ITEMS_MAX, sizeof *t.tags.items);
    t.leaves.items = kw_arena_new(arena, ITEMS_MAX, sizeof *t.leaves.items);
    assert_true(t.tags.items != NULL && t.leaves.items != NULL);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        t.tags.items[i] = any_text(arena, random);
        t.leaves.items[i] = any_leaf(arena, random);
    }
    return t;
}

static void expect_same(const thing *a, const thing *b)
{
    assert_true(a->serial == b->serial && a->balance == b->balance && a->made_at == b->made_at);
    assert_true(a->count == b->count && a->port == b->port && a->is_on == b->is_on);
    assert_true(a->tint == b->tint);
    assert_memory_equal(&a->hash, &b->hash, sizeof a->hash);
    assert_true(kw_str_equal(a->title, b->title));
    assert_true(kw_span_equal_var(a->bytes, b->bytes) && kw_span_equal_var(a->hex, b->hex));
    assert_true(kw_str_equal(a->stem.label, b->stem.label) && a->stem.level == b->stem.level);
    assert_int_equal(a->tags.count, b->tags.count);
    assert_int_equal(a->leaves.count, b->leaves.count);
    for (size_t i = 0; i < a->tags.count; i++) {
        assert_true(kw_str_equal(a->tags.items[i], b->tags.items[i]));
    }
    for (size_t i = 0; i < a->leaves.count; i++) {
        assert_true(kw_str_equal(a->leaves.items[i].label, b->leaves.items[i].label));
        assert_int_equal(a->leaves.items[i].level, b->leaves.items[i].level);
    }
}

static void json__round_trips(void **state)
{
    (void)state;
    random_source random = random_new("json_round_trip");
    for (int round = 0; round < ROUNDS; round++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 18);
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
        KW_AUTO(kw_buf) again = kw_buf_init(1 << 16);
        thing in = any_thing(&arena, &random);
        thing out = {0};
        kw_error err = {0};
        EXPECT_OK(kw_json_encode(&text, &thing_schema, &in, KW_JSON_PLAIN));
        kw_status st = kw_json_decode(&out, &arena, &thing_schema, kw_buf_view(&text), &err);
        if (st != KW_OK) {
            print_error("%s\n%.*s\n", err.text, KW_STR_ARG(kw_buf_text(&text)));
        }
        EXPECT_OK(st);
        expect_same(&in, &out);
        EXPECT_OK(kw_json_encode(&again, &thing_schema, &out, KW_JSON_PLAIN));
        EXPECT_SPAN(kw_buf_view(&again), kw_buf_view(&text));
    }
}

static void yaml__reads_what_json_writes_and_what_it_writes_itself(void **state)
{
    (void)state;
    random_source random = random_new("yaml_round_trip");
    for (int round = 0; round < ROUNDS / 10; round++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 18);
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
        thing in = any_thing(&arena, &random);
        thing out = {0};
        kw_error err = {0};
        EXPECT_OK(kw_yaml_encode_redacted(&text, &thing_schema, &in, 0));
        kw_status st = kw_yaml_decode(&out, &arena, &thing_schema, kw_buf_view(&text), &err);
        if (st != KW_OK) {
            print_error("%s\n%.*s\n", err.text, KW_STR_ARG(kw_buf_text(&text)));
        }
        EXPECT_OK(st);
        expect_same(&in, &out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json__round_trips),
        cmocka_unit_test(yaml__reads_what_json_writes_and_what_it_writes_itself),
    };
    return cmocka_run_group_tests_name("codec/json_round_trip", tests, NULL, NULL);
}
