/* SPDX-License-Identifier: Apache-2.0
 * What a refused request leaves in the log. */
#include "net/net_events.h"

#include "support/expect.h"
#include "support/net_desk.h"
#include "support/net_server.h"

static kw_status keep_line(void *ctx, kw_span line)
{
    return kw_buf_append(ctx, line);
}

static kw_unix_ms fixed_ms(void *ctx)
{
    KW_UNUSED(ctx);
    return 784111777000;
}

static void log_of(kw_buf *lines, kw_log_level least, const char *text)
{
    const kw_mount mount = {net_server_routes, net_server_routes_count, NULL};
    const kw_log_sink sink = {.write = keep_line, .ctx = lines, .now_ms = fixed_ms};
    KW_AUTO_PTR(kw_log) log = NULL;
    net_desk desk;
    EXPECT_OK(kw_log_new(&log, &sink, least));
    net_desk_open(&desk, &mount, &kw_protocol_h1, 1);
    desk.core.log = log;
    desk.conn.protocol->input(&desk.conn, kw_span_of_str(kw_str_of(text)));
    (void)net_desk_pull(&desk, NULL);
    net_desk_close(&desk);
}

static bool has(const kw_buf *lines, const char *part)
{
    return lines->len > 0 && memmem(lines->ptr, lines->len, part, strlen(part)) != NULL;
}

static void refusal__names_id_route_and_detail(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) lines = kw_buf_init(65536);
    log_of(&lines, KW_LOG_DEBUG, "GET /fail HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(has(&lines, "\"event\":\"request_failed\""));
    assert_true(has(&lines, "\"level\":\"warn\""));
    assert_true(has(&lines, "\"route\":\"/fail\""));
    assert_true(has(&lines, "\"code\":\"internal\""));
    assert_true(has(&lines, "secret detail that stays inside"));
    assert_true(has(&lines, "\"request_id\":\""));
}

/* Paths, queries and credentials of a stranger stay out of the log. */
static void refusal__holds_nothing_the_peer_wrote(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) lines = kw_buf_init(65536);
    log_of(&lines, KW_LOG_DEBUG,
           "GET /stranger?token=stranger HTTP/1.1\r\nHost: stranger\r\n"
           "Authorization: Bearer stranger\r\n\r\n");
    assert_true(has(&lines, "\"event\":\"request_refused\""));
    assert_true(has(&lines, "\"code\":\"not_found\""));
    assert_false(has(&lines, "stranger"));
}

static void refusal__without_log_or_route_is_silent_or_short(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) lines = kw_buf_init(65536);
    const kw_log_sink sink = {.write = keep_line, .ctx = &lines, .now_ms = fixed_ms};
    KW_AUTO_PTR(kw_log) log = NULL;
    EXPECT_OK(kw_log_new(&log, &sink, KW_LOG_DEBUG));
    kw_core core = {.log = NULL};
    kw_loop loop = {.core = &core};
    kw_peer_box peer = {.shares_count = 1};
    kw_exchange x = {.loop = &loop, .peer = &peer};
    kw_net_log_refusal(&x, KW_BAD_INPUT);
    assert_int_equal(lines.len, 0);
    core.log = log;
    kw_net_log_refusal(&x, KW_BAD_INPUT);
    assert_true(has(&lines, "\"code\":\"bad_input\""));
    assert_false(has(&lines, "\"route\""));
}

static void refusal__of_the_peers_making_is_below_warning(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) lines = kw_buf_init(65536);
    log_of(&lines, KW_LOG_WARN, "GET /nope HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(lines.len, 0);
    log_of(&lines, KW_LOG_DEBUG, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(lines.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusal__names_id_route_and_detail),
        cmocka_unit_test(refusal__holds_nothing_the_peer_wrote),
        cmocka_unit_test(refusal__without_log_or_route_is_silent_or_short),
        cmocka_unit_test(refusal__of_the_peers_making_is_below_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
