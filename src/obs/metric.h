/* SPDX-License-Identifier: Apache-2.0
 * Metrics as rows: counters, gauges and histograms, printed as Prometheus text format 0.0.4. The
 * name says what and ends with its unit; counters end with _total.
 *
 *     static const kw_metric_row requests = {
 *         .name = "keyward_http_requests_total", .kind = KW_METRIC_COUNTER, .series_max = 512,
 *         .labels = {"route", "code"}, .help = "answered requests"};
 *
 *     kw_metric *m = kw_metric_series(metrics, &requests, (kw_str[]){route, code});   once
 *     kw_metric_add(m, 1);                                                           hot path */
#ifndef KW_OBS_METRIC_H
#define KW_OBS_METRIC_H

#include "base/buf.h"

#define KW_METRIC_LABELS_MAX      3
#define KW_METRIC_BOUNDS_MAX      24
#define KW_METRIC_LABEL_BYTES_MAX 128

typedef enum kw_metric_kind {
    KW_METRIC_COUNTER,   /* only grows */
    KW_METRIC_GAUGE,     /* goes both ways */
    KW_METRIC_HISTOGRAM, /* observations counted in buckets */
} kw_metric_kind;

typedef struct kw_metric_row {
    const char *name;
    kw_metric_kind kind;
    const char *help;                         /* one line */
    const char *labels[KW_METRIC_LABELS_MAX]; /* names; NULL behind the last */
    size_t series_max;                        /* label sets; further ones count as "other"; 0: 1 */
    uint64_t bounds[KW_METRIC_BOUNDS_MAX]; /* histograms: rising upper bounds; 0 behind the last */
    uint64_t units_per_one;                /* observed units in one printed unit: microseconds in
                                                * a _seconds metric: 1000000; 0: 1 */
} kw_metric_row;

/* All metrics of a process; the rows must outlive it. */
typedef struct kw_metrics kw_metrics;

/* One series, owned by its registry, never freed before it. */
typedef struct kw_metric kw_metric;

/* NO_MEMORY. */
KW_MUST_USE kw_status kw_metrics_new(kw_metrics **out);
void kw_metrics_free(kw_metrics *metrics);
KW_AUTO_PTR_DEFINE(kw_metrics);

/* Makes a row known, so that it is printed even before its first event; a row without labels gets
 * its series. Call it for each row before kw_metric_series. NO_MEMORY. */
KW_MUST_USE kw_status kw_metrics_add_row(kw_metrics *metrics, const kw_metric_row *row);

/* The series of that row and label values (as many as it has labels; NULL without labels), made on
 * first use; thread-safe, takes a lock: keep the result. When the row has series_max of them, or
 * there is no memory, the series whose values are all "other". Aborts for an unknown row. */
kw_metric *kw_metric_series(kw_metrics *metrics, const kw_metric_row *row, const kw_str *values);

/* Lock-free, from any thread. `metric` may be NULL. */
void kw_metric_add(kw_metric *metric, uint64_t count);     /* counters */
void kw_metric_move(kw_metric *metric, int64_t by);        /* gauges */
void kw_metric_set(kw_metric *metric, int64_t value);      /* gauges */
void kw_metric_observe(kw_metric *metric, uint64_t value); /* histograms, in observed units */

/* Counter: total; gauge: value; histogram: observations. */
int64_t kw_metric_value(const kw_metric *metric);

/* Appends all metrics in the order of their registration. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_metrics_print(kw_buf *out, kw_metrics *metrics);

#endif /* KW_OBS_METRIC_H */
