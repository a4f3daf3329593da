/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/manifest.h"

#include "base/buf.h"
#include "support/expect.h"

#define KEY_00_1F "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define KEY_FF    "//////////////////////////////////////////8="
#define MANIFEST(kid, key)                                                    \
    "{\"kid\":\"" kid "\",\"key\":\"" key "\",\"algorithm\":\"hmac-sha256\"," \
    "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}"

static kw_secret_span text_of(const char *json)
{
    return kw_secret_span_of(kw_span_of_str(kw_str_of(json)));
}

static bool is_key_of(const kw_secret32 *key, uint8_t first)
{
    uint8_t bytes[32];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = first == 0 ? (uint8_t)i : first;
    }
    kw_secret32 wanted;
    EXPECT_OK(kw_secret32_of(&wanted, kw_secret_span_of(KW_SPAN(bytes))));
    return kw_declassify_mask(kw_secret32_equal(key, &wanted), "a test");
}

static void manifest_decode__reads_what_encode_writes(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    EXPECT_OK(kw_emtp_manifest_decode(&manifest, text_of(MANIFEST("2026-01", KEY_FF)), 0, NULL));
    assert_string_equal(manifest.kid.text, "2026-01");
    assert_int_equal(manifest.window.not_before, 1767225600);
    assert_int_equal(manifest.window.not_after, 1769904000);
    assert_true(is_key_of(&manifest.key, 0xff));
    KW_AUTO(kw_secret_bytes) again = kw_secret_bytes_init(512);
    EXPECT_OK(kw_emtp_manifest_encode(&again, &manifest));
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&again), "a test")),
               MANIFEST("2026-01", KEY_FF));
    KW_AUTO(kw_secret_bytes) small = kw_secret_bytes_init(64);
    EXPECT_STATUS(kw_emtp_manifest_encode(&small, &manifest), KW_LIMIT);
}

static void manifest_decode__takes_any_order_space_and_escaped_slash(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    EXPECT_OK(kw_emtp_manifest_decode(
        &manifest,
        text_of(
            " {\n\t\"not_after\" : \"2026-02-01T00:00:00Z\" ,\r\n \"algorithm\":\"hmac-sha256\","
            "\"key\":\"\\/\\/////////////////////////////////////////8=\","
            "\"not_before\":\"2026-01-01T00:00:00Z\",\"kid\":\"x-1\"}\n"),
        0, NULL));
    assert_string_equal(manifest.kid.text, "x-1");
    assert_true(is_key_of(&manifest.key, 0xff));
}

static void manifest_decode__refuses_the_test_key_without_the_flag(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    kw_secret_span json = text_of(MANIFEST("test-2026-01", KEY_00_1F));
    EXPECT_STATUS(kw_emtp_manifest_decode(&manifest, json, 0, NULL), KW_REFUSED);
    assert_int_equal(manifest.kid.text[0], '\0');
    EXPECT_OK(kw_emtp_manifest_decode(&manifest, json, KW_EMTP_ALLOW_TEST_KEY, NULL));
    assert_true(is_key_of(&manifest.key, 0));
    assert_true(kw_emtp_is_test_key(&manifest.key));
    kw_secret32 published = {0};
    kw_emtp_test_key(&published);
    assert_true(is_key_of(&published, 0));
    EXPECT_OK(kw_emtp_manifest_decode(&manifest, text_of(MANIFEST("a", KEY_FF)), 0, NULL));
    assert_false(kw_emtp_is_test_key(&manifest.key));
}

static void expect_refused(const char *json)
{
    kw_emtp_manifest manifest = {.window.not_before = 42};
    kw_error err = {0};
    kw_status st = kw_emtp_manifest_decode(&manifest, text_of(json), 0, &err);
    if (st != KW_BAD_INPUT) {
        fail_msg("%s: %s", json, kw_status_name(st));
    }
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_null(strstr(err.text, "////")); /* no value in an error */
    assert_int_equal(manifest.window.not_before, 42);
}

static void manifest_decode__refuses_what_is_not_strict(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"kid\":\"2026-01\"}",
        MANIFEST("2026-01", KEY_FF) "x",
        MANIFEST("2026-01", KEY_FF) "{}",
        MANIFEST("", KEY_FF),
        MANIFEST("a b", KEY_FF),
        MANIFEST("a\\u0062", KEY_FF),
        MANIFEST("2026-01", ""),
        MANIFEST("2026-01", "//////////////////////////////////////////8"),
        MANIFEST("2026-01", "//////////////////////////////////////////9="),
        MANIFEST("2026-01", "////////////////////////////////////////////"),
        MANIFEST("2026-01", "__________________________________________8="),
        MANIFEST("2026-01", " /////////////////////////////////////////8="),
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        expect_refused(texts[i]);
    }
    expect_refused("{\"kid\":\"a\",\"kid\":\"a\"}");
    expect_refused(
        "{\"kid\":\"a\",\"key\":\"" KEY_FF "\",\"algorithm\":\"hmac-sha512\","
        "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}");
    expect_refused("{\"kid\":\"a\",\"key\":\"" KEY_FF "\",\"algorithm\":\"hmac-sha256\","
                   "\"not_before\":\"2026-01-01\",\"not_after\":\"2026-02-01T00:00:00Z\"}");
    expect_refused(
        "{\"kid\":\"a\",\"key\":\"" KEY_FF "\",\"algorithm\":\"hmac-sha256\","
        "\"not_before\":\"2026-02-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}");
    expect_refused(
        "{\"kid\":\"a\",\"key\":\"" KEY_FF "\",\"algorithm\":\"hmac-sha256\",\"x\":\"\","
        "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}");
    expect_refused("{\"kid\":1}");
}

/* Every prefix of a manifest is refused; so a cut answer is no answer. */
static void manifest_decode__refuses_every_prefix(void **state)
{
    (void)state;
    kw_str whole = KW_STR(MANIFEST("2026-01", KEY_FF));
    for (size_t len = 0; len < whole.len; len++) {
        kw_emtp_manifest manifest = {0};
        kw_secret_span cut = kw_secret_span_of((kw_span){(const uint8_t *)whole.ptr, len});
        EXPECT_STATUS(kw_emtp_manifest_decode(&manifest, cut, 0, NULL), KW_BAD_INPUT);
    }
}

static void key_set_decode__reads_answers(void **state)
{
    (void)state;
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    EXPECT_OK(kw_emtp_key_set_decode(
        &set,
        text_of("{\"keys\":[" MANIFEST("2026-02", KEY_FF) "," MANIFEST("2026-01", KEY_00_1F) "]}"),
        KW_EMTP_ALLOW_TEST_KEY, NULL));
    assert_int_equal(set.count, 2);
    assert_string_equal(set.items[0].kid.text, "2026-02");
    assert_true(is_key_of(&set.items[1].key, 0));
    EXPECT_OK(kw_emtp_key_set_decode(&set, text_of(" { \"keys\" : [ ] } "), 0, NULL));
    assert_int_equal(set.count, 0);
}

static void key_set_decode__refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]",
        "{\"keys\":[]}x",
        "{\"keys\":[],\"more\":1}",
        "{\"Keys\":[]}",
        "{\"keys\":[" MANIFEST("a", KEY_FF) ",]}",
        "{\"keys\":[" MANIFEST("a", KEY_FF) MANIFEST("b", KEY_FF) "]}",
        "{\"keys\":[" MANIFEST("a", KEY_FF) "," MANIFEST("a", KEY_FF) "]}", /* a kid twice */
    };
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        EXPECT_STATUS(kw_emtp_key_set_decode(&set, text_of(texts[i]), 0, NULL), KW_BAD_INPUT);
        assert_int_equal(set.count, 0);
    }
    EXPECT_STATUS(
        kw_emtp_key_set_decode(&set, text_of("{\"keys\":[" MANIFEST("a", KEY_00_1F) "]}"), 0, NULL),
        KW_REFUSED);
}

static void key_set_decode__has_a_limit(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) json = kw_buf_init(64 << 10);
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    for (int wanted = KW_EMTP_KEY_SET_MAX; wanted <= KW_EMTP_KEY_SET_MAX + 1; wanted++) {
        kw_buf_clear(&json);
        EXPECT_OK(kw_buf_append_str(&json, KW_STR("{\"keys\":[")));
        for (int i = 0; i < wanted; i++) {
            EXPECT_OK(kw_buf_append_format(
                &json,
                "%s{\"kid\":\"k%d\",\"key\":\"" KEY_FF "\",\"algorithm\":\"hmac-sha256\","
                "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}",
                i == 0 ? "" : ",", i));
        }
        EXPECT_OK(kw_buf_append_str(&json, KW_STR("]}")));
        EXPECT_STATUS(kw_emtp_key_set_decode(&set, kw_secret_span_of(kw_buf_view(&json)), 0, NULL),
                      wanted > KW_EMTP_KEY_SET_MAX ? KW_LIMIT : KW_OK);
    }
    assert_int_equal(set.count, KW_EMTP_KEY_SET_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_decode__reads_what_encode_writes),
        cmocka_unit_test(manifest_decode__takes_any_order_space_and_escaped_slash),
        cmocka_unit_test(manifest_decode__refuses_the_test_key_without_the_flag),
        cmocka_unit_test(manifest_decode__refuses_what_is_not_strict),
        cmocka_unit_test(manifest_decode__refuses_every_prefix),
        cmocka_unit_test(key_set_decode__reads_answers),
        cmocka_unit_test(key_set_decode__refuses),
        cmocka_unit_test(key_set_decode__has_a_limit),
    };
    return cmocka_run_group_tests_name("emtp/engine/manifest", tests, NULL, NULL);
}
