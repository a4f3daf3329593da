/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/emtk.h"

#include "support/expect.h"

static kw_emtk_record record_of(uint32_t row, uint8_t tier, uint8_t first, uint8_t last)
{
    kw_hash32 token = {{first}};
    token.bytes[31] = last;
    return kw_emtk_record_make(row, tier, &token);
}

/* A file of three records. */
static void make_file(kw_buf *out)
{
    kw_emtk_record records[] = {record_of(3, 1, 0x10, 0), record_of(1, 0, 0x10, 1),
                                record_of(2, 3, 0x10, 1)};
    EXPECT_OK(kw_emtk_header_encode(out, KW_STR("2026-01"), KW_COUNT(records)));
    EXPECT_OK(kw_buf_append(out, KW_SPAN(records)));
}

static void record_make__has_the_wire_form(void **state)
{
    (void)state;
    kw_hash32 token = {{0xaa}};
    kw_emtk_record record = kw_emtk_record_make(0x04030201, 2, &token);
    static const uint8_t wanted[] = {1, 2, 3, 4, 2, 0, 0, 0, 0xaa};
    assert_memory_equal(record.bytes, wanted, sizeof wanted);
    assert_int_equal(kw_emtk_row(&record), 0x04030201);
    assert_int_equal(kw_emtk_tier(&record), 2);
    EXPECT_SPAN(kw_emtk_token(&record), KW_SPAN(token.bytes));
}

static void decode__reads_what_encode_wrote(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = kw_buf_init(4096);
    make_file(&file);
    assert_int_equal(file.len, 8 + 1 + 7 + 8 + 3 * KW_EMTK_RECORD_BYTES);
    kw_emtk read = {0};
    EXPECT_OK(kw_emtk_decode(&read, kw_buf_view(&file), NULL));
    EXPECT_STR(read.kid, "2026-01");
    assert_int_equal(read.count, 3);
    assert_int_equal(kw_emtk_row(&read.records[2]), 2);
    EXPECT_OK(kw_emtk_check(&read, NULL, NULL));
}

static void decode__refuses_every_cut_and_trailing_byte(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = kw_buf_init(4096);
    make_file(&file);
    EXPECT_OK(kw_buf_append_byte(&file, 0));
    for (size_t len = 0; len <= file.len; len++) {
        kw_emtk read = {0};
        kw_error err = {0};
        kw_status wanted = len == file.len - 1 ? KW_OK : KW_BAD_INPUT;
        EXPECT_STATUS(kw_emtk_decode(&read, (kw_span){file.ptr, len}, &err), wanted);
    }
}

static void decode__refuses_another_magic_kid_or_count(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
    } cases[] = {{0, 'k'}, {7, ' '}, {8, 6},  {8, 0},    {8, 65},
                 {9, ' '}, {9, 0},   {16, 4}, {23, 0x80}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) file = kw_buf_init(4096);
        make_file(&file);
        file.ptr[cases[i].at] = cases[i].byte;
        kw_emtk read = {0};
        EXPECT_STATUS(kw_emtk_decode(&read, kw_buf_view(&file), NULL), KW_BAD_INPUT);
    }
}

static void header_encode__refuses_bad_kids(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "", "a b", "a/b", "\u00e9",
        "0123456789012345678901234567890123456789012345678901234567890123x"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) out = kw_buf_init(4096);
        EXPECT_STATUS(kw_emtk_header_encode(&out, kw_str_of(cases[i]), 0), KW_BAD_INPUT);
        assert_int_equal(out.len, 0);
    }
    KW_AUTO(kw_buf) small = kw_buf_init(4);
    EXPECT_STATUS(kw_emtk_header_encode(&small, KW_STR("k"), 0), KW_LIMIT);
}

static void check__refuses_malformed_records(void **state)
{
    (void)state;
    kw_emtk_record good[] = {record_of(1, 1, 1, 0), record_of(2, 1, 1, 0), record_of(1, 1, 2, 0)};
    EXPECT_OK(kw_emtk_check(&(kw_emtk){.records = good, .count = 3}, NULL, NULL));
    EXPECT_OK(kw_emtk_check(&(kw_emtk){.records = good + 1, .count = 2}, &good[0], NULL));
    static const struct {
        size_t at;
        uint8_t byte;
    } cases[] = {{0, 0}, {4, 4}, {5, 1}, {6, 1}, {7, 1}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_emtk_record bad = good[0];
        bad.bytes[cases[i].at] = cases[i].byte;
        EXPECT_STATUS(kw_emtk_check(&(kw_emtk){.records = &bad, .count = 1}, NULL, NULL),
                      KW_BAD_INPUT);
    }
    kw_emtk_record same[] = {good[0], good[0]};
    kw_emtk_record rows[] = {good[1], good[0]};
    kw_emtk_record tokens[] = {good[2], good[1]};
    EXPECT_STATUS(kw_emtk_check(&(kw_emtk){.records = same, .count = 2}, NULL, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_emtk_check(&(kw_emtk){.records = rows, .count = 2}, NULL, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_emtk_check(&(kw_emtk){.records = tokens, .count = 2}, NULL, NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_emtk_check(&(kw_emtk){.records = good, .count = 1}, &good[1], NULL),
                  KW_BAD_INPUT);
}

static void compare__orders_by_token_then_row(void **state)
{
    (void)state;
    kw_emtk_record a = record_of(256, 1, 1, 0);
    kw_emtk_record b = record_of(1, 1, 1, 1);
    kw_emtk_record c = record_of(255, 3, 1, 0);
    assert_true(kw_emtk_compare(&a, &b) < 0);
    assert_true(kw_emtk_compare(&b, &a) > 0);
    assert_true(kw_emtk_compare(&c, &a) < 0);
    assert_int_equal(kw_emtk_compare(&a, &a), 0);
    assert_int_equal(kw_emtk_compare_tokens(&a, &c), 0);
}

static void sort__brings_any_records_in_order(void **state)
{
    (void)state;
    enum {
        COUNT = 5000
    };
    static kw_emtk_record records[COUNT];
    static kw_emtk_record scratch[COUNT];
    uint64_t word = 1;
    for (uint32_t i = 0; i < COUNT; i++) {
        word = word * 6364136223846793005U + 1442695040888963407U;
        bool is_crowded = i % 3 == 0;
        records[i] =
            record_of(i + 1, 1, is_crowded ? 0x77 : (uint8_t)(word >> 56), (uint8_t)(word >> 48));
    }
    kw_emtk_sort(records, scratch, COUNT);
    EXPECT_OK(kw_emtk_check(&(kw_emtk){.records = records, .count = COUNT}, NULL, NULL));
    kw_emtk_sort(records, scratch, 0);
    kw_emtk_sort(records, scratch, 1);
}

static void part__cuts_by_the_first_byte(void **state)
{
    (void)state;
    static kw_emtk_record records[256];
    for (size_t i = 0; i < 256; i++) {
        records[i] = record_of(1, 1, (uint8_t)i, 0);
    }
    kw_emtk all = {.records = records, .count = 256};
    for (size_t parts = 1; parts <= 256; parts += 5) {
        size_t next = 0;
        for (size_t i = 0; i < parts; i++) {
            kw_emtk part = kw_emtk_part(&all, i, parts);
            assert_int_equal(part.records - records, next);
            next += part.count;
        }
        assert_int_equal(next, 256);
    }
    kw_emtk none = {0};
    assert_int_equal(kw_emtk_part(&none, 0, 2).count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_make__has_the_wire_form),
        cmocka_unit_test(decode__reads_what_encode_wrote),
        cmocka_unit_test(decode__refuses_every_cut_and_trailing_byte),
        cmocka_unit_test(decode__refuses_another_magic_kid_or_count),
        cmocka_unit_test(header_encode__refuses_bad_kids),
        cmocka_unit_test(check__refuses_malformed_records),
        cmocka_unit_test(compare__orders_by_token_then_row),
        cmocka_unit_test(sort__brings_any_records_in_order),
        cmocka_unit_test(part__cuts_by_the_first_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
