/* SPDX-License-Identifier: Apache-2.0
 * SQL of participants and receivers. */
#include "emtp/participant_rows.h"

kw_status kw_emtp_participant_put(kw_tx *tx, const kw_emtp_participant_row *row, kw_error *err)
{
    return kw_sql_run(
        tx, NULL,
        "INSERT INTO emtp_participants (id, role, hosts) VALUES ($1, $2, $3)"
        " ON CONFLICT (id) DO UPDATE SET role = excluded.role,"
        " hosts = excluded.hosts",
        KW_SQL_ARGS(kw_sql_text(row->id), kw_sql_text(row->role), kw_sql_text(row->hosts)), err);
}

static kw_status read_row(kw_rows *rows, kw_emtp_participant_row *out, kw_error *err)
{
    KW_TRY(kw_rows_text(rows, &out->id, 0, err));
    KW_TRY(kw_rows_text(rows, &out->role, 1, err));
    return kw_rows_text(rows, &out->hosts, 2, err);
}

kw_status kw_emtp_participant_get(kw_tx *tx, kw_emtp_participant_row *out, kw_str id,
                                  kw_arena *arena, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    kw_emtp_participant_row row = {0};
    KW_TRY(kw_sql_query_one(tx, &rows,
                            "SELECT id, role, hosts FROM emtp_participants WHERE id = $1",
                            KW_SQL_ARGS(kw_sql_text(id)), err));
    KW_TRY(read_row(&rows, &row, err));
    kw_emtp_participant_row copy = {0};
    KW_TRY_AT(err, kw_arena_copy_str(arena, &copy.id, row.id), "reading a participant");
    KW_TRY_AT(err, kw_arena_copy_str(arena, &copy.role, row.role), "reading a participant");
    KW_TRY_AT(err, kw_arena_copy_str(arena, &copy.hosts, row.hosts), "reading a participant");
    *out = copy;
    return KW_OK;
}

kw_status kw_emtp_participant_each(kw_tx *tx, kw_str after_id, size_t count,
                                   kw_emtp_participant_visit visit, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(
        tx, &rows,
        "SELECT id, role, hosts FROM emtp_participants WHERE id > $1 ORDER BY id LIMIT $2",
        KW_SQL_ARGS(kw_sql_text(after_id), kw_sql_int((int64_t)count)), err));
    for (;;) {
        kw_status st = kw_rows_next(&rows, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        kw_emtp_participant_row row = {0};
        KW_TRY(read_row(&rows, &row, err));
        KW_TRY(visit(ctx, &row, err));
    }
}

kw_status kw_emtp_receiver_put(kw_tx *tx, kw_str participant, const kw_emtp_nurl *nurl,
                               kw_error *err)
{
    return kw_sql_run(
        tx, NULL,
        "INSERT INTO emtp_receivers (participant, name, nurl) VALUES ($1, $2, $3)"
        " ON CONFLICT (participant, name) DO UPDATE SET nurl = excluded.nurl",
        KW_SQL_ARGS(kw_sql_text(participant), kw_sql_text(nurl->name), kw_sql_text(nurl->url)),
        err);
}

kw_status kw_emtp_receiver_remove(kw_tx *tx, kw_str participant, kw_error *err)
{
    return kw_sql_run(tx, NULL, "DELETE FROM emtp_receivers WHERE participant = $1",
                      KW_SQL_ARGS(kw_sql_text(participant)), err);
}

kw_status kw_emtp_receiver_each(kw_tx *tx, kw_emtp_receiver_visit visit, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT participant, name, nurl FROM emtp_receivers"
                        " ORDER BY participant, name",
                        KW_SQL_NO_ARGS, err));
    for (;;) {
        kw_status st = kw_rows_next(&rows, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        kw_str participant = {0};
        kw_emtp_nurl nurl = {0};
        KW_TRY(kw_rows_text(&rows, &participant, 0, err));
        KW_TRY(kw_rows_text(&rows, &nurl.name, 1, err));
        KW_TRY(kw_rows_text(&rows, &nurl.url, 2, err));
        KW_TRY(visit(ctx, participant, &nurl, err));
    }
}
