/* SPDX-License-Identifier: Apache-2.0
 * Metric rows and log events of the guard. */
#include "guard/watch.h"

typedef struct ev_audit_unavailable {
    uint64_t records;
    uint64_t refused;
} ev_audit_unavailable;
static const kw_field audit_unavailable_fields[] = {
    KW_FIELD(ev_audit_unavailable, records, UINT64_MAX, KW_REQ),
    KW_FIELD(ev_audit_unavailable, refused, UINT64_MAX, KW_REQ),
};
KW_LOG_EVENT(ev_audit_unavailable, "audit_unavailable", KW_LOG_ERROR, audit_unavailable_fields);

typedef struct ev_audit_recovered {
    uint64_t records;
    uint64_t refused;
} ev_audit_recovered;
static const kw_field audit_recovered_fields[] = {
    KW_FIELD(ev_audit_recovered, records, UINT64_MAX, KW_REQ),
    KW_FIELD(ev_audit_recovered, refused, UINT64_MAX, KW_REQ),
};
KW_LOG_EVENT(ev_audit_recovered, "audit_recovered", KW_LOG_INFO, audit_recovered_fields);

static const kw_metric_row refusals_row = {.name = "keyward_guard_refusals_total",
                                           .kind = KW_METRIC_COUNTER,
                                           .labels = {"code"},
                                           .series_max = KW_GUARD_WATCH_STATUSES,
                                           .help = "requests that the gate refused"};
static const kw_metric_row available_row = {.name = "keyward_audit_available",
                                            .kind = KW_METRIC_GAUGE,
                                            .help = "1 while the audit log can be written"};
static const kw_metric_row records_row = {.name = "keyward_audit_records",
                                          .kind = KW_METRIC_GAUGE,
                                          .help = "durable records of the audit log"};
static const kw_metric_row queued_row = {.name = "keyward_audit_queued_records",
                                         .kind = KW_METRIC_GAUGE,
                                         .help = "records that wait for their commit"};
static const kw_metric_row refused_row = {.name = "keyward_audit_refused_records",
                                          .kind = KW_METRIC_GAUGE,
                                          .help = "records that were not taken since the start"};

/* What the gate can answer with. */
static const kw_status refusals[] = {KW_UNAUTHENTICATED, KW_FORBIDDEN, KW_RATE_LIMITED,
                                     KW_AUDIT_UNAVAILABLE, KW_NO_MEMORY};

static kw_status add_gauge(kw_metric **out, kw_metrics *metrics, const kw_metric_row *row)
{
    KW_TRY(kw_metrics_add_row(metrics, row));
    *out = kw_metric_series(metrics, row, NULL);
    return KW_OK;
}

static kw_status add_rows(kw_guard_watch *watch, kw_metrics *metrics)
{
    KW_TRY(kw_metrics_add_row(metrics, &refusals_row));
    for (size_t i = 0; i < KW_COUNT(refusals); i++) {
        kw_str code = kw_str_of(kw_status_name(refusals[i]));
        watch->refusals[refusals[i]] = kw_metric_series(metrics, &refusals_row, &code);
    }
    KW_TRY(add_gauge(&watch->audit_available, metrics, &available_row));
    KW_TRY(add_gauge(&watch->audit_records, metrics, &records_row));
    KW_TRY(add_gauge(&watch->audit_queued, metrics, &queued_row));
    return add_gauge(&watch->audit_refused, metrics, &refused_row);
}

kw_status kw_guard_watch_open(kw_guard_watch *out, kw_log *log, kw_metrics *metrics, kw_error *err)
{
    *out = (kw_guard_watch){.log = log, .was_available = true};
    if (metrics != NULL) {
        KW_TRY_AT(err, add_rows(out, metrics), "registering the guard's metrics");
    }
    return KW_OK;
}

void kw_guard_watch_refusal(kw_guard_watch *watch, kw_status st)
{
    if ((size_t)st < KW_COUNT(watch->refusals)) {
        kw_metric_add(watch->refusals[st], 1); /* NULL: nobody counts it */
    }
}

void kw_guard_watch_audit(kw_guard_watch *watch, const kw_audit_state *state)
{
    kw_metric_set(watch->audit_available, state->is_available ? 1 : 0);
    kw_metric_set(watch->audit_records, (int64_t)state->size);
    kw_metric_set(watch->audit_queued, (int64_t)state->queued);
    kw_metric_set(watch->audit_refused, (int64_t)state->refused);
    if (watch->was_available && !state->is_available) {
        KW_LOG(watch->log, ev_audit_unavailable, .records = state->size, .refused = state->refused);
    } else if (!watch->was_available && state->is_available) {
        KW_LOG(watch->log, ev_audit_recovered, .records = state->size, .refused = state->refused);
    }
    watch->was_available = state->is_available;
}
