/* SPDX-License-Identifier: Apache-2.0
 * Records of a backup byte for byte, what is none, and which order they have. */
#include "threshold/backup_record.h"

#include "support/expect.h"
#include "support/hexed.h"
#include "threshold/limits.h"

/* As much of a certificate as its epoch needs. */
typedef struct front {
    uint8_t bytes[64];
} front;

static front front_of(uint8_t epoch)
{
    front f = {{'K', 'W', 'C', '1', 1, 2}};
    f.bytes[4 + 1 + 1 + 32 + 7] = epoch;
    return f;
}

static kw_backup_record about(void)
{
    kw_backup_record record = {.kind = KW_BACKUP_ABOUT,
                               .about = {.made_at = 0x0102030405, .key = KW_OPERATOR_KEY_RAW}};
    memset(record.about.cluster_id.bytes, 0x11, 32);
    memset(record.about.address.bytes, 0x22, 20);
    memset(record.about.master_key, 0x33, sizeof record.about.master_key);
    return record;
}

static kw_backup_record file_of(kw_backup_role role, const char *path)
{
    return (kw_backup_record){
        .kind = KW_BACKUP_FILE,
        .entry = {.role = role,
                  .mode = 0600,
                  .path = kw_str_of(path),
                  .content = kw_secret_span_of(kw_span_of_str(KW_STR("content")))}};
}

static kw_backup_record certificate_of(const front *f)
{
    return (kw_backup_record){.kind = KW_BACKUP_CERTIFICATE,
                              .certificate = {.hash = {{0x44}}, .file = KW_SPAN(f->bytes)}};
}

static kw_backup_record app_of(const char *id)
{
    return (kw_backup_record){.kind = KW_BACKUP_APP,
                              .app = {.uses = 7,
                                      .registered_at = 1800,
                                      .id = kw_str_of(id),
                                      .policy = KW_STR("{\"access\":\"open\"}")}};
}

static kw_backup_record end_of(uint32_t files, uint32_t certificates, uint32_t apps)
{
    return (kw_backup_record){.kind = KW_BACKUP_END, .counts = {files, certificates, apps}};
}

static kw_span encode(kw_secret_bytes *out, const kw_backup_record *record)
{
    kw_secret_bytes_clear(out);
    EXPECT_OK(kw_backup_record_encode(out, record));
    return kw_declassify_span(kw_secret_bytes_view(out), "a test");
}

static void encode__has_the_documented_layout(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(4096);
    front f = front_of(9);
    kw_backup_record record = about();
    kw_span wire = encode(&out, &record);
    assert_int_equal(wire.len, 1 + 8 + 32 + 20 + 96 + 1);
    expect_hexed((kw_span){wire.ptr, 10}, "01000000010203040511");
    expect_hexed((kw_span){wire.ptr + wire.len - 2, 2}, "3302");
    record = file_of(KW_BACKUP_OPERATORS, "/o");
    expect_hexed(encode(&out, &record), "0203018000022f6f636f6e74656e74");
    record = certificate_of(&f);
    wire = encode(&out, &record);
    assert_int_equal(wire.len, 1 + 32 + sizeof f.bytes);
    expect_hexed((kw_span){wire.ptr, 2}, "0344");
    expect_hexed((kw_span){wire.ptr + 33, 4}, "4b574331");
    record = app_of("ab");
    wire = encode(&out, &record);
    expect_hexed((kw_span){wire.ptr, 21}, "0400000000000000070000000000000708026162"
                                          "7b");
    record = end_of(1, 2, 3);
    expect_hexed(encode(&out, &record), "05000000010000000200000003");
}

static void decode__reads_what_encode_wrote(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(4096);
    KW_AUTO(kw_secret_bytes) again = kw_secret_bytes_init(4096);
    front f = front_of(9);
    const kw_backup_record records[] = {about(), file_of(KW_BACKUP_TLS_KEY, "/etc/x"),
                                        certificate_of(&f), app_of("app"), end_of(1, 1, 1)};
    for (size_t i = 0; i < KW_COUNT(records); i++) {
        kw_backup_record seen = {0};
        kw_span wire = encode(&out, &records[i]);
        EXPECT_OK(kw_backup_record_decode(&seen, kw_secret_span_of(wire)));
        assert_int_equal(seen.kind, records[i].kind);
        assert_true(kw_span_equal_var(encode(&again, &seen), wire));
    }
}

/* What has a fixed length, or an end that must not be empty, is refused at every other length. */
static void decode__refuses_every_cut(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(4096);
    front f = front_of(9);
    const struct {
        kw_backup_record record;
        size_t least; /* so many bytes are a record already */
    } rows[] = {
        {about(), 158},
        {file_of(KW_BACKUP_TLS, "/o"), 8},
        {certificate_of(&f), 1 + 32 + 46},
        {app_of("ab"), 21},
        {end_of(1, 1, 1), 13},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_span wire = encode(&out, &rows[i].record);
        for (size_t len = 0; len < rows[i].least; len++) {
            kw_backup_record seen = {0};
            EXPECT_STATUS(
                kw_backup_record_decode(&seen, kw_secret_span_of((kw_span){wire.ptr, len})),
                KW_BAD_INPUT);
            assert_int_equal(seen.kind, 0);
        }
    }
    const kw_backup_record fixed[] = {about(), end_of(1, 1, 1)};
    for (size_t i = 0; i < KW_COUNT(fixed); i++) {
        kw_backup_record seen = {0};
        (void)encode(&out, &fixed[i]);
        EXPECT_OK(kw_secret_bytes_append_str(&out, KW_STR("x")));
        EXPECT_STATUS(kw_backup_record_decode(&seen, kw_secret_bytes_view(&out)), KW_BAD_INPUT);
    }
}

static void expect_refused(kw_backup_record record)
{
    KW_AUTO(kw_secret_bytes) out = kw_secret_bytes_init(4096);
    kw_backup_record seen = {0};
    (void)encode(&out, &record);
    EXPECT_STATUS(kw_backup_record_decode(&seen, kw_secret_bytes_view(&out)), KW_BAD_INPUT);
}

static void decode__refuses_values_out_of_range(void **state)
{
    KW_UNUSED(state);
    front f = front_of(0);
    kw_backup_record record = about();
    record.about.key = (kw_operator_key_source)0;
    expect_refused(record);
    record.about.key = (kw_operator_key_source)4;
    expect_refused(record);
    record = about();
    record.about.made_at = (uint64_t)INT64_MAX + 1;
    expect_refused(record);
    expect_refused(file_of((kw_backup_role)0, "/o"));
    expect_refused(file_of((kw_backup_role)8, "/o"));
    expect_refused(file_of(KW_BACKUP_TLS, ""));
    record = file_of(KW_BACKUP_TLS, "/o");
    record.entry.mode = 01000;
    expect_refused(record);
    record.entry = file_of(KW_BACKUP_TLS, "/o").entry;
    record.entry.path = (kw_str){"/\0o", 3};
    expect_refused(record);
    expect_refused(certificate_of(&f)); /* no epoch */
    expect_refused(app_of(""));
    record = app_of("a");
    record.app.registered_at = -1;
    expect_refused(record);
    record = app_of("a");
    record.app.uses = UINT64_MAX;
    expect_refused(record);
    record = app_of("a");
    record.app.policy = (kw_str){0};
    expect_refused(record);
    expect_refused((kw_backup_record){.kind = (kw_backup_kind)6});
    expect_refused((kw_backup_record){.kind = (kw_backup_kind)0});
}

/* What becomes of the records in this order: the status of the last. */
static kw_status take(const kw_backup_record *records, size_t count)
{
    kw_backup_order order = {0};
    for (size_t i = 0; i + 1 < count; i++) {
        EXPECT_OK(kw_backup_order_take(&order, &records[i]));
        assert_int_equal(kw_backup_order_is_done(&order), records[i].kind == KW_BACKUP_END);
    }
    kw_status st = kw_backup_order_take(&order, &records[count - 1]);
    assert_true(st != KW_OK || records[count - 1].kind != KW_BACKUP_END ||
                kw_backup_order_is_done(&order));
    kw_backup_order_drop(&order);
    kw_backup_order_drop(&order);
    return st;
}

#define TAKE(...)                                 \
    take((const kw_backup_record[]){__VA_ARGS__}, \
         sizeof((const kw_backup_record[]){__VA_ARGS__}) / sizeof(kw_backup_record))

static void order__is_the_documented_one(void **state)
{
    KW_UNUSED(state);
    front e1 = front_of(1);
    front e2 = front_of(2);
    const kw_backup_record a = about();
    const kw_backup_record f1 = file_of(KW_BACKUP_CLUSTER, "/b");
    const kw_backup_record f2 = file_of(KW_BACKUP_TLS, "/a");
    const kw_backup_record f3 = file_of(KW_BACKUP_TLS, "/aa");
    const kw_backup_record c1 = certificate_of(&e1);
    const kw_backup_record c2 = certificate_of(&e2);
    const kw_backup_record p1 = app_of("a");
    const kw_backup_record p2 = app_of("b");
    EXPECT_OK(TAKE(a, f1, f2, f3, c1, c2, p1, p2, end_of(3, 2, 2)));
    EXPECT_OK(TAKE(a, end_of(0, 0, 0)));
    EXPECT_STATUS(TAKE(f1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(end_of(0, 0, 0)), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, a), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, f2, f1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, f3, f2), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, f2, f2), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, c1, f1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, c2, c1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, c1, c1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, p1, c1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, p2, p1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, p1, p1), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, f1, end_of(0, 0, 0)), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, c1, end_of(0, 0, 0)), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, p1, end_of(0, 0, 2)), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, end_of(0, 0, 0), end_of(0, 0, 0)), KW_CORRUPT);
    EXPECT_STATUS(TAKE(a, end_of(0, 0, 0), p1), KW_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode__has_the_documented_layout),
        cmocka_unit_test(decode__reads_what_encode_wrote),
        cmocka_unit_test(decode__refuses_every_cut),
        cmocka_unit_test(decode__refuses_values_out_of_range),
        cmocka_unit_test(order__is_the_documented_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
