/* SPDX-License-Identifier: Apache-2.0 */
#include "net/problem.h"

#include "net/reply.h"
#include "support/expect.h"

/* An answer with that body; borrows it. */
static kw_http_result answer_of(int http, kw_str body)
{
    kw_http_result result = {.http = http, .body = kw_buf_init(4096)};
    EXPECT_OK(kw_buf_append_str(&result.body, body));
    return result;
}

static void read__takes_what_a_daemon_says(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    const kw_refusal refusal = {
        .status = KW_UNAVAILABLE, .id = {"0123456789abcdef01234567"}, .rate_remaining = -1};
    kw_reply reply;
    kw_reply_refuse(&reply, &arena, &refusal);
    kw_http_result result = answer_of(reply.http, kw_str_of_span(reply.bytes));
    kw_problem told = {.code = {0}};
    assert_true(kw_problem_read(&told, &arena, &result));
    EXPECT_STR(told.code, "unavailable");
    EXPECT_STR(told.words, kw_status_text(KW_UNAVAILABLE));
    EXPECT_STR(told.request_id, "0123456789abcdef01234567");
    EXPECT_STATUS(kw_problem_status(&told, &result, KW_BUSY), KW_UNAVAILABLE);
    kw_http_result_drop(&result);
}

static void read__prefers_the_detail(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    kw_http_result result =
        answer_of(403, KW_STR("{\"title\":\"no\",\"detail\":\"not before noon\"}"));
    kw_problem told = {.code = {0}};
    assert_true(kw_problem_read(&told, &arena, &result));
    EXPECT_STR(told.words, "not before noon");
    assert_int_equal(told.code.len, 0);
    kw_http_result_drop(&result);
}

static void read__takes_nothing_else(void **state)
{
    (void)state;
    static const struct {
        int http;
        const char *body;
    } rows[] = {
        {503, ""},
        {503, "busy"},
        {503, "[]"},
        {503, "{\"code\":7}"},
        {503, "{\"code\":\"busy\",\"code\":\"busy\"}"},
        {503, "{\"code\":\"busy\",\"more\":1}"},
        {503, "{\"code\":\"busy\"} "
              "x"},
        {399, "{\"code\":\"busy\"}"},
        {200, "{\"code\":\"busy\"}"},
        {0, "{\"code\":\"busy\"}"},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        kw_http_result result = answer_of(rows[i].http, kw_str_of(rows[i].body));
        kw_problem told = {.code = KW_STR("untouched")};
        assert_false(kw_problem_read(&told, &arena, &result));
        EXPECT_STR(told.code, "untouched");
        kw_http_result_drop(&result);
    }
}

static void read__needs_room(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(8);
    kw_http_result result = answer_of(503, KW_STR("{\"code\":\"unavailable\"}"));
    kw_problem told = {.code = {0}};
    assert_false(kw_problem_read(&told, &arena, &result));
    kw_http_result_drop(&result);
}

static void status__is_of_the_same_http_code(void **state)
{
    (void)state;
    static const struct {
        int http;
        const char *code;
        kw_status st;
        kw_status wanted;
    } rows[] = {
        {503, "unavailable", KW_BUSY, KW_UNAVAILABLE},
        {503, "busy", KW_BUSY, KW_BUSY},
        {409, "bad_state", KW_CONFLICT, KW_BAD_STATE},
        {503, "ok", KW_BUSY, KW_BUSY}, /* a refusal is no success, whatever it says */
        {503, "not_found", KW_BUSY, KW_BUSY},
        {503, "nonsense", KW_BUSY, KW_BUSY},
        {503, "UNAVAILABLE", KW_BUSY, KW_BUSY},
        {503, "", KW_BUSY, KW_BUSY},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const kw_http_result result = {.http = rows[i].http};
        const kw_problem told = {.code = kw_str_of(rows[i].code)};
        EXPECT_STATUS(kw_problem_status(&told, &result, rows[i].st), rows[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__takes_what_a_daemon_says),
        cmocka_unit_test(read__prefers_the_detail),
        cmocka_unit_test(read__takes_nothing_else),
        cmocka_unit_test(read__needs_room),
        cmocka_unit_test(status__is_of_the_same_http_code),
    };
    return cmocka_run_group_tests_name("net/problem", tests, NULL, NULL);
}
