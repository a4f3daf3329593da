/* SPDX-License-Identifier: Apache-2.0
 * Certificates and applications of a living store, and what becomes of them in an empty one. */
#include "threshold/backup_store.h"

#include "os/file.h"
#include "support/backup_desk.h"
#include "support/expect.h"
#include "threshold/limits.h"
#include "threshold/vault_epochs.h"
#include "threshold/vault_rejoin.h"

#include <stdio.h>

typedef struct seen {
    char text[256];
} seen;

static kw_status see(void *ctx, const kw_backup_record *record, kw_error *err)
{
    seen *s = ctx;
    size_t len = strlen(s->text);
    switch (record->kind) {
    case KW_BACKUP_CERTIFICATE:
        (void)snprintf(s->text + len, sizeof s->text - len, "epoch %u ",
                       (unsigned)kw_certificate_epoch_of(record->certificate.file));
        return KW_OK;
    case KW_BACKUP_APP:
        (void)snprintf(s->text + len, sizeof s->text - len, "%.*s %u at %u ",
                       KW_STR_ARG(record->app.id), (unsigned)record->app.uses,
                       (unsigned)record->app.registered_at);
        return KW_OK;
    case KW_BACKUP_ABOUT:
    case KW_BACKUP_FILE:
    case KW_BACKUP_END:
        return kw_fail(err, KW_INTERNAL, "a store has none of these");
    }
    return KW_OK;
}

static const char all_text[] = "epoch 1 epoch 2 a 7 at 1700000000 b 0 at 1700000001 ";

static kw_status read_source(const kw_backup_source *source, seen *s)
{
    kw_error err = {0};
    *s = (seen){{0}};
    kw_status st = kw_backup_store_read(source, see, s, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void read__shows_a_store_that_an_operator_has_open(void **state)
{
    backup_desk desk;
    seen s;
    backup_desk_make(&desk, *state);
    kw_backup_source source = backup_desk_source(&desk);
    EXPECT_OK(read_source(&source, &s));
    assert_string_equal(s.text, all_text);
    backup_desk_drop(&desk);
}

static void read__refuses_what_does_not_belong_together(void **state)
{
    backup_desk desk;
    seen s;
    backup_desk_make(&desk, *state);
    const kw_backup_source right = backup_desk_source(&desk);
    const kw_slots_place elsewhere = {.dir = desk.vault.dir.path};
    kw_backup_source source = right;
    source.owner.cluster_id.bytes[0] ^= 1;
    EXPECT_STATUS(read_source(&source, &s), KW_CONFIG);
    kw_secret32 other = vault_desk_key(0x77);
    source = right;
    source.operator_key = &other;
    EXPECT_STATUS(read_source(&source, &s), KW_SEALED);
    source = right;
    source.slots = &elsewhere;
    EXPECT_STATUS(read_source(&source, &s), KW_GONE);
    stores_write(desk.vault.store, "UPDATE threshold_records SET record ="
                                   " (SELECT record FROM threshold_records WHERE kind = 3)"
                                   " WHERE kind = 1");
    EXPECT_STATUS(read_source(&right, &s), KW_CORRUPT);
    assert_string_equal(s.text, "");
    stores_write(desk.vault.store, "DELETE FROM threshold_vault");
    EXPECT_STATUS(read_source(&right, &s), KW_NOT_FOUND);
    backup_desk_drop(&desk);
}

/* A node to restore onto; its vault is closed. */
static kw_backup_target target_of(vault_desk *desk, uint64_t at)
{
    kw_vault_free(desk->vault);
    desk->vault = NULL;
    return (kw_backup_target){.store = desk->store,
                              .slots = desk->slots,
                              .operator_key = &desk->key,
                              .cluster_id = desk->cluster_id,
                              .rng = desk->port,
                              .at = at};
}

static void make_backup(kw_buf *file, kw_backup_reader *reader, backup_desk *desk)
{
    kw_backup_plan plan = backup_desk_plan(desk);
    *file = kw_buf_init(1 << 20);
    EXPECT_OK(kw_backup_make(file, &plan, NULL));
    *reader = backup_desk_open(kw_buf_view(file));
}

static size_t count_versions(kw_vault *vault)
{
    kw_vault_versions list = {0};
    EXPECT_OK(kw_vault_list_versions(vault, &list, NULL));
    size_t count = list.count;
    kw_vault_versions_drop(&list);
    return count;
}

static void restored__operator_starts_with_nothing_and_tells_of_the_past(void **state)
{
    backup_desk desk;
    vault_desk other;
    kw_buf file;
    kw_backup_reader reader;
    seen s;
    uint64_t at = 0;
    backup_desk_make(&desk, *state);
    make_backup(&file, &reader, &desk);
    vault_desk_make(&other, *state);
    kw_backup_target target = target_of(&other, 1900000000);
    EXPECT_OK(kw_backup_store_prepare(&target, NULL));
    EXPECT_OK(kw_backup_store_fill(&target, &reader, NULL));
    EXPECT_OK(kw_vault_rejoined_at(other.store, &at, NULL));
    assert_int_equal(at, 1900000000);
    vault_desk_restart(&other);
    assert_int_equal(vault_desk_records(&other), 0); /* it is silent, as who rejoined */
    assert_int_equal(vault_desk_slots(&other), 1);   /* and has no share */
    assert_int_equal(count_versions(other.vault), 2);
    KW_AUTO(kw_vault_epoch) found = {0};
    EXPECT_OK(kw_vault_load_at_time(other.vault, &found, 1800000000, NULL));
    assert_int_equal(found.version.epoch, 2);
    const kw_slots_place there = {.dir = other.folder.text};
    kw_backup_source source = backup_desk_source(&desk);
    source.store = other.store;
    source.slots = &there;
    EXPECT_OK(read_source(&source, &s));
    assert_string_equal(s.text, all_text);
    /* A certificate of a later boundary ends the silence, and it alone. */
    EXPECT_OK(vault_desk_certificate(&other, 3, 1900000001));
    EXPECT_OK(kw_vault_commit(other.vault, NULL));
    assert_int_equal(vault_desk_records(&other), 1);
    vault_desk_drop(&other);
    kw_backup_reader_drop(&reader);
    kw_buf_drop(&file);
    backup_desk_drop(&desk);
}

static void prepare__refuses_a_store_from_which_an_operator_goes_on(void **state)
{
    static const struct {
        kw_record_kind kind;
        const char *text;
    } rows[] = {{KW_RECORD_SHARE, "share"}, {KW_RECORD_SESSION, "x"}, {KW_RECORD_HANDOVER, "y"}};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        vault_desk desk;
        kw_error err = {0};
        uint64_t at = 7;
        vault_desk_make(&desk, *state);
        EXPECT_OK(vault_desk_persist(&desk, rows[i].kind, 1, 0, rows[i].text));
        EXPECT_OK(kw_vault_commit(desk.vault, NULL));
        kw_backup_target target = target_of(&desk, 1900000000);
        EXPECT_STATUS(kw_backup_store_prepare(&target, &err), KW_REFUSED);
        assert_int_equal(err.status, KW_REFUSED);
        EXPECT_OK(kw_vault_rejoined_at(desk.store, &at, NULL));
        assert_int_equal(at, 0);
        vault_desk_restart(&desk);
        assert_true(vault_desk_has(&desk, rows[i].kind, 1, 0, rows[i].text));
        vault_desk_drop(&desk);
    }
}

/* One that came back and got its first certificate is alive again. */
static void prepare__refuses_a_restored_operator_that_takes_part_again(void **state)
{
    vault_desk desk;
    vault_desk_make(&desk, *state);
    kw_backup_target target = target_of(&desk, 1900000000);
    EXPECT_OK(kw_backup_store_prepare(&target, NULL));
    EXPECT_OK(vault_desk_open(&desk));
    EXPECT_OK(vault_desk_certificate(&desk, 3, 1900000001));
    EXPECT_OK(kw_vault_commit(desk.vault, NULL));
    target = target_of(&desk, 1950000000);
    EXPECT_STATUS(kw_backup_store_prepare(&target, NULL), KW_REFUSED);
    vault_desk_drop(&desk);
}

static void restore__that_was_cut_short_can_be_done_again(void **state)
{
    backup_desk desk;
    vault_desk other;
    kw_buf file;
    kw_backup_reader reader;
    uint64_t at = 0;
    backup_desk_make(&desk, *state);
    make_backup(&file, &reader, &desk);
    vault_desk_make(&other, *state);
    kw_backup_target target = target_of(&other, 1900000000);
    other.rng.requests = 0;
    other.rng.fail_after = 3; /* the new slot, its witness and one certificate are made */
    EXPECT_OK(kw_backup_store_prepare(&target, NULL));
    EXPECT_STATUS(kw_backup_store_fill(&target, &reader, NULL), KW_ENTROPY_FAILURE);
    other.rng.fail_after = 0;
    EXPECT_OK(kw_vault_rejoined_at(other.store, &at, NULL));
    assert_int_equal(at, 1900000000); /* who starts now is silent already */
    target.at++;
    EXPECT_OK(kw_backup_store_prepare(&target, NULL));
    EXPECT_OK(kw_backup_store_fill(&target, &reader, NULL));
    EXPECT_OK(kw_backup_store_prepare(&target, NULL)); /* and once more for nothing */
    EXPECT_OK(kw_backup_store_fill(&target, &reader, NULL));
    vault_desk_restart(&other);
    assert_int_equal(count_versions(other.vault), 2);
    vault_desk_drop(&other);
    kw_backup_reader_drop(&reader);
    kw_buf_drop(&file);
    backup_desk_drop(&desk);
}

static void fill__keeps_what_is_registered(void **state)
{
    vault_desk desk;
    kw_buf file;
    vault_desk_make(&desk, *state);
    stores_write(desk.store, "INSERT INTO threshold_apps (id, policy, uses, registered_at)"
                             " VALUES ('a', '{}', 9, 5)");
    kw_backup_record records[] = {backup_desk_about(), backup_desk_app("a", "{}", 1),
                                  backup_desk_app("b", "{}", 2), backup_desk_end(0, 0, 2)};
    kw_backup_reader reader = backup_desk_reader(&file, records, KW_COUNT(records));
    kw_backup_target target = target_of(&desk, 1900000000);
    EXPECT_OK(kw_backup_store_prepare(&target, NULL));
    EXPECT_OK(kw_backup_store_fill(&target, &reader, NULL));
    assert_int_equal(stores_number(desk.store, "SELECT uses FROM threshold_apps WHERE id = 'a'"),
                     9);
    assert_int_equal(stores_number(desk.store, "SELECT uses FROM threshold_apps WHERE id = 'b'"),
                     2);
    stores_write(desk.store, "UPDATE threshold_apps SET policy = '{\"access\":\"mtls\"}'"
                             " WHERE id = 'b'");
    EXPECT_OK(kw_backup_store_prepare(&target, NULL));
    EXPECT_STATUS(kw_backup_store_fill(&target, &reader, NULL), KW_CONFLICT);
    kw_backup_reader_drop(&reader);
    kw_buf_drop(&file);
    vault_desk_drop(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__shows_a_store_that_an_operator_has_open),
        cmocka_unit_test(read__refuses_what_does_not_belong_together),
        cmocka_unit_test(restored__operator_starts_with_nothing_and_tells_of_the_past),
        cmocka_unit_test(prepare__refuses_a_store_from_which_an_operator_goes_on),
        cmocka_unit_test(prepare__refuses_a_restored_operator_that_takes_part_again),
        cmocka_unit_test(restore__that_was_cut_short_can_be_done_again),
        cmocka_unit_test(fill__keeps_what_is_registered),
    };
    return STORES_RUN_ON_BOTH(tests);
}
