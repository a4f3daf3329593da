/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/watch.h"

#include "base/heap.h"

#include "support/expect.h"

static kw_status keep(void *ctx, kw_span line)
{
    return kw_buf_append(ctx, line);
}

static kw_unix_ms moment(void *ctx)
{
    KW_UNUSED(ctx);
    return 1700000000000;
}

static bool says(const kw_buf *text, const char *part)
{
    return memmem(text->ptr, text->len, part, strlen(part)) != NULL;
}

static void guard_watch__counts_refusals_by_status(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_metrics) metrics = NULL;
    EXPECT_OK(kw_metrics_new(&metrics));
    kw_guard_watch watch;
    kw_error err = {0};
    EXPECT_OK(kw_guard_watch_open(&watch, NULL, metrics, &err));
    kw_guard_watch_refusal(&watch, KW_FORBIDDEN);
    kw_guard_watch_refusal(&watch, KW_FORBIDDEN);
    kw_guard_watch_refusal(&watch, KW_RATE_LIMITED);
    kw_guard_watch_refusal(&watch, KW_GONE); /* none of the gate's */
    kw_guard_watch_refusal(&watch, (kw_status)200);
    kw_audit_state audit = {.is_available = true, .size = 42, .queued = 3, .refused = 5};
    kw_guard_watch_audit(&watch, &audit);
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    EXPECT_OK(kw_metrics_print(&text, metrics));
    assert_true(says(&text, "keyward_guard_refusals_total{code=\"forbidden\"} 2\n"));
    assert_true(says(&text, "keyward_guard_refusals_total{code=\"rate_limited\"} 1\n"));
    assert_true(says(&text, "keyward_guard_refusals_total{code=\"unauthenticated\"} 0\n"));
    assert_true(says(&text, "keyward_audit_available 1\n"));
    assert_true(says(&text, "keyward_audit_records 42\n"));
    assert_true(says(&text, "keyward_audit_queued_records 3\n"));
    assert_true(says(&text, "keyward_audit_refused_records 5\n"));
}

static void guard_watch__logs_each_change_once(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) lines = kw_buf_init(1 << 16);
    kw_log_sink sink = {.write = keep, .ctx = &lines, .now_ms = moment};
    KW_AUTO_PTR(kw_log) log = NULL;
    EXPECT_OK(kw_log_new(&log, &sink, KW_LOG_DEBUG));
    kw_guard_watch watch;
    kw_error err = {0};
    EXPECT_OK(kw_guard_watch_open(&watch, log, NULL, &err));
    kw_audit_state good = {.is_available = true, .size = 7};
    kw_audit_state bad = {.is_available = false, .size = 7, .refused = 2};
    kw_guard_watch_audit(&watch, &good);
    assert_int_equal(lines.len, 0);
    kw_guard_watch_audit(&watch, &bad);
    size_t one = lines.len;
    assert_true(says(&lines, "\"event\":\"audit_unavailable\",\"records\":7,\"refused\":2"));
    kw_guard_watch_audit(&watch, &bad);
    assert_int_equal(lines.len, one);
    kw_guard_watch_audit(&watch, &good);
    assert_true(says(&lines, "\"event\":\"audit_recovered\""));
}

static void guard_watch__watches_nothing_without_ports(void **state)
{
    (void)state;
    kw_guard_watch watch;
    kw_error err = {0};
    EXPECT_OK(kw_guard_watch_open(&watch, NULL, NULL, &err));
    kw_guard_watch_refusal(&watch, KW_FORBIDDEN);
    kw_audit_state bad = {0};
    kw_guard_watch_audit(&watch, &bad);
    assert_false(watch.was_available);
}

static void guard_watch_open__reports_missing_memory(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_metrics) metrics = NULL;
    EXPECT_OK(kw_metrics_new(&metrics));
    kw_guard_watch watch;
    kw_error err = {0};
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_guard_watch_open(&watch, NULL, metrics, &err), KW_NO_MEMORY);
    kw_heap_fail_at(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guard_watch__counts_refusals_by_status),
        cmocka_unit_test(guard_watch__logs_each_change_once),
        cmocka_unit_test(guard_watch__watches_nothing_without_ports),
        cmocka_unit_test(guard_watch_open__reports_missing_memory),
    };
    return cmocka_run_group_tests_name("guard/watch", tests, NULL, NULL);
}
