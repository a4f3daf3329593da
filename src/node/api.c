/* SPDX-License-Identifier: Apache-2.0
 * Routes of the daemon itself. */
#include "node/api.h"

#include "codec/field.h"
#include "net/request.h"
#include "threshold/health.h"

enum {
    METRICS_BYTES_MAX = 4 << 20
};

typedef struct node_health {
    kw_str status; /* "ok" */
    kw_str version;
    kw_threshold_health operator; /* empty: this node is none, or was asked whether it is ready */
} node_health;
static const kw_field health_fields[] = {
    KW_FIELD(node_health, status, 16, KW_REQ),
    KW_FIELD(node_health, version, 64, KW_REQ),
    KW_FIELD_OBJECT(node_health, operator, & kw_threshold_health_schema, 0),
};
KW_SCHEMA(node_health, health_fields);

KW_HANDLER(get_health, node_health, kw_no_body)
static kw_status get_health(kw_request *request, node_health *out, const kw_no_body *in,
                            kw_error *err)
{
    KW_UNUSED(in);
    const kw_node_state *state = request->context;
    *out = (node_health){.status = KW_STR("ok"), .version = KW_STR(KW_VERSION)};
    return state->threshold == NULL
               ? KW_OK
               : kw_threshold_health_read(state->threshold, request->arena, &out->operator, err);
}

KW_HANDLER(get_ready, node_health, kw_no_body)
static kw_status get_ready(kw_request *request, node_health *out, const kw_no_body *in,
                           kw_error *err)
{
    KW_UNUSED(in);
    const kw_node_state *state = request->context;
    kw_holder_state holder = {0};
    if (state->threshold != NULL) {
        kw_holder_look(kw_threshold_holder(state->threshold), &holder);
    }
    KW_REQUIRE(state->is_ready && !*state->is_failing, err, KW_UNAVAILABLE, "not ready");
    KW_REQUIRE(kw_audit_is_available(state->audit), err, KW_AUDIT_UNAVAILABLE, "no audit log");
    KW_REQUIRE(!holder.is_blocked, err, KW_UNAVAILABLE, "the store takes no records");
    *out = (node_health){.status = KW_STR("ok"), .version = KW_STR(KW_VERSION)};
    return KW_OK;
}

KW_HANDLER(get_metrics, kw_raw_reply, kw_no_body)
static kw_status get_metrics(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                             kw_error *err)
{
    KW_UNUSED(in);
    const kw_node_state *state = request->context;
    KW_AUTO(kw_buf) text = kw_buf_init(METRICS_BYTES_MAX);
    KW_TRY_AT(err, kw_metrics_print(&text, state->metrics), "printing the metrics");
    kw_span bytes = {0};
    KW_TRY_AT(err, kw_arena_copy_span(request->arena, &bytes, kw_buf_view(&text)), "metrics");
    *out = (kw_raw_reply){.media_type = "text/plain; version=0.0.4; charset=utf-8",
                          .bytes = bytes,
                          .may_compress = true};
    return KW_OK;
}

KW_HANDLER(get_openapi, kw_raw_reply, kw_no_body)
static kw_status get_openapi(kw_request *request, kw_raw_reply *out, const kw_no_body *in,
                             kw_error *err)
{
    KW_UNUSED(in);
    KW_UNUSED(err);
    const kw_node_state *state = request->context;
    *out = (kw_raw_reply){.media_type = "application/json",
                          .bytes = kw_buf_view(&state->openapi),
                          .may_compress = true};
    return KW_OK;
}

const kw_route kw_node_routes[] = {
    {.method = KW_GET,
     .path = "/health",
     KW_HANDLED_BY(get_health, node_health, kw_no_body),
     .listener = KW_LISTENER_METRICS,
     .permission = "node.health.read",
     .rate = KW_RATE_FREE,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "the process runs, and how its operator is"},
    {.method = KW_GET,
     .path = "/ready",
     KW_HANDLED_BY(get_ready, node_health, kw_no_body),
     .listener = KW_LISTENER_METRICS,
     .permission = "node.health.read",
     .rate = KW_RATE_FREE,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "the process serves"},
    {.method = KW_GET,
     .path = "/metrics",
     KW_HANDLED_BY(get_metrics, kw_raw_reply, kw_no_body),
     .listener = KW_LISTENER_METRICS,
     .permission = "node.metrics.read",
     .rate = KW_RATE_FREE,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_ON_POOL,
     .summary = "metrics in the text format of Prometheus"},
    {.method = KW_GET,
     .path = "/v1/openapi.json",
     KW_HANDLED_BY(get_openapi, kw_raw_reply, kw_no_body),
     .listener = KW_LISTENER_PUBLIC,
     .permission = "node.api.read",
     .rate = KW_RATE_READ,
     .audit = KW_AUDIT_NONE,
     .runs = KW_RUNS_INLINE,
     .summary = "this description"},
};
const size_t kw_node_routes_count = KW_COUNT(kw_node_routes);
