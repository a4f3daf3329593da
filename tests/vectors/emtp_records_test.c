/* SPDX-License-Identifier: Apache-2.0
 * Records with their explanation, tiers, tokens or fault: our own, and those beside the project. */
#include "codec/hex.h"
#include "crypto/hash.h"

#include "support/emtp_case.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

static const char *const shown[] = {
    "normalized_name", "normalized_dob", "weak", "dropped",     "warnings", "readings",
    "phones",          "addresses",      "ids",  "tuple_count", "tuples"};

/* The input line: `input`, or raw text in `line` (with `pad`) or `line_hex`. */
static void line_of(kw_buf *out, const kw_json *record)
{
    if (kw_json_get(record, "line_hex") != NULL) {
        EXPECT_OK(kw_hex_decode(out, json_tree_text(record, "line_hex")));
    } else if (kw_json_get(record, "line") == NULL) {
        json_tree_print(out, json_tree_at(record, "input"));
    } else {
        EXPECT_OK(kw_buf_append_str(out, json_tree_text(record, "line")));
        if (kw_json_get(record, "pad") != NULL) {
            size_t pad = (size_t)json_tree_integer(record, "pad");
            while (out->len + 1 < pad) {
                EXPECT_OK(kw_buf_append_byte(out, ' '));
            }
            EXPECT_OK(kw_buf_append_byte(out, '}'));
        }
    }
}

static kw_emtp_options options_of(const kw_json *options)
{
    const kw_json *profile = kw_json_get(options, "profile");
    const kw_json *country = kw_json_get(options, "country");
    return (kw_emtp_options){
        .profile = profile != NULL && kw_str_equal(kw_json_text(profile), KW_STR("v1-ref"))
                       ? KW_EMTP_V1_REF
                       : KW_EMTP_V1,
        .wide = json_tree_is_true(options, "wide"),
        .weak = json_tree_is_true(options, "weak"),
        .phones_not_from_us =
            country != NULL && !kw_str_equal(kw_json_text(country), KW_STR("US"))};
}

static void expect_fault(const kw_json *record, const emtp_case *c)
{
    EXPECT_STATUS(c->status, KW_BAD_INPUT);
    kw_str fault = json_tree_text(record, "error");
    kw_str member = kw_json_text(json_tree_at(record, "member"));
    assert_true(kw_str_equal(kw_str_of(kw_emtp_fault_name(c->reject.fault)), fault));
    assert_true(kw_str_equal(kw_str_of(kw_emtp_member_name(c->reject.member)), member));
}

/* The tokens themselves, or in our own files the hash of their text. */
static void expect_tokens(const kw_json *expected, const kw_json *got)
{
    const kw_json *tokens = json_tree_at(got, "tokens");
    assert_int_equal(json_tree_integer(got, "token_count"), kw_json_count(tokens));
    if (kw_json_get(expected, "tokens") != NULL) {
        assert_true(json_tree_equal(tokens, json_tree_at(expected, "tokens")));
        return;
    }
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    for (size_t i = 0; i < kw_json_count(tokens); i++) {
        EXPECT_OK(kw_buf_append_str(&text, kw_json_text(kw_json_item(tokens, i))));
    }
    kw_hash32 hash = {{0}};
    kw_hash32 wanted = {{0}};
    kw_sha256(&hash, kw_buf_view(&text));
    EXPECT_OK(kw_hex_decode_to(KW_MSPAN(wanted.bytes), json_tree_text(expected, "tokens_sha256")));
    EXPECT_SPAN(KW_SPAN(hash.bytes), KW_SPAN(wanted.bytes));
}

static void expect_explanation(const kw_json *expected, emtp_case *c,
                               const kw_emtp_options *options)
{
    EXPECT_STATUS(c->status, KW_OK);
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    emtp_case_explain(c, &text, options);
    KW_AUTO_PTR(kw_json) got = json_tree_parse(kw_buf_text(&text));
    for (size_t i = 0; i < KW_COUNT(shown); i++) {
        if (!json_tree_equal(json_tree_at(got, shown[i]), json_tree_at(expected, shown[i]))) {
            print_error("%s differs: %.*s\n", shown[i], KW_STR_ARG(kw_buf_text(&text)));
            fail();
        }
    }
    expect_tokens(expected, got);
    const kw_json *tiers = json_tree_at(expected, "tiers");
    assert_int_equal(kw_json_count(tiers), c->tuples.count);
    for (size_t i = 0; i < c->tuples.count; i++) {
        int64_t tier = -1;
        assert_true(kw_json_integer(kw_json_item(tiers, i), &tier));
        assert_int_equal(c->tuples.items[i].tier, tier);
    }
}

/* Runs all groups of a file; gives the number of records. */
static size_t expect_vectors(kw_str text)
{
    KW_AUTO_PTR(kw_json) root = json_tree_parse(text);
    const kw_json *groups = json_tree_at(root, "groups");
    size_t count = 0;
    for (size_t g = 0; g < kw_json_count(groups); g++) {
        const kw_json *group = kw_json_item(groups, g);
        const kw_json *records = json_tree_at(group, "records");
        kw_emtp_options options = options_of(json_tree_at(group, "options"));
        for (size_t i = 0; i < kw_json_count(records); i++, count++) {
            const kw_json *record = kw_json_item(records, i);
            KW_AUTO(kw_buf) line = kw_buf_init(1 << 20);
            line_of(&line, record);
            KW_AUTO(emtp_case) c = emtp_case_run(kw_buf_text(&line), &options);
            print_message("%.*s\n", KW_STR_ARG(json_tree_text(record, "id")));
            if (kw_json_get(record, "error") != NULL) {
                expect_fault(record, &c);
            } else {
                expect_explanation(json_tree_at(record, "expected"), &c, &options);
            }
        }
    }
    return count;
}

static void records__give_what_the_oracle_gives(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    tree_read(&file, "tests/vectors/emtp/records.json");
    assert_true(expect_vectors(kw_buf_text(&file)) >= 200);
}

static void records__give_the_vectors_beside_the_project(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, "emtp/v1_records.json")) {
        skip();
    }
    assert_int_equal(expect_vectors(kw_buf_text(&file)), 235);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records__give_what_the_oracle_gives),
        cmocka_unit_test(records__give_the_vectors_beside_the_project),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
