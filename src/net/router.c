/* SPDX-License-Identifier: Apache-2.0
 * Matching: rows without parameters by hash, the few others in a list. */
#include "net/router.h"

#include "base/heap.h"
#include "codec/form.h"
#include "net/request.h"
#include "net/route_check.h"

/* A row in the router. */
typedef struct entry {
    const kw_route *route;
    void *context;
    kw_str path;
    bool has_params;
} entry;

enum {
    SLOTS_COUNT = 4 * KW_NET_ROUTES_MAX /* of the hash: a power of two, at most 1/4 full */
};

struct kw_router {
    size_t count;
    entry entries[KW_NET_ROUTES_MAX];
    size_t patterns_count;
    uint16_t patterns[KW_NET_ROUTES_MAX]; /* entries with parameters */
    uint16_t slots[SLOTS_COUNT];          /* entry number + 1 of literal paths; 0 = free */
};

/* FNV-1a. Paths of the table are ours; a stranger's path can only miss. */
static size_t slot_of(kw_str path)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (size_t i = 0; i < path.len; i++) {
        hash = (hash ^ (uint8_t)path.ptr[i]) * 0x100000001b3U;
    }
    return (size_t)(hash ^ hash >> 32) % SLOTS_COUNT;
}

bool kw_path_next_param(kw_str *rest, kw_str *out_name)
{
    kw_str head = {0};
    kw_str tail = {0};
    if (!kw_str_split(*rest, '{', &head, &tail)) {
        return false;
    }
    return kw_str_split(tail, '}', out_name, rest);
}

bool kw_schema_has_body(const kw_schema *schema)
{
    for (size_t i = 0; i < schema->count; i++) {
        if ((schema->fields[i].flags & (KW_PATH | KW_QUERY)) == 0) {
            return true;
        }
    }
    return false;
}

/* Walks both paths segment by segment; fills `params` when given. */
static bool has_shape(kw_str pattern, kw_str path, kw_str *params)
{
    size_t params_count = 0;
    for (;;) {
        kw_str want = {0};
        kw_str got = {0};
        bool more_wanted = kw_str_split(pattern, '/', &want, &pattern);
        bool more_got = kw_str_split(path, '/', &got, &path);
        bool is_param = want.len > 0 && want.ptr[0] == '{';
        if (more_wanted != more_got || (is_param ? got.len == 0 : !kw_str_equal(want, got))) {
            return false;
        }
        if (is_param && params != NULL) {
            params[params_count++] = got;
        }
        if (!more_wanted) {
            return true;
        }
    }
}

/* Two patterns that some path could both match with equal right would be a choice by order. */
static bool is_twin(const entry *a, const entry *b)
{
    return a->route->method == b->route->method && a->route->listener == b->route->listener &&
           (has_shape(a->path, b->path, NULL) || has_shape(b->path, a->path, NULL)) &&
           a->has_params == b->has_params;
}

static kw_status add_entry(kw_router *router, const kw_route *route, void *context, kw_error *err)
{
    KW_TRY(kw_route_check(route, err));
    KW_REQUIRE(router->count < KW_NET_ROUTES_MAX, err, KW_CONFIG, "too many routes");
    entry *e = &router->entries[router->count];
    kw_str path = kw_str_of(route->path);
    *e = (entry){.route = route, .context = context, .path = path};
    kw_str rest = path;
    kw_str name = {0};
    e->has_params = kw_path_next_param(&rest, &name);
    for (size_t i = 0; i < router->count; i++) {
        KW_REQUIRE(!is_twin(e, &router->entries[i]), err, KW_CONFIG, "route %s %s: stands twice",
                   kw_method_name(route->method), route->path);
    }
    if (e->has_params) {
        router->patterns[router->patterns_count++] = (uint16_t)router->count;
    } else {
        size_t slot = slot_of(path);
        while (router->slots[slot] != 0) {
            slot = (slot + 1) % SLOTS_COUNT;
        }
        router->slots[slot] = (uint16_t)(router->count + 1);
    }
    router->count++;
    return KW_OK;
}

kw_status kw_router_new(kw_router **out, const kw_mount *mounts, size_t mounts_count, kw_error *err)
{
    KW_AUTO_PTR(kw_router) router = kw_heap_new(1, sizeof *router);
    if (router == NULL) {
        return kw_fail(err, KW_NO_MEMORY, "no memory for the routes");
    }
    for (size_t m = 0; m < mounts_count; m++) {
        for (size_t i = 0; i < mounts[m].routes_count; i++) {
            KW_TRY(add_entry(router, &mounts[m].routes[i], mounts[m].context, err));
        }
    }
    *out = router;
    router = NULL;
    return KW_OK;
}

void kw_router_free(kw_router *router)
{
    kw_heap_free(router);
}

/* What is asked for, and what was found so far. */
typedef struct search {
    kw_listener listener;
    kw_method method;
    kw_str path;
    kw_routed *out;
    bool is_found;
} search;

static void consider(search *s, const entry *e)
{
    bool is_same = e->route->listener == s->listener &&
                   (e->has_params ? has_shape(e->path, s->path, s->out->params)
                                  : kw_str_equal(e->path, s->path));
    if (!is_same) {
        return;
    }
    s->out->allowed |= 1U << e->route->method;
    if (e->route->method == s->method) {
        s->out->route = e->route;
        s->out->context = e->context;
        s->is_found = true;
    }
}

kw_status kw_router_match(const kw_router *router, kw_routed *out, kw_listener listener,
                          kw_method method, kw_str path)
{
    out->route = NULL;
    out->allowed = 0;
    search s = {.listener = listener, .method = method, .path = path, .out = out};
    for (size_t slot = slot_of(path); router->slots[slot] != 0 && !s.is_found;
         slot = (slot + 1) % SLOTS_COUNT) {
        consider(&s, &router->entries[router->slots[slot] - 1]);
    }
    for (size_t i = 0; i < router->patterns_count && !s.is_found; i++) {
        consider(&s, &router->entries[router->patterns[i]]);
    }
    if (s.is_found) {
        return KW_OK;
    }
    return out->allowed != 0 ? KW_METHOD_NOT_ALLOWED : KW_NOT_FOUND;
}

kw_status kw_routed_decode(const kw_routed *routed, void *in, kw_arena *arena, kw_str query,
                           kw_error *err)
{
    const kw_schema *schema = routed->route->in;
    KW_TRY(kw_object_init(in, arena, schema));
    kw_str rest = kw_str_of(routed->route->path);
    kw_str name = {0};
    for (size_t i = 0; kw_path_next_param(&rest, &name); i++) {
        kw_str value = {0};
        KW_TRY_AT(err, kw_path_decode(arena, &value, routed->params[i]), "reading the path");
        KW_TRY(kw_field_set(in, arena, kw_field_find(schema, name), value, err));
    }
    return kw_query_decode(in, arena, schema, query, err);
}
