/* SPDX-License-Identifier: Apache-2.0
 * What the guard shows of itself: metrics, and a log line when the audit log stops or recovers. */
#ifndef KW_GUARD_WATCH_H
#define KW_GUARD_WATCH_H

#include "guard/audit.h"
#include "obs/log.h"
#include "obs/metric.h"

#define KW_GUARD_WATCH_STATUSES 64

/* All-zero watches nothing. */
typedef struct kw_guard_watch {
    kw_log *log;
    kw_metric *refusals[KW_GUARD_WATCH_STATUSES]; /* by status number */
    kw_metric *audit_available;
    kw_metric *audit_records;
    kw_metric *audit_queued;
    kw_metric *audit_refused;
    bool was_available; /* when last looked at; one thread */
} kw_guard_watch;

/* Registers the rows; `log` and `metrics` may be NULL. NO_MEMORY. */
KW_MUST_USE kw_status kw_guard_watch_open(kw_guard_watch *out, kw_log *log, kw_metrics *metrics,
                                          kw_error *err);

/* The gate refused a request. Any thread, no lock. */
void kw_guard_watch_refusal(kw_guard_watch *watch, kw_status st);

/* Looks at the audit log; one thread at a time. */
void kw_guard_watch_audit(kw_guard_watch *watch, const kw_audit_state *state);

#endif /* KW_GUARD_WATCH_H */
