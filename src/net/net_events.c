/* SPDX-License-Identifier: Apache-2.0
 * Log events of the server. */
#include "net/net_events.h"

typedef struct kw_ev_request {
    kw_str request_id;
    kw_str route; /* the row's path, never the request's */
    kw_str caller;
    kw_str address;
    kw_str code;
    kw_str detail;
} kw_ev_request;

static const kw_field request_fields[] = {
    KW_FIELD(kw_ev_request, request_id, 24, 0), KW_FIELD(kw_ev_request, route, 256, 0),
    KW_FIELD(kw_ev_request, caller, 256, 0),    KW_FIELD(kw_ev_request, address, 64, 0),
    KW_FIELD(kw_ev_request, code, 64, 0),       KW_FIELD(kw_ev_request, detail, 200, 0),
};

typedef kw_ev_request kw_ev_request_failed;
typedef kw_ev_request kw_ev_request_refused;
KW_LOG_EVENT(kw_ev_request_failed, "request_failed", KW_LOG_WARN, request_fields);
KW_LOG_EVENT(kw_ev_request_refused, "request_refused", KW_LOG_INFO, request_fields);

void kw_net_log_refusal(const kw_exchange *x, kw_status st)
{
    kw_log *log = x->loop->core->log;
    bool is_ours = kw_status_http(st) >= 500;
    if (log == NULL || !kw_log_wants(log, is_ours ? KW_LOG_WARN : KW_LOG_INFO)) {
        return;
    }
    char address[KW_ENDPOINT_TEXT_BYTES];
    kw_endpoint_format(address, &x->peer->peer.address);
    const kw_route *route = x->request.route;
    kw_ev_request event = {
        .request_id = {x->request.id.text, sizeof x->request.id.text},
        .route = kw_str_of(route == NULL ? NULL : route->path),
        .caller = x->admission.caller.id,
        .address = kw_str_of(address),
        .code = kw_str_of(kw_status_name(st)),
        .detail = kw_str_of(x->err.text),
    };
    kw_log_write(log, is_ours ? &kw_ev_request_failed_event : &kw_ev_request_refused_event, &event);
}
