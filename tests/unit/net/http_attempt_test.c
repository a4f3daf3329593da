/* SPDX-License-Identifier: Apache-2.0
 * What needs no network; the rest through http_client_test.c and http_crowd_test.c. */
#include "net/http_attempt.h"

#include "base/heap.h"
#include "support/expect.h"

static void options_copy__owns_its_texts(void **state)
{
    (void)state;
    char ca[] = "ca.pem";
    kw_http_client_options options = {.ca_file = ca, .total_ms = 7};
    kw_http_client_options copy = {0};
    EXPECT_OK(kw_http_options_copy(&copy, &options, NULL));
    ca[0] = 'x';
    assert_string_equal(copy.ca_file, "ca.pem");
    assert_null(copy.user_agent);
    assert_int_equal(copy.total_ms, 7);
    kw_http_options_drop(&copy);
    kw_http_options_drop(&copy);
    assert_null(copy.ca_file);
}

static void options_copy__writes_nothing_on_failure(void **state)
{
    (void)state;
    kw_http_client_options options = {
        .ca_file = "ca.pem", .certificate_file = "a.pem", .key_file = "a.key"};
    for (uint64_t nth = 1; nth <= 3; nth++) {
        kw_http_client_options copy = {0};
        kw_error err = {0};
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_http_options_copy(&copy, &options, &err), KW_NO_MEMORY);
        assert_int_equal(err.status, KW_NO_MEMORY);
        assert_null(copy.ca_file);
    }
    kw_heap_fail_at(0);
    options.key_file = NULL;
    kw_http_client_options copy = {0};
    EXPECT_STATUS(kw_http_options_copy(&copy, &options, NULL), KW_BAD_INPUT);
}

/* An attempt that was begun and never performed ends as libcurl would have said. */
static void attempt_end__maps_what_libcurl_says(void **state)
{
    (void)state;
    static const struct {
        CURLcode code;
        kw_status st;
    } cases[] = {
        {CURLE_OPERATION_TIMEDOUT, KW_TIMED_OUT},
        {CURLE_ABORTED_BY_CALLBACK, KW_CANCELLED},
        {CURLE_OUT_OF_MEMORY, KW_NO_MEMORY},
        {CURLE_URL_MALFORMAT, KW_BAD_INPUT},
        {CURLE_PEER_FAILED_VERIFICATION, KW_PEER_REFUSED},
        {CURLE_COULDNT_CONNECT, KW_NETWORK},
        {CURLE_COULDNT_RESOLVE_HOST, KW_NETWORK},
    };
    CURL *easy = curl_easy_init();
    assert_non_null(easy);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_http_client_options options = {0};
        kw_http_call call = {.method = KW_GET, .url = "https://localhost/"};
        KW_AUTO(kw_http_result) result = {0};
        kw_http_attempt now = {.options = &options, .call = &call, .result = &result, .easy = easy};
        EXPECT_OK(kw_http_attempt_begin(&now, 3, NULL));
        assert_int_equal(result.attempts, 3);
        EXPECT_STATUS(kw_http_attempt_end(&now, cases[i].code, NULL), cases[i].st);
        assert_null(now.fields);
    }
    curl_easy_cleanup(easy);
}

static void attempt_begin__refuses_what_is_not_https(void **state)
{
    (void)state;
    static const char *const urls[] = {"", "http://localhost/", "file:///etc/passwd", "HTTPS://x/"};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_http_client_options options = {0};
        kw_http_call call = {.method = KW_GET, .url = urls[i]};
        kw_http_result result = {0};
        kw_http_attempt now = {.options = &options, .call = &call, .result = &result};
        kw_error err = {0};
        EXPECT_STATUS(kw_http_attempt_begin(&now, 1, &err), KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
}

int main(void)
{
    if (kw_http_client_setup(NULL) != KW_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_copy__owns_its_texts),
        cmocka_unit_test(options_copy__writes_nothing_on_failure),
        cmocka_unit_test(attempt_end__maps_what_libcurl_says),
        cmocka_unit_test(attempt_begin__refuses_what_is_not_https),
    };
    return cmocka_run_group_tests_name("net/http_attempt", tests, NULL, NULL);
}
