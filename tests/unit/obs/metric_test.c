/* SPDX-License-Identifier: Apache-2.0 */
#include "obs/metric.h"

#include "base/heap.h"
#include "os/thread.h"
#include "support/expect.h"

static const kw_metric_row requests = {.name = "kw_requests_total",
                                       .kind = KW_METRIC_COUNTER,
                                       .help = "answered \"requests\"\nand more \\",
                                       .labels = {"route", "code"},
                                       .series_max = 2};
static const kw_metric_row level = {
    .name = "kw_open", .kind = KW_METRIC_GAUGE, .help = "open connections"};
static const kw_metric_row latency = {.name = "kw_latency_seconds",
                                      .kind = KW_METRIC_HISTOGRAM,
                                      .help = "time",
                                      .bounds = {500, 1000, 2500000},
                                      .units_per_one = 1000000};

static kw_metrics *new_metrics(void)
{
    kw_metrics *metrics = NULL;
    EXPECT_OK(kw_metrics_new(&metrics));
    EXPECT_OK(kw_metrics_add_row(metrics, &requests));
    EXPECT_OK(kw_metrics_add_row(metrics, &level));
    EXPECT_OK(kw_metrics_add_row(metrics, &latency));
    return metrics;
}

static kw_metric *series_of(kw_metrics *metrics, const char *route, const char *code)
{
    const kw_str values[] = {kw_str_of(route), kw_str_of(code)};
    return kw_metric_series(metrics, &requests, values);
}

static void metrics_print__is_prometheus_text(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_metrics) metrics = new_metrics();
    kw_metric_add(series_of(metrics, "/a\"\\\n", "200"), 5);
    kw_metric_set(kw_metric_series(metrics, &level, NULL), 7);
    kw_metric_move(kw_metric_series(metrics, &level, NULL), -9);
    kw_metric *time = kw_metric_series(metrics, &latency, NULL);
    kw_metric_observe(time, 500);
    kw_metric_observe(time, 501);
    kw_metric_observe(time, 3000001);
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    EXPECT_OK(kw_metrics_print(&text, metrics));
    EXPECT_STR(kw_buf_text(&text),
               "# HELP kw_requests_total answered \"requests\"\\nand more \\\\\n"
               "# TYPE kw_requests_total counter\n"
               "kw_requests_total{route=\"/a\\\"\\\\\\n\",code=\"200\"} 5\n"
               "# HELP kw_open open connections\n"
               "# TYPE kw_open gauge\n"
               "kw_open -2\n"
               "# HELP kw_latency_seconds time\n"
               "# TYPE kw_latency_seconds histogram\n"
               "kw_latency_seconds_bucket{le=\"0.0005\"} 1\n"
               "kw_latency_seconds_bucket{le=\"0.001\"} 2\n"
               "kw_latency_seconds_bucket{le=\"2.5\"} 2\n"
               "kw_latency_seconds_bucket{le=\"+Inf\"} 3\n"
               "kw_latency_seconds_sum 3.001002\n"
               "kw_latency_seconds_count 3\n");
    for (size_t max = 0; max < text.len; max += 7) {
        KW_AUTO(kw_buf) small = kw_buf_init(max);
        EXPECT_STATUS(kw_metrics_print(&small, metrics), KW_LIMIT);
    }
}

static void metric_series__is_bounded(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_metrics) metrics = new_metrics();
    kw_metric *a = series_of(metrics, "/a", "200");
    kw_metric *b = series_of(metrics, "/b", "200");
    assert_ptr_not_equal(a, b);
    assert_ptr_equal(a, series_of(metrics, "/a", "200"));
    kw_metric *other = series_of(metrics, "/c", "200");
    assert_ptr_equal(other, series_of(metrics, "/d", "404"));
    assert_ptr_not_equal(other, a);
    assert_ptr_not_equal(other, b);
    kw_metric_add(other, 2);
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    const char *c_text = NULL;
    EXPECT_OK(kw_metrics_print(&text, metrics));
    EXPECT_OK(kw_buf_c_text(&text, &c_text));
    assert_non_null(strstr(c_text, "kw_requests_total{route=\"other\",code=\"other\"} 2\n"));
}

static void metric_series__gives_the_other_one_without_memory(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_metrics) metrics = new_metrics();
    kw_heap_fail_at(1);
    kw_metric *a = series_of(metrics, "/a", "200");
    kw_heap_fail_at(0);
    assert_non_null(a);
    assert_ptr_not_equal(a, series_of(metrics, "/a", "200"));
    kw_metric_add(NULL, 1);
    kw_metric_set(NULL, 1);
    kw_metric_move(NULL, 1);
    kw_metric_observe(NULL, 1);
}

static void metrics_add_row__survives_every_failed_allocation(void **state)
{
    (void)state;
    kw_metrics *metrics = NULL;
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_metrics_new(&metrics), KW_NO_MEMORY);
    EXPECT_OK(kw_metrics_new(&metrics));
    for (uint64_t nth = 1; nth <= 2; nth++) {
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_metrics_add_row(metrics, &level), KW_NO_MEMORY);
    }
    kw_heap_fail_at(0);
    EXPECT_OK(kw_metrics_add_row(metrics, &level));
    kw_metrics_free(metrics);
    kw_metrics_free(NULL);
}

enum {
    THREADS = 4,
    ADDITIONS = 20000
};

static void count(void *ctx)
{
    for (int i = 0; i < ADDITIONS; i++) {
        kw_metric_add(ctx, 1);
    }
}

static void metric_add__loses_nothing_between_threads(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_metrics) metrics = new_metrics();
    kw_metric *a = series_of(metrics, "/a", "200");
    kw_thread threads[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++) {
        EXPECT_OK(kw_thread_start(&threads[i], "count", count, a, NULL));
    }
    for (size_t i = 0; i < THREADS; i++) {
        kw_thread_join(&threads[i]);
    }
    assert_int_equal(kw_metric_value(a), THREADS * ADDITIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_print__is_prometheus_text),
        cmocka_unit_test(metric_series__is_bounded),
        cmocka_unit_test(metric_series__gives_the_other_one_without_memory),
        cmocka_unit_test(metrics_add_row__survives_every_failed_allocation),
        cmocka_unit_test(metric_add__loses_nothing_between_threads),
    };
    return cmocka_run_group_tests_name("obs/metric", tests, NULL, NULL);
}
