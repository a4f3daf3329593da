/* SPDX-License-Identifier: Apache-2.0 */
#include "net/backoff.h"

#include "support/expect.h"

static void wait__is_uniform_below_a_doubling_ceiling(void **state)
{
    (void)state;
    const kw_backoff backoff = {.base_ms = 100, .max_ms = 1000, .attempts_max = 9};
    static const uint64_t ceilings[] = {100, 200, 400, 800, 1000, 1000};
    for (uint32_t i = 0; i < KW_COUNT(ceilings); i++) {
        assert_int_equal(kw_backoff_wait_ms(&backoff, i + 1, 0, 0), 0);
        assert_int_equal(kw_backoff_wait_ms(&backoff, i + 1, 0, UINT64_MAX), ceilings[i]);
        assert_int_equal(kw_backoff_wait_ms(&backoff, i + 1, 0, UINT64_C(1) << 63),
                         (ceilings[i] + 1) / 2);
    }
    assert_int_equal(kw_backoff_wait_ms(&backoff, UINT32_MAX, 0, UINT64_MAX), 1000);
}

static void wait__is_never_shorter_than_the_peer_asked_for(void **state)
{
    (void)state;
    const kw_backoff backoff = {.base_ms = 100, .max_ms = 1000, .attempts_max = 9};
    assert_int_equal(kw_backoff_wait_ms(&backoff, 1, 5000, UINT64_MAX), 5000);
    assert_int_equal(kw_backoff_wait_ms(&backoff, 1, 50, UINT64_MAX), 100);
}

static void is_retryable__depends_on_code_and_idempotence(void **state)
{
    (void)state;
    static const int always[] = {429, 503};
    static const int idempotent_only[] = {0, 408, 425, 500, 502, 504};
    static const int never[] = {200, 304, 400, 401, 403, 404, 410, 413, 501};
    for (size_t i = 0; i < KW_COUNT(always); i++) {
        assert_true(kw_backoff_is_retryable(always[i], false));
    }
    for (size_t i = 0; i < KW_COUNT(idempotent_only); i++) {
        assert_true(kw_backoff_is_retryable(idempotent_only[i], true));
        assert_false(kw_backoff_is_retryable(idempotent_only[i], false));
    }
    for (size_t i = 0; i < KW_COUNT(never); i++) {
        assert_false(kw_backoff_is_retryable(never[i], true));
    }
}

static void retry_after__reads_seconds_and_dates(void **state)
{
    (void)state;
    uint64_t wait_ms = 1;
    assert_true(kw_retry_after_parse(&wait_ms, "0", 0));
    assert_int_equal(wait_ms, 0);
    assert_true(kw_retry_after_parse(&wait_ms, "120", 0));
    assert_int_equal(wait_ms, 120000);
    assert_true(kw_retry_after_parse(&wait_ms, "99999999999", 0));
    assert_int_equal(wait_ms, 86400000);
    assert_true(kw_retry_after_parse(&wait_ms, "Sun, 06 Nov 1994 08:49:37 GMT", 784111770));
    assert_int_equal(wait_ms, 7000);
    assert_true(kw_retry_after_parse(&wait_ms, "Sun, 06 Nov 1994 08:49:37 GMT", 784111999));
    assert_int_equal(wait_ms, 0);
    static const char *const refused[] = {"", "-1", "1.5", "soon", "1 s"};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        wait_ms = 7;
        assert_false(kw_retry_after_parse(&wait_ms, refused[i], 0));
        assert_int_equal(wait_ms, 7);
    }
}

static void http_date__round_trips(void **state)
{
    (void)state;
    /* RFC 9110 section 5.6.7 */
    int64_t at_s = 0;
    assert_true(kw_http_date_parse(&at_s, "Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_int_equal(at_s, 784111777);
    static const int64_t moments[] = {0, 784111777, 951825600, 1769903999, 253402300799};
    for (size_t i = 0; i < KW_COUNT(moments); i++) {
        char text[KW_HTTP_DATE_BYTES];
        kw_http_date_format(text, moments[i]);
        assert_true(kw_http_date_parse(&at_s, text));
        assert_int_equal(at_s, moments[i]);
    }
}

static void http_date__refuses_other_forms(void **state)
{
    (void)state;
    static const char *const refused[] = {"",
                                          "Sunday, 06-Nov-94 08:49:37 GMT",
                                          "Sun Nov  6 08:49:37 1994",
                                          "Mon, 06 Nov 1994 08:49:37 GMT",
                                          "Sun, 06 Nov 1994 08:49:37 UTC",
                                          "Sun, 31 Feb 1994 08:49:37 GMT",
                                          "Sun, 06 Nov 1994 24:49:37 GMT",
                                          "Sun, 06 Nov 1994 08:60:37 GMT",
                                          "Sun, 06 Now 1994 08:49:37 GMT",
                                          "Sun, 06 Nov 1994 08:49:37 GMT "};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        int64_t at_s = 5;
        assert_false(kw_http_date_parse(&at_s, refused[i]));
        assert_int_equal(at_s, 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait__is_uniform_below_a_doubling_ceiling),
        cmocka_unit_test(wait__is_never_shorter_than_the_peer_asked_for),
        cmocka_unit_test(is_retryable__depends_on_code_and_idempotence),
        cmocka_unit_test(retry_after__reads_seconds_and_dates),
        cmocka_unit_test(http_date__round_trips),
        cmocka_unit_test(http_date__refuses_other_forms),
    };
    return cmocka_run_group_tests_name("net/backoff", tests, NULL, NULL);
}
