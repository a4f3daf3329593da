/* SPDX-License-Identifier: Apache-2.0 */
#include "obs/log.h"

#include "base/heap.h"
#include "support/expect.h"

typedef struct ev_test {
    kw_str request_id;
    uint32_t member;
    kw_str token;
    kw_span blob;
} ev_test;

static const kw_field ev_test_fields[] = {
    KW_FIELD(ev_test, request_id, 64, 0),
    KW_FIELD(ev_test, member, 99, KW_REQ),
    KW_FIELD(ev_test, token, 64, KW_SECRET),
    KW_FIELD(ev_test, blob, 9999, 0),
};
KW_LOG_EVENT(ev_test, "tested", KW_LOG_WARN, ev_test_fields);

/* A sink in memory. */
typedef struct memory {
    kw_buf lines;
    size_t writes;
    size_t refuse; /* so many writes fail */
} memory;

static kw_status keep(void *ctx, kw_span line)
{
    memory *m = ctx;
    if (m->refuse > 0) {
        m->refuse--;
        return KW_NO_SPACE;
    }
    KW_TRY(kw_buf_append(&m->lines, line));
    m->writes++;
    return KW_OK;
}

static kw_unix_ms moment(void *ctx)
{
    return *(const kw_unix_ms *)ctx;
}

static kw_log *new_log(memory *m, kw_unix_ms *now, kw_log_level least)
{
    kw_log *log = NULL;
    m->lines = kw_buf_init(1 << 16);
    kw_log_sink sink = {.write = keep, .ctx = m, .now_ms = moment, .now_ctx = now};
    EXPECT_OK(kw_log_new(&log, &sink, least));
    return log;
}

static void log_write__is_one_line_with_redacted_secrets(void **state)
{
    (void)state;
    memory m = {0};
    kw_unix_ms now = 1769903999007;
    KW_AUTO_PTR(kw_log) log = new_log(&m, &now, KW_LOG_DEBUG);
    KW_LOG(log, ev_test, .request_id = KW_STR("r\n1"), .member = 3, .token = KW_STR("hush"));
    EXPECT_STR(kw_buf_text(&m.lines),
               "{\"ts\":\"2026-01-31T23:59:59.007Z\",\"level\":\"warn\",\"event\":\"tested\","
               "\"request_id\":\"r\\n1\",\"member\":3,\"token\":\"[redacted]\"}\n");
    assert_int_equal(m.writes, 1);
    kw_buf_drop(&m.lines);
}

static void log_write__drops_what_is_below_the_level(void **state)
{
    (void)state;
    memory m = {0};
    kw_unix_ms now = -1;
    KW_AUTO_PTR(kw_log) log = new_log(&m, &now, KW_LOG_ERROR);
    KW_LOG(log, ev_test, .member = 1);
    assert_int_equal(m.writes, 0);
    kw_log_set_level(log, KW_LOG_WARN);
    assert_true(kw_log_wants(log, KW_LOG_WARN));
    assert_false(kw_log_wants(log, KW_LOG_INFO));
    KW_LOG(log, ev_test, .member = 1);
    EXPECT_STR(kw_buf_text(&m.lines), "{\"ts\":\"1969-12-31T23:59:59.999Z\",\"level\":\"warn\","
                                      "\"event\":\"tested\",\"member\":1}\n");
    KW_LOG(NULL, ev_test, .member = 1);
    assert_false(kw_log_wants(NULL, KW_LOG_ERROR));
    kw_buf_drop(&m.lines);
}

static void log_write__counts_lines_that_the_sink_refused(void **state)
{
    (void)state;
    memory m = {.refuse = 2};
    kw_unix_ms now = 0;
    KW_AUTO_PTR(kw_log) log = new_log(&m, &now, KW_LOG_DEBUG);
    for (uint32_t i = 0; i < 4; i++) {
        KW_LOG(log, ev_test, .member = i);
    }
    EXPECT_STR(kw_buf_text(&m.lines),
               "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"event\":\"tested\","
               "\"lost\":2,\"member\":2}\n"
               "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"event\":\"tested\","
               "\"member\":3}\n");
    kw_buf_drop(&m.lines);
}

static void log_write__cuts_an_event_that_is_too_long(void **state)
{
    (void)state;
    static const uint8_t blob[4000] = {0};
    memory m = {0};
    kw_unix_ms now = 0;
    KW_AUTO_PTR(kw_log) log = new_log(&m, &now, KW_LOG_DEBUG);
    KW_LOG(log, ev_test, .member = 1, .blob = KW_SPAN(blob));
    EXPECT_STR(kw_buf_text(&m.lines),
               "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"event\":\"tested\","
               "\"cut\":true}\n");
    kw_buf_drop(&m.lines);
}

static void log__survives_every_failed_allocation(void **state)
{
    (void)state;
    memory m = {.lines = kw_buf_init(1 << 16)};
    kw_unix_ms now = 0;
    kw_log_sink sink = {.write = keep, .ctx = &m, .now_ms = moment, .now_ctx = &now};
    kw_log *log = NULL;
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_log_new(&log, &sink, KW_LOG_DEBUG), KW_NO_MEMORY);
    EXPECT_OK(kw_log_new(&log, &sink, KW_LOG_DEBUG));
    for (uint64_t nth = 1; m.writes == 0; nth++) {
        kw_heap_fail_at(nth);
        KW_LOG(log, ev_test, .member = 1, .blob = kw_span_of_str(KW_STR("abc")));
        kw_heap_fail_at(0);
        assert_true(nth < 64);
    }
    assert_non_null(memmem(m.lines.ptr, m.lines.len, "\"lost\":", 7));
    kw_log_free(log);
    kw_buf_drop(&m.lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_write__is_one_line_with_redacted_secrets),
        cmocka_unit_test(log_write__drops_what_is_below_the_level),
        cmocka_unit_test(log_write__counts_lines_that_the_sink_refused),
        cmocka_unit_test(log_write__cuts_an_event_that_is_too_long),
        cmocka_unit_test(log__survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("obs/log", tests, NULL, NULL);
}
