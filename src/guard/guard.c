/* SPDX-License-Identifier: Apache-2.0
 * Opening and closing the guard, and the start-up check of permissions. */
#include "guard/guard.h"

#include "base/heap.h"
#include "guard/state.h"
#include "store/store.h"

#include <stdio.h>

enum {
    ARENA_BYTES_MAX = 4 << 20,
    PERMISSIONS_MAX = 1024,
    PATH_BYTES = 512,
};

static kw_status make_buckets(kw_guard *guard, const kw_guard_config *config, kw_error *err)
{
    const kw_bucket_rate rates[KW_BUCKET_CLASSES_COUNT] = {
        [KW_BUCKET_PREAUTH] = {config->preauth_rate, config->preauth_burst},
        [KW_BUCKET_READ] = {config->read_rate, config->read_burst},
        [KW_BUCKET_CRYPTO] = {config->crypto_rate, config->crypto_burst},
        [KW_BUCKET_ADMIN] = {config->admin_rate, config->admin_burst},
        [KW_BUCKET_HEAVY] = {config->heavy_rate, config->heavy_burst},
    };
    for (size_t i = 0; i < KW_COUNT(rates); i++) {
        KW_REQUIRE(rates[i].burst >= 1 && rates[i].burst <= UINT16_MAX, err, KW_CONFIG,
                   "a burst of the guard is not in 1..65535");
    }
    kw_bucket_seed seed;
    KW_TRY_AT(err, kw_rng_fill(guard->ports.rng, KW_MSPAN(seed.words)), "seeding the rate limits");
    KW_TRY_AT(err, kw_rng_fill(guard->ports.rng, KW_MSPAN(guard->seed)), "seeding the directory");
    guard->buckets = kw_buckets_new(rates, seed);
    KW_REQUIRE(guard->buckets != NULL, err, KW_NO_MEMORY, "making the rate limits");
    return KW_OK;
}

static kw_status open_audit(kw_guard *guard, const kw_guard_config *config, kw_error *err)
{
    char folder[PATH_BYTES];
    int len = snprintf(folder, sizeof folder, "%.*s", KW_STR_ARG(config->audit_dir));
    KW_REQUIRE(len > 0 && (size_t)len < sizeof folder, err, KW_CONFIG,
               "guard.audit_dir is not a folder's name");
    kw_audit_config audit = {.folder = folder,
                             .node = config->node,
                             .key = &guard->keys->audit,
                             .clock = guard->ports.clock,
                             .sink = guard->ports.sink,
                             .disk_free_percent = config->audit_disk_free_percent};
    return kw_audit_open(&guard->audit, &audit, err);
}

static kw_status open_parts(kw_guard *guard, const kw_guard_config *config, kw_error *err)
{
    guard->arena = kw_arena_init(ARENA_BYTES_MAX);
    kw_snapshot_init(&guard->directory, NULL, kw_directory_free);
    guard->gate = kw_guard_gate_of(guard);
    KW_TRY(kw_guard_watch_open(&guard->watch, guard->ports.log, guard->ports.metrics, err));
    KW_TRY(kw_guard_configure(guard, config, err));
    KW_TRY(make_buckets(guard, config, err));
    KW_TRY(kw_guard_migrate(guard->ports.store, err));
    KW_TRY(kw_guard_keys_load(&guard->keys, &guard->ports, config->node, err));
    KW_TRY(open_audit(guard, config, err));
    return kw_guard_load(guard, err);
}

kw_status kw_guard_open(kw_guard **out, const kw_guard_config *config, const kw_guard_ports *ports,
                        kw_error *err)
{
    KW_AUTO_PTR(kw_guard) guard = kw_heap_new(1, sizeof *guard);
    KW_REQUIRE(guard != NULL, err, KW_NO_MEMORY, "opening the guard");
    guard->ports = *ports;
    KW_TRY_AT(err, open_parts(guard, config, err), "opening the guard");
    *out = guard;
    guard = NULL;
    return KW_OK;
}

void kw_guard_free(kw_guard *guard)
{
    if (guard == NULL) {
        return;
    }
    kw_audit_free(guard->audit);
    kw_snapshot_drop(&guard->directory);
    kw_buckets_free(guard->buckets);
    kw_guard_keys_free(guard->keys);
    kw_arena_drop(&guard->arena);
    kw_heap_free(guard);
}

void kw_guard_admit_members(kw_guard *guard, kw_guard_members members)
{
    guard->members = members;
}

const kw_gate *kw_guard_gate(kw_guard *guard)
{
    return &guard->gate;
}

kw_audit *kw_guard_audit(kw_guard *guard)
{
    return guard->audit;
}

kw_guard_actor kw_guard_actor_of(const kw_request *request)
{
    const kw_guard_caller *caller = request->caller->identity;
    return (kw_guard_actor){.id = request->caller->id,
                            .tenant = request->caller->tenant,
                            .method = caller->method,
                            .roles = caller->roles,
                            .request_id = {request->id.text, sizeof request->id.text},
                            .address = caller->address};
}

static kw_status check_route(bool used[PERMISSIONS_MAX], const kw_route *route, kw_error *err)
{
    KW_REQUIRE(route->permission != NULL, err, KW_CONFIG, "route %s names no permission",
               route->path);
    kw_permission permission;
    KW_REQUIRE(kw_permission_find(&permission, kw_str_of(route->permission)) == KW_OK, err,
               KW_CONFIG, "route %s names the unknown permission %s", route->path,
               route->permission);
    used[permission.row] = true;
    return KW_OK;
}

kw_status kw_guard_check_routes(const kw_guard_routes *tables, size_t count, kw_error *err)
{
    bool used[PERMISSIONS_MAX] = {false};
    KW_ASSERT(kw_permissions_count() <= PERMISSIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < tables[i].count; k++) {
            KW_TRY(check_route(used, &tables[i].rows[k], err));
        }
    }
    for (size_t i = 0; i < kw_permissions_count(); i++) {
        KW_REQUIRE(used[i], err, KW_CONFIG, "permission %s is used by no route",
                   kw_permission_name((kw_permission){(uint16_t)i}));
    }
    return KW_OK;
}
