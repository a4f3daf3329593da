/* SPDX-License-Identifier: Apache-2.0
 * What is staged becomes durable as a whole, and what is erased stays erased when its rows come
 * back. */
#include "support/expect.h"
#include "support/vault_desk.h"
#include "threshold/limits.h"

#include "base/heap.h"

static void stage__the_last_word_of_each_record_counts(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SESSION, 1, 0, "first"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SESSION, 1, 0, "second"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_MESSAGE, 1, 7, "hello"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_MESSAGE, 1, 8, ""));
    assert_int_equal(vault_desk_records(&desk), 0);
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL)); /* nothing is left to do */
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SESSION, 1, 0, "third"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), 3);
    assert_int_equal(vault_desk_slots(&desk), 3); /* session, messages, the lasting one */
    assert_true(vault_desk_has(&desk, KW_RECORD_SESSION, 1, 0, "third"));
    assert_true(vault_desk_has(&desk, KW_RECORD_MESSAGE, 1, 7, "hello"));
    assert_true(vault_desk_has(&desk, KW_RECORD_MESSAGE, 1, 8, ""));
}

static void stage__an_erasure_takes_the_whole_scope_and_nothing_else(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_MESSAGE, 1, 7, "a"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_MESSAGE, 1, 8, "b"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_MESSAGE, 2, 7, "c"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SESSION, 1, 0, "d"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_MESSAGE, 1));
    assert_int_equal(vault_desk_slots(&desk), 4); /* not before the commit */
    assert_int_equal(vault_desk_records(&desk), 4);
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    assert_int_equal(vault_desk_slots(&desk), 3);
    assert_int_equal(vault_desk_records(&desk), 2);
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_MESSAGE, 1)); /* twice, and what never was */
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_SHARE, 1));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    vault_desk_restart(&desk);
    assert_true(vault_desk_has(&desk, KW_RECORD_MESSAGE, 2, 7, "c"));
    assert_true(vault_desk_has(&desk, KW_RECORD_SESSION, 1, 0, "d"));
    assert_int_equal(vault_desk_slots(&desk), 3);
}

static void stage__what_comes_after_an_erasure_stays(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_HANDOVER, 1, 0, "old"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_HANDOVER, 1));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_HANDOVER, 1, 0, "new"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 5, 0, "came and went"));
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_SHARE, 5));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), 1);
    assert_int_equal(vault_desk_slots(&desk), 2);
    assert_true(vault_desk_has(&desk, KW_RECORD_HANDOVER, 1, 0, "new"));
}

/* The store as it was before, as a backup brings it back: the rows are there, and useless. */
static void commit__an_erased_row_never_opens_again(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 1, 0, "the share"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 2, 0, "another"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    stores_write(desk.store, "CREATE TABLE backup AS SELECT * FROM threshold_records");
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_SHARE, 1));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    stores_write(desk.store, "DELETE FROM threshold_records");
    stores_write(desk.store, "INSERT INTO threshold_records SELECT * FROM backup");
    kw_vault_records records = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_vault_read(desk.vault, &records, &err), KW_CORRUPT);
    assert_int_equal(err.status, KW_CORRUPT);
    assert_null(records.items);
    vault_desk_close(&desk);
    EXPECT_STATUS(vault_desk_open(&desk), KW_GONE);
}

/* A store that refuses keeps nothing back: the same stage is committed later. */
static void commit__can_be_repeated_after_the_store_failed(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 1, 0, "old"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 2, 0, "new"));
    EXPECT_OK(vault_desk_erase(&desk, KW_RECORD_SHARE, 1));
    stores_write(desk.store, "ALTER TABLE threshold_records RENAME TO away");
    for (int i = 0; i < 2; i++) {
        kw_error err = {0};
        EXPECT_STATUS(kw_vault_commit(desk.vault, &err), KW_INTERNAL);
        assert_int_equal(err.status, KW_INTERNAL);
        assert_int_equal(vault_desk_slots(&desk), 3);
    }
    stores_write(desk.store, "ALTER TABLE away RENAME TO threshold_records");
    assert_true(vault_desk_has(&desk, KW_RECORD_SHARE, 1, 0, "old"));
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_EPOCHS, 0, 0, "more"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), 2);
    assert_int_equal(vault_desk_slots(&desk), 2);
    assert_true(vault_desk_has(&desk, KW_RECORD_SHARE, 2, 0, "new"));
    assert_true(vault_desk_has(&desk, KW_RECORD_EPOCHS, 0, 0, "more"));
}

static void commit__refuses_two_certificates_of_one_epoch(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    EXPECT_OK(vault_desk_certificate(&desk, 1, 600));
    EXPECT_OK(vault_desk_certificate(&desk, 1, 600)); /* the same again is fine */
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    stores_write(desk.store, "UPDATE threshold_certificates SET epoch = 2");
    EXPECT_OK(vault_desk_certificate(&desk, 2, 1200));
    EXPECT_STATUS(kw_vault_commit(desk.vault, NULL), KW_CONFLICT);
}

static void stage__refuses_what_it_cannot_keep(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    char *huge = kw_heap_new(KW_VAULT_RECORD_BYTES_MAX + 2, 1);
    memset(huge, 'x', KW_VAULT_RECORD_BYTES_MAX + 1);
    EXPECT_STATUS(vault_desk_persist(&desk, KW_RECORD_SESSION, 1, 0, huge), KW_LIMIT);
    huge[KW_VAULT_RECORD_BYTES_MAX] = '\0';
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SESSION, 1, 0, huge));
    EXPECT_STATUS(vault_desk_persist(&desk, KW_RECORD_CERTIFICATE, 1, 1, "KWC1"), KW_BAD_INPUT);
    EXPECT_STATUS(vault_desk_certificate(&desk, 3, UINT64_MAX), KW_BAD_INPUT);
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), 1);
    assert_true(vault_desk_has(&desk, KW_RECORD_SESSION, 1, 0, huge));
    kw_heap_free(huge);
}

static void stage__without_random_bytes_stages_nothing(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    for (uint64_t good = 0; good < 3; good++) { /* the slot's name, its value, the nonce */
        desk.rng.requests = 0;
        desk.rng.fail_after = good;
        if (good == 0) {
            desk.rng.requests = 1;
            desk.rng.fail_after = 1;
        }
        EXPECT_STATUS(vault_desk_persist(&desk, KW_RECORD_SHARE, 1, 0, "share"),
                      KW_ENTROPY_FAILURE);
    }
    desk.rng.fail_after = 0;
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    assert_int_equal(vault_desk_records(&desk), 0);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 1, 0, "share"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    assert_int_equal(vault_desk_slots(&desk), 2); /* the slot of the third try was taken */
    assert_true(vault_desk_has(&desk, KW_RECORD_SHARE, 1, 0, "share"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stage__the_last_word_of_each_record_counts),
        cmocka_unit_test(stage__an_erasure_takes_the_whole_scope_and_nothing_else),
        cmocka_unit_test(stage__what_comes_after_an_erasure_stays),
        cmocka_unit_test(commit__an_erased_row_never_opens_again),
        cmocka_unit_test(commit__can_be_repeated_after_the_store_failed),
        cmocka_unit_test(commit__refuses_two_certificates_of_one_epoch),
        cmocka_unit_test(stage__refuses_what_it_cannot_keep),
        cmocka_unit_test(stage__without_random_bytes_stages_nothing),
    };
    return STORES_RUN_ON_BOTH(tests);
}
