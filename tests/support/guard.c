/* SPDX-License-Identifier: Apache-2.0
 * A guard for tests. */
#include "support/guard.h"

#include "support/expect.h"

#include <stdio.h>

static void open_guard(guard_world *world)
{
    kw_guard_ports ports = {
        .store = world->store, .sealer = world->sealer, .clock = &world->clock, .rng = &world->rng};
    kw_error err = {0};
    kw_status st = kw_guard_open(&world->guard, &world->config, &ports, &err);
    if (st != KW_OK) {
        print_error("kw_guard_open: %s: %s\n", kw_status_name(st), err.text);
        fail();
    }
}

void guard_world_make(guard_world *world)
{
    *world = (guard_world){.dir = tempdir_make(), .arena = kw_arena_init(1 << 20)};
    atomic_store(&world->time.at, 1700000000000);
    world->clock = kw_clock_of_manual(&world->time);
    world->rng_state.seed = 7;
    world->rng = seeded_rng_port(&world->rng_state);
    char path[600];
    (void)snprintf(path, sizeof path, "%s", tempdir_join(&world->dir, "guard.sqlite").text);
    kw_store_options options = {.backend = KW_STORE_SQLITE, .where = path, .create = true};
    kw_error err = {0};
    EXPECT_OK(kw_store_open(&world->store, &options, &err));
    world->sealer = sealers_open(world->store, &world->sealer_file, &world->dir);
    EXPECT_OK(kw_object_init(&world->config, &world->arena, &kw_guard_config_schema));
    world->audit_dir = tempdir_join(&world->dir, "audit");
    world->config.node = KW_STR("n1");
    world->config.audit_dir = kw_str_of(world->audit_dir.text);
    world->config.audit_disk_free_percent = 0;
    world->bootstrap_row = KW_STR("uri:" GUARD_WORLD_ADMIN_URI "=security_admin");
    world->config.bootstrap = (kw_strs){&world->bootstrap_row, 1};
    open_guard(world);
}

void guard_world_reopen(guard_world *world)
{
    kw_guard_free(world->guard);
    world->guard = NULL;
    open_guard(world);
}

void guard_world_remove(guard_world *world)
{
    kw_guard_free(world->guard);
    kw_sealer_free(world->sealer);
    kw_store_free(world->store);
    kw_arena_drop(&world->arena);
    tempdir_remove(&world->dir);
}

kw_guard_actor guard_world_system(void)
{
    return (kw_guard_actor){
        .id = KW_STR("system"), .method = KW_AUTH_SYSTEM, .roles = KW_GUARD_ALL_ROLES};
}

kw_guard_actor guard_world_admin(void)
{
    return (kw_guard_actor){.id = KW_STR("uri:" GUARD_WORLD_ADMIN_URI),
                            .tenant = KW_STR("system"),
                            .method = KW_AUTH_CERTIFICATE,
                            .roles = KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN)};
}

void guard_world_add_client(guard_world *world, const char *id, kw_api_key_text *out)
{
    kw_unix_ms later = atomic_load(&world->time.at) + (kw_unix_ms)30 * 86400 * 1000;
    kw_role_binding binding = {.role = KW_ROLE_CLIENT, .expires_ms = later};
    kw_identity_spec spec = {.id = kw_str_of(id),
                             .tenant = KW_STR("acme"),
                             .kind = KW_IDENTITY_API_KEY,
                             .bindings = {&binding, 1}};
    kw_guard_actor admin = guard_world_admin();
    kw_error err = {0};
    EXPECT_OK(kw_guard_identity_add(world->guard, &spec, &admin, &err));
    EXPECT_OK(kw_guard_api_key_issue(world->guard, out, spec.id, later, &admin, &err));
}
