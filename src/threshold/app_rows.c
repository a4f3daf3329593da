/* SPDX-License-Identifier: Apache-2.0
 * SQL of applications. */
#include "threshold/app_rows.h"

kw_status kw_app_row_add(kw_tx *tx, const kw_app_row *row, kw_error *err)
{
    uint64_t changed = 0;
    KW_TRY(kw_sql_run(tx, &changed,
                      "INSERT INTO threshold_apps (id, policy, uses, registered_at)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
                      KW_SQL_ARGS(kw_sql_text(row->id), kw_sql_text(row->policy),
                                  kw_sql_int((int64_t)row->uses), kw_sql_int(row->registered_at)),
                      err));
    KW_REQUIRE(changed == 1, err, KW_CONFLICT, "the application is registered already");
    return KW_OK;
}

static kw_status change_one(kw_tx *tx, const char *sql, kw_sql_args args, kw_error *err)
{
    uint64_t changed = 0;
    KW_TRY(kw_sql_run(tx, &changed, sql, args, err));
    KW_REQUIRE(changed == 1, err, KW_NOT_FOUND, "no such application is registered");
    return KW_OK;
}

kw_status kw_app_row_set(kw_tx *tx, kw_str id, kw_str policy, kw_error *err)
{
    return change_one(tx, "UPDATE threshold_apps SET policy = $2 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_text(id), kw_sql_text(policy)), err);
}

kw_status kw_app_row_remove(kw_tx *tx, kw_str id, kw_error *err)
{
    return change_one(tx, "DELETE FROM threshold_apps WHERE id = $1", KW_SQL_ARGS(kw_sql_text(id)),
                      err);
}

kw_status kw_app_row_use(kw_tx *tx, kw_str id, uint64_t uses_max, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    int64_t uses = 0;
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT uses FROM threshold_apps WHERE id = $1",
                            KW_SQL_ARGS(kw_sql_text(id)), err));
    KW_TRY(kw_rows_int(&rows, &uses, 0, err));
    kw_rows_drop(&rows);
    KW_REQUIRE(uses >= 0, err, KW_CORRUPT, "uses of an application");
    KW_REQUIRE((uint64_t)uses < uses_max, err, KW_LIMIT, "the application's uses are used up");
    return change_one(tx, "UPDATE threshold_apps SET uses = uses + 1 WHERE id = $1",
                      KW_SQL_ARGS(kw_sql_text(id)), err);
}

static kw_status read_row(kw_rows *rows, kw_app_row *out, kw_error *err)
{
    int64_t uses = 0;
    KW_TRY(kw_rows_text(rows, &out->id, 0, err));
    KW_TRY(kw_rows_text(rows, &out->policy, 1, err));
    KW_TRY(kw_rows_int(rows, &uses, 2, err));
    KW_TRY(kw_rows_int(rows, &out->registered_at, 3, err));
    KW_REQUIRE(uses >= 0, err, KW_CORRUPT, "uses of an application");
    out->uses = (uint64_t)uses;
    return KW_OK;
}

kw_status kw_app_row_each(kw_tx *tx, kw_app_row_page page, kw_app_row_visit visit, void *ctx,
                          kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT id, policy, uses, registered_at FROM threshold_apps WHERE id > $1"
                        " ORDER BY id LIMIT $2",
                        KW_SQL_ARGS(kw_sql_text(page.after_id), kw_sql_int((int64_t)page.count)),
                        err));
    kw_status st = kw_rows_next(&rows, err);
    while (st == KW_OK) {
        kw_app_row row = {0};
        KW_TRY(read_row(&rows, &row, err));
        KW_TRY(visit(ctx, &row, err));
        st = kw_rows_next(&rows, err);
    }
    return st == KW_END ? KW_OK : st;
}
