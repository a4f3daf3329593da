/* SPDX-License-Identifier: Apache-2.0
 * Store, sealer and guard for tests of the EMTP services. */
#include "support/emtp_world.h"

#include "os/file.h"
#include "support/expect.h"

kw_unix_s moment(const char *text)
{
    kw_unix_s at = 0;
    assert_true(kw_utc_parse(&at, kw_str_of(text)));
    return at;
}

static void open_all(emtp_world *world)
{
    kw_error err = {0};
    world->store = stores_open(&world->options);
    tempdir_path key = tempdir_join(&world->dir, "seal.key");
    kw_seal_options seal = {.root = KW_SEAL_KEY_FILE, .path = key.text, .rng = world->rng};
    EXPECT_OK(kw_sealer_open(&world->sealer, world->store, &seal, NULL));
    tempdir_path audit = tempdir_join(&world->dir, "audit");
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    kw_guard_config config = {0};
    EXPECT_OK(kw_object_init(&config, &arena, &kw_guard_config_schema));
    config.audit_dir = kw_str_of(audit.text);
    config.audit_disk_free_percent = 0;
    kw_guard_ports ports = {
        .store = world->store, .sealer = world->sealer, .clock = &world->clock, .rng = &world->rng};
    kw_status st = kw_guard_open(&world->guard, &config, &ports, &err);
    if (st != KW_OK) {
        fail_msg("%s: %s", kw_status_name(st), err.text);
    }
}

static void close_all(emtp_world *world)
{
    kw_guard_free(world->guard);
    kw_sealer_free(world->sealer);
    kw_store_free(world->store);
    world->guard = NULL;
    world->sealer = NULL;
    world->store = NULL;
}

void emtp_world_make(emtp_world *world, void **state, const char *now)
{
    *world = (emtp_world){.all = *state, .seeded = {.seed = 20260110}};
    world->options = stores_fresh(world->all);
    world->dir = tempdir_make();
    world->clock = kw_clock_of_manual(&world->time);
    world->rng = seeded_rng_port(&world->seeded);
    emtp_world_turn(world, now);
    uint8_t key[32] = {7};
    tempdir_path path = tempdir_join(&world->dir, "seal.key");
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(key), 0600, NULL));
    open_all(world);
}

void emtp_world_restart(emtp_world *world)
{
    close_all(world);
    open_all(world);
}

void emtp_world_turn(emtp_world *world, const char *now)
{
    atomic_store(&world->time.at, moment(now) * 1000);
}

kw_unix_s emtp_world_now(const emtp_world *world)
{
    return kw_clock_now_ms(&world->clock) / 1000;
}

void emtp_world_remove(emtp_world *world)
{
    close_all(world);
    tempdir_remove(&world->dir);
}
