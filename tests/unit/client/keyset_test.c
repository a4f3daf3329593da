/* SPDX-License-Identifier: Apache-2.0 */
#include "client/keyset.h"

#include "base/buf.h"
#include "base/heap.h"
#include "support/expect.h"

#define TEST_KEY  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OTHER_KEY "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define MANIFEST(kid, key, from, to)                                          \
    "{\"kid\":\"" kid "\",\"key\":\"" key "\",\"algorithm\":\"hmac-sha256\"," \
    "\"not_before\":\"" from "T00:00:00Z\",\"not_after\":\"" to "T00:00:00Z\"}"
#define JANUARY  MANIFEST("2026-01", OTHER_KEY, "2026-01-01", "2026-02-01")
#define DECEMBER MANIFEST("2025-12", OTHER_KEY, "2025-12-01", "2026-01-01")

static const kw_client_keyset_rule strict = {.overlap = 1};

static kw_status decode(kw_client_keyset *set, const char *text, const kw_client_keyset_rule *rule)
{
    return kw_client_keyset_decode(set, kw_secret_span_of(kw_span_of_str(kw_str_of(text))), rule,
                                   NULL);
}

static kw_unix_s moment(const char *text)
{
    kw_unix_s at = 0;
    assert_true(kw_utc_parse(&at, kw_str_of(text)));
    return at;
}

static void keyset_decode__keeps_windows_keys_and_overlap(void **state)
{
    (void)state;
    KW_AUTO(kw_client_keyset) set = {0};
    EXPECT_OK(decode(&set, "{\"keys\":[" JANUARY "," DECEMBER "]}", &strict));
    assert_int_equal(set.count, 2);
    assert_string_equal(set.keys[0].kid.text, "2026-01");
    assert_int_equal(set.keys[0].usable_until, moment("2026-03-01T00:00:00Z"));
    KW_AUTO(kw_secret32) wanted = {{0}};
    EXPECT_OK(kw_secret32_of_base64(&wanted, kw_secret_span_of(kw_span_of_str(KW_STR(OTHER_KEY)))));
    assert_true(kw_secret32_equal(kw_secret_key_view(set.keys[1].key), &wanted) != 0);
}

static void keyset_key__is_usable_in_window_and_overlap_only(void **state)
{
    (void)state;
    KW_AUTO(kw_client_keyset) set = {0};
    EXPECT_OK(decode(&set, "{\"keys\":[" DECEMBER "]}", &strict));
    const kw_client_key *key = &set.keys[0];
    assert_false(kw_client_key_is_usable(key, moment("2025-11-30T23:59:59Z")));
    assert_true(kw_client_key_is_usable(key, moment("2025-12-01T00:00:00Z")));
    assert_true(kw_client_key_is_usable(key, moment("2026-01-31T23:59:59Z")));
    assert_false(kw_client_key_is_usable(key, moment("2026-02-01T00:00:00Z")));
}

static void keyset_decode__refuses_the_test_key_unless_asked(void **state)
{
    (void)state;
    static const char text[] =
        "{\"keys\":[" MANIFEST("2026-01", TEST_KEY, "2026-01-01", "2026-02-01") "]}";
    KW_AUTO(kw_client_keyset) set = {0};
    EXPECT_STATUS(decode(&set, text, &strict), KW_REFUSED);
    assert_int_equal(set.count, 0);
    kw_client_keyset_rule lax = {.overlap = 1, .accepts_test_key = true};
    EXPECT_OK(decode(&set, text, &lax));
}

static void keyset_decode__refuses_every_other_form(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":null}",
        "{\"keys\":[],\"more\":1}",
        "{\"keys\":[1]}",
        "{\"keys\":[" JANUARY "," JANUARY "]}",
        "{\"keys\":[" JANUARY "]} x",
        "{\"keys\":[" MANIFEST("2026 01", OTHER_KEY, "2026-01-01", "2026-02-01") "]}",
        "{\"keys\":[" MANIFEST("", OTHER_KEY, "2026-01-01", "2026-02-01") "]}",
        "{\"keys\":[" MANIFEST("a", "AAEC", "2026-01-01", "2026-02-01") "]}",
        "{\"keys\":[" MANIFEST("a", "", "2026-01-01", "2026-02-01") "]}",
        "{\"keys\":[" MANIFEST("a", OTHER_KEY, "2026-02-30", "2026-03-01") "]}",
        "{\"keys\":[" MANIFEST("a", OTHER_KEY, "2026-02-01", "2026-02-01") "]}",
        ("{\"keys\":[{\"kid\":\"a\",\"key\":\"" OTHER_KEY "\",\"algorithm\":\"hmac-sha512\","
         "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}]}"),
        ("{\"keys\":[{\"kid\":\"a\",\"key\":\"" OTHER_KEY
         "\",\"algorithm\":\"hmac-sha256\",\"x\":1,"
         "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}]}"),
        ("{\"keys\":[{\"kid\":\"a\",\"key\":7,\"algorithm\":\"hmac-sha256\","
         "\"not_before\":\"2026-01-01T00:00:00Z\",\"not_after\":\"2026-02-01T00:00:00Z\"}]}"),
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_client_keyset set = {0};
        kw_status st = decode(&set, cases[i], &strict);
        if (st != KW_BAD_INPUT) {
            print_error("case %zu\n", i);
        }
        EXPECT_STATUS(st, KW_BAD_INPUT);
        assert_int_equal(set.count, 0);
    }
}

static void keyset_decode__has_limits(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(KW_CLIENT_ANSWER_BYTES_MAX + 1);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("{\"keys\":[")));
    for (int i = 0; i <= KW_EMTP_KEY_SET_MAX; i++) {
        EXPECT_OK(kw_buf_append_format(&text,
                                       "%s{\"kid\":\"k%d\",\"key\":\"" OTHER_KEY
                                       "\",\"algorithm\":\"hmac-sha256\","
                                       "\"not_before\":\"2026-01-01T00:00:00Z\","
                                       "\"not_after\":\"2026-02-01T00:00:00Z\"}",
                                       i == 0 ? "" : ",", i));
    }
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("]}")));
    KW_AUTO(kw_client_keyset) set = {0};
    EXPECT_STATUS(
        kw_client_keyset_decode(&set, kw_secret_span_of(kw_buf_view(&text)), &strict, NULL),
        KW_LIMIT);
    while (text.len < text.max) {
        EXPECT_OK(kw_buf_append_byte(&text, ' '));
    }
    EXPECT_STATUS(
        kw_client_keyset_decode(&set, kw_secret_span_of(kw_buf_view(&text)), &strict, NULL),
        KW_LIMIT);
}

static void keyset_decode__survives_every_failed_allocation(void **state)
{
    (void)state;
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        assert_true(nth < 1000);
        KW_AUTO(kw_client_keyset) set = {0};
        kw_error err = {0};
        kw_heap_fail_at(nth);
        static const char text[] = "{\"keys\":[" JANUARY "," DECEMBER "]}";
        st = kw_client_keyset_decode(&set, kw_secret_span_of(kw_span_of_str(kw_str_of(text))),
                                     &strict, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            assert_int_equal(err.status, st);
            EXPECT_STATUS(st, KW_NO_MEMORY);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyset_decode__keeps_windows_keys_and_overlap),
        cmocka_unit_test(keyset_key__is_usable_in_window_and_overlap_only),
        cmocka_unit_test(keyset_decode__refuses_the_test_key_unless_asked),
        cmocka_unit_test(keyset_decode__refuses_every_other_form),
        cmocka_unit_test(keyset_decode__has_limits),
        cmocka_unit_test(keyset_decode__survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("client/keyset", tests, NULL, NULL);
}
