/* SPDX-License-Identifier: Apache-2.0
 * A request body on its way from the loop to a handler on a worker that pulls it: a bounded
 * pipe. */
#ifndef KW_NET_INFLOW_H
#define KW_NET_INFLOW_H

#include "base/buf.h"
#include "os/thread.h"

/* Above this the connection is paused; what one read brings still fits. */
#define KW_INFLOW_HIGH_BYTES ((size_t)64 * 1024)

/* One lock guards all members. */
typedef struct kw_inflow {
    kw_mutex lock;
    kw_cond changed;
    kw_buf bytes;
    bool is_ended;
    kw_status failure; /* not KW_OK: the body will never end */
} kw_inflow;

kw_inflow kw_inflow_init(void);
void kw_inflow_drop(kw_inflow *inflow);

/* Loop side. LIMIT: more came than a pause lets through. *out_is_full: pause the connection. */
KW_MUST_USE kw_status kw_inflow_push(kw_inflow *inflow, bool *out_is_full, kw_span bytes);
bool kw_inflow_is_full(kw_inflow *inflow);
void kw_inflow_end(kw_inflow *inflow);
void kw_inflow_fail(kw_inflow *inflow, kw_status st);

/* Worker side: blocks until there are bytes, the end (*out_got = 0) or a failure. */
KW_MUST_USE kw_status kw_inflow_pull(kw_inflow *inflow, kw_mspan out, size_t *out_got);

#endif /* KW_NET_INFLOW_H */
