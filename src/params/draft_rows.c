/* SPDX-License-Identifier: Apache-2.0
 * SQL of drafts. */
#include "params/draft_rows.h"

typedef struct wish {
    kw_draft_row *out;
    kw_arena *arena;
    kw_str family;
    kw_str version;
} wish;

static kw_status read(kw_tx *tx, void *ctx, kw_error *err)
{
    const wish *w = ctx;
    KW_AUTO(kw_rows) rows = {0};
    kw_span record;
    kw_draft_row row = {.change = 0};
    KW_TRY(kw_sql_query_one(
        tx, &rows, "SELECT change, record FROM params_drafts WHERE family = $1 AND version = $2",
        KW_SQL_ARGS(kw_sql_text(w->family), kw_sql_text(w->version)), err));
    KW_TRY(kw_rows_int(&rows, &row.change, 0, err));
    KW_TRY(kw_rows_blob(&rows, &record, 1, err));
    kw_error why = {0};
    kw_status st = kw_draft_decode(&row.draft, w->arena, record, &why);
    KW_REQUIRE(st != KW_BAD_INPUT, err, KW_CORRUPT, "the record of a draft: %s", why.text);
    KW_REQUIRE(st == KW_OK, err, st, "%s", why.text);
    *w->out = row;
    return KW_OK;
}

kw_status kw_draft_row_read(kw_store *store, kw_draft_row *out, kw_arena *arena, kw_str family,
                            kw_str version, kw_error *err)
{
    wish w = {out, arena, family, version};
    kw_error why = {0};
    kw_status st = kw_store_read(store, read, &w, &why);
    KW_REQUIRE(st != KW_NOT_FOUND, err, KW_NOT_FOUND, "there is no draft of %.*s %.*s",
               KW_STR_ARG(family), KW_STR_ARG(version));
    KW_REQUIRE(st == KW_OK, err, st, "%s", why.text);
    return KW_OK;
}

typedef struct change {
    const kw_draft_row *row;
    kw_span record;
} change;

static kw_status write(kw_tx *tx, void *ctx, kw_error *err)
{
    const change *c = ctx;
    uint64_t changed = 0;
    const kw_draft *draft = &c->row->draft;
    const kw_sql_args args =
        KW_SQL_ARGS(kw_sql_text(draft->family), kw_sql_text(kw_draft_version(draft)),
                    kw_sql_int(c->row->change + 1), kw_sql_blob(c->record));
    KW_TRY(kw_sql_run(tx, &changed,
                      c->row->change == 0
                          ? "INSERT INTO params_drafts (family, version, change, record)"
                            " VALUES ($1, $2, $3, $4) ON CONFLICT (family, version) DO NOTHING"
                          : "UPDATE params_drafts SET change = $3, record = $4"
                            " WHERE family = $1 AND version = $2 AND change = $3 - 1",
                      args, err));
    KW_REQUIRE(changed == 1, err, KW_CONFLICT, "the draft was changed meanwhile");
    return KW_OK;
}

kw_status kw_draft_row_write(kw_store *store, kw_draft_row *row, kw_error *err)
{
    KW_AUTO(kw_buf) record = kw_buf_init(KW_DRAFT_BYTES_MAX);
    KW_TRY(kw_draft_encode(&record, &row->draft, err));
    change c = {row, kw_buf_view(&record)};
    KW_TRY_AT(err, kw_store_write(store, write, &c, err), "writing a draft");
    row->change++;
    return KW_OK;
}
