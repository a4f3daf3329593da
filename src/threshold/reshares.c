/* SPDX-License-Identifier: Apache-2.0
 * Boundaries that were asked for. */
#include "threshold/reshares.h"

#include "store/sql.h"

#include <inttypes.h>

static uint64_t *place_of(kw_reshares *reshares, uint64_t boundary_s)
{
    uint64_t number = boundary_s / reshares->config->interval_s;
    return &reshares->boundaries[number % KW_COUNT(reshares->boundaries)];
}

static kw_status read_all(kw_tx *tx, void *ctx, kw_error *err)
{
    kw_reshares *reshares = ctx;
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows, "SELECT boundary FROM threshold_reshares ORDER BY boundary",
                        KW_SQL_NO_ARGS, err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        int64_t boundary = 0;
        KW_TRY(kw_rows_int(&rows, &boundary, 0, err));
        KW_REQUIRE(boundary > 0 && boundary % reshares->config->interval_s == 0, err, KW_CORRUPT,
                   "a resharing that was asked for is at no boundary");
        *place_of(reshares, (uint64_t)boundary) = (uint64_t)boundary;
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}

kw_status kw_reshares_open(kw_reshares *out, kw_store *store, const kw_config_fields *config,
                           kw_error *err)
{
    kw_reshares read = {.store = store, .config = config};
    KW_TRY_AT(err, kw_store_read(store, read_all, &read, err),
              "reading which resharings were asked for");
    *out = read;
    return KW_OK;
}

/* A boundary on its way to the store. */
typedef struct wish {
    int64_t boundary;
    int64_t over; /* sessions of this boundary and of those before it are over */
} wish;

static kw_status put(kw_tx *tx, void *ctx, kw_error *err)
{
    const wish *w = ctx;
    KW_TRY(kw_sql_run(tx, NULL, "DELETE FROM threshold_reshares WHERE boundary <= $1",
                      KW_SQL_ARGS(kw_sql_int(w->over)), err));
    return kw_sql_run(tx, NULL,
                      "INSERT INTO threshold_reshares (boundary) VALUES ($1)"
                      " ON CONFLICT (boundary) DO NOTHING",
                      KW_SQL_ARGS(kw_sql_int(w->boundary)), err);
}

kw_status kw_reshares_add(kw_reshares *reshares, uint64_t boundary_s, uint64_t now_s, kw_error *err)
{
    uint32_t interval_s = reshares->config->interval_s;
    uint64_t ahead_s = (uint64_t)KW_RESHARES_AHEAD_MAX * interval_s;
    KW_REQUIRE(boundary_s % interval_s == 0, err, KW_BAD_INPUT,
               "no boundary: they are multiples of %" PRIu32 " seconds", interval_s);
    KW_REQUIRE(boundary_s > now_s, err, KW_CONFLICT, "this boundary has come: ask for a later one");
    KW_REQUIRE(boundary_s - now_s <= ahead_s, err, KW_LIMIT,
               "this boundary is more than %d intervals away", KW_RESHARES_AHEAD_MAX);
    if (kw_reshare_is_due(reshares->config, boundary_s) ||
        kw_reshares_attempt(reshares, boundary_s) != 0) {
        return KW_OK;
    }
    wish w = {.boundary = (int64_t)boundary_s, .over = (int64_t)now_s - interval_s};
    KW_TRY_AT(err, kw_store_write(reshares->store, put, &w, err), "keeping what was asked for");
    *place_of(reshares, boundary_s) = boundary_s;
    return KW_OK;
}

uint32_t kw_reshares_attempt(const kw_reshares *reshares, uint64_t boundary_s)
{
    uint64_t number = boundary_s / reshares->config->interval_s;
    uint64_t there = reshares->boundaries[number % KW_COUNT(reshares->boundaries)];
    return boundary_s != 0 && there == boundary_s ? 1 : 0;
}
