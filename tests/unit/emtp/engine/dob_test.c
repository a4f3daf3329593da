/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/dob.h"

#include "support/expect.h"

static void expect_good(const char *text, kw_emtp_dob_rule rule, const char *wanted)
{
    kw_str dob = {0};
    EXPECT_OK(kw_emtp_dob_parse(&dob, kw_str_of(text), rule));
    EXPECT_STR(dob, wanted);
}

static void expect_bad(const char *text, kw_emtp_dob_rule rule)
{
    kw_str dob = KW_STR("untouched");
    EXPECT_STATUS(kw_emtp_dob_parse(&dob, kw_str_of(text), rule), KW_BAD_INPUT);
    EXPECT_STR(dob, "untouched");
}

static void dob_parse__takes_days_of_the_calendar(void **state)
{
    (void)state;
    expect_good("1892-01-03", KW_EMTP_DOB_EXACT, "1892-01-03");
    expect_good(" \t\n\v\f\r1892-01-03 \n", KW_EMTP_DOB_EXACT, "1892-01-03");
    expect_good("2000-02-29", KW_EMTP_DOB_EXACT, "2000-02-29");
    expect_good("1800-01-01", KW_EMTP_DOB_EXACT, "1800-01-01");
    expect_good("2100-12-31", KW_EMTP_DOB_EXACT, "2100-12-31");
}

static void dob_parse__refuses_other_forms_and_days(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",           "1892-1-3",         "1892/01/03",
        "1892-01",    "1892-01-03Z",      "01892-01-03",
        "1892-01-0a", "+892-01-03",       "1900-02-29",
        "2023-02-29", "1980-04-31",       "1980-13-01",
        "1980-00-10", "1980-01-00",       "1980-12-32",
        "1799-12-31", "2101-01-01",       "1892-01 03",
        "1892 01-03", "\u00a01980-02-03", "\u0661\u0668\u0669\u0662-\u0660\u0661-\u0660\u0663"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        expect_bad(cases[i], KW_EMTP_DOB_EXACT);
    }
}

static void dob_parse__allows_every_month_31_days_when_loose(void **state)
{
    (void)state;
    expect_good("1980-02-31", KW_EMTP_DOB_LOOSE, "1980-02-31");
    expect_bad("1980-02-32", KW_EMTP_DOB_LOOSE);
    expect_bad("1980-02-00", KW_EMTP_DOB_LOOSE);
    expect_bad("1980-02", KW_EMTP_DOB_LOOSE);
}

static void dob_parse__takes_months_in_weak_mode_only(void **state)
{
    (void)state;
    expect_good(" 1980-02", KW_EMTP_DOB_OR_MONTH, "1980-02");
    expect_good("1980-02-03", KW_EMTP_DOB_OR_MONTH, "1980-02-03");
    expect_bad("1980-13", KW_EMTP_DOB_OR_MONTH);
    expect_bad("1980-00", KW_EMTP_DOB_OR_MONTH);
    expect_bad("1980-2", KW_EMTP_DOB_OR_MONTH);
    expect_bad("1980-02-30", KW_EMTP_DOB_OR_MONTH);
    assert_true(kw_emtp_dob_is_month(KW_STR("1980-02")));
    assert_false(kw_emtp_dob_is_month(KW_STR("1980-02-03")));
    assert_false(kw_emtp_dob_is_month(KW_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dob_parse__takes_days_of_the_calendar),
        cmocka_unit_test(dob_parse__refuses_other_forms_and_days),
        cmocka_unit_test(dob_parse__allows_every_month_31_days_when_loose),
        cmocka_unit_test(dob_parse__takes_months_in_weak_mode_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
