/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include "support/expect.h"

#include <ctype.h>
#include <string.h>

typedef struct table_row {
    const char *name;
    const char *lower;
    const char *text;
    int number;
    int http;
    int exit_code;
} table_row;

static const table_row table[] = {
#define X(name_, lower_, number_, http_, exit_code_, retryable, text_) \
    {#name_, lower_, text_, number_, http_, exit_code_},
    KW_STATUS_TABLE(X)
#undef X
};

static void status_table__numbers_are_dense_and_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(table); i++) {
        assert_int_equal(table[i].number, i);
    }
}

static void status_table__spellings_agree_with_the_enum(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(table); i++) {
        size_t len = strlen(table[i].name);
        assert_int_equal(strlen(table[i].lower), len);
        for (size_t at = 0; at < len; at++) {
            assert_int_equal(table[i].lower[at], tolower((unsigned char)table[i].name[at]));
        }
    }
}

static void status_table__codes_are_in_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(table); i++) {
        assert_true(table[i].http >= 200 && table[i].http <= 599);
        assert_true(table[i].exit_code == 0 || table[i].exit_code == 3 ||
                    (table[i].exit_code >= 64 && table[i].exit_code <= 78));
        assert_true(strlen(table[i].text) > 0);
    }
}

static void status_look_ups__answer_from_the_table(void **state)
{
    (void)state;
    assert_string_equal(kw_status_name(KW_RATE_LIMITED), "rate_limited");
    assert_int_equal(kw_status_http(KW_RATE_LIMITED), 429);
    assert_int_equal(kw_status_exit_code(KW_USAGE), 64);
    assert_true(kw_status_is_retryable(KW_BUSY));
    assert_false(kw_status_is_retryable(KW_BAD_INPUT));
    assert_string_equal(kw_status_text(KW_OK), "ok");
    assert_string_equal(kw_status_name((kw_status)9999), "internal");
}

static void status_of_name__inverts_name_and_refuses_strangers(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(table); i++) {
        kw_status st = KW_INTERNAL;
        assert_true(kw_status_of_name(&st, table[i].lower));
        assert_int_equal(st, table[i].number);
    }
    kw_status untouched = KW_GONE;
    assert_false(kw_status_of_name(&untouched, "OK"));
    assert_false(kw_status_of_name(&untouched, ""));
    assert_false(kw_status_of_name(&untouched, "no_such_status"));
    assert_int_equal(untouched, KW_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_table__numbers_are_dense_and_in_order),
        cmocka_unit_test(status_table__spellings_agree_with_the_enum),
        cmocka_unit_test(status_table__codes_are_in_range),
        cmocka_unit_test(status_look_ups__answer_from_the_table),
        cmocka_unit_test(status_of_name__inverts_name_and_refuses_strangers),
    };
    return cmocka_run_group_tests_name("base/status", tests, NULL, NULL);
}
