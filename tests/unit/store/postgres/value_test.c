/* SPDX-License-Identifier: Apache-2.0
 * Values in PostgreSQL's binary format. */
#include "store/postgres/value.h"

#include "support/expect.h"

enum {
    BOOL = 16,
    BYTEA = 17,
    INT8 = 20,
    INT2 = 21,
    INT4 = 23,
    TEXT = 25,
    FLOAT8 = 701,
    NUMERIC = 1700,
};

static void params_fill__writes_each_kind(void **state)
{
    (void)state;
    static const uint8_t minus_two[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe};
    kw_sql_args args = KW_SQL_ARGS(kw_sql_int(-2), kw_sql_text(KW_STR("ab")), kw_sql_null(),
                                   kw_sql_blob((kw_span){0}));
    kw_postgres_params params;
    kw_postgres_params_fill(&params, args);
    kw_span number = {(const uint8_t *)params.values[0], (size_t)params.lengths[0]};
    EXPECT_SPAN(number, KW_SPAN(minus_two));
    assert_ptr_equal(params.values[1], args.items[1].bytes.ptr);
    assert_int_equal(params.lengths[1], 2);
    assert_null(params.values[2]);
    assert_non_null(params.values[3]); /* empty, not NULL */
    assert_int_equal(params.lengths[3], 0);
}

static void type_of__is_open_for_null_only(void **state)
{
    (void)state;
    assert_int_equal(kw_postgres_type_of(KW_SQL_NULL), 0);
    assert_int_equal(kw_postgres_type_of(KW_SQL_INT), INT8);
    assert_int_equal(kw_postgres_type_of(KW_SQL_TEXT), TEXT);
    assert_int_equal(kw_postgres_type_of(KW_SQL_BLOB), BYTEA);
}

static void value_of__reads_integers_of_each_width(void **state)
{
    (void)state;
    static const uint8_t ones[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe};
    static const uint8_t big[] = {0x7f, 1, 2, 3, 4, 5, 6, 7};
    static const uint8_t truth[] = {1};
    kw_sql_value value = {0};
    EXPECT_OK(kw_postgres_value_of(&value, INT8, KW_SPAN(big)));
    assert_true(value.number == 0x7f01020304050607);
    EXPECT_OK(kw_postgres_value_of(&value, INT8, KW_SPAN(ones)));
    assert_true(value.number == -2);
    EXPECT_OK(kw_postgres_value_of(&value, INT4, (kw_span){ones + 4, 4}));
    assert_true(value.number == -2);
    EXPECT_OK(kw_postgres_value_of(&value, INT2, (kw_span){big, 2}));
    assert_int_equal(value.number, 0x7f01);
    EXPECT_OK(kw_postgres_value_of(&value, BOOL, KW_SPAN(truth)));
    assert_int_equal(value.number, 1);
}

static void value_of__refuses_other_types_and_lengths(void **state)
{
    (void)state;
    static const uint8_t bytes[9] = {0};
    kw_sql_value value = kw_sql_int(5);
    EXPECT_STATUS(kw_postgres_value_of(&value, INT8, (kw_span){bytes, 7}), KW_INTERNAL);
    EXPECT_STATUS(kw_postgres_value_of(&value, INT8, (kw_span){bytes, 9}), KW_INTERNAL);
    EXPECT_STATUS(kw_postgres_value_of(&value, INT4, (kw_span){bytes, 8}), KW_INTERNAL);
    EXPECT_STATUS(kw_postgres_value_of(&value, BOOL, (kw_span){bytes, 0}), KW_INTERNAL);
    EXPECT_STATUS(kw_postgres_value_of(&value, FLOAT8, (kw_span){bytes, 8}), KW_INTERNAL);
    EXPECT_STATUS(kw_postgres_value_of(&value, NUMERIC, (kw_span){bytes, 8}), KW_INTERNAL);
    assert_int_equal(value.number, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(params_fill__writes_each_kind),
        cmocka_unit_test(type_of__is_open_for_null_only),
        cmocka_unit_test(value_of__reads_integers_of_each_width),
        cmocka_unit_test(value_of__refuses_other_types_and_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
