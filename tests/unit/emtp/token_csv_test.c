/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/token_csv.h"

#include "support/expect.h"

enum {
    CELLS_MAX = 20
};

/* Splits at commas; a test needs no quotes. */
static size_t split(kw_str out[CELLS_MAX], const char *text)
{
    kw_str rest = kw_str_of(text);
    size_t count = 0;
    for (bool has_more = true; has_more; count++) {
        has_more = kw_str_split(rest, ',', &out[count], &rest);
    }
    return count;
}

static kw_status read_header(kw_emtp_csv_columns *out, const char *header)
{
    kw_str cells[CELLS_MAX];
    size_t count = split(cells, header);
    return kw_emtp_csv_header(out, cells, count, NULL);
}

static void expect_row(const char *header, const char *row, const char *wanted)
{
    kw_emtp_csv_columns columns = {0};
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    kw_str cells[CELLS_MAX];
    EXPECT_OK(read_header(&columns, header));
    size_t count = split(cells, row);
    EXPECT_OK(kw_emtp_csv_row(&got, &columns, cells, count, NULL));
    EXPECT_STR(kw_buf_text(&got), wanted);
}

static void row__takes_lists_from_numbered_columns(void **state)
{
    (void)state;
    expect_row("dob,full_name,phone,phone2,phones,idno1,idnos,address,address2", "d,n,1,,3,4,5,a,b",
               "{\"full_name\":\"n\",\"dob\":\"d\",\"addresses\":[\"a\",\"b\"],"
               "\"phones\":[\"1\",\"3\"],\"idnos\":[\"4\",\"5\"]}");
}

static void row__makes_one_address_of_its_parts(void **state)
{
    (void)state;
    static const char header[] = "full_name,address,line1,line2,city,state,postal_code,country";
    expect_row(header, "n,a,1 A,2,C,S,P,US",
               "{\"full_name\":\"n\",\"addresses\":[\"a\",{\"line1\":\"1 A\",\"line2\":\"2\","
               "\"city\":\"C\",\"state\":\"S\",\"postal_code\":\"P\",\"country\":\"US\"}],"
               "\"phones\":[],\"idnos\":[]}");
    expect_row(header, "n,,,,C,,,",
               "{\"full_name\":\"n\",\"addresses\":[{\"line1\":\"\",\"city\":\"C\",\"state\":\"\","
               "\"postal_code\":\"\"}],\"phones\":[],\"idnos\":[]}");
    expect_row(header, ",,,,,,,", "{\"addresses\":[],\"phones\":[],\"idnos\":[]}");
}

static void row__may_be_short_but_not_long(void **state)
{
    (void)state;
    expect_row("full_name,dob", "n",
               "{\"full_name\":\"n\",\"addresses\":[],\"phones\":[],\"idnos\":[]}");
    expect_row("full_name", "n,x",
               "{\"full_name\":\"n\",\"addresses\":[],\"phones\":[],\"idnos\":[],"
               "\"beyond_the_header\":\"\"}");
}

static void header__refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "dob",
                                        "full_name,zip",
                                        "full_name,full_name",
                                        "full_name,Dob",
                                        "full_name1",
                                        "full_name,dob2",
                                        "full_name,line3",
                                        "full_name,",
                                        "full_name,city,city"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_emtp_csv_columns columns = {0};
        EXPECT_STATUS(read_header(&columns, cases[i]), KW_BAD_INPUT);
        assert_false(columns.is_known);
    }
}

static void header__skips_a_byte_order_mark_and_blanks(void **state)
{
    (void)state;
    kw_emtp_csv_columns columns = {0};
    EXPECT_OK(read_header(&columns, "\xef\xbb\xbf"
                                    "full_name , dob"));
    assert_int_equal(columns.count, 2);
    assert_int_equal(columns.columns[1], KW_EMTP_CSV_DOB);
}

static void header__holds_its_limit(void **state)
{
    (void)state;
    kw_str cells[KW_EMTP_CSV_COLUMNS_MAX + 1];
    for (size_t i = 0; i < KW_COUNT(cells); i++) {
        cells[i] = i == 0 ? KW_STR("full_name") : KW_STR("phone");
    }
    kw_emtp_csv_columns columns = {0};
    EXPECT_OK(kw_emtp_csv_header(&columns, cells, KW_EMTP_CSV_COLUMNS_MAX, NULL));
    EXPECT_STATUS(kw_emtp_csv_header(&columns, cells, KW_COUNT(cells), NULL), KW_BAD_INPUT);
    KW_AUTO(kw_buf) full = kw_buf_init(10);
    EXPECT_STATUS(kw_emtp_csv_row(&full, &columns, cells, 2, NULL), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row__takes_lists_from_numbered_columns),
        cmocka_unit_test(row__makes_one_address_of_its_parts),
        cmocka_unit_test(row__may_be_short_but_not_long),
        cmocka_unit_test(header__refuses_what_it_does_not_know),
        cmocka_unit_test(header__skips_a_byte_order_mark_and_blanks),
        cmocka_unit_test(header__holds_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
