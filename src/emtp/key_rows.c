/* SPDX-License-Identifier: Apache-2.0
 * SQL of the key server. Secret inputs: key bytes on their way to and from the sealer. */
#include "emtp/key_rows.h"

#define COLUMNS "kid, not_before, not_after, expires_at, revoked_at, is_listed"

static kw_seal_place place_of(const kw_emtp_key_info *key)
{
    return (kw_seal_place){.tenant = KW_STR("root"),
                           .table = KW_STR("emtp_keys"),
                           .object_id = kw_emtp_kid_text(&key->kid),
                           .version = 1};
}

static kw_status read_row(kw_rows *rows, kw_emtp_key_info *out, kw_error *err)
{
    kw_emtp_key_info key = {0};
    kw_str kid = {0};
    int64_t is_listed = 0;
    KW_TRY(kw_rows_text(rows, &kid, 0, err));
    KW_REQUIRE(kw_emtp_kid_of_text(&key.kid, kid), err, KW_CORRUPT, "a kid of the store");
    KW_TRY(kw_rows_int(rows, &key.window.not_before, 1, err));
    KW_TRY(kw_rows_int(rows, &key.window.not_after, 2, err));
    KW_TRY(kw_rows_int(rows, &key.expires_at, 3, err));
    KW_TRY(kw_rows_int(rows, &key.revoked_at, 4, err));
    KW_TRY(kw_rows_int(rows, &is_listed, 5, err));
    key.is_listed = is_listed != 0;
    *out = key;
    return KW_OK;
}

static kw_status load_change(kw_tx *tx, int64_t *out, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    kw_status st = kw_sql_query_one(tx, &rows, "SELECT value FROM emtp_counters WHERE name = $1",
                                    KW_SQL_ARGS(kw_sql_text(KW_STR("change"))), err);
    if (st == KW_NOT_FOUND) { /* a new store */
        *out = 0;
        return KW_OK;
    }
    KW_TRY(st);
    return kw_rows_int(&rows, out, 0, err);
}

kw_status kw_emtp_key_rows_load(kw_tx *tx, kw_emtp_key_list *out, kw_unix_s now, kw_error *err)
{
    out->count = 0;
    KW_TRY(load_change(tx, &out->change, err));
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query(tx, &rows,
                        "SELECT " COLUMNS " FROM emtp_keys WHERE expires_at > $1 OR is_listed = 1"
                        " ORDER BY position",
                        KW_SQL_ARGS(kw_sql_int(now)), err));
    for (;;) {
        kw_status st = kw_rows_next(&rows, err);
        if (st == KW_END) {
            return KW_OK;
        }
        KW_TRY(st);
        KW_REQUIRE(out->count < KW_EMTP_KEYS_MAX, err, KW_LIMIT, "more than %d live epoch keys",
                   KW_EMTP_KEYS_MAX);
        KW_TRY(read_row(&rows, &out->items[out->count], err));
        out->count++;
    }
}

kw_status kw_emtp_key_rows_find(kw_tx *tx, kw_emtp_key_info *out, kw_str kid, kw_error *err)
{
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT " COLUMNS " FROM emtp_keys WHERE kid = $1",
                            KW_SQL_ARGS(kw_sql_text(kid)), err));
    return read_row(&rows, out, err);
}

kw_status kw_emtp_key_rows_add(kw_tx *tx, const kw_sealer *sealer, const kw_emtp_key_info *key,
                               const kw_secret_bytes *secret, kw_error *err)
{
    KW_TRY(kw_sql_run(tx, NULL,
                      "INSERT INTO emtp_keys (" COLUMNS ", position)"
                      " SELECT $1, $2, $3, $4, $5, $6, COALESCE(MAX(position), 0) + 1"
                      " FROM emtp_keys",
                      KW_SQL_ARGS(kw_sql_text(kw_emtp_kid_text(&key->kid)),
                                  kw_sql_int(key->window.not_before),
                                  kw_sql_int(key->window.not_after), kw_sql_int(key->expires_at),
                                  kw_sql_int(key->revoked_at), kw_sql_int(key->is_listed)),
                      err));
    kw_seal_place place = place_of(key);
    return kw_seal_put(tx, sealer, &place, secret, err);
}

kw_status kw_emtp_key_rows_erase(kw_tx *tx, const kw_emtp_key_info *key, kw_error *err)
{
    kw_seal_place place = place_of(key);
    kw_status st = kw_seal_delete(tx, &place, err);
    return st == KW_NOT_FOUND ? KW_OK : st;
}

kw_status kw_emtp_key_rows_update(kw_tx *tx, const kw_emtp_key_info *key, kw_error *err)
{
    uint64_t changed = 0;
    KW_TRY(kw_sql_run(tx, &changed,
                      "UPDATE emtp_keys SET revoked_at = $2, is_listed = $3 WHERE kid = $1",
                      KW_SQL_ARGS(kw_sql_text(kw_emtp_kid_text(&key->kid)),
                                  kw_sql_int(key->revoked_at), kw_sql_int(key->is_listed)),
                      err));
    KW_REQUIRE(changed == 1, err, KW_NOT_FOUND, "no such key");
    return key->revoked_at != 0 ? kw_emtp_key_rows_erase(tx, key, err) : KW_OK;
}

kw_status kw_emtp_key_rows_open(kw_tx *tx, const kw_sealer *sealer, kw_secret_bytes *out,
                                const kw_emtp_key_info *key, kw_error *err)
{
    kw_seal_place place = place_of(key);
    return kw_seal_get(tx, sealer, out, &place, err);
}

kw_status kw_emtp_key_rows_bump(kw_tx *tx, int64_t known, kw_error *err)
{
    uint64_t changed = 0;
    if (known == 0) {
        return kw_sql_run(tx, NULL, "INSERT INTO emtp_counters (name, value) VALUES ($1, 1)",
                          KW_SQL_ARGS(kw_sql_text(KW_STR("change"))), err);
    }
    KW_TRY(kw_sql_run(tx, &changed,
                      "UPDATE emtp_counters SET value = value + 1 WHERE name = $1 AND value = $2",
                      KW_SQL_ARGS(kw_sql_text(KW_STR("change")), kw_sql_int(known)), err));
    KW_REQUIRE(changed == 1, err, KW_CONFLICT, "another node changed the epoch keys");
    return KW_OK;
}
