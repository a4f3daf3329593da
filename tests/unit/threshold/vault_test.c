/* SPDX-License-Identifier: Apache-2.0
 * Opening a vault: the right key, cluster and slots, and nothing destroyed when one is wrong. */
#include "threshold/vault.h"

#include "codec/hex.h"
#include "os/dir.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/vault_desk.h"

#include <unistd.h>

/* Two sessions and what is for everybody, committed: four slots. */
static void fill(vault_desk *desk)
{
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SESSION, 1, 0, "polynomials"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SHARE, 1, 0, "share"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_SESSION, 2, 0, "others"));
    EXPECT_OK(vault_desk_persist(desk, KW_RECORD_EPOCHS, 0, 0, "states"));
    EXPECT_OK(kw_vault_commit(desk->vault, NULL));
    assert_int_equal(vault_desk_records(desk), 4);
    assert_int_equal(vault_desk_slots(desk), 4);
}

static void expect_filled(vault_desk *desk)
{
    assert_int_equal(vault_desk_records(desk), 4);
    assert_int_equal(vault_desk_slots(desk), 4);
    assert_true(vault_desk_has(desk, KW_RECORD_SHARE, 1, 0, "share"));
    assert_true(vault_desk_has(desk, KW_RECORD_SESSION, 2, 0, "others"));
    assert_true(vault_desk_has(desk, KW_RECORD_EPOCHS, 0, 0, "states"));
}

static void open__finds_what_was_committed(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    EXPECT_OK(vault_desk_persist(&desk, KW_RECORD_SESSION, 3, 0, "staged only"));
    assert_int_equal(vault_desk_slots(&desk), 5);
    vault_desk_restart(&desk);
    expect_filled(&desk);
}

static void open__refuses_another_operator_key(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    vault_desk_close(&desk);
    desk.key = vault_desk_key(0x5b);
    EXPECT_STATUS(vault_desk_open(&desk), KW_SEALED);
    desk.key = vault_desk_key(0x5a);
    EXPECT_OK(vault_desk_open(&desk));
    expect_filled(&desk);
}

static void open__refuses_another_cluster(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    vault_desk_close(&desk);
    desk.cluster_id = vault_desk_hash(98);
    EXPECT_STATUS(vault_desk_open(&desk), KW_CONFIG);
    desk.cluster_id = vault_desk_hash(99);
    EXPECT_OK(vault_desk_open(&desk));
    expect_filled(&desk);
}

/* The slots of one vault with the store of another, both ways. */
static void open__destroys_nothing_when_the_store_is_another(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    KW_AUTO(vault_desk) other = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    vault_desk_make(&other, *state);
    fill(&other);
    vault_desk_close(&desk);
    vault_desk_close(&other);
    tempdir_path own = desk.folder;
    desk.folder = other.folder;
    EXPECT_STATUS(vault_desk_open(&desk), KW_GONE);
    vault_desk_close(&desk);
    desk.folder = own;
    EXPECT_OK(vault_desk_open(&desk));
    expect_filled(&desk);
    EXPECT_OK(vault_desk_open(&other));
    expect_filled(&other);
}

static void open__destroys_nothing_when_the_store_is_new(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    KW_AUTO(vault_desk) empty = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    vault_desk_close(&desk);
    empty = desk;
    kw_store_options options = stores_fresh(*state);
    memcpy(empty.where, options.where, strlen(options.where) + 1);
    EXPECT_STATUS(vault_desk_open(&empty), KW_CORRUPT);
    vault_desk_close(&empty);
    empty = (vault_desk){0};
    EXPECT_OK(vault_desk_open(&desk));
    expect_filled(&desk);
}

/* Removes the slots from `from` on, in the order of their names. */
static void remove_slots(const vault_desk *desk, size_t from)
{
    KW_AUTO(kw_dir_names) names = {0};
    EXPECT_OK(kw_dir_list(&names, desk->folder.text, NULL));
    size_t seen = 0;
    for (size_t i = 0; i < names.count; i++) {
        kw_hash32 id;
        tempdir at = {{0}};
        memcpy(at.path, desk->folder.text, strlen(desk->folder.text) + 1);
        tempdir_path path = tempdir_join(&at, names.names[i]);
        if (kw_hex_decode_to(KW_MSPAN(id.bytes), kw_str_of(names.names[i])) == KW_OK &&
            seen++ >= from) {
            assert_int_equal(unlink(path.text), 0);
        }
    }
}

/* A copy of the store, without the slots or with some of them: never opened, nothing destroyed. */
static void open__refuses_a_store_whose_slots_are_gone(void **state)
{
    for (size_t left = 0; left < 4; left++) {
        KW_AUTO(vault_desk) desk = {0};
        vault_desk_make(&desk, *state);
        fill(&desk);
        vault_desk_close(&desk);
        remove_slots(&desk, left);
        EXPECT_STATUS(vault_desk_open(&desk), KW_GONE);
        assert_int_equal(vault_desk_slots(&desk), left);
        assert_int_equal(stores_number(desk.store, "SELECT COUNT(*) FROM threshold_records"), 4);
    }
}

/* Between the first slot and the first row. */
static void open__begins_again_after_a_crash_in_the_first_open(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    stores_write(desk.store, "DELETE FROM threshold_vault");
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_slots(&desk), 1);
    fill(&desk);
    vault_desk_restart(&desk);
    expect_filled(&desk);
}

static void open__refuses_records_without_a_vault(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    stores_write(desk.store, "DELETE FROM threshold_vault");
    vault_desk_close(&desk);
    EXPECT_STATUS(vault_desk_open(&desk), KW_CORRUPT);
    assert_int_equal(vault_desk_slots(&desk), 4);
}

static void open__refuses_rows_that_are_none(void **state)
{
    static const char *const damage[] = {
        "UPDATE threshold_records SET kind = 9 WHERE kind = 3",
        "UPDATE threshold_vault SET cluster = slot, slot = cluster",
        "UPDATE threshold_vault SET witness = slot",
        /* One scope, two slots. */
        "INSERT INTO threshold_records (kind, scope, id, slot, record)"
        " SELECT kind, scope, slot, (SELECT slot FROM threshold_vault), record"
        " FROM threshold_records WHERE kind = 3",
    };
    static const kw_status wanted[] = {KW_CORRUPT, KW_CONFIG, KW_SEALED, KW_CORRUPT};
    for (size_t i = 0; i < KW_COUNT(damage); i++) {
        KW_AUTO(vault_desk) desk = {0};
        vault_desk_make(&desk, *state);
        fill(&desk);
        stores_write(desk.store, damage[i]);
        vault_desk_close(&desk);
        EXPECT_STATUS(vault_desk_open(&desk), wanted[i]);
        assert_int_equal(vault_desk_slots(&desk), 4);
    }
}

/* What a crash between the commit and the destruction leaves. */
static void open__destroys_slots_that_no_record_needs(void **state)
{
    KW_AUTO(vault_desk) desk = {0};
    vault_desk_make(&desk, *state);
    fill(&desk);
    stores_write(desk.store, "DELETE FROM threshold_records WHERE kind = 3");
    vault_desk_restart(&desk);
    assert_int_equal(vault_desk_slots(&desk), 3);
    assert_int_equal(vault_desk_records(&desk), 3);
    assert_true(vault_desk_has(&desk, KW_RECORD_SESSION, 1, 0, "polynomials"));
}

static void free__takes_null(void **state)
{
    KW_UNUSED(state);
    kw_vault_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open__finds_what_was_committed),
        cmocka_unit_test(open__refuses_another_operator_key),
        cmocka_unit_test(open__refuses_another_cluster),
        cmocka_unit_test(open__destroys_nothing_when_the_store_is_another),
        cmocka_unit_test(open__destroys_nothing_when_the_store_is_new),
        cmocka_unit_test(open__refuses_a_store_whose_slots_are_gone),
        cmocka_unit_test(open__begins_again_after_a_crash_in_the_first_open),
        cmocka_unit_test(open__refuses_records_without_a_vault),
        cmocka_unit_test(open__refuses_rows_that_are_none),
        cmocka_unit_test(open__destroys_slots_that_no_record_needs),
        cmocka_unit_test(free__takes_null),
    };
    return STORES_RUN_ON_BOTH(tests);
}
