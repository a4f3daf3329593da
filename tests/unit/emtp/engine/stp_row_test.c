/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/stp_row.h"

#include "support/expect.h"

static void row_parse__reads_five_or_four_fields(void **state)
{
    (void)state;
    kw_stp_row row = {0};
    EXPECT_OK(kw_stp_row_parse(&row, KW_STR("42\t2026-01-01T00:00:00Z\t+\tkey\ta\tb"), NULL));
    assert_int_equal(row.seq_no, 42);
    EXPECT_STR(row.timestamp, "2026-01-01T00:00:00Z");
    assert_int_equal(row.action, KW_STP_ADD);
    EXPECT_STR(row.key, "key");
    EXPECT_STR(row.record, "a\tb");
    EXPECT_OK(kw_stp_row_parse(&row, KW_STR("9223372036854775807\t\t-\tkey"), NULL));
    assert_true(row.seq_no == KW_STP_SEQ_NO_MAX);
    EXPECT_STR(row.timestamp, "");
    assert_int_equal(row.action, KW_STP_DELETE);
    EXPECT_STR(row.record, "");
}

static void row_parse__refuses_other_shapes(void **state)
{
    (void)state;
    const kw_str cases[] = {
        KW_STR(""),
        KW_STR("1"),
        KW_STR("1\tt\t+"),
        KW_STR("0\tt\t+\tk\tr"),
        KW_STR("01\tt\t+\tk\tr"),
        KW_STR("+1\tt\t+\tk\tr"),
        KW_STR("-1\tt\t+\tk\tr"),
        KW_STR(" 1\tt\t+\tk\tr"),
        KW_STR("9223372036854775808\tt\t+\tk\tr"),
        KW_STR("1\tt\t*\tk\tr"),
        KW_STR("1\tt\t\tk\tr"),
        KW_STR("1\tt\t++\tk\tr"),
        KW_STR("1\tt\t+\t\tr"),
        KW_STR("1\tt\t-\tk\tr"),
        KW_STR("1\tt\t+\tk\tr\r"),
        KW_STR("1\tt\t+\tk\tr\rr"),
        KW_STR("1\tt\t+\tk\tr\nr"),
        KW_STR("1\tt\t+\tk\tr\0r"),
        KW_STR("1\tt\t+\tk\tr\xff"),
        KW_STR("1\tt\t+\tk\xed\xa0\x80\tr"),
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_stp_row row = {.seq_no = 7};
        kw_error err = {0};
        EXPECT_STATUS(kw_stp_row_parse(&row, cases[i], &err), KW_BAD_INPUT);
        assert_int_equal(row.seq_no, 7);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
}

/* A `+` row whose line has `bytes` bytes without its LF. */
static void make_line(kw_buf *out, size_t bytes)
{
    kw_buf_clear(out);
    EXPECT_OK(kw_buf_append_str(out, KW_STR("1\tt\t+\tk\t")));
    while (out->len < bytes) {
        EXPECT_OK(kw_buf_append_byte(out, 'r'));
    }
}

static void row_parse__holds_the_limit_of_a_line(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 20);
    kw_stp_row row = {0};
    make_line(&line, KW_STP_LINE_BYTES_MAX - 1);
    EXPECT_OK(kw_stp_row_parse(&row, kw_buf_text(&line), NULL));
    KW_AUTO(kw_buf) copy = kw_buf_init(1 << 20);
    EXPECT_OK(kw_stp_row_encode(&copy, &row, NULL));
    assert_int_equal(copy.len, KW_STP_LINE_BYTES_MAX);
    make_line(&line, KW_STP_LINE_BYTES_MAX);
    EXPECT_STATUS(kw_stp_row_parse(&row, kw_buf_text(&line), NULL), KW_LIMIT);
}

static void row_encode__writes_what_parse_reads(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    kw_stp_row row = {.seq_no = 7,
                      .timestamp = KW_STR("2026-01-01T00:00:00Z"),
                      .action = KW_STP_ADD,
                      .key = KW_STR("k"),
                      .record = KW_STR("a\tb")};
    EXPECT_OK(kw_stp_row_encode(&text, &row, NULL));
    row = (kw_stp_row){.seq_no = 8, .action = KW_STP_DELETE, .key = KW_STR("k")};
    EXPECT_OK(kw_stp_row_encode(&text, &row, NULL));
    EXPECT_STR(kw_buf_text(&text), "7\t2026-01-01T00:00:00Z\t+\tk\ta\tb\n8\t\t-\tk\t\n");
}

static void row_encode__refuses_what_parse_would_not_give_back(void **state)
{
    (void)state;
    static const kw_stp_row cases[] = {
        {.seq_no = 0, .key = {"k", 1}},
        {.seq_no = KW_STP_SEQ_NO_MAX + 1, .key = {"k", 1}},
        {.seq_no = 1, .key = {"", 0}},
        {.seq_no = 1, .key = {"a\tb", 3}},
        {.seq_no = 1, .key = {"a\nb", 3}},
        {.seq_no = 1, .key = {"k", 1}, .timestamp = {"\t", 1}},
        {.seq_no = 1, .key = {"k", 1}, .timestamp = {"a\0b", 3}},
        {.seq_no = 1, .key = {"k", 1}, .record = {"a\rb", 3}},
        {.seq_no = 1, .key = {"k", 1}, .record = {"a\nb", 3}},
        {.seq_no = 1, .key = {"k", 1}, .record = {"\xff", 1}},
        {.seq_no = 1, .key = {"k", 1}, .record = {"r", 1}, .action = KW_STP_DELETE},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) text = kw_buf_init(4096);
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("before")));
        EXPECT_STATUS(kw_stp_row_encode(&text, &cases[i], NULL), KW_BAD_INPUT);
        EXPECT_STR(kw_buf_text(&text), "before");
    }
    kw_stp_row good = {.seq_no = 1, .key = {"k", 1}};
    for (size_t room = 0; room < sizeof "1\t\t+\tk\t\n" - 1; room++) {
        KW_AUTO(kw_buf) text = kw_buf_init(room);
        EXPECT_STATUS(kw_stp_row_encode(&text, &good, NULL), KW_LIMIT);
        assert_int_equal(text.len, 0);
    }
}

static void next__walks_lines_and_counts_blank_ones(void **state)
{
    (void)state;
    kw_stp_cursor cursor =
        kw_stp_cursor_of(KW_STR("\n1\t\t+\ta\tx\r\n\r\n  \n2\t\t+\tb\ty\n3\t\t+\tc\tz"), true);
    kw_stp_row row = {0};
    EXPECT_OK(kw_stp_next(&cursor, &row, NULL));
    EXPECT_STR(row.record, "x");
    assert_int_equal(cursor.line, 2);
    EXPECT_OK(kw_stp_next(&cursor, &row, NULL));
    assert_int_equal(cursor.line, 5);
    EXPECT_OK(kw_stp_next(&cursor, &row, NULL));
    EXPECT_STR(row.key, "c");
    EXPECT_STATUS(kw_stp_next(&cursor, &row, NULL), KW_END);
}

static void next__leaves_an_unfinished_line_of_an_answer(void **state)
{
    (void)state;
    kw_stp_cursor cursor = kw_stp_cursor_of(KW_STR("1\t\t+\ta\tx\n2\t\t+\tb"), false);
    kw_stp_row row = {0};
    EXPECT_OK(kw_stp_next(&cursor, &row, NULL));
    EXPECT_STATUS(kw_stp_next(&cursor, &row, NULL), KW_END);
    EXPECT_STR(cursor.rest, "2\t\t+\tb");
}

static void next__stops_at_a_bad_row(void **state)
{
    (void)state;
    kw_stp_cursor cursor = kw_stp_cursor_of(KW_STR("\n\tbad\n1\t\t+\ta\tx\n"), true);
    kw_stp_row row = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_stp_next(&cursor, &row, &err), KW_BAD_INPUT);
    assert_non_null(strstr(err.text, "line 2"));
    EXPECT_STATUS(kw_stp_next(&cursor, &row, NULL), KW_BAD_INPUT);
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 20);
    make_line(&line, KW_STP_LINE_BYTES_MAX);
    cursor = kw_stp_cursor_of(kw_buf_text(&line), false);
    EXPECT_STATUS(kw_stp_next(&cursor, &row, NULL), KW_LIMIT);
    EXPECT_OK(kw_buf_append_str(&line, KW_STR("\r\n")));
    cursor = kw_stp_cursor_of(kw_buf_text(&line), false);
    EXPECT_STATUS(kw_stp_next(&cursor, &row, NULL), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_parse__reads_five_or_four_fields),
        cmocka_unit_test(row_parse__refuses_other_shapes),
        cmocka_unit_test(row_parse__holds_the_limit_of_a_line),
        cmocka_unit_test(row_encode__writes_what_parse_reads),
        cmocka_unit_test(row_encode__refuses_what_parse_would_not_give_back),
        cmocka_unit_test(next__walks_lines_and_counts_blank_ones),
        cmocka_unit_test(next__leaves_an_unfinished_line_of_an_answer),
        cmocka_unit_test(next__stops_at_a_bad_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
