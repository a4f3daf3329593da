/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utc.h"

#include "support/expect.h"

static void utc_parse__round_trips_known_moments(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        kw_unix_s at;
    } cases[] = {{"1970-01-01T00:00:00Z", 0},
                 {"2026-01-31T23:59:59Z", 1769903999},
                 {"2000-02-29T12:00:00Z", 951825600},
                 {"1800-01-01T00:00:00Z", -5364662400},
                 {"9999-12-31T23:59:59Z", 253402300799}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_unix_s at = 1;
        assert_true(kw_utc_parse(&at, kw_str_of(cases[i].text)));
        assert_int_equal(at, cases[i].at);
        char text[KW_RFC3339_BYTES];
        kw_utc_format(text, at);
        assert_string_equal(text, cases[i].text);
    }
}

static void utc_parse__refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const char *const cases[] = {"",
                                        "2026-01-31",
                                        "2026-01-31T23:59:59",
                                        "2026-01-31T23:59:59z",
                                        "2026-01-31t23:59:59Z",
                                        "2026-01-31T23:59:60Z",
                                        "2026-01-31T24:00:00Z",
                                        "2026-01-31T23:60:00Z",
                                        "2026-02-29T00:00:00Z",
                                        "2026-13-01T00:00:00Z",
                                        "2026-00-01T00:00:00Z",
                                        "2026-01-00T00:00:00Z",
                                        "2026-01-31T23:59:59.0Z",
                                        "2026-01-31T23:59:59+00:00",
                                        "+026-01-31T23:59:59Z",
                                        " 2026-01-31T23:59:59Z"};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_unix_s at = 42;
        assert_false(kw_utc_parse(&at, kw_str_of(cases[i])));
        assert_int_equal(at, 42);
    }
}

static void date_of_days__inverts_to_days_for_400_years(void **state)
{
    (void)state;
    int64_t first = kw_date_to_days((kw_date){.year = 1800, .month = 1, .day = 1});
    for (int64_t days = first; days < first + 146097; days++) {
        kw_date date = kw_date_of_days(days);
        assert_true(kw_date_is_valid(date));
        assert_int_equal(kw_date_to_days(date), days);
    }
}

static void iso_week__matches_published_dates(void **state)
{
    (void)state;
    /* Years that start or end inside a week of their neighbour. */
    static const struct {
        kw_date date;
        int32_t year;
        int week;
    } cases[] = {{{2026, 1, 15}, 2026, 3}, {{2005, 1, 1}, 2004, 53},   {{2008, 12, 29}, 2009, 1},
                 {{2010, 1, 3}, 2009, 53}, {{2020, 12, 31}, 2020, 53}, {{2021, 1, 4}, 2021, 1}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        int32_t year = 0;
        int week = 0;
        int64_t days = kw_date_to_days(cases[i].date);
        kw_date_iso_week(days, &year, &week);
        assert_int_equal(year, cases[i].year);
        assert_int_equal(week, cases[i].week);
        int64_t monday = 0;
        assert_true(kw_date_of_iso_week(&monday, year, week));
        assert_int_equal(kw_date_weekday(monday), 1);
        assert_true(monday <= days && days < monday + 7);
    }
    int64_t untouched = 7;
    assert_false(kw_date_of_iso_week(&untouched, 2026, 0));
    assert_false(kw_date_of_iso_week(&untouched, 2025, 53));
    assert_false(kw_date_of_iso_week(&untouched, 2026, 54));
    assert_int_equal(untouched, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utc_parse__round_trips_known_moments),
        cmocka_unit_test(utc_parse__refuses_what_is_not_canonical),
        cmocka_unit_test(date_of_days__inverts_to_days_for_400_years),
        cmocka_unit_test(iso_week__matches_published_dates),
    };
    return cmocka_run_group_tests_name("base/utc", tests, NULL, NULL);
}
