/* SPDX-License-Identifier: Apache-2.0
 * Neutral responses. */
#include "net/reply.h"

#include "support/expect.h"

static kw_str line_of(const kw_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->lines_count; i++) {
        if (kw_str_equal(reply->lines[i].name, kw_str_of(name))) {
            return reply->lines[i].value;
        }
    }
    return (kw_str){0};
}

static kw_refusal refusal_of(kw_status st)
{
    kw_refusal refusal = {.status = st, .rate_remaining = -1};
    memcpy(refusal.id.text, "0123456789abcdef01234567", sizeof refusal.id.text);
    return refusal;
}

static void refuse__is_a_problem_document(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_refusal refusal = refusal_of(KW_GONE);
    kw_reply reply;
    kw_reply_refuse(&reply, &arena, &refusal);
    assert_int_equal(reply.http, 410);
    EXPECT_STR(kw_str_of_span(reply.bytes),
               "{\"type\":\"urn:keyward:status:gone\",\"title\":\"the object is no longer "
               "available\",\"status\":410,\"code\":\"gone\",\"request_id\":"
               "\"0123456789abcdef01234567\"}");
    assert_int_equal(reply.length, reply.bytes.len);
    EXPECT_STR(line_of(&reply, "content-type"), "application/problem+json");
    EXPECT_STR(line_of(&reply, "cache-control"), "no-store");
    assert_int_equal(line_of(&reply, "retry-after").len, 0);
}

static void refuse__tells_when_to_come_back(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_refusal refusal = refusal_of(KW_RATE_LIMITED);
    refusal.retry_after_s = 17;
    refusal.rate_remaining = 0;
    kw_reply reply;
    kw_reply_refuse(&reply, &arena, &refusal);
    EXPECT_STR(line_of(&reply, "retry-after"), "17");
    EXPECT_STR(line_of(&reply, "ratelimit-remaining"), "0");
    refusal = refusal_of(KW_BUSY);
    kw_reply_refuse(&reply, &arena, &refusal);
    assert_int_equal(reply.http, 503);
    EXPECT_STR(line_of(&reply, "retry-after"), "1");
    assert_int_equal(line_of(&reply, "ratelimit-remaining").len, 0);
}

static void refuse__names_scheme_and_methods(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_refusal refusal = refusal_of(KW_UNAUTHENTICATED);
    kw_reply reply;
    kw_reply_refuse(&reply, &arena, &refusal);
    EXPECT_STR(line_of(&reply, "www-authenticate"), "Bearer realm=\"keyward\"");
    refusal = refusal_of(KW_METHOD_NOT_ALLOWED);
    refusal.allowed = 1U << KW_GET | 1U << KW_DELETE;
    kw_reply_refuse(&reply, &arena, &refusal);
    EXPECT_STR(line_of(&reply, "allow"), "GET, HEAD, DELETE");
}

static void refuse__stands_without_room(void **state)
{
    (void)state;
    kw_arena none = kw_arena_init(0);
    kw_refusal refusal = refusal_of(KW_BUSY);
    kw_reply reply;
    kw_reply_refuse(&reply, &none, &refusal);
    assert_int_equal(reply.http, 503);
    assert_int_equal(reply.length, 0);
    assert_true(reply.has_length);
}

static void decimal__has_one_spelling(void **state)
{
    (void)state;
    char room[KW_DECIMAL_BYTES];
    EXPECT_STR(kw_reply_decimal(room, 0), "0");
    EXPECT_STR(kw_reply_decimal(room, 10), "10");
    EXPECT_STR(kw_reply_decimal(room, UINT64_MAX), "18446744073709551615");
}

static void hint__writes_cache_rules(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_reply reply = {.http = 200};
    kw_reply_hints hints = {0};
    kw_reply_hint(&reply, &arena, &hints);
    EXPECT_STR(line_of(&reply, "cache-control"), "no-store");
    reply = (kw_reply){.http = 200};
    hints = (kw_reply_hints){.is_cacheable = true, .max_age_s = 300, .etag = KW_STR("a.1")};
    kw_reply_hint(&reply, &arena, &hints);
    EXPECT_STR(line_of(&reply, "cache-control"), "private, max-age=300");
    EXPECT_STR(line_of(&reply, "etag"), "\"a.1\"");
    reply = (kw_reply){.http = 201};
    hints = (kw_reply_hints){.is_cacheable = true,
                             .is_public = true,
                             .is_immutable = true,
                             .max_age_s = UINT32_MAX,
                             .location = KW_STR("/v1/x")};
    kw_reply_hint(&reply, &arena, &hints);
    EXPECT_STR(line_of(&reply, "cache-control"), "public, max-age=4294967295, immutable");
    EXPECT_STR(line_of(&reply, "location"), "/v1/x");
}

static void hint__forbids_storing_when_there_is_no_room(void **state)
{
    (void)state;
    kw_arena none = kw_arena_init(0);
    kw_reply reply = {.http = 200};
    kw_reply_hints hints = {.is_cacheable = true, .is_public = true, .max_age_s = 300};
    kw_reply_hint(&reply, &none, &hints);
    EXPECT_STR(line_of(&reply, "cache-control"), "no-store");
}

static void phrase__exists_for_every_status_that_is_answered(void **state)
{
    (void)state;
#define X(name, lower, number, http, exit_code, retryable, text) \
    assert_string_not_equal(kw_http_phrase(http), "Status");
    KW_STATUS_TABLE(X)
#undef X
    assert_string_equal(kw_http_phrase(299), "Status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuse__is_a_problem_document),
        cmocka_unit_test(refuse__tells_when_to_come_back),
        cmocka_unit_test(refuse__names_scheme_and_methods),
        cmocka_unit_test(refuse__stands_without_room),
        cmocka_unit_test(decimal__has_one_spelling),
        cmocka_unit_test(hint__writes_cache_rules),
        cmocka_unit_test(hint__forbids_storing_when_there_is_no_room),
        cmocka_unit_test(phrase__exists_for_every_status_that_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
