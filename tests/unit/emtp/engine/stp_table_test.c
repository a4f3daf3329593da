/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/stp_table.h"

#include "base/heap.h"

#include "support/expect.h"

#include <stdio.h>

enum {
    BYTES_MAX = 1 << 20
};

static kw_stp_row add(uint64_t seq_no, const char *key, const char *record)
{
    return (kw_stp_row){.seq_no = seq_no,
                        .action = KW_STP_ADD,
                        .timestamp = KW_STR("t"),
                        .key = kw_str_of(key),
                        .record = kw_str_of(record)};
}

static kw_stp_row delete_of(uint64_t seq_no, const char *key)
{
    return (kw_stp_row){.seq_no = seq_no, .action = KW_STP_DELETE, .key = kw_str_of(key)};
}

static void expect_live(const kw_stp_table *table, const char *wanted)
{
    KW_AUTO(kw_buf) text = kw_buf_init(BYTES_MAX);
    kw_stp_row row = {0};
    for (size_t at = 0; kw_stp_table_next(table, &at, &row);) {
        EXPECT_OK(kw_buf_append_format(&text, "%d:%.*s=%.*s ", (int)row.seq_no, KW_STR_ARG(row.key),
                                       KW_STR_ARG(row.record)));
    }
    EXPECT_STR(kw_buf_text(&text), wanted);
}

static void table__shows_live_rows_by_seq_no(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 0, BYTES_MAX));
    expect_live(table, "");
    kw_stp_row rows[] = {add(1, "a", "x"), add(2, "b", "y"),  add(5, "a", "z"),
                         add(6, "c", ""),  delete_of(7, "b"), delete_of(8, "nobody")};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        EXPECT_OK(kw_stp_table_apply(table, &rows[i]));
    }
    expect_live(table, "5:a=z 6:c= ");
    assert_int_equal(kw_stp_table_count(table), 2);
    assert_int_equal(kw_stp_table_last(table), 8);
    kw_stp_row row = {0};
    assert_true(kw_stp_table_find(table, KW_STR("a"), &row));
    EXPECT_STR(row.record, "z");
    EXPECT_STR(row.timestamp, "t");
    assert_false(kw_stp_table_find(table, KW_STR("b"), &row));
    assert_false(kw_stp_table_find(table, KW_STR("d"), &row));
}

static void table__ignores_what_is_not_above_the_last(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 4, BYTES_MAX));
    kw_stp_row rows[] = {add(4, "a", "x"), add(5, "b", "y"), add(5, "b", "other"),
                         delete_of(3, "b")};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        EXPECT_OK(kw_stp_table_apply(table, &rows[i]));
    }
    expect_live(table, "5:b=y ");
}

static void table__keeps_its_limit_of_bytes(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 0, 8));
    kw_stp_row small = add(1, "a", "123456");
    kw_stp_row large = add(2, "a", "1234567");
    kw_stp_row second = add(2, "b", "");
    EXPECT_OK(kw_stp_table_apply(table, &small));
    EXPECT_STATUS(kw_stp_table_apply(table, &large), KW_LIMIT);
    EXPECT_STATUS(kw_stp_table_apply(table, &second), KW_LIMIT);
    expect_live(table, "1:a=123456 ");
    assert_int_equal(kw_stp_table_last(table), 1);
    kw_stp_row smaller = add(2, "a", "1234");
    EXPECT_OK(kw_stp_table_apply(table, &smaller));
    second.seq_no = 3;
    EXPECT_OK(kw_stp_table_apply(table, &second));
}

static void table__grows_and_forgets(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 0, BYTES_MAX));
    uint64_t seq_no = 0;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 500; i++) {
            char key[16];
            (void)snprintf(key, sizeof key, "k%d", i);
            kw_stp_row row = add(++seq_no, key, "r");
            EXPECT_OK(kw_stp_table_apply(table, &row));
        }
        assert_int_equal(kw_stp_table_count(table), 500);
        for (int i = 0; i < 500; i += 2) {
            char key[16];
            (void)snprintf(key, sizeof key, "k%d", i);
            kw_stp_row row = delete_of(++seq_no, key);
            EXPECT_OK(kw_stp_table_apply(table, &row));
            assert_false(kw_stp_table_find(table, kw_str_of(key), &row));
        }
        assert_int_equal(kw_stp_table_count(table), 250);
    }
}

static void table_read__applies_a_text_to_its_first_bad_row(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 0, BYTES_MAX));
    kw_stp_cursor cursor = kw_stp_cursor_of(KW_STR("1\t\t+\ta\tx\nbad\n2\t\t+\tb\ty\n"), true);
    kw_error err = {0};
    EXPECT_STATUS(kw_stp_table_read(table, &cursor, &err), KW_BAD_INPUT);
    assert_int_equal(cursor.line + 1, 2);
    expect_live(table, "1:a=x ");
    cursor = kw_stp_cursor_of(KW_STR("2\t\t-\ta\t\n"), false);
    EXPECT_OK(kw_stp_table_read(table, &cursor, &err));
    expect_live(table, "");
}

static void table__survives_every_failing_allocation(void **state)
{
    (void)state;
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        kw_heap_fail_at(nth);
        KW_AUTO_PTR(kw_stp_table) table = NULL;
        kw_status st = kw_stp_table_new(&table, 0, BYTES_MAX);
        for (uint64_t seq_no = 1; st == KW_OK && seq_no <= 20; seq_no++) {
            char key[16];
            (void)snprintf(key, sizeof key, "k%d", (int)seq_no % 13);
            kw_stp_row row = add(seq_no, key, "record");
            st = kw_stp_table_apply(table, &row);
            if (st != KW_OK) {
                EXPECT_STATUS(st, KW_NO_MEMORY);
                assert_int_equal(kw_stp_table_last(table), seq_no - 1);
                EXPECT_OK(kw_stp_table_apply(table, &row)); /* the same call may succeed later */
            }
        }
        kw_heap_fail_at(0);
        is_done = st == KW_OK;
        assert_in_range(nth, 1, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table__shows_live_rows_by_seq_no),
        cmocka_unit_test(table__ignores_what_is_not_above_the_last),
        cmocka_unit_test(table__keeps_its_limit_of_bytes),
        cmocka_unit_test(table__grows_and_forgets),
        cmocka_unit_test(table_read__applies_a_text_to_its_first_bad_row),
        cmocka_unit_test(table__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
