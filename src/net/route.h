/* SPDX-License-Identifier: Apache-2.0
 * Route tables: everything the house knows about a path stands in its row. The zero of each member
 * is the closed choice; kw_router_new refuses a table with a row that forgot one. */
#ifndef KW_NET_ROUTE_H
#define KW_NET_ROUTE_H

#include "base/error.h"
#include "codec/field.h"

typedef struct kw_request kw_request;

typedef enum kw_method {
    KW_METHOD_NONE,
    KW_GET, /* answers HEAD too */
    KW_POST,
    KW_PUT,
    KW_PATCH,
    KW_DELETE,
} kw_method;

/* Named groups of listeners, each with its own address and TLS rule; a route is in exactly one. */
typedef enum kw_listener {
    KW_LISTENER_NONE,
    KW_LISTENER_PUBLIC,  /* clients */
    KW_LISTENER_PEER,    /* operators, replicas, witnesses: client certificate required */
    KW_LISTENER_ADMIN,   /* management: client certificate required */
    KW_LISTENER_METRICS, /* metrics, health: loopback */
} kw_listener;

#define KW_LISTENERS_COUNT 5 /* with NONE, so that a listener indexes an array */

/* The bucket that a request is charged to (hardening.md section 4). */
typedef enum kw_rate {
    KW_RATE_NONE, /* not chosen: the start is refused */
    KW_RATE_READ,
    KW_RATE_CRYPTO,
    KW_RATE_ADMIN,
    KW_RATE_HEAVY,
    KW_RATE_FREE, /* only the address is charged: health, metrics */
} kw_rate;

typedef enum kw_runs {
    KW_RUNS_NONE,    /* not chosen: the start is refused */
    KW_RUNS_INLINE,  /* on the loop thread: below ~200 us and never blocking */
    KW_RUNS_ON_POOL, /* on a worker; when its queue is full the answer is BUSY */
} kw_runs;

/* The explicit "this route leaves no audit record". */
#define KW_AUDIT_NONE "none"

/* Names of reply fields that a row may list. */
#define KW_ROUTE_REPLY_FIELDS_MAX 4

/* A handler behind its thunk. `in` is decoded from path, query and body by the schema of the row,
 * `out` is zeroed and of the size of its schema; both live until the answer has been sent. */
typedef kw_status (*kw_route_thunk)(kw_request *request, void *out, const void *in, kw_error *err);

typedef struct kw_route {
    kw_method method;
    const char *path; /* "/v1/keys/{key_id}": literal segments and whole-segment parameters, each
                         parameter a member of `in` with the flag KW_PATH */
    kw_route_thunk thunk; /* these three by KW_HANDLED_BY */
    const kw_schema *out;
    const kw_schema *in;
    kw_listener listener;
    const char *permission; /* "emtp.key.get" */
    size_t body_bytes_max;  /* 0 = no body is accepted */
    kw_rate rate;
    const char *audit; /* event name, or KW_AUDIT_NONE */
    kw_runs runs;
    const char *summary;                                 /* one line for OpenAPI */
    const char *reply_fields[KW_ROUTE_REPLY_FIELDS_MAX]; /* names that kw_reply_field may set */
} kw_route;

/* Declares the typed handler `name(request, out, in, err)` and defines the thunk that the table
 * stores. */
#define KW_HANDLER(name, Out, In)                                                                  \
    static kw_status name(kw_request *request, Out *out, const In *in, kw_error *err) KW_MUST_USE; \
    static kw_status name##_thunk(kw_request *request, void *out, const void *in, kw_error *err)   \
    {                                                                                              \
        return name(request, out, in, err);                                                        \
    }

/* Fills handler and schemas of a row. Types that differ from those of KW_HANDLER do not compile. */
#define KW_HANDLED_BY(name, Out, In)                                                   \
    .thunk = _Generic(&name, kw_status(*)(kw_request *, Out *, const In *, kw_error *) \
                      : name##_thunk),                                                 \
    .out = &Out##_schema, .in = &In##_schema

/* A table and the service that its handlers find in `request->context`. */
typedef struct kw_mount {
    const kw_route *routes;
    size_t routes_count;
    void *context; /* borrowed */
} kw_mount;

/* "GET", "POST"...; NULL for NONE. */
const char *kw_method_name(kw_method method);

/* "public", "peer", "admin", "metrics"; "none" for NONE. */
const char *kw_listener_name(kw_listener listener);

#endif /* KW_NET_ROUTE_H */
