/* SPDX-License-Identifier: Apache-2.0
 * Tables of the guard, and the directory that is read from them. */
#include "guard/state.h"

#include "base/heap.h"
#include "guard/limits.h"
#include "store/migrate.h"
#include "store/store.h"

static const kw_migration migrations[] = {
    {1, "identities",
     "CREATE TABLE guard_identity ("
     " id TEXT PRIMARY KEY,"
     " tenant TEXT NOT NULL,"
     " kind TEXT NOT NULL,"
     " name TEXT NOT NULL,"
     " enabled BIGINT NOT NULL,"
     " created_ms BIGINT NOT NULL,"
     " allowed TEXT NOT NULL);"
     "CREATE UNIQUE INDEX guard_identity_name ON guard_identity (kind, name) WHERE name <> '';"
     "CREATE TABLE guard_binding ("
     " identity TEXT NOT NULL REFERENCES guard_identity (id),"
     " role TEXT NOT NULL,"
     " expires_ms BIGINT NOT NULL,"
     " PRIMARY KEY (identity, role));"
     "CREATE TABLE guard_api_key ("
     " id TEXT PRIMARY KEY,"
     " identity TEXT NOT NULL REFERENCES guard_identity (id),"
     " mac BYTEA NOT NULL,"
     " created_ms BIGINT NOT NULL,"
     " expires_ms BIGINT NOT NULL,"
     " revoked BIGINT NOT NULL);"
     "CREATE TABLE guard_change (id BIGINT PRIMARY KEY, count BIGINT NOT NULL);"
     "INSERT INTO guard_change (id, count) VALUES (1, 0);"},
};

kw_status kw_guard_migrate(kw_store *store, kw_error *err)
{
    return kw_store_migrate(store, "guard", migrations, KW_COUNT(migrations), err);
}

/* Rows as they come; everything lives in the arena. */
typedef struct loading {
    kw_guard *guard;
    kw_arena *arena;
    kw_identity_info *identities;
    size_t identities_count;
    kw_directory_key *keys;
    size_t keys_count;
    uint64_t change;
} loading;

static kw_status count_rows(kw_tx *tx, size_t *out, const char *sql, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    int64_t count = 0;
    KW_TRY(kw_sql_query_one(tx, &rows, sql, KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_int(&rows, &count, 0, err));
    *out = (size_t)count;
    return KW_OK;
}

/* "10.0.0.0/8,!10.1.0.0/16" into rows. */
static kw_status read_networks(kw_arena *arena, kw_networks *out, kw_str text, kw_error *err)
{
    kw_network *rows = kw_arena_new(arena, KW_IDENTITY_NETWORKS_MAX, sizeof *rows);
    KW_REQUIRE(rows != NULL, err, KW_LIMIT, "loading identities");
    kw_networks networks = {.rows = rows};
    while (text.len > 0) {
        kw_str item;
        (void)kw_str_split(text, ',', &item, &text);
        KW_REQUIRE(networks.count < KW_IDENTITY_NETWORKS_MAX &&
                       kw_network_parse(&rows[networks.count], item) == KW_OK,
                   err, KW_CORRUPT, "a stored address list cannot be read");
        networks.count++;
    }
    *out = networks;
    return KW_OK;
}

static kw_status read_identity(loading *l, kw_rows *rows, kw_error *err)
{
    kw_identity_info row = {0};
    kw_str kind;
    kw_str allowed;
    int64_t enabled = 0;
    KW_TRY(kw_rows_text(rows, &row.id, 0, err));
    KW_TRY(kw_rows_text(rows, &row.tenant, 1, err));
    KW_TRY(kw_rows_text(rows, &kind, 2, err));
    KW_TRY(kw_rows_text(rows, &row.name, 3, err));
    KW_TRY(kw_rows_int(rows, &enabled, 4, err));
    KW_TRY(kw_rows_int(rows, &row.created_ms, 5, err));
    KW_TRY(kw_rows_text(rows, &allowed, 6, err));
    KW_REQUIRE(kw_identity_kind_of_name(&row.kind, kind) == KW_OK, err, KW_CORRUPT,
               "an identity of an unknown kind is stored");
    row.is_enabled = enabled != 0;
    KW_TRY(read_networks(l->arena, &row.allowed, allowed, err));
    KW_TRY_AT(err, kw_identity_copy(l->arena, &l->identities[l->identities_count], &row),
              "loading identities");
    l->identities_count++;
    return KW_OK;
}

static kw_status read_identities(loading *l, kw_tx *tx, kw_error *err)
{
    size_t stored = 0;
    KW_TRY(count_rows(tx, &stored, "SELECT COUNT(*) FROM guard_identity", err));
    size_t count = stored + l->guard->configured_count;
    KW_REQUIRE(count <= KW_IDENTITIES_MAX, err, KW_LIMIT, "too many identities");
    l->identities = kw_arena_new(l->arena, count + 1, sizeof *l->identities);
    KW_REQUIRE(l->identities != NULL, err, KW_NO_MEMORY, "loading identities");
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT id, tenant, kind, name, enabled, created_ms, allowed"
                        " FROM guard_identity ORDER BY id",
                        KW_SQL_NO_ARGS, err));
    kw_status st = KW_OK;
    while ((st = kw_rows_next(&rows, err)) == KW_OK) {
        KW_TRY(read_identity(l, &rows, err));
    }
    return st == KW_END ? KW_OK : st;
}

/* The identity with that id. Both lists are in order of it, so `from` only moves on. */
static kw_status find_from(const loading *l, size_t *from, kw_str id, kw_error *err)
{
    while (*from < l->identities_count && !kw_str_equal(l->identities[*from].id, id)) {
        (*from)++;
    }
    KW_REQUIRE(*from < l->identities_count, err, KW_CORRUPT, "a row of no identity is stored");
    return KW_OK;
}

static kw_status read_bindings(loading *l, kw_tx *tx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT identity, role, expires_ms FROM guard_binding"
                        " ORDER BY identity, role",
                        KW_SQL_NO_ARGS, err));
    kw_status st = KW_OK;
    size_t at = 0;
    while ((st = kw_rows_next(&rows, err)) == KW_OK) {
        kw_str id;
        kw_str role;
        kw_role_binding binding;
        KW_TRY(kw_rows_text(&rows, &id, 0, err));
        KW_TRY(kw_rows_text(&rows, &role, 1, err));
        KW_TRY(kw_rows_int(&rows, &binding.expires_ms, 2, err));
        KW_TRY(find_from(l, &at, id, err));
        KW_REQUIRE(kw_role_of_name(&binding.role, role) == KW_OK, err, KW_CORRUPT,
                   "a binding of an unknown role is stored");
        kw_role_bindings *list = &l->identities[at].bindings;
        kw_role_binding *mine = kw_arena_new(l->arena, list->count + 1, sizeof *mine);
        KW_REQUIRE(mine != NULL, err, KW_NO_MEMORY, "loading bindings");
        for (size_t i = 0; i < list->count; i++) {
            mine[i] = list->rows[i];
        }
        mine[list->count] = binding;
        *list = (kw_role_bindings){mine, list->count + 1};
    }
    return st == KW_END ? KW_OK : st;
}

static kw_status read_keys(loading *l, kw_tx *tx, kw_error *err)
{
    size_t count = 0;
    KW_TRY(count_rows(tx, &count, "SELECT COUNT(*) FROM guard_api_key", err));
    KW_REQUIRE(count <= KW_IDENTITIES_MAX, err, KW_LIMIT, "too many API keys");
    l->keys = kw_arena_new(l->arena, count + 1, sizeof *l->keys);
    KW_REQUIRE(l->keys != NULL, err, KW_NO_MEMORY, "loading API keys");
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT id, identity, mac, created_ms, expires_ms, revoked"
                        " FROM guard_api_key ORDER BY identity, id",
                        KW_SQL_NO_ARGS, err));
    kw_status st = KW_OK;
    size_t at = 0;
    while ((st = kw_rows_next(&rows, err)) == KW_OK) {
        kw_directory_key *key = &l->keys[l->keys_count];
        kw_str id;
        kw_str identity;
        int64_t revoked = 0;
        KW_TRY(kw_rows_text(&rows, &id, 0, err));
        KW_TRY(kw_rows_text(&rows, &identity, 1, err));
        KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(key->mac.bytes), 2, err));
        KW_TRY(kw_rows_int(&rows, &key->info.created_ms, 3, err));
        KW_TRY(kw_rows_int(&rows, &key->info.expires_ms, 4, err));
        KW_TRY(kw_rows_int(&rows, &revoked, 5, err));
        KW_TRY(find_from(l, &at, identity, err));
        KW_REQUIRE(id.len == KW_API_KEY_ID_BYTES, err, KW_CORRUPT,
                   "an API key with a wrong id is stored");
        memcpy(key->info.id.text, id.ptr, id.len);
        key->info.is_revoked = revoked != 0;
        key->holder = (uint32_t)at;
        l->keys_count++;
    }
    return st == KW_END ? KW_OK : st;
}

static kw_status read_all(kw_tx *tx, void *ctx, kw_error *err)
{
    loading *l = ctx;
    KW_AUTO(kw_rows) rows = {0};
    int64_t change = 0;
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT count FROM guard_change WHERE id = 1",
                            KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_int(&rows, &change, 0, err));
    kw_rows_drop(&rows);
    l->change = (uint64_t)change;
    KW_TRY(read_identities(l, tx, err));
    KW_TRY(read_bindings(l, tx, err));
    return read_keys(l, tx, err);
}

kw_status kw_guard_load(kw_guard *guard, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init((size_t)1 << 30);
    loading l = {.guard = guard, .arena = &arena};
    KW_TRY_AT(err, kw_store_read(guard->ports.store, read_all, &l, err), "loading identities");
    for (size_t i = 0; i < guard->configured_count; i++) {
        l.identities[l.identities_count] = guard->configured[i];
        l.identities_count++;
    }
    kw_directory_source source = {.identities = l.identities,
                                  .identities_count = l.identities_count,
                                  .keys = l.keys,
                                  .keys_count = l.keys_count,
                                  .seed = {guard->seed[0], guard->seed[1]}};
    kw_directory *directory = NULL;
    KW_TRY(kw_directory_new(&directory, &source, err));
    kw_snapshot_publish(&guard->directory, directory);
    guard->loaded_change = l.change;
    return KW_OK;
}
