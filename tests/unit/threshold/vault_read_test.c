/* SPDX-License-Identifier: Apache-2.0
 * Records open at their place with the key in force, and nowhere else. */
#include "support/expect.h"
#include "support/vault_desk.h"

static void fill(vault_desk *desk)
{
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SHARE, 1, 0, "share one"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SHARE, 2, 0, "share two"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_MESSAGE, 1, 7, "message a"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_MESSAGE, 1, 8, "message b"));
    EXPECT_OK(kw_vault_commit(desk->vault, NULL));
}

static void read__gives_the_newest_certificates_only(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    assert_int_equal(vault_desk_records(&desk), 0);
    for (uint64_t epoch = 1; epoch <= 300; epoch++) {
        EXPECT_OK(vault_desk_certificate(&desk, epoch, 600 * epoch));
    }
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    fill(&desk);
    kw_vault_records records = {0};
    EXPECT_OK(kw_vault_read(desk.vault, &records, NULL));
    assert_int_equal(records.count, KW_OPERATOR_ERAS_MAX + 4);
    for (uint32_t i = 0; i < KW_OPERATOR_ERAS_MAX; i++) {
        kw_hash32 wanted = vault_desk_hash(300 - KW_OPERATOR_ERAS_MAX + 1 + i);
        assert_int_equal(records.items[i].kind, KW_RECORD_CERTIFICATE);
        assert_memory_equal(records.items[i].scope.bytes, wanted.bytes, sizeof wanted.bytes);
    }
    kw_vault_records_drop(&records);
    kw_vault_records_drop(&records);
    assert_int_equal(vault_desk_slots(&desk), 4); /* certificates share the lasting one */
}

/* Rows exchange what they hold; each name is a column of the key or the sealed bytes. */
static void read__refuses_rows_that_were_moved_or_altered(void **state)
{
    static const char *const damage[] = {
        "UPDATE threshold_records SET record = (SELECT a.record FROM threshold_records a"
        " WHERE a.kind = 6 AND a.id <> threshold_records.id) WHERE kind = 6",
        "UPDATE threshold_records SET slot = (SELECT a.slot FROM threshold_records a"
        " WHERE a.kind = 3 AND a.scope <> threshold_records.scope) WHERE kind = 3",
        "UPDATE threshold_records SET record = (SELECT a.record FROM threshold_records a"
        " WHERE a.kind = 3 AND a.scope <> threshold_records.scope) WHERE kind = 3",
        "UPDATE threshold_records SET kind = 5 WHERE kind = 3",
        "UPDATE threshold_records SET record = slot WHERE kind = 3",
        "UPDATE threshold_records SET scope = slot WHERE kind = 3",
        "UPDATE threshold_records SET id = slot WHERE kind = 3",
        "UPDATE threshold_records SET slot = record WHERE kind = 3",
        "UPDATE threshold_records SET kind = 7 WHERE kind = 3",
    };
    for (size_t i = 0; i < KW_COUNT(damage); i++) {
        KW_AUTO(vault_desk) desk = {0};
        kw_vault_records records = {0};
        kw_error err = {0};
        vault_desk_make(&desk, *state);
        fill(&desk);
        stores_write(desk.store, damage[i]);
        EXPECT_STATUS(kw_vault_read(desk.vault, &records, &err), KW_CORRUPT);
        assert_int_equal(err.status, KW_CORRUPT);
        assert_null(records.items);
    }
}

/* What was restored tells of its time; an operator that rejoined does not go on from it. */
static void read__leaves_out_certificates_from_before_a_rejoin(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_certificate(&desk, 1, 600));
    EXPECT_OK(vault_desk_certificate(&desk, 2, 1200));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    assert_int_equal(vault_desk_records(&desk), 2);
    stores_write(desk.store, "INSERT INTO threshold_rejoins (id, rejoined_at) VALUES (1, 1200)");
    assert_int_equal(vault_desk_records(&desk), 0);
    EXPECT_OK(vault_desk_certificate(&desk, 3, 1201));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    assert_int_equal(vault_desk_records(&desk), 1);
}

static void expect_filled(vault_desk *desk)
{
    assert_int_equal(vault_desk_records(desk), 7);
    assert_true(vault_desk_has(desk, KW_RECORD_SHARE, 2, 0, "share two"));
    assert_true(vault_desk_has(desk, KW_RECORD_MESSAGE, 1, 8, "message b"));
}

static void rekey__seals_everything_anew(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    for (uint64_t epoch = 1; epoch <= 5; epoch++) {
        EXPECT_OK(vault_desk_certificate(&desk, epoch, 600 * epoch));
    }
    fill(&desk);
    stores_write(desk.store, "CREATE TABLE before AS SELECT * FROM threshold_records");
    kw_secret32 fresh = vault_desk_key(0x77);
    EXPECT_OK(kw_vault_rekey(desk.vault, &fresh, NULL));
    assert_int_equal(stores_number(desk.store, "SELECT COUNT(*) FROM threshold_records a"
                                               " JOIN before b ON a.record = b.record"),
                     0);
    expect_filled(&desk);
    /* It goes on with the new key. */
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 2, 0, "share two"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    vault_desk_close(&desk);
    EXPECT_STATUS(vault_desk_open(&desk), KW_SEALED);
    desk.key = fresh;
    EXPECT_OK(vault_desk_open(&desk));
    expect_filled(&desk);
}

static void rekey__that_fails_changes_nothing(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    kw_secret32 fresh = vault_desk_key(0x77);
    kw_error err = {0};
    vault_desk_make(&desk, *state);
    for (uint64_t epoch = 1; epoch <= 3; epoch++) {
        EXPECT_OK(vault_desk_certificate(&desk, epoch, 600 * epoch));
    }
    EXPECT_STATUS(kw_vault_rekey(desk.vault, &fresh, &err), KW_BAD_STATE);
    assert_int_equal(err.status, KW_BAD_STATE);
    fill(&desk);
    for (uint64_t good = 1; good <= 7; good++) { /* seven nonces, and that of the witness */
        desk.rng.requests = 0;
        desk.rng.fail_after = good;
        EXPECT_STATUS(kw_vault_rekey(desk.vault, &fresh, NULL), KW_ENTROPY_FAILURE);
        expect_filled(&desk);
    }
    desk.rng.fail_after = 0;
    stores_write(desk.store, "ALTER TABLE threshold_vault RENAME TO away");
    EXPECT_STATUS(kw_vault_rekey(desk.vault, &fresh, NULL), KW_INTERNAL);
    stores_write(desk.store, "ALTER TABLE away RENAME TO threshold_vault");
    vault_desk_restart(&desk);
    expect_filled(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__gives_the_newest_certificates_only),
        cmocka_unit_test(read__refuses_rows_that_were_moved_or_altered),
        cmocka_unit_test(read__leaves_out_certificates_from_before_a_rejoin),
        cmocka_unit_test(rekey__seals_everything_anew),
        cmocka_unit_test(rekey__that_fails_changes_nothing),
    };
    return STORES_RUN_ON_BOTH(tests);
}
