/* SPDX-License-Identifier: Apache-2.0
 * Token files byte by byte, and tables of STP rows: our own, and those beside the project. */
#include "codec/hex.h"
#include "emtp/engine/emtk.h"
#include "emtp/engine/stp_table.h"

#include "support/emtp_case.h"
#include "support/expect.h"
#include "support/json_tree.h"
#include "support/tree.h"

enum {
    RECORDS_MAX = 1000,
    TABLE_BYTES_MAX = 1 << 20
};

static const kw_emtp_options v1 = {0};

/* Makes the file of the lines as `tokens --format emtk` does; refused lines keep their number. */
static void make_token_file(kw_buf *out, const kw_json *lines, kw_str kid)
{
    static kw_emtk_record records[RECORDS_MAX];
    static kw_emtk_record scratch[RECORDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < kw_json_count(lines); i++) {
        KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
        json_tree_print(&line, kw_json_item(lines, i));
        KW_AUTO(emtp_case) c = emtp_case_run(kw_buf_text(&line), &v1);
        for (size_t k = 0; c.status == KW_OK && k < c.tuples.count; k++) {
            assert_in_range(count, 0, RECORDS_MAX - 1);
            records[count++] =
                kw_emtk_record_make((uint32_t)i + 1, c.tuples.items[k].tier, &c.tokens[k]);
        }
    }
    kw_emtk_sort(records, scratch, count);
    EXPECT_OK(kw_emtk_header_encode(out, kid, count));
    EXPECT_OK(kw_buf_append(out, (kw_span){records[0].bytes, count * sizeof records[0]}));
}

static void expect_token_file(kw_str text)
{
    KW_AUTO_PTR(kw_json) root = json_tree_parse(text);
    KW_AUTO(kw_buf) made = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) wanted = kw_buf_init(1 << 20);
    make_token_file(&made, json_tree_at(root, "lines"), json_tree_text(root, "kid"));
    EXPECT_OK(kw_hex_decode(&wanted, json_tree_text(root, "hex")));
    EXPECT_SPAN(kw_buf_view(&made), kw_buf_view(&wanted));
    kw_emtk file = {0};
    EXPECT_OK(kw_emtk_decode(&file, kw_buf_view(&wanted), NULL));
    EXPECT_OK(kw_emtk_check(&file, NULL, NULL));
    assert_true(kw_str_equal(file.kid, json_tree_text(root, "kid")));
}

static void token_file__is_that_of_the_oracle(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    tree_read(&file, "tests/vectors/emtp/emtk.json");
    expect_token_file(kw_buf_text(&file));
}

static void token_file__is_that_beside_the_project(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, "emtp/emtk.json")) {
        skip();
    }
    expect_token_file(kw_buf_text(&file));
}

/* `wanted`: live rows, last SeqNo, refused line. */
static void expect_table(const kw_json *wanted, kw_str text, uint64_t last, bool is_file)
{
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, last, TABLE_BYTES_MAX));
    kw_stp_cursor cursor = kw_stp_cursor_of(text, is_file);
    kw_status st = kw_stp_table_read(table, &cursor, NULL);
    const kw_json *refused = json_tree_at(wanted, "refused_line");
    int64_t line = 0;
    if (kw_json_integer(refused, &line)) {
        EXPECT_STATUS(st, KW_BAD_INPUT);
        assert_int_equal(cursor.line + 1, line);
    } else {
        EXPECT_STATUS(st, KW_OK);
    }
    assert_int_equal(kw_stp_table_last(table), json_tree_integer(wanted, "last_after"));
    const kw_json *live = json_tree_at(wanted, "live");
    assert_int_equal(kw_stp_table_count(table), kw_json_count(live));
    kw_str key = {0};
    const kw_json *record = NULL;
    for (const void *at = NULL; kw_json_next(live, &at, &key, &record);) {
        kw_stp_row row = {0};
        assert_true(kw_stp_table_find(table, key, &row));
        assert_true(kw_str_equal(row.record, kw_json_text(record)));
    }
}

static void stp_rows__are_read_as_beside_the_project(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, "emtp/stp_rows.json")) {
        skip();
    }
    KW_AUTO_PTR(kw_json) root = json_tree_parse(kw_buf_text(&file));
    const kw_json *cases = json_tree_at(root, "cases");
    assert_int_equal(kw_json_count(cases), 18);
    for (size_t i = 0; i < kw_json_count(cases); i++) {
        const kw_json *c = kw_json_item(cases, i);
        kw_str text = json_tree_text(c, "text");
        uint64_t last = (uint64_t)json_tree_integer(c, "last");
        const kw_json *over_http = kw_json_get(c, "over_http");
        expect_table(c, text, last, true);
        expect_table(over_http != NULL ? over_http : c, text, last, false);
    }
}

/* The live rows of a published file as `key=record ` by SeqNo. */
static void expect_live(const char *relative, const char *wanted)
{
    KW_AUTO(kw_buf) file = {0};
    if (!tree_read_shared(&file, relative)) {
        skip();
    }
    KW_AUTO_PTR(kw_stp_table) table = NULL;
    EXPECT_OK(kw_stp_table_new(&table, 0, TABLE_BYTES_MAX));
    kw_stp_cursor cursor = kw_stp_cursor_of(kw_buf_text(&file), true);
    EXPECT_OK(kw_stp_table_read(table, &cursor, NULL));
    KW_AUTO(kw_buf) text = kw_buf_init(4096);
    kw_stp_row row = {0};
    for (size_t at = 0; kw_stp_table_next(table, &at, &row);) {
        EXPECT_OK(kw_buf_append_format(&text, "%d:%.*s=%.*s ", (int)row.seq_no, KW_STR_ARG(row.key),
                                       KW_STR_ARG(row.record)));
    }
    EXPECT_STR(kw_buf_text(&text), wanted);
}

static void stp_files__replay_as_published(void **state)
{
    (void)state;
    expect_live("emtp/stp/01_basic_delta_sync.tsv", "1:a=alpha 2:b=bravo ");
    expect_live("emtp/stp/02_duplicate_rows.tsv", "1:a=alpha 2:b=bravo ");
    expect_live("emtp/stp/03_delete_row.tsv", "");
    expect_live("emtp/stp/04_tail_last_n.tsv", "10:x=one 11:y=two 12:z=three ");
    expect_live("emtp/stp/basic.table.tsv", "2:beta=bar=2 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_file__is_that_of_the_oracle),
        cmocka_unit_test(token_file__is_that_beside_the_project),
        cmocka_unit_test(stp_rows__are_read_as_beside_the_project),
        cmocka_unit_test(stp_files__replay_as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
