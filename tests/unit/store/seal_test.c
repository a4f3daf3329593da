/* SPDX-License-Identifier: Apache-2.0
 * Sealed records on both back-ends: they open in their own place and version and nowhere else. */
#include "store/seal.h"

#include "store/limits.h"
#include "support/expect.h"
#include "support/sealers.h"
#include "support/stores.h"

static const kw_seal_place alice = {{"alice", 5}, {"emtp_key", 8}, {"k1", 2}, 1};

/* One put, get or delete, and how it ended. */
typedef struct call {
    const kw_sealer *sealer;
    kw_seal_place place;
    const char *text; /* to put, or expected */
    kw_status st;
} call;

static kw_status put(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    KW_AUTO(kw_secret_bytes) secret = kw_secret_bytes_init(KW_SEAL_SECRET_BYTES_MAX);
    KW_TRY(kw_secret_bytes_append_str(&secret, kw_str_of(c->text)));
    return kw_seal_put(tx, c->sealer, &c->place, &secret, err);
}

static kw_status get(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    KW_AUTO(kw_secret_bytes) secret = {0};
    kw_status st = kw_seal_get(tx, c->sealer, &secret, &c->place, err);
    if (st != KW_OK) {
        assert_int_equal(secret.len, 0);
        return st;
    }
    kw_span bytes = kw_declassify_span(kw_secret_bytes_view(&secret), "a test knows its secret");
    EXPECT_STR(kw_str_of_span(bytes), c->text);
    return KW_OK;
}

static kw_status delete_one(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    return kw_seal_delete(tx, &c->place, err);
}

/* A store, its sealer and what both borrow. */
typedef struct vault {
    sealer_file file;
    kw_store *store;
    kw_sealer *sealer;
} vault;

static void vault_drop(vault *v)
{
    kw_sealer_free(v->sealer);
    kw_store_free(v->store);
}

static void vault_open(vault *v, stores *all)
{
    kw_store_options where = stores_fresh(all);
    v->store = stores_open(&where);
    v->sealer = sealers_open(v->store, &v->file, &all->dir);
}

static kw_status put_at(const vault *v, kw_seal_place place, const char *text)
{
    call c = {.sealer = v->sealer, .place = place, .text = text};
    return kw_store_write(v->store, put, &c, NULL);
}

static kw_status get_at(const vault *v, kw_seal_place place, const char *text)
{
    call c = {.sealer = v->sealer, .place = place, .text = text};
    return kw_store_read(v->store, get, &c, NULL);
}

static kw_seal_place at_version(uint64_t version)
{
    kw_seal_place place = alice;
    place.version = version;
    return place;
}

static void seal__a_secret_comes_back(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_STATUS(get_at(&v, alice, ""), KW_NOT_FOUND);
    EXPECT_OK(put_at(&v, alice, "the first secret"));
    EXPECT_OK(get_at(&v, alice, "the first secret"));
    EXPECT_OK(put_at(&v, at_version(2), ""));
    EXPECT_OK(get_at(&v, at_version(2), ""));
    assert_int_equal(stores_number(v.store, "SELECT COUNT(*) FROM store_sealed"), 1);
}

static void seal__the_row_does_not_show_the_secret(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, alice, "visible?"));
    assert_int_equal(stores_number(v.store, "SELECT LENGTH(record) FROM store_sealed"),
                     1 + 12 + 8 + 16);
    EXPECT_OK(
        put_at(&v, (kw_seal_place){KW_STR("bob"), alice.table, alice.object_id, 1}, "visible?"));
    /* The same secret twice: two nonces, two records. */
    assert_int_equal(stores_number(v.store, "SELECT COUNT(DISTINCT record) FROM store_sealed"), 2);
}

static void seal_put__versions_only_grow(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, at_version(5), "five"));
    EXPECT_STATUS(put_at(&v, at_version(5), "five again"), KW_CONFLICT);
    EXPECT_STATUS(put_at(&v, at_version(4), "four"), KW_CONFLICT);
    EXPECT_OK(get_at(&v, at_version(5), "five"));
    EXPECT_OK(put_at(&v, at_version(9), "nine"));
    EXPECT_STATUS(get_at(&v, at_version(5), ""), KW_CORRUPT);
    EXPECT_OK(get_at(&v, at_version(9), "nine"));
}

/* Two records exchange their bytes, by raw SQL, and neither opens in the other's place. */
static void swap_records(kw_store *store)
{
    stores_write(store, "CREATE TABLE spare AS SELECT * FROM store_sealed");
    stores_write(store, "UPDATE store_sealed SET record = (SELECT spare.record FROM spare"
                        " WHERE spare.record <> store_sealed.record)");
    stores_write(store, "DROP TABLE spare");
}

static void seal_get__a_moved_record_does_not_open(void **state)
{
    const kw_seal_place others[] = {
        {KW_STR("bob"), alice.table, alice.object_id, alice.version},
        {alice.tenant, KW_STR("emtp_kez"), alice.object_id, alice.version},
        {alice.tenant, alice.table, KW_STR("k2"), alice.version},
        /* Bytes that would be the same without lengths between the parts. */
        {KW_STR("alicee"), KW_STR("mtp_key"), alice.object_id, alice.version},
        {alice.tenant, KW_STR("emtp_keyk"), KW_STR("1"), alice.version},
    };
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        KW_AUTO(vault) v = {0};
        vault_open(&v, *state);
        EXPECT_OK(put_at(&v, alice, "of alice"));
        EXPECT_OK(put_at(&v, others[i], "of another"));
        swap_records(v.store);
        EXPECT_STATUS(get_at(&v, alice, ""), KW_CORRUPT);
        EXPECT_STATUS(get_at(&v, others[i], ""), KW_CORRUPT);
        swap_records(v.store);
        EXPECT_OK(get_at(&v, alice, "of alice"));
        EXPECT_OK(get_at(&v, others[i], "of another"));
    }
}

static void seal_get__a_replayed_record_does_not_open(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, at_version(1), "old"));
    stores_write(v.store, "CREATE TABLE kept (record BYTEA)");
    stores_write(v.store, "INSERT INTO kept (record) SELECT record FROM store_sealed");
    EXPECT_OK(put_at(&v, at_version(2), "new"));
    stores_write(v.store, "UPDATE store_sealed SET record = (SELECT record FROM kept)");
    EXPECT_STATUS(get_at(&v, at_version(2), ""), KW_CORRUPT);
    /* With its old version number it opens, but nobody asks for that version any more. */
    stores_write(v.store, "UPDATE store_sealed SET version = 1");
    EXPECT_STATUS(get_at(&v, at_version(2), ""), KW_CORRUPT);
}

static kw_status flip_byte(kw_tx *tx, void *ctx, kw_error *err)
{
    const size_t *at = ctx;
    uint8_t record[1 + 12 + 3 + 16];
    KW_AUTO(kw_rows) rows = {0};
    KW_TRY(kw_sql_query_one(tx, &rows, "SELECT record FROM store_sealed", KW_SQL_NO_ARGS, err));
    KW_TRY(kw_rows_blob_into(&rows, KW_MSPAN(record), 0, err));
    kw_rows_drop(&rows);
    record[*at] ^= 0x10;
    return kw_sql_run(tx, NULL, "UPDATE store_sealed SET record = $1",
                      KW_SQL_ARGS(kw_sql_blob(KW_SPAN(record))), err);
}

static void seal_get__each_byte_of_a_record_counts(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, alice, "abc"));
    for (size_t at = 0; at < 1 + 12 + 3 + 16; at++) {
        EXPECT_OK(kw_store_write(v.store, flip_byte, &at, NULL));
        EXPECT_STATUS(get_at(&v, alice, ""), KW_CORRUPT);
        EXPECT_OK(kw_store_write(v.store, flip_byte, &at, NULL));
    }
    EXPECT_OK(get_at(&v, alice, "abc"));
}

static kw_status put_short_record(kw_tx *tx, void *ctx, kw_error *err)
{
    const kw_span *record = ctx;
    return kw_sql_run(tx, NULL, "UPDATE store_sealed SET record = $1",
                      KW_SQL_ARGS(kw_sql_blob(*record)), err);
}

static void seal_get__a_short_record_is_corrupt(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, alice, "abc"));
    static const uint8_t bytes[29] = {1};
    for (size_t len = 0; len <= sizeof bytes; len++) {
        kw_span record = {bytes, len};
        EXPECT_OK(kw_store_write(v.store, put_short_record, &record, NULL));
        EXPECT_STATUS(get_at(&v, alice, ""), KW_CORRUPT);
    }
}

static void seal__without_a_sealer_is_sealed(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, alice, "abc"));
    kw_sealer_free(v.sealer);
    v.sealer = NULL;
    EXPECT_STATUS(put_at(&v, at_version(2), "def"), KW_SEALED);
    EXPECT_STATUS(get_at(&v, alice, ""), KW_SEALED);
}

static void seal__the_key_of_another_store_opens_nothing(void **state)
{
    KW_AUTO(vault) a = {0};
    KW_AUTO(vault) b = {0};
    vault_open(&a, *state);
    EXPECT_OK(put_at(&a, alice, "abc"));
    kw_store_options where = stores_fresh(*state);
    b.store = stores_open(&where);
    kw_seal_options options =
        sealers_options(&b.file, &((stores *)*state)->dir, "other.key", KW_SEAL_KEY_FILE,
                        KW_STR("another key, also of 32 bytes..."));
    b.file.rng.seed = 99;
    EXPECT_OK(kw_sealer_open(&b.sealer, b.store, &options, NULL));
    call c = {.sealer = b.sealer, .place = alice, .text = ""};
    EXPECT_STATUS(kw_store_read(a.store, get, &c, NULL), KW_CORRUPT);
}

static void seal__refuses_places_out_of_range(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    static char long_text[KW_SEAL_TENANT_BYTES_MAX + 1];
    memset(long_text, 'a', sizeof long_text);
    const kw_str too_long = {long_text, sizeof long_text};
    const kw_str long_table = {long_text, KW_SEAL_TABLE_BYTES_MAX + 1};
    const kw_seal_place bad[] = {
        {KW_STR(""), alice.table, alice.object_id, 1},
        {too_long, alice.table, alice.object_id, 1},
        {alice.tenant, KW_STR(""), alice.object_id, 1},
        {alice.tenant, long_table, alice.object_id, 1},
        {alice.tenant, alice.table, KW_STR(""), 1},
        {alice.tenant, alice.table, too_long, 1},
        {alice.tenant, alice.table, alice.object_id, 0},
        {alice.tenant, alice.table, alice.object_id, (uint64_t)INT64_MAX + 1},
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        EXPECT_STATUS(put_at(&v, bad[i], "abc"), KW_BAD_INPUT);
        EXPECT_STATUS(get_at(&v, bad[i], ""), KW_BAD_INPUT);
    }
    const kw_seal_place widest = {{long_text, KW_SEAL_TENANT_BYTES_MAX},
                                  {long_text, KW_SEAL_TABLE_BYTES_MAX},
                                  {long_text, KW_SEAL_OBJECT_BYTES_MAX},
                                  INT64_MAX};
    EXPECT_OK(put_at(&v, widest, "abc"));
    EXPECT_OK(get_at(&v, widest, "abc"));
}

static kw_status put_of_length(kw_tx *tx, void *ctx, kw_error *err)
{
    const call *c = ctx;
    static const char block[1024] = {0};
    KW_AUTO(kw_secret_bytes) secret = kw_secret_bytes_init(2 * KW_SEAL_SECRET_BYTES_MAX);
    for (size_t i = 0; i < KW_SEAL_SECRET_BYTES_MAX / sizeof block; i++) {
        KW_TRY(kw_secret_bytes_append_str(&secret, (kw_str){block, sizeof block}));
    }
    KW_TRY(kw_secret_bytes_append_str(&secret, kw_str_of(c->text)));
    return kw_seal_put(tx, c->sealer, &c->place, &secret, err);
}

static void seal_put__takes_a_secret_up_to_its_limit(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    call c = {.sealer = v.sealer, .place = alice, .text = "x"};
    EXPECT_STATUS(kw_store_write(v.store, put_of_length, &c, NULL), KW_LIMIT);
    c.text = "";
    EXPECT_OK(kw_store_write(v.store, put_of_length, &c, NULL));
    assert_int_equal(stores_number(v.store, "SELECT LENGTH(record) FROM store_sealed"),
                     KW_SEAL_SECRET_BYTES_MAX + 29);
}

static void seal_put__without_entropy_writes_nothing(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    v.file.rng.fail_after = v.file.rng.requests;
    EXPECT_STATUS(put_at(&v, alice, "abc"), KW_ENTROPY_FAILURE);
    v.file.rng.fail_after = 0;
    EXPECT_STATUS(get_at(&v, alice, ""), KW_NOT_FOUND);
    EXPECT_OK(put_at(&v, alice, "abc"));
}

static void seal_delete__removes_one_row(void **state)
{
    KW_AUTO(vault) v = {0};
    vault_open(&v, *state);
    EXPECT_OK(put_at(&v, alice, "abc"));
    call c = {.place = {KW_STR("bob"), alice.table, alice.object_id, 1}};
    EXPECT_STATUS(kw_store_write(v.store, delete_one, &c, NULL), KW_NOT_FOUND);
    c.place = alice;
    EXPECT_OK(kw_store_write(v.store, delete_one, &c, NULL));
    EXPECT_STATUS(get_at(&v, alice, ""), KW_NOT_FOUND);
    EXPECT_STATUS(kw_store_write(v.store, delete_one, &c, NULL), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seal__a_secret_comes_back),
        cmocka_unit_test(seal__the_row_does_not_show_the_secret),
        cmocka_unit_test(seal_put__versions_only_grow),
        cmocka_unit_test(seal_get__a_moved_record_does_not_open),
        cmocka_unit_test(seal_get__a_replayed_record_does_not_open),
        cmocka_unit_test(seal_get__each_byte_of_a_record_counts),
        cmocka_unit_test(seal_get__a_short_record_is_corrupt),
        cmocka_unit_test(seal__without_a_sealer_is_sealed),
        cmocka_unit_test(seal__the_key_of_another_store_opens_nothing),
        cmocka_unit_test(seal__refuses_places_out_of_range),
        cmocka_unit_test(seal_put__takes_a_secret_up_to_its_limit),
        cmocka_unit_test(seal_put__without_entropy_writes_nothing),
        cmocka_unit_test(seal_delete__removes_one_row),
    };
    return STORES_RUN_ON_BOTH(tests);
}
