/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/backup.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/backup_desk.h"
#include "support/expect.h"

typedef struct bench {
    backup_desk desk;
    kw_buf file;
    kw_backup_reader reader;
    tempdir trial;
} bench;

static void make(bench *b, stores *all)
{
    backup_desk_make(&b->desk, all);
    kw_backup_plan plan = backup_desk_plan(&b->desk);
    b->file = kw_buf_init(1 << 20);
    EXPECT_OK(kw_backup_make(&b->file, &plan, NULL));
    b->reader = backup_desk_open(kw_buf_view(&b->file));
    b->trial = tempdir_make();
}

static void drop(bench *b)
{
    kw_backup_reader_drop(&b->reader);
    kw_buf_drop(&b->file);
    tempdir_remove(&b->trial);
    backup_desk_drop(&b->desk);
}

static kw_status try_it(bench *b, kw_backup_summary *out)
{
    kw_error err = {0};
    KW_AUTO(kw_dir_names) left = {0};
    const kw_backup_trial trial = {
        .folder = b->trial.path, .operator_key = &b->desk.vault.key, .rng = b->desk.vault.port};
    kw_status st = kw_backup_try(out, &trial, &b->reader, &err);
    assert_int_equal(err.status, st);
    EXPECT_OK(kw_dir_list(&left, b->trial.path, NULL));
    assert_int_equal(left.count, 0); /* nothing of the trial stays */
    return st;
}

static bool has(kw_span bytes, kw_str needle)
{
    for (size_t i = 0; i + needle.len <= bytes.len; i++) {
        if (memcmp(bytes.ptr + i, needle.ptr, needle.len) == 0) {
            return true;
        }
    }
    return false;
}

static void backup__is_whole_and_passes_its_trial(void **state)
{
    bench b;
    kw_backup_summary summary = {.epoch = 0};
    make(&b, *state);
    EXPECT_OK(try_it(&b, &summary));
    assert_int_equal(summary.counts.files, 3);
    assert_int_equal(summary.counts.certificates, 2);
    assert_int_equal(summary.counts.apps, 2);
    assert_int_equal(summary.epoch, 2);
    EXPECT_OK(try_it(&b, &summary));
    drop(&b);
}

/* Neither open nor sealed: no record of a share or session, and no slot. */
static void backup__holds_no_share(void **state)
{
    bench b;
    make(&b, *state);
    KW_AUTO(kw_slot_ids) ids = {0};
    KW_AUTO(kw_secret_bytes) wire = kw_secret_bytes_init(1 << 20);
    EXPECT_OK(kw_slots_list(b.desk.vault.slots, &ids, NULL));
    assert_int_equal(ids.count, 3);
    kw_status st = KW_OK;
    size_t policies = 0;
    while ((st = kw_backup_reader_next(&b.reader, &wire, NULL)) == KW_OK) {
        kw_span record = kw_declassify_span(kw_secret_bytes_view(&wire), "a test");
        assert_false(has(record, KW_STR("the share of epoch")));
        assert_false(has(record, KW_STR("polynomial")));
        policies += has(record, KW_STR("access"));
        for (size_t i = 0; i < ids.count; i++) {
            KW_AUTO(kw_secret32) slot = {0};
            EXPECT_OK(kw_slots_get(b.desk.vault.slots, &slot, &ids.items[i], NULL));
            kw_span bytes = kw_declassify_span(kw_secret32_view(&slot), "a test");
            assert_false(has(record, kw_str_of_span(bytes)));
        }
    }
    EXPECT_STATUS(st, KW_END);
    assert_int_equal(policies, 2);                               /* what is looked for is found */
    assert_false(has(kw_buf_view(&b.file), KW_STR("peer.key"))); /* and nothing in clear */
    assert_false(has(kw_buf_view(&b.file), KW_STR("access")));
    drop(&b);
}

static void trial__finds_what_changed_since(void **state)
{
    bench b;
    kw_backup_summary none = {.epoch = 0};
    make(&b, *state);
    EXPECT_OK(
        kw_file_write_atomic(b.desk.texts[0].text, KW_SPAN((const uint8_t[]){'x'}), 0600, NULL));
    EXPECT_STATUS(try_it(&b, &none), KW_CORRUPT);
    EXPECT_OK(kw_file_remove(b.desk.texts[0].text, NULL));
    EXPECT_STATUS(try_it(&b, &none), KW_NOT_FOUND);
    drop(&b);
}

static void trial__refuses_a_certificate_of_another_key(void **state)
{
    bench b;
    kw_backup_summary none = {.epoch = 0};
    make(&b, *state);
    kw_backup_plan plan = backup_desk_plan(&b.desk);
    plan.about = backup_desk_about().about;
    kw_backup_reader_drop(&b.reader);
    kw_buf_clear(&b.file);
    EXPECT_OK(kw_backup_make(&b.file, &plan, NULL));
    b.reader = backup_desk_open(kw_buf_view(&b.file));
    EXPECT_STATUS(try_it(&b, &none), KW_CORRUPT);
    drop(&b);
}

static void make__refuses_what_cannot_be_read(void **state)
{
    backup_desk desk;
    kw_error err = {0};
    backup_desk_make(&desk, *state);
    kw_backup_plan plan = backup_desk_plan(&desk);
    KW_AUTO(kw_buf) small = kw_buf_init(600);
    EXPECT_STATUS(kw_backup_make(&small, &plan, &err), KW_LIMIT);
    assert_int_equal(err.status, KW_LIMIT);
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    const kw_slots_place elsewhere = {.dir = desk.vault.dir.path};
    plan.source.slots = &elsewhere;
    EXPECT_STATUS(kw_backup_make(&file, &plan, &err), KW_GONE);
    kw_buf_clear(&file);
    plan.source = backup_desk_source(&desk);
    EXPECT_OK(kw_file_remove(desk.texts[2].text, NULL));
    EXPECT_STATUS(kw_backup_make(&file, &plan, &err), KW_NOT_FOUND);
    kw_buf_clear(&file);
    plan.lock.passphrase.len = 7;
    EXPECT_STATUS(kw_backup_make(&file, &plan, &err), KW_BAD_INPUT);
    backup_desk_drop(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backup__is_whole_and_passes_its_trial),
        cmocka_unit_test(backup__holds_no_share),
        cmocka_unit_test(trial__finds_what_changed_since),
        cmocka_unit_test(trial__refuses_a_certificate_of_another_key),
        cmocka_unit_test(make__refuses_what_cannot_be_read),
    };
    return STORES_RUN_ON_BOTH(tests);
}
