/* SPDX-License-Identifier: Apache-2.0
 * Sealed records. Secret inputs: the plaintext and the KEK. */
#include "store/seal.h"

#include "codec/writer.h"
#include "store/limits.h"
#include "store/sealer.h"

enum {
    RECORD_VERSION = 1,
    AAD_BYTES_MAX = 23 + 3 * 2 + KW_SEAL_TENANT_BYTES_MAX + KW_SEAL_TABLE_BYTES_MAX +
                    KW_SEAL_OBJECT_BYTES_MAX + 8,
    RECORD_BYTES_MAX = 1 + KW_AEAD_OVERHEAD_BYTES + KW_SEAL_SECRET_BYTES_MAX,
};

static bool is_within(kw_str part, size_t bytes_max)
{
    return part.len >= 1 && part.len <= bytes_max;
}

static kw_status check_place(const kw_seal_place *place, kw_error *err)
{
    KW_REQUIRE(is_within(place->tenant, KW_SEAL_TENANT_BYTES_MAX), err, KW_BAD_INPUT,
               "a tenant's name has 1 to %d bytes", KW_SEAL_TENANT_BYTES_MAX);
    KW_REQUIRE(is_within(place->table, KW_SEAL_TABLE_BYTES_MAX), err, KW_BAD_INPUT,
               "a sealed table's name has 1 to %d bytes", KW_SEAL_TABLE_BYTES_MAX);
    KW_REQUIRE(is_within(place->object_id, KW_SEAL_OBJECT_BYTES_MAX), err, KW_BAD_INPUT,
               "a sealed object's id has 1 to %d bytes", KW_SEAL_OBJECT_BYTES_MAX);
    KW_REQUIRE(place->version >= 1 && place->version <= INT64_MAX, err, KW_BAD_INPUT,
               "a sealed object's version is 1 or more");
    return KW_OK;
}

/* Each part behind its length, so that no two places give the same bytes. */
static kw_status write_aad(kw_buf *out, const kw_seal_place *place)
{
    kw_writer w = kw_writer_to(out);
    kw_write_str(&w, KW_STR("keyward sealed record 1"));
    kw_write_span_u16be(&w, kw_span_of_str(place->tenant));
    kw_write_span_u16be(&w, kw_span_of_str(place->table));
    kw_write_span_u16be(&w, kw_span_of_str(place->object_id));
    kw_write_u64be(&w, place->version);
    return kw_write_end(&w);
}

/* CT: leaks only the length. */
static kw_status seal(const kw_sealer *sealer, kw_buf *out, const kw_seal_place *place,
                      const kw_secret_bytes *secret)
{
    KW_AUTO(kw_buf) aad = kw_buf_init(AAD_BYTES_MAX);
    KW_TRY(write_aad(&aad, place));
    KW_TRY(kw_buf_append_byte(out, RECORD_VERSION));
    return kw_aead_seal(sealer->aead, out, kw_secret_key_view(sealer->kek),
                        kw_secret_bytes_view(secret), kw_buf_view(&aad));
}

kw_status kw_seal_put(kw_tx *tx, const kw_sealer *sealer, const kw_seal_place *place,
                      const kw_secret_bytes *secret, kw_error *err)
{
    KW_REQUIRE(sealer != NULL, err, KW_SEALED, "the store is sealed");
    KW_TRY(check_place(place, err));
    KW_REQUIRE(secret->len <= KW_SEAL_SECRET_BYTES_MAX, err, KW_LIMIT, "the secret is too long");
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    kw_status st = seal(sealer, &record, place, secret);
    KW_REQUIRE(st == KW_OK, err, st, "sealing a record");
    uint64_t changed = 0;
    KW_TRY(
        kw_sql_run(tx, &changed,
                   "INSERT INTO store_sealed (tenant, kind, object_id, version, record)"
                   " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, kind, object_id)"
                   " DO UPDATE SET version = excluded.version, record = excluded.record"
                   " WHERE store_sealed.version < excluded.version",
                   KW_SQL_ARGS(kw_sql_text(place->tenant), kw_sql_text(place->table),
                               kw_sql_text(place->object_id), kw_sql_int((int64_t)place->version),
                               kw_sql_blob(kw_buf_view(&record))),
                   err));
    KW_REQUIRE(changed == 1, err, KW_CONFLICT, "the sealed object has this version or a newer one");
    return KW_OK;
}

/* CT: leaks only lengths and the verdict. */
static kw_status open_record(const kw_sealer *sealer, kw_secret_bytes *out,
                             const kw_seal_place *place, kw_span record)
{
    if (record.len < 1 || record.ptr[0] != RECORD_VERSION) {
        return KW_CORRUPT;
    }
    KW_AUTO(kw_buf) aad = kw_buf_init(AAD_BYTES_MAX);
    KW_TRY(write_aad(&aad, place));
    kw_span sealed = {record.ptr + 1, record.len - 1};
    KW_AUTO(kw_secret_bytes) opened = kw_secret_bytes_init(KW_SEAL_SECRET_BYTES_MAX);
    KW_TRY(kw_aead_open(sealer->aead, &opened, kw_secret_key_view(sealer->kek), sealed,
                        kw_buf_view(&aad)));
    *out = kw_secret_bytes_take(&opened);
    return KW_OK;
}

kw_status kw_seal_get(kw_tx *tx, const kw_sealer *sealer, kw_secret_bytes *out,
                      const kw_seal_place *place, kw_error *err)
{
    KW_ASSERT(out->len == 0);
    KW_REQUIRE(sealer != NULL, err, KW_SEALED, "the store is sealed");
    KW_TRY(check_place(place, err));
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows,
                            "SELECT record FROM store_sealed"
                            " WHERE tenant = $1 AND kind = $2 AND object_id = $3",
                            KW_SQL_ARGS(kw_sql_text(place->tenant), kw_sql_text(place->table),
                                        kw_sql_text(place->object_id)),
                            err));
    kw_span record = {0};
    KW_TRY(kw_rows_blob(&rows, &record, 0, err));
    kw_secret_bytes opened = {0};
    kw_status st = open_record(sealer, &opened, place, record);
    KW_REQUIRE(st == KW_OK, err, st, "a sealed record does not open at its place");
    kw_secret_bytes_drop(out);
    *out = opened;
    return KW_OK;
}

kw_status kw_seal_delete(kw_tx *tx, const kw_seal_place *place, kw_error *err)
{
    uint64_t changed = 0;
    KW_TRY(kw_sql_run(tx, &changed,
                      "DELETE FROM store_sealed WHERE tenant = $1 AND kind = $2 AND object_id = $3",
                      KW_SQL_ARGS(kw_sql_text(place->tenant), kw_sql_text(place->table),
                                  kw_sql_text(place->object_id)),
                      err));
    KW_REQUIRE(changed == 1, err, KW_NOT_FOUND, "no such sealed object");
    return KW_OK;
}
