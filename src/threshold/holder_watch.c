/* SPDX-License-Identifier: Apache-2.0
 * Metrics of a running operator. */
#include "threshold/holder_watch.h"

enum {
    STATUSES = 24, /* that one counter meets */
};

/* Gauges, in the order of `values_of`. */
static const kw_metric_row gauge_rows[KW_HOLDER_GAUGES] = {
    {.name = "keyward_threshold_epoch",
     .kind = KW_METRIC_GAUGE,
     .help = "newest certified epoch; 0: none"},
    {.name = "keyward_threshold_epoch_timestamp_seconds",
     .kind = KW_METRIC_GAUGE,
     .help = "boundary that the newest epoch was made at, Unix time; 0: none"},
    {.name = "keyward_threshold_epoch_every_seconds",
     .kind = KW_METRIC_GAUGE,
     .help = "time from one epoch to the next, as the cluster is configured"},
    {.name = "keyward_threshold_boundary_timestamp_seconds",
     .kind = KW_METRIC_GAUGE,
     .help = "last boundary that this operator began, Unix time; 0: none"},
    {.name = "keyward_threshold_operators",
     .kind = KW_METRIC_GAUGE,
     .help = "operators of the last boundary"},
    {.name = "keyward_threshold_is_member",
     .kind = KW_METRIC_GAUGE,
     .help = "1 while this operator is one of them"},
    {.name = "keyward_threshold_has_share",
     .kind = KW_METRIC_GAUGE,
     .help = "1 while this operator has a share that serves"},
    {.name = "keyward_threshold_store_is_blocked",
     .kind = KW_METRIC_GAUGE,
     .help = "1 while the store takes no records, and so nothing is sent"},
};
static const kw_metric_row boundaries_row = {.name = "keyward_threshold_boundaries_total",
                                             .kind = KW_METRIC_COUNTER,
                                             .labels = {"code"},
                                             .series_max = STATUSES,
                                             .help = "boundaries by how beginning them went"};
static const kw_metric_row reads_row = {
    .name = "keyward_threshold_operators_reads_total",
    .kind = KW_METRIC_COUNTER,
    .labels = {"code"},
    .series_max = STATUSES,
    .help = "reads of the list of operators by how they went; after a bad one the list stays"};
static const kw_metric_row deliveries_row = {
    .name = "keyward_threshold_deliveries_total",
    .kind = KW_METRIC_COUNTER,
    .labels = {"code"},
    .series_max = STATUSES,
    .help = "bodies of messages that other operators brought, by the worst that was in them"};
static const kw_metric_row sessions_row = {.name = "keyward_threshold_sessions_total",
                                           .kind = KW_METRIC_COUNTER,
                                           .labels = {"outcome"},
                                           .series_max = 2,
                                           .help = "epochs certified, and sessions aborted"};
static const kw_metric_row frauds_row = {.name = "keyward_threshold_frauds_total",
                                         .kind = KW_METRIC_COUNTER,
                                         .help = "proofs that a member broke the rules"};
static const kw_metric_row phase_row = {
    .name = "keyward_threshold_phase_seconds",
    .kind = KW_METRIC_HISTOGRAM,
    .labels = {"said"},
    .series_max = KW_MESSAGE_SEAL,
    .bounds = {50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000},
    .units_per_one = 1000,
    .help = "time from a boundary until this operator said its first message of a type"};
static const kw_metric_row certified_row = {
    .name = "keyward_threshold_certificate_seconds",
    .kind = KW_METRIC_HISTOGRAM,
    .bounds = {250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000},
    .units_per_one = 1000,
    .help = "time from a boundary until its epoch was certified here"};

kw_status kw_holder_watch_open(kw_holder_watch *watch, kw_error *err)
{
    static const kw_metric_row *const rows[] = {&boundaries_row, &reads_row,  &deliveries_row,
                                                &sessions_row,   &frauds_row, &phase_row,
                                                &certified_row};
    if (watch->metrics == NULL) {
        return KW_OK;
    }
    for (size_t i = 0; i < KW_HOLDER_GAUGES; i++) {
        KW_TRY_AT(err, kw_metrics_add_row(watch->metrics, &gauge_rows[i]),
                  "metrics of an operator");
        watch->gauges[i] = kw_metric_series(watch->metrics, &gauge_rows[i], NULL);
    }
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_TRY_AT(err, kw_metrics_add_row(watch->metrics, rows[i]), "metrics of an operator");
    }
    watch->certified_seconds = kw_metric_series(watch->metrics, &certified_row, NULL);
    return KW_OK;
}

void kw_holder_watch_state(kw_holder_watch *watch, const kw_holder_state *state)
{
    const uint64_t values[KW_HOLDER_GAUGES] = {
        state->epoch, state->epoch_timestamp, state->epoch_every_s, state->boundary,
        state->n,     state->is_member,       state->has_share,     state->is_blocked,
    };
    for (size_t i = 0; i < KW_HOLDER_GAUGES; i++) {
        kw_metric_set(watch->gauges[i], (int64_t)values[i]);
    }
}

static kw_metric *series_of(kw_holder_watch *watch, const kw_metric_row *row, const char *label)
{
    kw_str text = kw_str_of(label);
    return watch->metrics == NULL ? NULL : kw_metric_series(watch->metrics, row, &text);
}

void kw_holder_watch_boundary(kw_holder_watch *watch, kw_status st)
{
    kw_metric_add(series_of(watch, &boundaries_row, kw_status_name(st)), 1);
}

void kw_holder_watch_operators(kw_holder_watch *watch, kw_status st)
{
    kw_metric_add(series_of(watch, &reads_row, kw_status_name(st)), 1);
}

void kw_holder_watch_delivery(kw_holder_watch *watch, kw_status st)
{
    kw_metric_add(series_of(watch, &deliveries_row, kw_status_name(st)), 1);
}

static const char *const type_names[] = {
    [KW_MESSAGE_HELLO] = "hello",     [KW_MESSAGE_DEAL] = "deal",
    [KW_MESSAGE_SHARES] = "shares",   [KW_MESSAGE_HAVE] = "have",
    [KW_MESSAGE_ECHO] = "echo",       [KW_MESSAGE_PROPOSE] = "propose",
    [KW_MESSAGE_PREVOTE] = "prevote", [KW_MESSAGE_PRECOMMIT] = "precommit",
    [KW_MESSAGE_EXTRACT] = "extract", [KW_MESSAGE_RECONSTRUCT] = "reconstruct",
    [KW_MESSAGE_COMMIT] = "commit",   [KW_MESSAGE_SEAL] = "seal",
};

void kw_holder_watch_said(kw_holder_watch *watch, const kw_message_header *header, uint64_t now_ms)
{
    uint32_t bit = UINT32_C(1) << header->type;
    uint64_t boundary_ms = header->timestamp * 1000;
    if (header->timestamp > watch->timestamp) {
        watch->timestamp = header->timestamp;
        watch->said = 0;
    }
    bool is_first = header->timestamp == watch->timestamp && (watch->said & bit) == 0;
    if (is_first && now_ms <= boundary_ms + watch->interval_ms) {
        watch->said |= bit;
        kw_metric_observe(series_of(watch, &phase_row, type_names[header->type]),
                          now_ms > boundary_ms ? now_ms - boundary_ms : 0);
    }
}

void kw_holder_watch_aborted(kw_holder_watch *watch)
{
    kw_metric_add(series_of(watch, &sessions_row, "aborted"), 1);
}

void kw_holder_watch_certified(kw_holder_watch *watch, uint64_t took_ms)
{
    kw_metric_add(series_of(watch, &sessions_row, "certified"), 1);
    if (took_ms <= watch->interval_ms) {
        kw_metric_observe(watch->certified_seconds, took_ms);
    }
}

void kw_holder_watch_fraud(kw_holder_watch *watch)
{
    kw_metric_add(
        watch->metrics == NULL ? NULL : kw_metric_series(watch->metrics, &frauds_row, NULL), 1);
}
