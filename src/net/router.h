/* SPDX-License-Identifier: Apache-2.0
 * From listener, method and path to a row, and from path and query to the members of its input. */
#ifndef KW_NET_ROUTER_H
#define KW_NET_ROUTER_H

#include "base/arena.h"
#include "net/limits.h"
#include "net/route.h"

/* Immutable after kw_router_new; any thread may match. */
typedef struct kw_router kw_router;

/* Copies the tables' places (the rows stay borrowed) after checking each row: method, handler,
 * listener, permission, rate, audit, runs; the path's form; parameters and KW_PATH members one to
 * one; a body exactly when a limit above 0 says so; no two rows for one method and shape.
 * CONFIG: names the row and what is missing. NO_MEMORY. */
KW_MUST_USE kw_status kw_router_new(kw_router **out, const kw_mount *mounts, size_t mounts_count,
                                    kw_error *err);

/* Takes NULL. */
void kw_router_free(kw_router *router);

KW_AUTO_PTR_DEFINE(kw_router);

/* A match. */
typedef struct kw_routed {
    const kw_route *route;
    void *context;
    kw_str params[KW_NET_SEGMENTS_MAX]; /* still encoded, in the order of the path */
    uint32_t allowed; /* with METHOD_NOT_ALLOWED: bit (1 << method) for each that exists */
} kw_routed;

/* `path` without query. NOT_FOUND. METHOD_NOT_ALLOWED: only `allowed` is set. Literal segments are
 * compared as bytes, so an encoded or dotted detour is another path. */
KW_MUST_USE kw_status kw_router_match(const kw_router *router, kw_routed *out, kw_listener listener,
                                      kw_method method, kw_str path);

/* Fills the KW_PATH and KW_QUERY members of `in`, which has room for route->in->size bytes; all
 * other members get their fallback. BAD_INPUT: a bad or unknown parameter. LIMIT. */
KW_MUST_USE kw_status kw_routed_decode(const kw_routed *routed, void *in, kw_arena *arena,
                                       kw_str query, kw_error *err);

/* True when rows of that schema carry members in a JSON body. */
bool kw_schema_has_body(const kw_schema *schema);

/* Names of the path's parameters, "{kid}" as "kid", in order; false at the end.
 * `rest` starts as the path. */
bool kw_path_next_param(kw_str *rest, kw_str *out_name);

#endif /* KW_NET_ROUTER_H */
