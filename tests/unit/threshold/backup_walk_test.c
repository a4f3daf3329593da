/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/backup_walk.h"

#include "support/backup_desk.h"
#include "support/expect.h"

static kw_status count_one(void *ctx, const kw_backup_record *record, kw_error *err)
{
    KW_UNUSED(err);
    uint32_t *counts = ctx;
    counts[record->kind]++;
    return KW_OK;
}

static kw_status refuse_apps(void *ctx, const kw_backup_record *record, kw_error *err)
{
    KW_UNUSED(ctx);
    return record->kind == KW_BACKUP_APP ? kw_fail(err, KW_REFUSED, "no") : KW_OK;
}

static void each__shows_all_records_again_and_again(void **state)
{
    KW_UNUSED(state);
    const kw_backup_record records[] = {backup_desk_about(),
                                        backup_desk_file(KW_BACKUP_TLS, "/a", "x"),
                                        backup_desk_file(KW_BACKUP_TLS, "/b", "y"),
                                        backup_desk_app("a", "{}", 1), backup_desk_end(2, 0, 1)};
    kw_buf file;
    uint32_t counts[KW_BACKUP_END + 1] = {0};
    kw_backup_reader reader = backup_desk_reader(&file, records, KW_COUNT(records));
    EXPECT_OK(kw_backup_each(&reader, count_one, counts, NULL));
    EXPECT_OK(kw_backup_each(&reader, count_one, counts, NULL));
    assert_int_equal(counts[KW_BACKUP_ABOUT], 2);
    assert_int_equal(counts[KW_BACKUP_FILE], 4);
    assert_int_equal(counts[KW_BACKUP_APP], 2);
    assert_int_equal(counts[KW_BACKUP_END], 2);
    EXPECT_STATUS(kw_backup_each(&reader, refuse_apps, NULL, NULL), KW_REFUSED);
    kw_backup_reader_drop(&reader);
    kw_buf_drop(&file);
}

/* Shows `shown` of the records, before the one that is not in its place. */
static void expect_corrupt(const kw_backup_record *records, size_t count, uint32_t shown)
{
    kw_buf file;
    kw_error err = {0};
    uint32_t counts[KW_BACKUP_END + 1] = {0};
    kw_backup_reader reader = backup_desk_reader(&file, records, count);
    EXPECT_STATUS(kw_backup_each(&reader, count_one, counts, &err), KW_CORRUPT);
    assert_int_equal(err.status, KW_CORRUPT);
    for (size_t kind = 0; kind < KW_COUNT(counts); kind++) {
        assert_in_range(counts[kind], 0, shown);
        shown -= counts[kind];
    }
    assert_int_equal(shown, 0);
    kw_backup_reader_drop(&reader);
    kw_buf_drop(&file);
}

static void each__refuses_what_a_right_key_sealed_wrongly(void **state)
{
    KW_UNUSED(state);
    const kw_backup_record no_end[] = {backup_desk_about(), backup_desk_app("a", "{}", 1)};
    const kw_backup_record no_front[] = {backup_desk_app("a", "{}", 1), backup_desk_end(0, 0, 1)};
    const kw_backup_record turned[] = {backup_desk_about(), backup_desk_app("b", "{}", 1),
                                       backup_desk_app("a", "{}", 1), backup_desk_end(0, 0, 2)};
    const kw_backup_record lost[] = {backup_desk_about(), backup_desk_end(0, 0, 1)};
    const kw_backup_record none[] = {backup_desk_about(), backup_desk_app("", "{}", 1),
                                     backup_desk_end(0, 0, 1)};
    expect_corrupt(no_end, KW_COUNT(no_end), 2);
    expect_corrupt(no_front, KW_COUNT(no_front), 0);
    expect_corrupt(turned, KW_COUNT(turned), 2);
    expect_corrupt(lost, KW_COUNT(lost), 1);
    expect_corrupt(none, KW_COUNT(none), 1);
}

static kw_status survey(kw_backup_summary *out, const kw_backup_record *records, size_t count)
{
    kw_buf file;
    kw_error err = {0};
    kw_backup_reader reader = backup_desk_reader(&file, records, count);
    kw_status st = kw_backup_survey(&reader, out, &err);
    assert_int_equal(err.status, st);
    kw_backup_reader_drop(&reader);
    kw_buf_drop(&file);
    return st;
}

static void survey__tells_what_it_is(void **state)
{
    KW_UNUSED(state);
    const kw_backup_record records[] = {backup_desk_about(),
                                        backup_desk_file(KW_BACKUP_TLS, "/a", "x"),
                                        backup_desk_app("a", "{}", 1), backup_desk_end(1, 0, 1)};
    kw_backup_summary summary = {0};
    EXPECT_OK(survey(&summary, records, KW_COUNT(records)));
    assert_int_equal(summary.about.made_at, 1800000000);
    assert_int_equal(summary.counts.files, 1);
    assert_int_equal(summary.counts.apps, 1);
    assert_int_equal(summary.epoch, 0);
}

static kw_backup_record certificate_of(kw_buf *file, epoch_desk *desk, const desk_epoch *epoch)
{
    EXPECT_OK(kw_certificate_encode(file, &epoch->certificate, desk->group));
    return (kw_backup_record){
        .kind = KW_BACKUP_CERTIFICATE,
        .certificate = {.hash = epoch->certificate.hash, .file = kw_buf_view(file)}};
}

static void survey__checks_the_newest_certificate(void **state)
{
    KW_UNUSED(state);
    static desk_epoch epoch;
    epoch_desk desk = {0};
    KW_AUTO(kw_buf) file = kw_buf_init(1 << 20);
    kw_group_g2_bytes master;
    kw_backup_summary summary = {0};
    epoch_desk_open(&desk, &kw_group_bls12_381, KW_PEER_ECDSA);
    epoch_desk_make(&desk, &epoch, NULL, (desk_plan){.n = 4});
    kw_group_bls12_381.g2_encode(&master, &epoch.polynomial[0]);
    kw_backup_record records[] = {backup_desk_about(), certificate_of(&file, &desk, &epoch),
                                  backup_desk_end(0, 1, 0)};
    records[0].about.cluster_id = desk.cluster_id;
    EXPECT_STATUS(survey(&summary, records, KW_COUNT(records)), KW_CORRUPT); /* another key */
    memcpy(records[0].about.master_key, master.bytes, sizeof records[0].about.master_key);
    EXPECT_OK(survey(&summary, records, KW_COUNT(records)));
    assert_int_equal(summary.epoch, 1);
    assert_int_equal(summary.epoch_at, 1700000000);
    records[0].about.cluster_id.bytes[0] ^= 1;
    EXPECT_STATUS(survey(&summary, records, KW_COUNT(records)), KW_CORRUPT);
    records[0].about.cluster_id.bytes[0] ^= 1;
    records[1].certificate.hash.bytes[0] ^= 1;
    EXPECT_STATUS(survey(&summary, records, KW_COUNT(records)), KW_CORRUPT);
    records[1].certificate.hash.bytes[0] ^= 1;
    records[1].certificate.file.len--;
    EXPECT_STATUS(survey(&summary, records, KW_COUNT(records)), KW_CORRUPT);
    epoch_desk_close(&desk);
}

static void survey__needs_a_master_key(void **state)
{
    KW_UNUSED(state);
    kw_backup_summary summary = {0};
    kw_backup_record records[] = {backup_desk_about(), backup_desk_end(0, 0, 0)};
    memset(records[0].about.master_key, 0, sizeof records[0].about.master_key);
    EXPECT_STATUS(survey(&summary, records, KW_COUNT(records)), KW_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each__shows_all_records_again_and_again),
        cmocka_unit_test(each__refuses_what_a_right_key_sealed_wrongly),
        cmocka_unit_test(survey__tells_what_it_is),
        cmocka_unit_test(survey__checks_the_newest_certificate),
        cmocka_unit_test(survey__needs_a_master_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
