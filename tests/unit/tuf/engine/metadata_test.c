/* SPDX-License-Identifier: Apache-2.0 */
#include "tuf/engine/metadata.h"

#include "support/expect.h"

#define HEAD      "\"_type\":\"timestamp\",\"spec_version\":\"1.0.31\",\"version\":4,"
#define EXPIRES   "\"expires\":\"2027-01-15T08:00:00Z\""
#define META      "\"meta\":{\"snapshot.json\":{\"version\":2}}"
#define SIG       "{\"keyid\":\"k\",\"sig\":\"00\"}"
#define FILE(b)   "{\"signatures\":[" SIG "],\"signed\":{" b "}}"
#define SIGS(s)   "{\"signatures\":" s ",\"signed\":{" HEAD EXPIRES "," META "}}"
#define TIMESTAMP FILE(HEAD EXPIRES "," META)

static kw_status parse(kw_tuf_file *out, const char *text, kw_tuf_kind kind)
{
    kw_error err = {0};
    kw_status st =
        kw_tuf_file_parse(out, kw_span_of_str(kw_str_of(text)), kind, KW_TUF_KEYIDS_OPAQUE, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void parse__gives_what_every_file_has(void **state)
{
    (void)state;
    KW_AUTO(kw_tuf_file) file = {0};
    EXPECT_OK(parse(&file, " " TIMESTAMP "\n", KW_TUF_TIMESTAMP));
    assert_int_equal(file.version, 4);
    assert_int_equal(file.expires, 1800000000);
    assert_int_equal(file.kind, KW_TUF_TIMESTAMP);
    assert_int_equal(kw_json_count(file.signatures), 1);
    EXPECT_STR(kw_buf_text(&file.signed_form), "{\"_type\":\"timestamp\"," EXPIRES "," META
                                               ",\"spec_version\":\"1.0.31\",\"version\":4}");
    assert_false(kw_tuf_file_is_expired(&file, 1799999999));
    assert_true(kw_tuf_file_is_expired(&file, 1800000000));
    kw_tuf_file taken = kw_tuf_file_take(&file);
    assert_null(file.body);
    kw_tuf_file_drop(&taken);
    kw_tuf_file_drop(&taken);
}

static void parse__takes_members_that_nobody_knows(void **state)
{
    static const char *const good[] = {
        "{\"x\":[],\"signatures\":[],\"signed\":{" HEAD EXPIRES "," META ",\"y\":{\"z\":null}}}",
        SIGS("[{\"keyid\":\"k\",\"sig\":\"\"},{\"keyid\":\"l\",\"sig\":\"no hex\",\"x\":1}]"),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1\",\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1.1\",\"version\":1," EXPIRES "," META),
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(good); i++) {
        KW_AUTO(kw_tuf_file) file = {0};
        EXPECT_OK(parse(&file, good[i], KW_TUF_TIMESTAMP));
    }
}

static void parse__refuses_malformed_files(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "{}",
        "<html>",
        TIMESTAMP "x",
        "{\"signatures\":[]}",
        "{\"signed\":{" HEAD EXPIRES "," META "}}",
        "{\"signatures\":[],\"signed\":[]}",
        SIGS("{}"),
        SIGS("[1]"),
        SIGS("[{\"keyid\":\"k\"}]"),
        SIGS("[{\"sig\":\"00\"}]"),
        SIGS("[{\"keyid\":1,\"sig\":\"00\"}]"),
        SIGS("[{\"keyid\":\"k\",\"sig\":null}]"),
        SIGS("[" SIG "," SIG "]"),
        SIGS("[" SIG ",{\"keyid\":\"l\",\"sig\":\"01\"},{\"keyid\":\"k\",\"sig\":\"01\"}]"),
        FILE(""),
        FILE("\"_type\":\"snapshot\",\"spec_version\":\"1\",\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"Timestamp\",\"spec_version\":\"1\",\"version\":1," EXPIRES "," META),
        FILE("\"spec_version\":\"1\",\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"2.0\",\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"10\",\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":1,\"version\":1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1\"," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1\",\"version\":0," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1\",\"version\":-1," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1\",\"version\":\"1\"," EXPIRES "," META),
        FILE("\"_type\":\"timestamp\",\"spec_version\":\"1\",\"version\":1.5," EXPIRES "," META),
        FILE(HEAD META),
        FILE(HEAD "\"expires\":\"2027-01-15T08:00:00.000Z\"," META),
        FILE(HEAD "\"expires\":\"2027-01-15T08:00:00+00:00\"," META),
        FILE(HEAD "\"expires\":\"2027-01-15 08:00:00Z\"," META),
        FILE(HEAD "\"expires\":\"2027-02-30T08:00:00Z\"," META),
        FILE(HEAD "\"expires\":1800000000," META),
        FILE(HEAD EXPIRES),
        FILE(HEAD EXPIRES ",\"meta\":{}"),
        FILE(HEAD EXPIRES ",\"meta\":{\"root.json\":{\"version\":2}}"),
        FILE(HEAD EXPIRES "," META ",\"x\":1.5"),
        FILE(HEAD EXPIRES "," META ",\"x\":9007199254740992"),
        FILE(HEAD EXPIRES "," META ",\"version\":4"),
        FILE(HEAD EXPIRES "," META ",\"x\":\"\xff\""),
    };
    (void)state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        KW_AUTO(kw_tuf_file) file = {0};
        print_message("%s\n", bad[i]);
        EXPECT_STATUS(parse(&file, bad[i], KW_TUF_TIMESTAMP), KW_BAD_INPUT);
        assert_null(file.tree);
    }
}

static void parse__refuses_a_file_of_another_kind(void **state)
{
    (void)state;
    for (int kind = KW_TUF_ROOT; kind <= KW_TUF_TARGETS; kind++) {
        KW_AUTO(kw_tuf_file) file = {0};
        EXPECT_STATUS(parse(&file, TIMESTAMP, (kw_tuf_kind)kind),
                      kind == KW_TUF_TIMESTAMP ? KW_OK : KW_BAD_INPUT);
    }
}

static void bytes_max__is_that_of_the_kind(void **state)
{
    (void)state;
    assert_int_equal(kw_tuf_bytes_max(KW_TUF_ROOT), KW_TUF_ROOT_BYTES_MAX);
    assert_int_equal(kw_tuf_bytes_max(KW_TUF_TIMESTAMP), KW_TUF_TIMESTAMP_BYTES_MAX);
    assert_int_equal(kw_tuf_bytes_max(KW_TUF_SNAPSHOT), KW_TUF_SNAPSHOT_BYTES_MAX);
    assert_int_equal(kw_tuf_bytes_max(KW_TUF_TARGETS), KW_TUF_TARGETS_BYTES_MAX);
}

static void parse__bounds_length_depth_and_signatures(void **state)
{
    (void)state;
    for (unsigned more = 0; more <= 1; more++) {
        KW_AUTO(kw_tuf_file) file = {0};
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
        const char *c_text = NULL;
        EXPECT_OK(kw_buf_append_format(&text, TIMESTAMP "%*s",
                                       (int)(KW_TUF_TIMESTAMP_BYTES_MAX + more - strlen(TIMESTAMP)),
                                       ""));
        EXPECT_OK(kw_buf_c_text(&text, &c_text));
        EXPECT_STATUS(parse(&file, c_text, KW_TUF_TIMESTAMP), more == 0 ? KW_OK : KW_LIMIT);
    }
    for (unsigned more = 0; more <= 1; more++) {
        KW_AUTO(kw_tuf_file) file = {0};
        char open[KW_TUF_DEPTH_MAX + 2] = {0};
        char close[KW_TUF_DEPTH_MAX + 2] = {0};
        memset(open, '[', KW_TUF_DEPTH_MAX - 2 + more); /* below the file and its body */
        memset(close, ']', KW_TUF_DEPTH_MAX - 2 + more);
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
        const char *c_text = NULL;
        EXPECT_OK(
            kw_buf_append_format(&text, FILE(HEAD EXPIRES "," META ",\"x\":%s%s"), open, close));
        EXPECT_OK(kw_buf_c_text(&text, &c_text));
        EXPECT_STATUS(parse(&file, c_text, KW_TUF_TIMESTAMP), more == 0 ? KW_OK : KW_LIMIT);
    }
    for (unsigned count = KW_TUF_SIGNATURES_MAX; count <= KW_TUF_SIGNATURES_MAX + 1; count++) {
        KW_AUTO(kw_tuf_file) file = {0};
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
        const char *c_text = NULL;
        EXPECT_OK(kw_buf_append_str(
            &text, KW_STR("{\"signed\":{" HEAD EXPIRES "," META "},\"signatures\":[")));
        for (unsigned i = 0; i < count; i++) {
            EXPECT_OK(kw_buf_append_format(&text, "%s{\"keyid\":\"%u\",\"sig\":\"\"}",
                                           i == 0 ? "" : ",", i));
        }
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("]}")));
        EXPECT_OK(kw_buf_c_text(&text, &c_text));
        EXPECT_STATUS(parse(&file, c_text, KW_TUF_TIMESTAMP),
                      count > KW_TUF_SIGNATURES_MAX ? KW_LIMIT : KW_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__gives_what_every_file_has),
        cmocka_unit_test(parse__takes_members_that_nobody_knows),
        cmocka_unit_test(parse__refuses_malformed_files),
        cmocka_unit_test(parse__refuses_a_file_of_another_kind),
        cmocka_unit_test(bytes_max__is_that_of_the_kind),
        cmocka_unit_test(parse__bounds_length_depth_and_signatures),
    };
    return cmocka_run_group_tests_name("tuf/engine/metadata", tests, NULL, NULL);
}
