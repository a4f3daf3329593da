/* SPDX-License-Identifier: Apache-2.0
 * Routes of the daemon itself: health, readiness, metrics, the OpenAPI document. */
#ifndef KW_NODE_API_H
#define KW_NODE_API_H

#include "base/buf.h"
#include "guard/audit.h"
#include "net/route.h"
#include "obs/metric.h"
#include "threshold/service.h"

#include <stdatomic.h>

/* Context of the routes; outlives the server. */
typedef struct kw_node_state {
    kw_metrics *metrics;
    kw_threshold *threshold; /* NULL: this node is no operator */
    const kw_audit *audit;
    const _Atomic bool *is_failing; /* the ticker's */
    _Atomic bool is_ready;          /* after the start, until the stop */
    kw_buf openapi;                 /* constant after the start */
} kw_node_state;

extern const kw_route kw_node_routes[];
extern const size_t kw_node_routes_count;

#endif /* KW_NODE_API_H */
