/* SPDX-License-Identifier: Apache-2.0
 * The protocol's own conformance set and what its reference program gives; both lie beside the
 * project and are skipped when they do not. */
#include "codec/hex.h"
#include "emtp/engine/dob.h"
#include "emtp/engine/idno.h"

#include "support/emtp_case.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

#include <stdio.h>
#include <stdlib.h>

static const kw_emtp_options v1 = {0};
static const kw_emtp_options reference = {.profile = KW_EMTP_V1_REF};

enum {
    ARENA_BYTES = 1 << 20
};

/* The JSON of a file beside the project; skips the test when there is none. */
static kw_json *read_shared(const char *relative)
{
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, relative)) {
        skip();
    }
    return json_tree_parse(kw_buf_text(&file));
}

static void expect_text(kw_str got, const kw_json *wanted)
{
    if (!kw_str_equal(got, kw_json_text(wanted))) {
        print_error("got \"%.*s\", wanted \"%.*s\"\n", KW_STR_ARG(got),
                    KW_STR_ARG(kw_json_text(wanted)));
        fail();
    }
}

/* A member that may be missing when the value is empty. */
static void expect_member(kw_str got, const kw_json *object, const char *name)
{
    expect_text(got, kw_json_get(object, name));
}

static void expect_reading(const kw_emtp_reading *reading, const kw_json *wanted)
{
    expect_member(reading->given, wanted, "given");
    expect_member(reading->family, wanted, "family");
    expect_member(reading->suffix, wanted, "suffix");
    const kw_json *middles = json_tree_at(wanted, "middles");
    assert_int_equal(reading->middles.count, kw_json_count(middles));
    for (size_t i = 0; i < reading->middles.count; i++) {
        expect_text(reading->middles.items[i], kw_json_item(middles, i));
    }
}

static void expect_normalised_name(kw_arena *arena, const kw_json *v)
{
    kw_emtp_name name = {0};
    kw_str full = {0};
    EXPECT_OK(kw_emtp_name_read(arena, &name, json_tree_text(v, "input"), KW_EMTP_V1));
    EXPECT_OK(kw_emtp_reading_form(arena, &full, &name.readings[0], KW_EMTP_NAME_FULL));
    expect_member(full, v, "expected_normalized");
    if (kw_json_get(v, "expected_tokens") != NULL) {
        expect_reading(&name.readings[0], kw_json_get(v, "expected_tokens"));
    }
}

static void expect_normalised_phone(kw_arena *arena, const kw_json *v)
{
    kw_emtp_phone phone = {0};
    EXPECT_OK(kw_emtp_phone_read(arena, &phone, json_tree_text(v, "input"), &v1));
    expect_member(phone.e164, v, "expected_e164");
    expect_member(phone.national, v, "expected_national");
}

static kw_emtp_address_input address_of(const kw_json *in)
{
    if (kw_json_kind_of(in) == KW_JSON_STRING) {
        return (kw_emtp_address_input){.is_free_text = true, .line1 = kw_json_text(in)};
    }
    return (kw_emtp_address_input){.line1 = json_tree_text(in, "line1"),
                                   .city = json_tree_text(in, "city"),
                                   .state = json_tree_text(in, "state"),
                                   .postal_code = json_tree_text(in, "postal_code")};
}

static void expect_normalised_address(kw_arena *arena, const kw_json *v)
{
    kw_emtp_address address = {0};
    kw_emtp_address_input input = address_of(json_tree_at(v, "input"));
    EXPECT_OK(kw_emtp_address_read(arena, &address, &input, KW_EMTP_V1));
    expect_member(address.variants[KW_EMTP_ADDR_LINE1_POSTAL].items[0], v, "expected_line1_postal");
    expect_member(address.variants[KW_EMTP_ADDR_LINE1_CITY_STATE].items[0], v,
                  "expected_line1_city_state");
}

/* The same texts in any order. */
static void expect_texts(kw_strs got, const kw_json *wanted)
{
    assert_int_equal(got.count, kw_json_count(wanted));
    for (size_t i = 0; i < got.count; i++) {
        bool is_there = false;
        for (size_t k = 0; k < got.count; k++) {
            is_there =
                is_there || kw_str_equal(got.items[i], kw_json_text(kw_json_item(wanted, k)));
        }
        assert_true(is_there);
    }
}

static void expect_ends(kw_arena *arena, kw_str text, const kw_json *wanted,
                        kw_emtp_profile profile)
{
    kw_strs ends = {0};
    EXPECT_OK(kw_emtp_idnos_read(arena, &ends, (kw_strs){&text, 1}, profile));
    expect_texts(ends, wanted);
}

static void conformance_set__is_met_by_normalisation(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("emtp/emtp_v1_vectors.json");
    const kw_json *vectors = json_tree_at(root, "normalization_vectors");
    for (size_t i = 0; i < kw_json_count(vectors); i++) {
        const kw_json *v = kw_json_item(vectors, i);
        KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
        kw_str description = json_tree_text(v, "description");
        kw_str dob = {0};
        if (kw_json_get(v, "expected_e164") != NULL) {
            expect_normalised_phone(&arena, v);
        } else if (kw_json_get(v, "expected_line1_postal") != NULL) {
            expect_normalised_address(&arena, v);
        } else if (kw_json_get(v, "expected_variants") != NULL) {
            expect_ends(&arena, json_tree_text(v, "input"), json_tree_at(v, "expected_variants"),
                        KW_EMTP_V1);
        } else if (kw_str_starts_with(description, KW_STR("DOB"))) {
            EXPECT_OK(kw_emtp_dob_parse(&dob, json_tree_text(v, "input"), KW_EMTP_DOB_EXACT));
            expect_member(dob, v, "expected_normalized");
        } else {
            expect_normalised_name(&arena, v);
        }
    }
    assert_int_equal(kw_json_count(vectors), 10);
}

static void expect_token(kw_str message, const kw_hmac_key *key, const kw_json *wanted)
{
    kw_hash32 token = {{0}};
    char text[KW_EMTP_TOKEN_CHARS];
    kw_hmac_key_tag(key, &token, kw_span_of_str(message));
    kw_hex_encode_to(text, KW_SPAN(token.bytes));
    expect_text((kw_str){text, sizeof text}, wanted);
}

static void conformance_set__is_met_by_tokens(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("emtp/emtp_v1_vectors.json");
    const kw_json *vectors = json_tree_at(root, "token_vectors");
    KW_AUTO(kw_hmac_key) key = {.backend = KW_HMAC_OPENSSL};
    emtp_case_key(&key, 0);
    for (size_t i = 0; i < kw_json_count(vectors); i++) {
        const kw_json *v = kw_json_item(vectors, i);
        kw_str message = json_tree_text(v, "domain_separated_message");
        assert_true(kw_str_starts_with(message, KW_STR(KW_EMTP_MESSAGE_PREFIX)));
        expect_token(message, &key, json_tree_at(v, "expected_token"));
    }
}

static emtp_case run_input(const kw_json *input, const kw_emtp_options *options)
{
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    json_tree_print(&line, input);
    return emtp_case_run(kw_buf_text(&line), options);
}

static void expect_tuple(const emtp_case *c, kw_str tuple)
{
    char text[256];
    assert_in_range(snprintf(text, sizeof text, "%.*s", KW_STR_ARG(tuple)), 1, sizeof text - 1);
    assert_true(emtp_case_has(c, text));
}

static void conformance_set__is_met_by_matches(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("emtp/emtp_v1_vectors.json");
    const kw_json *vectors = json_tree_at(root, "match_vectors");
    for (size_t i = 0; i < kw_json_count(vectors); i++) {
        const kw_json *v = kw_json_item(vectors, i);
        KW_AUTO(emtp_case) a = run_input(json_tree_at(v, "record_a"), &v1);
        KW_AUTO(emtp_case) b = run_input(json_tree_at(v, "record_b"), &v1);
        const kw_json *shared = json_tree_at(v, "shared_tuples");
        for (size_t k = 0; k < kw_json_count(shared); k++) {
            expect_tuple(&a, kw_json_text(kw_json_item(shared, k)));
            expect_tuple(&b, kw_json_text(kw_json_item(shared, k)));
        }
    }
}

static uint32_t point_of(kw_str hex)
{
    char text[9] = "";
    assert_in_range(hex.len, 1, 8);
    memcpy(text, hex.ptr, hex.len);
    return (uint32_t)strtoul(text, NULL, 16);
}

static size_t encode_point(char out[4], uint32_t point)
{
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len; i > 1; i--) {
        out[i - 1] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (char)(leads[len] | point);
    return len;
}

/* A, the point, Z: shows spaces and dropped points as well. */
static void expect_mapped(uint32_t point, kw_str mapped)
{
    char text[6] = "A";
    size_t len = 1 + encode_point(text + 1, point);
    text[len++] = 'Z';
    char wanted[16];
    (void)snprintf(wanted, sizeof wanted, "A%.*sZ", KW_STR_ARG(mapped));
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str got = {0};
    EXPECT_OK(kw_emtp_text_normalise(&arena, &got, (kw_str){text, len}));
    EXPECT_STR(got, wanted);
}

static void code_points__map_as_derived(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("emtp/derived_codepoint_map.json");
    static bool is_listed[0x110000];
    kw_str hex = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(json_tree_at(root, "map"), &at, &hex, &value);) {
        expect_mapped(point_of(hex), kw_json_text(value));
        is_listed[point_of(hex)] = true;
    }
    const kw_json *ranges = json_tree_at(root, "drop_ranges");
    for (size_t i = 0; i < kw_json_count(ranges); i++) {
        uint32_t first = point_of(kw_json_text(kw_json_item(kw_json_item(ranges, i), 0)));
        uint32_t last = point_of(kw_json_text(kw_json_item(kw_json_item(ranges, i), 1)));
        for (uint32_t point = first; point <= last; point++) {
            expect_mapped(point, KW_STR(""));
            is_listed[point] = true;
        }
    }
    for (uint32_t point = 0x80; point < 0x110000; point++) {
        if (!is_listed[point] && (point < 0xd800 || point > 0xdfff)) {
            expect_mapped(point, KW_STR(" "));
        }
    }
}

static void expect_reference_record(const kw_json *record)
{
    KW_AUTO(emtp_case) c = run_input(json_tree_at(record, "input"), &reference);
    EXPECT_STATUS(c.status, KW_OK);
    KW_AUTO(kw_hmac_key) key2 = {.backend = KW_HMAC_OPENSSL};
    KW_AUTO(kw_hmac_key) key = {.backend = KW_HMAC_OPENSSL};
    emtp_case_key(&key, 0);
    emtp_case_key(&key2, 0x20);
    const kw_json *tuples = json_tree_at(record, "tuples");
    assert_int_equal(c.tuples.count, kw_json_count(tuples));
    for (size_t i = 0; i < c.tuples.count; i++) {
        const kw_json *wanted = kw_json_item(tuples, i);
        kw_str message = kw_str_of_span(c.tuples.items[i].message);
        expect_member(kw_emtp_tuple_text(&c.tuples.items[i]), wanted, "tuple");
        expect_token(message, &key, json_tree_at(wanted, "token"));
        expect_token(message, &key2, json_tree_at(wanted, "token2"));
    }
}

static void v1_ref__is_the_reference_on_records(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) root = read_shared("emtp/derived_reference_records.json");
    kw_str name = {0};
    const kw_json *record = NULL;
    size_t count = 0;
    for (const void *at = NULL; kw_json_next(json_tree_at(root, "records"), &at, &name, &record);
         count++) {
        expect_reference_record(record);
    }
    assert_int_equal(count, 8);
}

static void expect_reference_name(const kw_json *entry)
{
    static const char *const forms[KW_EMTP_NAME_FORMS] = {
        [KW_EMTP_NAME_FULL] = "full",
        [KW_EMTP_NAME_GIVEN_FAMILY] = "given_family",
        [KW_EMTP_NAME_GIVEN_FAMILY_SUFFIX] = "given_family_suffix",
        [KW_EMTP_NAME_INITIALS_FAMILY] = "initials_family",
        [KW_EMTP_NAME_GIVEN_INITIAL_FAMILY] = "given_initial_family"};
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    const kw_json *out = json_tree_at(entry, "out");
    kw_emtp_name name = {0};
    EXPECT_OK(kw_emtp_name_read(&arena, &name, json_tree_text(entry, "in"), KW_EMTP_V1_REF));
    if (name.readings_count == 0) {
        EXPECT_STR(json_tree_text(out, "string"), "");
        return;
    }
    expect_reading(&name.readings[0], out);
    for (size_t i = 0; i < KW_EMTP_NAME_FORMS; i++) {
        kw_emtp_name_form form = (kw_emtp_name_form)i;
        bool has_suffix = name.readings[0].suffix.len > 0;
        kw_str text = {0};
        EXPECT_OK(kw_emtp_reading_form(&arena, &text, &name.readings[0], form));
        /* The reference repeats GIVEN_FAMILY without a suffix; the set of tuples is the same. */
        if (forms[form] != NULL && (form != KW_EMTP_NAME_GIVEN_FAMILY_SUFFIX || has_suffix)) {
            expect_member(text, out, forms[form]);
        }
    }
}

static void expect_reference_phone(const kw_json *entry)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_emtp_phone phone = {0};
    const kw_json *out = json_tree_at(entry, "out");
    EXPECT_OK(kw_emtp_phone_read(&arena, &phone, json_tree_text(entry, "in"), &reference));
    expect_member(phone.e164, out, "PHONE_E164");
    expect_member(phone.national, out, "PHONE_NATIONAL");
    expect_member(phone.last10, out, "PHONE_LAST10");
}

static void expect_reference_address(const kw_json *entry)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_emtp_address address = {0};
    const kw_json *out = json_tree_at(entry, "out");
    kw_emtp_address_input input = address_of(json_tree_at(entry, "in"));
    EXPECT_OK(kw_emtp_address_read(&arena, &address, &input, KW_EMTP_V1_REF));
    kw_emtp_addr_values *v = address.variants;
    expect_member(v[KW_EMTP_ADDR_LINE1_POSTAL].items[0], out, "ADDR_LINE1_POSTAL");
    expect_member(v[KW_EMTP_ADDR_LINE1_CITY_STATE].items[0], out, "ADDR_LINE1_CITY_STATE");
}

static void expect_reference_dob(const kw_json *entry)
{
    const kw_json *out = json_tree_at(entry, "out");
    kw_str dob = {0};
    kw_status st = kw_emtp_dob_parse(&dob, json_tree_text(entry, "in"), KW_EMTP_DOB_LOOSE);
    EXPECT_STATUS(st, kw_json_kind_of(out) == KW_JSON_OBJECT ? KW_BAD_INPUT : KW_OK);
    if (st == KW_OK) {
        expect_text(dob, out);
    }
}

static void expect_reference_idno(const kw_json *entry)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    expect_ends(&arena, json_tree_text(entry, "in"), json_tree_at(entry, "out"), KW_EMTP_V1_REF);
}

static void v1_ref__is_the_reference_on_edges(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        void (*expect)(const kw_json *entry);
    } kinds[] = {{"names", expect_reference_name},
                 {"phones", expect_reference_phone},
                 {"addresses", expect_reference_address},
                 {"idnos", expect_reference_idno},
                 {"dobs", expect_reference_dob}};
    KW_AUTO_PTR(kw_json) root = read_shared("emtp/derived_reference_edge_cases.json");
    for (size_t k = 0; k < KW_COUNT(kinds); k++) {
        const kw_json *list = json_tree_at(root, kinds[k].list);
        assert_true(kw_json_count(list) > 0);
        for (size_t i = 0; i < kw_json_count(list); i++) {
            kinds[k].expect(kw_json_item(list, i));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conformance_set__is_met_by_normalisation),
        cmocka_unit_test(conformance_set__is_met_by_tokens),
        cmocka_unit_test(conformance_set__is_met_by_matches),
        cmocka_unit_test(code_points__map_as_derived),
        cmocka_unit_test(v1_ref__is_the_reference_on_records),
        cmocka_unit_test(v1_ref__is_the_reference_on_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
