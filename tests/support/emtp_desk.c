/* SPDX-License-Identifier: Apache-2.0
 * Handlers of the EMTP domain, asked directly. */
#include "support/emtp_desk.h"

#include "base/heap.h"
#include "emtp/api.h"
#include "support/expect.h"

static void start(emtp_desk *desk)
{
    kw_emtp_ports ports = {.store = desk->world.store,
                           .sealer = desk->world.sealer,
                           .rng = &desk->world.rng,
                           .clock = &desk->world.clock,
                           .guard = desk->world.guard};
    EXPECT_OK(kw_emtp_new(&desk->emtp, &desk->config, &ports, NULL));
    EXPECT_OK(kw_emtp_start(desk->emtp, KW_STR("https://k.example"), NULL));
}

void emtp_desk_make(emtp_desk *desk, void **state, const char *now,
                    void (*change)(kw_emtp_config *config))
{
    *desk = (emtp_desk){0};
    emtp_world_make(&desk->world, state, now);
    desk->arena = kw_arena_init(4096);
    EXPECT_OK(kw_object_init(&desk->config, &desk->arena, &kw_emtp_config_schema));
    if (change != NULL) {
        change(&desk->config);
    }
    desk->x = kw_heap_new(1, sizeof *desk->x);
    assert_non_null(desk->x);
    desk->x->arena = kw_arena_init(16 << 20);
    emtp_desk_be(desk, "clinic", KW_ROLE_BIT(KW_ROLE_CLIENT));
    start(desk);
}

void emtp_desk_restart(emtp_desk *desk)
{
    kw_emtp_free(desk->emtp);
    emtp_world_restart(&desk->world);
    start(desk);
}

void emtp_desk_remove(emtp_desk *desk)
{
    kw_emtp_free(desk->emtp);
    kw_arena_drop(&desk->x->arena);
    kw_heap_free(desk->x);
    kw_arena_drop(&desk->arena);
    emtp_world_remove(&desk->world);
}

void emtp_desk_be(emtp_desk *desk, const char *id, kw_role_set roles)
{
    desk->identity = (kw_guard_caller){.roles = roles, .method = KW_AUTH_CERTIFICATE};
    desk->caller =
        (kw_caller){.id = kw_str_of(id), .tenant = KW_STR("root"), .identity = &desk->identity};
}

static const kw_route *find(const kw_route *routes, size_t count, kw_method method,
                            const char *path)
{
    for (size_t i = 0; i < count; i++) {
        if (routes[i].method == method && strcmp(routes[i].path, path) == 0) {
            return &routes[i];
        }
    }
    return NULL;
}

kw_status emtp_desk_call(emtp_desk *desk, kw_method method, const char *path, void *out,
                         const void *in)
{
    const kw_route *route = find(kw_emtp_routes, kw_emtp_routes_count, method, path);
    if (route == NULL) {
        route = find(kw_emtp_admin_routes, kw_emtp_admin_routes_count, method, path);
    }
    if (route == NULL) {
        fail_msg("no route %s", path);
    }
    memset(out, 0, route->out->size);
    kw_arena_reset(&desk->x->arena);
    desk->x->request = (kw_request){.context = desk->emtp,
                                    .route = route,
                                    .caller = &desk->caller,
                                    .arena = &desk->x->arena,
                                    .now_ms = kw_clock_now_ms(&desk->world.clock)};
    memset(desk->x->request.id.text, '0', sizeof desk->x->request.id.text);
    desk->x->reply = (kw_reply){0};
    desk->err = (kw_error){0};
    return route->thunk(&desk->x->request, out, in, &desk->err);
}
