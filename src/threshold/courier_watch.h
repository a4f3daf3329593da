/* SPDX-License-Identifier: Apache-2.0
 * What people see of a courier: metrics, and log events when a member goes or comes back. */
#ifndef KW_THRESHOLD_COURIER_WATCH_H
#define KW_THRESHOLD_COURIER_WATCH_H

#include "obs/log.h"
#include "obs/metric.h"
#include "threshold/outbox.h"

/* By value, all-zero shows nothing; the owner sets the first two. One of each process. */
typedef struct kw_courier_watch {
    kw_log *log;         /* NULL: no log */
    kw_metrics *metrics; /* NULL: no metrics */
    kw_metric *seconds;
    kw_metric *members[KW_COURIER_HEALTHS];
} kw_courier_watch;

/* Makes the rows known. NO_MEMORY. */
KW_MUST_USE kw_status kw_courier_watch_open(kw_courier_watch *watch, kw_error *err);

/* A try, and what the member was before and after it. */
typedef struct kw_courier_turn {
    const kw_parcel *parcel;
    const kw_parcel_try *tried;
    kw_courier_health before;
    kw_courier_health after;
    bool is_over;
} kw_courier_turn;

void kw_courier_watch_turn(kw_courier_watch *watch, const kw_courier_turn *turn);

/* A parcel that did not get there: for lack of time, of the member, or (LIMIT) of room for it. */
void kw_courier_watch_loss(kw_courier_watch *watch, const kw_address *member, kw_status st);

/* How many members there are of each health. */
void kw_courier_watch_census(kw_courier_watch *watch, const kw_courier_census *census);

#endif /* KW_THRESHOLD_COURIER_WATCH_H */
