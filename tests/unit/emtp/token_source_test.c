/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/token_source.h"

#include "base/heap.h"

#include "support/expect.h"
#include "support/token_input.h"

enum {
    TEXT_BYTES_MAX = 4 << 20
};

/* All lines as `number:text;`. */
static kw_status read_all(kw_buf *out, token_input *input, bool is_csv)
{
    KW_AUTO_PTR(kw_emtp_source) source = NULL;
    KW_AUTO(kw_emtp_batch) batch = {.lines_count = 0};
    KW_TRY(kw_emtp_batch_init(&batch));
    KW_TRY(kw_emtp_source_new(&source, token_input_port(input), is_csv));
    for (;;) {
        kw_status st = kw_emtp_source_fill(source, &batch, NULL);
        if (st == KW_END) {
            assert_int_equal(kw_emtp_source_bytes(source), input->text.len);
            return KW_OK;
        }
        KW_TRY(st);
        assert_true(batch.lines_count > 0);
        for (size_t i = 0; i < batch.lines_count; i++) {
            kw_emtp_batch_line line = batch.lines[i];
            KW_TRY(kw_buf_append_format(out, "%d:", (int)line.number));
            KW_TRY(kw_buf_append(out, (kw_span){batch.in.ptr + line.at, line.len}));
            KW_TRY(kw_buf_append_byte(out, ';'));
        }
        kw_emtp_batch_clear(&batch);
    }
}

static void expect_lines(const char *text, size_t piece, const char *wanted)
{
    KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
    token_input input = {.text = kw_str_of(text), .piece = piece};
    EXPECT_OK(read_all(&got, &input, false));
    EXPECT_STR(kw_buf_text(&got), wanted);
}

static void fill__cuts_lines_and_counts_blank_ones(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 20; piece++) {
        expect_lines("", piece, "");
        expect_lines("\n\n", piece, "");
        expect_lines("one", piece, "1:one;");
        expect_lines("one\ntwo\n", piece, "1:one;2:two;");
        expect_lines("\n  \t\r\none\r\n\ntwo", piece, "3:one\r;5:two;");
    }
}

static void fill__cuts_many_lines_into_batches(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    KW_AUTO(kw_buf) wanted = kw_buf_init(TEXT_BYTES_MAX);
    for (int i = 1; i <= 5000; i++) {
        EXPECT_OK(kw_buf_append_format(&text, "line %d %0*d\n", i, i % 200 + 1, i));
        EXPECT_OK(kw_buf_append_format(&wanted, "%d:line %d %0*d;", i, i, i % 200 + 1, i));
    }
    static const size_t pieces[] = {100, 4096, 65536, TEXT_BYTES_MAX};
    for (size_t i = 0; i < KW_COUNT(pieces); i++) {
        KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
        token_input input = {.text = kw_buf_text(&text), .piece = pieces[i]};
        EXPECT_OK(read_all(&got, &input, false));
        EXPECT_SPAN(kw_buf_view(&got), kw_buf_view(&wanted));
    }
}

/* A line of a million bytes is handed over once, cut, and the next line is right again. */
static void fill__hands_over_the_front_of_a_line_that_is_too_long(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("first\n")));
    for (int i = 0; i < 1000000; i++) {
        EXPECT_OK(kw_buf_append_byte(&text, 'x'));
    }
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("\nlast")));
    static const size_t pieces[] = {1000, 65536, TEXT_BYTES_MAX};
    for (size_t i = 0; i < KW_COUNT(pieces); i++) {
        KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
        token_input input = {.text = kw_buf_text(&text), .piece = pieces[i]};
        EXPECT_OK(read_all(&got, &input, false));
        assert_true(kw_str_starts_with(kw_buf_text(&got), KW_STR("1:first;2:xxx")));
        assert_true(kw_str_ends_with(kw_buf_text(&got), KW_STR("xxx;3:last;")));
        size_t cut = got.len - strlen("1:first;2:;3:last;");
        assert_in_range(cut, KW_EMTP_LINE_BYTES_MAX + 1, KW_EMTP_BATCH_BYTES_MAX);
    }
}

static void fill__makes_records_of_csv_rows(void **state)
{
    (void)state;
    static const char text[] = "full_name,dob,phone1,phone2\r\n"
                               "\"Lee, \"\"Ann\"\"\n\",1980-02-03,1,2\r\n"
                               "\r\n"
                               "Bob,,,\r\n"
                               "Eve,1980-02-03,,,5\r\n"
                               "Zoe";
    for (size_t piece = 1; piece < 40; piece += 3) {
        KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
        token_input input = {.text = kw_str_of(text), .piece = piece};
        EXPECT_OK(read_all(&got, &input, true));
        EXPECT_STR(
            kw_buf_text(&got),
            "2:{\"full_name\":\"Lee, \\\"Ann\\\"\\n\",\"dob\":\"1980-02-03\",\"addresses\":[],"
            "\"phones\":[\"1\",\"2\"],\"idnos\":[]};"
            "5:{\"full_name\":\"Bob\",\"addresses\":[],\"phones\":[],\"idnos\":[]};"
            "6:{\"full_name\":\"Eve\",\"dob\":\"1980-02-03\",\"addresses\":[],\"phones\":[],"
            "\"idnos\":[],\"beyond_the_header\":\"\"};"
            "7:{\"full_name\":\"Zoe\",\"addresses\":[],\"phones\":[],\"idnos\":[]};");
    }
}

static void fill__cuts_many_rows_into_batches(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("full_name\n")));
    for (int i = 0; i < 3000; i++) {
        EXPECT_OK(kw_buf_append_format(&text, "%0*d\n", i % 300 + 1, i));
    }
    KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
    token_input input = {.text = kw_buf_text(&text), .piece = 5000};
    EXPECT_OK(read_all(&got, &input, true));
    size_t lines = 0;
    for (size_t i = 0; i < got.len; i++) {
        lines += got.ptr[i] == ';';
    }
    assert_int_equal(lines, 3000);
}

static void fill__reports_what_csv_refuses(void **state)
{
    (void)state;
    static const char *const cases[] = {"full_name,zip\nA,1\n", "dob\n1\n", "full_name\na\"b\n"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
        token_input input = {.text = kw_str_of(cases[i]), .piece = 100};
        EXPECT_STATUS(read_all(&got, &input, true), KW_BAD_INPUT);
    }
}

static void source__survives_every_failure(void **state)
{
    (void)state;
    for (int csv = 0; csv < 2; csv++) {
        bool is_done = false;
        for (uint64_t nth = 1; !is_done; nth++) {
            KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
            token_input input = {.text = KW_STR("full_name\nb\nc"), .piece = 4};
            kw_heap_fail_at(nth);
            kw_status st = read_all(&got, &input, csv == 1);
            kw_heap_fail_at(0);
            is_done = st == KW_OK;
            assert_true(is_done || st == KW_NO_MEMORY);
            assert_in_range(nth, 1, 100);
        }
        KW_AUTO(kw_buf) got = kw_buf_init(TEXT_BYTES_MAX);
        token_input input = {.text = KW_STR("full_name\nb\nc"), .piece = 4, .fail_at = 2};
        EXPECT_STATUS(read_all(&got, &input, csv == 1), KW_IO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill__cuts_lines_and_counts_blank_ones),
        cmocka_unit_test(fill__cuts_many_lines_into_batches),
        cmocka_unit_test(fill__hands_over_the_front_of_a_line_that_is_too_long),
        cmocka_unit_test(fill__makes_records_of_csv_rows),
        cmocka_unit_test(fill__cuts_many_rows_into_batches),
        cmocka_unit_test(fill__reports_what_csv_refuses),
        cmocka_unit_test(source__survives_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
