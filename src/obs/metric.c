/* SPDX-License-Identifier: Apache-2.0
 * Series are found under a lock, once; counting is a relaxed addition to an atomic. */
#include "obs/metric.h"

#include "base/heap.h"
#include "os/thread.h"

#include <stdatomic.h>

enum {
    UNITS_MAX = 1000000000,
    FRACTION_DIGITS = 9
};

typedef struct family family;

struct kw_metric {
    _Atomic int64_t value; /* total, level, or number of observations */
    _Atomic uint64_t sum;  /* histograms: of the observed values */
    _Atomic uint64_t buckets[KW_METRIC_BOUNDS_MAX];
    const kw_metric_row *row;
    kw_metric *next; /* in its family */
    bool is_other;   /* takes what finds no place */
    char values[KW_METRIC_LABELS_MAX][KW_METRIC_LABEL_BYTES_MAX + 1];
};

/* A row and its series. */
struct family {
    const kw_metric_row *row;
    family *next;
    kw_metric *series; /* newest last */
    size_t count;      /* without the one called "other" */
};

struct kw_metrics {
    kw_mutex mutex;
    family *families; /* in the order of registration */
};

kw_status kw_metrics_new(kw_metrics **out)
{
    kw_metrics *metrics = kw_heap_new(1, sizeof *metrics);
    if (metrics == NULL) {
        return KW_NO_MEMORY;
    }
    *out = metrics;
    return KW_OK;
}

void kw_metrics_free(kw_metrics *metrics)
{
    family *f = metrics == NULL ? NULL : metrics->families;
    while (f != NULL) {
        family *next_family = f->next;
        while (f->series != NULL) {
            kw_metric *next = f->series->next;
            kw_heap_free(f->series);
            f->series = next;
        }
        kw_heap_free(f);
        f = next_family;
    }
    kw_heap_free(metrics);
}

static size_t labels_count(const kw_metric_row *row)
{
    size_t count = 0;
    while (count < KW_METRIC_LABELS_MAX && row->labels[count] != NULL) {
        count++;
    }
    return count;
}

static size_t bounds_count(const kw_metric_row *row)
{
    size_t count = 0;
    while (count < KW_METRIC_BOUNDS_MAX && row->bounds[count] != 0) {
        count++;
    }
    return count;
}

/* A series with those values, each cut at its bound. NULL: no memory. */
static kw_metric *series_new(const kw_metric_row *row, const kw_str *values)
{
    kw_metric *metric = kw_heap_new(1, sizeof *metric);
    if (metric != NULL) {
        metric->row = row;
        for (size_t i = 0; i < labels_count(row); i++) {
            kw_str value = values[i];
            memcpy(metric->values[i], value.len == 0 ? "" : value.ptr,
                   KW_MIN(value.len, (size_t)KW_METRIC_LABEL_BYTES_MAX));
        }
    }
    return metric;
}

static void append_series(family *f, kw_metric *metric)
{
    kw_metric **at = &f->series;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = metric;
}

kw_status kw_metrics_add_row(kw_metrics *metrics, const kw_metric_row *row)
{
    KW_ASSERT(row->units_per_one <= UNITS_MAX);
    static const kw_str others[KW_METRIC_LABELS_MAX] = {{"other", 5}, {"other", 5}, {"other", 5}};
    family *f = kw_heap_new(1, sizeof *f);
    kw_metric *first = series_new(row, others);
    if (f == NULL || first == NULL) {
        kw_heap_free(f);
        kw_heap_free(first);
        return KW_NO_MEMORY;
    }
    first->is_other = labels_count(row) > 0;
    f->row = row;
    f->series = first;
    KW_AUTO(kw_locked) hold = kw_lock(&metrics->mutex);
    family **at = &metrics->families;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = f;
    return KW_OK;
}

static bool has_values(const kw_metric *metric, const kw_str *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kw_str value = {values[i].ptr, KW_MIN(values[i].len, (size_t)KW_METRIC_LABEL_BYTES_MAX)};
        if (!kw_str_equal(kw_str_of(metric->values[i]), value)) {
            return false;
        }
    }
    return true;
}

static family *find_family(kw_metrics *metrics, const kw_metric_row *row)
{
    family *f = metrics->families;
    while (f != NULL && f->row != row) {
        f = f->next;
    }
    KW_ASSERT(f != NULL);
    return f;
}

kw_metric *kw_metric_series(kw_metrics *metrics, const kw_metric_row *row, const kw_str *values)
{
    KW_AUTO(kw_locked) hold = kw_lock(&metrics->mutex);
    family *f = find_family(metrics, row);
    kw_metric *other = f->series;
    size_t labels = labels_count(row);
    if (labels == 0) {
        return other;
    }
    for (kw_metric *m = other->next; m != NULL; m = m->next) {
        if (has_values(m, values, labels)) {
            return m;
        }
    }
    bool has_room = f->count < KW_MAX(row->series_max, (size_t)1);
    kw_metric *fresh = has_room ? series_new(row, values) : NULL;
    if (fresh == NULL) {
        return other;
    }
    append_series(f, fresh);
    f->count++;
    return fresh;
}

void kw_metric_add(kw_metric *metric, uint64_t count)
{
    if (metric != NULL) {
        (void)atomic_fetch_add_explicit(&metric->value, (int64_t)count, memory_order_relaxed);
    }
}

void kw_metric_move(kw_metric *metric, int64_t by)
{
    if (metric != NULL) {
        (void)atomic_fetch_add_explicit(&metric->value, by, memory_order_relaxed);
    }
}

void kw_metric_set(kw_metric *metric, int64_t value)
{
    if (metric != NULL) {
        atomic_store_explicit(&metric->value, value, memory_order_relaxed);
    }
}

void kw_metric_observe(kw_metric *metric, uint64_t value)
{
    if (metric == NULL) {
        return;
    }
    size_t bucket = 0;
    while (bucket < KW_METRIC_BOUNDS_MAX && metric->row->bounds[bucket] != 0 &&
           value > metric->row->bounds[bucket]) {
        bucket++;
    }
    bool is_bounded = bucket < KW_METRIC_BOUNDS_MAX && metric->row->bounds[bucket] != 0;
    if (is_bounded) {
        (void)atomic_fetch_add_explicit(&metric->buckets[bucket], 1, memory_order_relaxed);
    }
    (void)atomic_fetch_add_explicit(&metric->sum, value, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&metric->value, 1, memory_order_relaxed);
}

int64_t kw_metric_value(const kw_metric *metric)
{
    return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

/* ---- exposition ---- */

/* Backslash and line feed, and in label values the quote. */
static kw_status append_escaped(kw_buf *out, const char *text, bool is_quoted)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n') {
            KW_TRY(kw_buf_append_str(out, KW_STR("\\n")));
            continue;
        }
        if (*c == '\\' || (is_quoted && *c == '"')) {
            KW_TRY(kw_buf_append_byte(out, '\\'));
        }
        KW_TRY(kw_buf_append_byte(out, (uint8_t)*c));
    }
    return KW_OK;
}

/* A count of units as a decimal of whole ones, without floating point: "0.0025". */
static kw_status append_decimal(kw_buf *out, const kw_metric_row *row, uint64_t value)
{
    uint64_t units = KW_MAX(row->units_per_one, (uint64_t)1);
    uint64_t fraction = value % units * UNITS_MAX / units;
    KW_TRY(kw_buf_append_format(out, "%llu", (unsigned long long)(value / units)));
    if (fraction == 0) {
        return KW_OK;
    }
    int digits = FRACTION_DIGITS;
    while (fraction % 10 == 0) {
        fraction /= 10;
        digits--;
    }
    return kw_buf_append_format(out, ".%0*llu", digits, (unsigned long long)fraction);
}

/* name + suffix + {labels}: with `le` the bucket's bound, which -1 leaves out. */
static kw_status append_name(kw_buf *out, const kw_metric *m, const char *suffix, int bound)
{
    const kw_metric_row *row = m->row;
    size_t labels = labels_count(row);
    KW_TRY(kw_buf_append_format(out, "%s%s", row->name, suffix));
    for (size_t i = 0; i < labels; i++) {
        KW_TRY(kw_buf_append_format(out, "%s%s=\"", i == 0 ? "{" : ",", row->labels[i]));
        KW_TRY(append_escaped(out, m->values[i], true));
        KW_TRY(kw_buf_append_byte(out, '"'));
    }
    if (bound >= 0) {
        KW_TRY(kw_buf_append_format(out, "%sle=\"", labels == 0 ? "{" : ","));
        KW_TRY((size_t)bound < bounds_count(row) ? append_decimal(out, row, row->bounds[bound])
                                                 : kw_buf_append_str(out, KW_STR("+Inf")));
        KW_TRY(kw_buf_append_byte(out, '"'));
    }
    bool has_braces = labels > 0 || bound >= 0;
    return kw_buf_append_str(out, has_braces ? KW_STR("} ") : KW_STR(" "));
}

static kw_status append_histogram(kw_buf *out, const kw_metric *m)
{
    size_t bounds = bounds_count(m->row);
    uint64_t total = 0;
    /* The count is read first: observations that come in between never make a bucket exceed it. */
    uint64_t count = (uint64_t)kw_metric_value(m);
    for (size_t i = 0; i < bounds; i++) {
        total += atomic_load_explicit(&m->buckets[i], memory_order_relaxed);
        KW_TRY(append_name(out, m, "_bucket", (int)i));
        KW_TRY(kw_buf_append_format(out, "%llu\n", (unsigned long long)KW_MIN(total, count)));
    }
    KW_TRY(append_name(out, m, "_bucket", (int)bounds));
    KW_TRY(kw_buf_append_format(out, "%llu\n", (unsigned long long)count));
    KW_TRY(append_name(out, m, "_sum", -1));
    KW_TRY(append_decimal(out, m->row, atomic_load_explicit(&m->sum, memory_order_relaxed)));
    KW_TRY(kw_buf_append_byte(out, '\n'));
    KW_TRY(append_name(out, m, "_count", -1));
    return kw_buf_append_format(out, "%llu\n", (unsigned long long)count);
}

static kw_status append_series_text(kw_buf *out, const kw_metric *m)
{
    if (m->is_other && kw_metric_value(m) == 0) {
        return KW_OK;
    }
    if (m->row->kind == KW_METRIC_HISTOGRAM) {
        return append_histogram(out, m);
    }
    KW_TRY(append_name(out, m, "", -1));
    return kw_buf_append_format(out, "%lld\n", (long long)kw_metric_value(m));
}

static const char *kind_name(kw_metric_kind kind)
{
    switch (kind) {
    case KW_METRIC_COUNTER:
        return "counter";
    case KW_METRIC_GAUGE:
        return "gauge";
    case KW_METRIC_HISTOGRAM:
        return "histogram";
    }
    return "untyped";
}

static kw_status append_family(kw_buf *out, const family *f)
{
    KW_TRY(kw_buf_append_format(out, "# HELP %s ", f->row->name));
    KW_TRY(append_escaped(out, f->row->help, false));
    KW_TRY(kw_buf_append_format(out, "\n# TYPE %s %s\n", f->row->name, kind_name(f->row->kind)));
    for (const kw_metric *m = f->series; m != NULL; m = m->next) {
        KW_TRY(append_series_text(out, m));
    }
    return KW_OK;
}

kw_status kw_metrics_print(kw_buf *out, kw_metrics *metrics)
{
    KW_AUTO(kw_locked) hold = kw_lock(&metrics->mutex);
    for (const family *f = metrics->families; f != NULL; f = f->next) {
        KW_TRY(append_family(out, f));
    }
    return KW_OK;
}
