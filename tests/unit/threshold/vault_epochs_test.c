/* SPDX-License-Identifier: Apache-2.0
 * Certificates by epoch and by time, and which of them are forgotten. */
#include "threshold/vault_epochs.h"

#include "support/expect.h"
#include "support/vault_desk.h"

enum {
    INTERVAL_S = 600
};

/* Certificates of these epochs; the session of epoch e began at e * INTERVAL_S. */
static void fill(vault_desk *desk, uint64_t first, uint64_t last)
{
    for (uint64_t epoch = first; epoch <= last; epoch++) {
        EXPECT_OK(vault_desk_certificate(desk, epoch, epoch * INTERVAL_S));
    }
    EXPECT_OK(kw_vault_commit(desk->vault, NULL));
}

static void expect_epoch(kw_vault_epoch *found, uint64_t epoch)
{
    kw_hash32 hash = vault_desk_hash((uint32_t)epoch);
    assert_int_equal(found->version.epoch, epoch);
    assert_int_equal(found->version.timestamp, epoch * INTERVAL_S);
    assert_memory_equal(found->version.hash.bytes, hash.bytes, sizeof hash.bytes);
    assert_true(kw_str_starts_with(kw_buf_text(&found->certificate), KW_STR("KWC1")));
    assert_true(kw_str_ends_with(kw_buf_text(&found->certificate), KW_STR("body.")));
    kw_vault_epoch_drop(found);
}

static void load__finds_epochs_by_number_and_by_time(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    kw_vault_epoch found = {0};
    vault_desk_make(&desk, *state);
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 1, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_vault_load_at_time(desk.vault, &found, UINT64_MAX, NULL), KW_NOT_FOUND);
    fill(&desk, 5, 9);
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 4, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 10, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_vault_load_at_time(desk.vault, &found, 5 * INTERVAL_S - 1, NULL),
                  KW_NOT_FOUND);
    assert_null(found.certificate.ptr);
    EXPECT_OK(kw_vault_load(desk.vault, &found, 7, NULL));
    expect_epoch(&found, 7);
    const uint64_t at[][2] = {{5 * INTERVAL_S, 5},
                              {6 * INTERVAL_S - 1, 5},
                              {6 * INTERVAL_S, 6},
                              {9 * INTERVAL_S, 9},
                              {UINT64_MAX, 9}};
    for (size_t i = 0; i < KW_COUNT(at); i++) {
        EXPECT_OK(kw_vault_load_at_time(desk.vault, &found, at[i][0], NULL));
        expect_epoch(&found, at[i][1]);
    }
}

static void load__says_when_a_certificate_is_damaged(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    kw_vault_epoch found = {0};
    vault_desk_make(&desk, *state);
    fill(&desk, 1, 2);
    stores_write(desk.store, "UPDATE threshold_records SET record = scope");
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 1, NULL), KW_CORRUPT);
    stores_write(desk.store, "DELETE FROM threshold_records");
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 1, NULL), KW_CORRUPT);
    stores_write(desk.store, "UPDATE threshold_certificates SET session_at = -1");
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 2, NULL), KW_CORRUPT);
    assert_null(found.certificate.ptr);
}

/* The table of epochs as the operator's engine writes it. */
/* Anybody may ask for certificates: nobody keeps a slow token busy by it. */
static void load__asks_the_slots_once(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    KW_AUTO(kw_slot_ids) ids = {0};
    kw_vault_epoch found = {0};
    vault_desk_make(&desk, *state);
    fill(&desk, 1, 2);
    EXPECT_OK(kw_slots_list(desk.slots, &ids, NULL));
    assert_int_equal(ids.count, 1);
    EXPECT_OK(kw_slots_destroy(desk.slots, &ids.items[0], NULL));
    EXPECT_OK(kw_vault_load(desk.vault, &found, 1, NULL));
    expect_epoch(&found, 1);
    vault_desk_close(&desk);
    EXPECT_STATUS(vault_desk_open(&desk), KW_GONE);
}

static void put_table(vault_desk *desk, const kw_epochs *epochs)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 16);
    EXPECT_OK(kw_epochs_save(epochs, &bytes));
    kw_operator_action action = {
        .act = KW_OPERATOR_PERSIST,
        .record = {.kind = KW_RECORD_EPOCHS, .bytes = kw_secret_span_of(kw_buf_view(&bytes))}};
    EXPECT_OK(kw_vault_stage(desk->vault, &action, NULL));
    EXPECT_OK(kw_vault_commit(desk->vault, NULL));
}

static void load_active__gives_the_epoch_that_serves(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    kw_vault_epoch found = {0};
    vault_desk_make(&desk, *state);
    EXPECT_STATUS(kw_vault_load_active(desk.vault, &found, NULL), KW_NOT_FOUND);
    fill(&desk, 1, 4);
    kw_epochs epochs = {
        .count = 2,
        .rows = {{.epoch = 3,
                  .state = KW_EPOCH_ACTIVE,
                  .has_share = true,
                  .replaced_at = KW_EPOCHS_NEVER},
                 {.epoch = 4, .state = KW_EPOCH_CERTIFIED, .replaced_at = KW_EPOCHS_NEVER}}};
    put_table(&desk, &epochs);
    EXPECT_OK(kw_vault_load_active(desk.vault, &found, NULL));
    expect_epoch(&found, 3);
    epochs.rows[0].state = KW_EPOCH_RETIRED;
    put_table(&desk, &epochs);
    EXPECT_STATUS(kw_vault_load_active(desk.vault, &found, NULL), KW_NOT_FOUND);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_EPOCHS, 0, 0, "no table"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    EXPECT_STATUS(kw_vault_load_active(desk.vault, &found, NULL), KW_CORRUPT);
}

static void list_versions__begins_with_the_newest(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    kw_vault_versions list = {0};
    EXPECT_OK(kw_vault_list_versions(desk.vault, &list, NULL));
    assert_int_equal(list.count, 0);
    kw_vault_versions_drop(&list);
    fill(&desk, 1, 40);
    EXPECT_OK(kw_vault_list_versions(desk.vault, &list, NULL));
    assert_int_equal(list.count, 40);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.items[i].epoch, 40 - i);
        assert_int_equal(list.items[i].timestamp, (40 - i) * INTERVAL_S);
    }
    kw_vault_versions_drop(&list);
    kw_vault_versions_drop(&list);
}

static uint64_t prune(vault_desk *desk, uint64_t retention_s, uint64_t now_s)
{
    uint64_t deleted = 99;
    EXPECT_OK(kw_vault_prune(desk->vault, &deleted, retention_s, now_s, NULL));
    return deleted;
}

static void prune__keeps_what_was_replaced_lately_and_the_newest(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    kw_vault_epoch found = {0};
    vault_desk_make(&desk, *state);
    fill(&desk, 1, 10);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SHARE, 1, 0, "share"));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    assert_int_equal(prune(&desk, 1000, 1000), 0);
    assert_int_equal(prune(&desk, 1000, 0), 0);
    /* Epoch 1 was replaced by the session at 2 * INTERVAL_S. */
    assert_int_equal(prune(&desk, 1000, 1000 + 2 * INTERVAL_S - 1), 0);
    assert_int_equal(prune(&desk, 1000, 1000 + 2 * INTERVAL_S), 1);
    EXPECT_STATUS(kw_vault_load(desk.vault, &found, 1, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_vault_load(desk.vault, &found, 2, NULL));
    expect_epoch(&found, 2);
    assert_int_equal(prune(&desk, 0, UINT64_MAX), 9 - KW_OPERATOR_ERAS_MAX);
    EXPECT_OK(kw_vault_load(desk.vault, &found, 8, NULL));
    expect_epoch(&found, 8);
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_records(&desk), KW_OPERATOR_ERAS_MAX + 1);
    assert_int_equal(stores_number(desk.store, "SELECT COUNT(*) FROM threshold_records"),
                     KW_OPERATOR_ERAS_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load__finds_epochs_by_number_and_by_time),
        cmocka_unit_test(load__says_when_a_certificate_is_damaged),
        cmocka_unit_test(load__asks_the_slots_once),
        cmocka_unit_test(load_active__gives_the_epoch_that_serves),
        cmocka_unit_test(list_versions__begins_with_the_newest),
        cmocka_unit_test(prune__keeps_what_was_replaced_lately_and_the_newest),
    };
    return STORES_RUN_ON_BOTH(tests);
}
