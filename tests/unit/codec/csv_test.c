/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/csv.h"

#include "base/heap.h"
#include "support/expect.h"

enum {
    ROW_BYTES_MAX = 40,
    CELLS_MAX = 3
};

/* Reads everything in chunks and writes the cells as "a|b\n". */
static kw_status read_all(kw_buf *out, kw_str text, size_t chunk, kw_error *err)
{
    KW_AUTO_PTR(kw_csv) csv = NULL;
    KW_TRY(kw_csv_new(&csv, ROW_BYTES_MAX, CELLS_MAX));
    size_t at = 0;
    bool is_last = false;
    while (!is_last) {
        size_t len = KW_MIN(chunk, text.len - at);
        is_last = at + len == text.len;
        kw_csv_feed(csv, (kw_span){(const uint8_t *)text.ptr + at, len}, is_last);
        at += len;
        const kw_str *cells = NULL;
        size_t count = 0;
        kw_status st = KW_OK;
        while ((st = kw_csv_next(csv, &cells, &count, err)) == KW_OK) {
            for (size_t i = 0; i < count; i++) {
                KW_TRY(
                    kw_buf_append_format(out, "%s%.*s", i == 0 ? "" : "|", KW_STR_ARG(cells[i])));
            }
            KW_TRY(kw_buf_append_byte(out, '\n'));
        }
        if (st != KW_END) {
            return st;
        }
    }
    return KW_OK;
}

static void csv_next__reads_rows_from_chunks_of_any_size(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"a,b\n", "a|b\n"},
        {"a,b", "a|b\n"},
        {"a,b\r\nc,d\r\n", "a|b\nc|d\n"},
        {"\n\n", "\n\n"},
        {",\n", "|\n"},
        {"\"\"\n", "\n"},
        {"\"a,b\",\"c\"\"d\"\n", "a,b|c\"d\n"},
        {"\"x\r\ny\",z\n1", "x\r\ny|z\n1\n"},
        {"\"\"\"\"\r\n", "\"\n"},
        {"a,\"\"", "a|\n"},
        {"J\xc3\xbcrgen,\xe2\x82\xac\n", "J\xc3\xbcrgen|\xe2\x82\xac\n"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        for (size_t chunk = 1; chunk < 20; chunk++) {
            KW_AUTO(kw_buf) out = kw_buf_init(1024);
            EXPECT_OK(read_all(&out, kw_str_of(cases[i][0]), chunk, NULL));
            EXPECT_STR(kw_buf_text(&out), cases[i][1]);
        }
    }
}

static void csv_next__refuses_and_names_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        kw_status st;
        const char *why;
    } cases[] = {
        {"a\"b\n", KW_BAD_INPUT, "line 1: a quote or carriage return out of place"},
        {"a\n\"b\"c\n", KW_BAD_INPUT, "line 2: a quote or carriage return out of place"},
        {"a\rb\n", KW_BAD_INPUT, "line 1: a quote or carriage return out of place"},
        {"\"a\n\nb\"\n\"x", KW_BAD_INPUT, "line 4: the row is not complete"},
        {"a\r", KW_BAD_INPUT, "line 1: the row is not complete"},
        {"a,b,c,d\n", KW_LIMIT, "line 1: the row has too many cells"},
        {"a,b,c,", KW_LIMIT, "line 1: the row has too many cells"},
        {"0123456789012345678901234567890123456789\n", KW_LIMIT, "line 1: the row is too long"},
        {"\xff\n", KW_BAD_INPUT, "line 1: a cell is not valid UTF-8 or holds U+0000"},
        {"\xc3,\xbc\n", KW_BAD_INPUT, "line 1: a cell is not valid UTF-8 or holds U+0000"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        for (size_t chunk = 1; chunk < 20; chunk++) {
            KW_AUTO(kw_buf) out = kw_buf_init(1024);
            kw_error err = {0};
            EXPECT_STATUS(read_all(&out, kw_str_of(cases[i].text), chunk, &err), cases[i].st);
            assert_string_equal(err.text, cases[i].why);
        }
    }
    KW_AUTO(kw_buf) out = kw_buf_init(1024);
    EXPECT_STATUS(read_all(&out, (kw_str){"a\0b\n", 4}, 4, NULL), KW_BAD_INPUT);
}

static void csv_next__stays_refused_after_an_error(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_csv) csv = NULL;
    const kw_str *cells = NULL;
    size_t count = 7;
    EXPECT_OK(kw_csv_new(&csv, ROW_BYTES_MAX, CELLS_MAX));
    kw_csv_feed(csv, kw_span_of_str(KW_STR("a\"\nb\n")), true);
    EXPECT_STATUS(kw_csv_next(csv, &cells, &count, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_csv_next(csv, &cells, &count, NULL), KW_BAD_INPUT);
    assert_int_equal(count, 7);
    assert_int_equal(kw_csv_line(csv), 1);
    kw_csv_free(NULL);
}

static void csv_encode_cell__is_read_back(void **state)
{
    (void)state;
    static const char *const cells[] = {"", "plain", "a,b", "a\"b", "a\r\nb", "\"", " x "};
    for (size_t i = 0; i < KW_COUNT(cells); i++) {
        KW_AUTO(kw_buf) text = kw_buf_init(64);
        KW_AUTO(kw_buf) out = kw_buf_init(64);
        EXPECT_OK(kw_csv_encode_cell(&text, kw_str_of(cells[i])));
        EXPECT_OK(kw_buf_append_str(&text, KW_STR(",end\r\n")));
        EXPECT_OK(read_all(&out, kw_buf_text(&text), 64, NULL));
        assert_memory_equal(out.ptr, cells[i], strlen(cells[i]));
        assert_memory_equal(out.ptr + strlen(cells[i]), "|end\n", 5);
    }
    KW_AUTO(kw_buf) small = kw_buf_init(3);
    EXPECT_STATUS(kw_csv_encode_cell(&small, KW_STR("a,b")), KW_LIMIT);
}

static void csv__survives_every_failed_allocation(void **state)
{
    (void)state;
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        KW_AUTO(kw_buf) out = kw_buf_init(64);
        EXPECT_OK(kw_buf_reserve(&out, 64));
        kw_heap_fail_at(nth);
        st = read_all(&out, KW_STR("a,b\n"), 64, NULL);
        kw_heap_fail_at(0);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        assert_true(nth > 4 || st == KW_NO_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_next__reads_rows_from_chunks_of_any_size),
        cmocka_unit_test(csv_next__refuses_and_names_the_line),
        cmocka_unit_test(csv_next__stays_refused_after_an_error),
        cmocka_unit_test(csv_encode_cell__is_read_back),
        cmocka_unit_test(csv__survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("codec/csv", tests, NULL, NULL);
}
