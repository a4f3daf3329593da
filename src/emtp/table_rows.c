/* SPDX-License-Identifier: Apache-2.0
 * SQL of token tables. */
#include "emtp/table_rows.h"

#define COLUMNS "participant, position, role, surl, last_seq"

static kw_status read_table(kw_rows *rows, kw_emtp_table *out, kw_error *err)
{
    int64_t position = 0;
    int64_t role = 0;
    int64_t last_seq = 0;
    KW_TRY(kw_rows_text(rows, &out->participant, 0, err));
    KW_TRY(kw_rows_int(rows, &position, 1, err));
    KW_TRY(kw_rows_int(rows, &role, 2, err));
    KW_TRY(kw_rows_text(rows, &out->surl, 3, err));
    KW_TRY(kw_rows_int(rows, &last_seq, 4, err));
    bool is_fit = position > 0 && position <= UINT32_MAX && role >= 0 &&
                  role < KW_MATCH_ROLES_MAX && last_seq >= 0;
    KW_REQUIRE(is_fit, err, KW_CORRUPT, "a token table in the store");
    out->owner = (kw_match_owner){.participant = (uint32_t)position, .role = (uint8_t)role};
    out->last_seq = (uint64_t)last_seq;
    return KW_OK;
}

static kw_status find(kw_tx *tx, kw_emtp_table *out, kw_str participant, kw_str surl, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT " COLUMNS " FROM emtp_tables WHERE participant = $1",
                            KW_SQL_ARGS(kw_sql_text(participant)), err));
    kw_emtp_table table = {0};
    KW_TRY(read_table(&rows, &table, err));
    if (!kw_str_equal(table.surl, surl)) {
        table.last_seq = 0;
    }
    table.participant = participant;
    table.surl = surl;
    *out = table;
    return KW_OK;
}

kw_status kw_emtp_table_put(kw_tx *tx, kw_emtp_table *out, kw_str participant, uint8_t role,
                            kw_str surl, kw_error *err)
{
    kw_status st = find(tx, out, participant, surl, err);
    if (st == KW_NOT_FOUND) {
        KW_TRY(kw_sql_run(
            tx, NULL,
            "INSERT INTO emtp_tables (" COLUMNS ")"
            " SELECT $1, COALESCE(MAX(position), 0) + 1, $2, $3, 0 FROM emtp_tables",
            KW_SQL_ARGS(kw_sql_text(participant), kw_sql_int(role), kw_sql_text(surl)), err));
        return find(tx, out, participant, surl, err);
    }
    KW_TRY(st);
    KW_REQUIRE(out->owner.role == role, err, KW_CONFLICT,
               "the participant's role on this registry changed");
    return kw_sql_run(tx, NULL,
                      "UPDATE emtp_tables SET surl = $2, last_seq = $3 WHERE participant = $1",
                      KW_SQL_ARGS(kw_sql_text(participant), kw_sql_text(surl),
                                  kw_sql_int((int64_t)out->last_seq)),
                      err);
}

kw_status kw_emtp_table_advance(kw_tx *tx, kw_str participant, uint64_t last_seq, kw_error *err)
{
    return kw_sql_run(tx, NULL, "UPDATE emtp_tables SET last_seq = $2 WHERE participant = $1",
                      KW_SQL_ARGS(kw_sql_text(participant), kw_sql_int((int64_t)last_seq)), err);
}

kw_status kw_emtp_table_each(kw_tx *tx, kw_emtp_table_visit visit, void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows, "SELECT " COLUMNS " FROM emtp_tables ORDER BY position",
                        KW_SQL_NO_ARGS, err));
    for (;;) {
        kw_status st = kw_rows_next(&rows, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        kw_emtp_table table = {0};
        KW_TRY(read_table(&rows, &table, err));
        KW_TRY(visit(ctx, &table, err));
    }
}

kw_status kw_emtp_table_row_put(kw_tx *tx, kw_str participant, kw_str nurl, kw_str tokens,
                                kw_error *err)
{
    return kw_sql_run(tx, NULL,
                      "INSERT INTO emtp_table_rows (participant, nurl, tokens) VALUES ($1, $2, $3)"
                      " ON CONFLICT (participant, nurl) DO UPDATE SET tokens = excluded.tokens",
                      KW_SQL_ARGS(kw_sql_text(participant), kw_sql_text(nurl), kw_sql_text(tokens)),
                      err);
}

kw_status kw_emtp_table_row_remove(kw_tx *tx, kw_str participant, kw_str nurl, kw_error *err)
{
    return kw_sql_run(tx, NULL, "DELETE FROM emtp_table_rows WHERE participant = $1 AND nurl = $2",
                      KW_SQL_ARGS(kw_sql_text(participant), kw_sql_text(nurl)), err);
}

kw_status kw_emtp_table_row_each(kw_tx *tx, kw_str participant, kw_emtp_table_row_visit visit,
                                 void *ctx, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT nurl, tokens FROM emtp_table_rows WHERE participant = $1"
                        " ORDER BY nurl",
                        KW_SQL_ARGS(kw_sql_text(participant)), err));
    for (;;) {
        kw_status st = kw_rows_next(&rows, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        kw_str nurl = {0};
        kw_str tokens = {0};
        KW_TRY(kw_rows_text(&rows, &nurl, 0, err));
        KW_TRY(kw_rows_text(&rows, &tokens, 1, err));
        KW_TRY(visit(ctx, nurl, tokens, err));
    }
}
