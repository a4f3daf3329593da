/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/epoch.h"

#include "support/expect.h"

static const kw_emtp_rule monthly = {.cadence = KW_EMTP_MONTHLY, .overlap = 1};
static const kw_emtp_rule weekly = {.cadence = KW_EMTP_WEEKLY, .overlap = 3};
static const kw_emtp_rule daily = {.cadence = KW_EMTP_DAILY, .overlap = 2};
static const kw_emtp_rule eight_hours = {
    .cadence = KW_EMTP_CUSTOM, .period_s = 8 * 3600, .overlap = 1};

static kw_unix_s at(const char *text)
{
    kw_unix_s moment = 0;
    assert_true(kw_utc_parse(&moment, kw_str_of(text)));
    return moment;
}

static void epoch_window__follows_the_calendar(void **state)
{
    (void)state;
    static const struct {
        const kw_emtp_rule *rule;
        const char *now;
        const char *kid;
        const char *not_before;
        const char *not_after;
    } cases[] = {
        {&monthly, "2026-01-31T23:59:59Z", "2026-01", "2026-01-01T00:00:00Z",
         "2026-02-01T00:00:00Z"},
        {&monthly, "2025-12-01T00:00:00Z", "2025-12", "2025-12-01T00:00:00Z",
         "2026-01-01T00:00:00Z"},
        {&weekly, "2026-01-15T08:00:00Z", "2026-W03", "2026-01-12T00:00:00Z",
         "2026-01-19T00:00:00Z"},
        {&weekly, "2027-01-03T23:59:59Z", "2026-W53", "2026-12-28T00:00:00Z",
         "2027-01-04T00:00:00Z"},
        {&weekly, "2025-12-29T00:00:00Z", "2026-W01", "2025-12-29T00:00:00Z",
         "2026-01-05T00:00:00Z"},
        {&daily, "2024-02-29T12:00:00Z", "2024-02-29", "2024-02-29T00:00:00Z",
         "2024-03-01T00:00:00Z"},
        {&eight_hours, "2026-01-15T08:00:00Z", "c20260115T080000Z", "2026-01-15T08:00:00Z",
         "2026-01-15T16:00:00Z"},
        {&eight_hours, "2026-01-15T07:59:59Z", "c20260115T000000Z", "2026-01-15T00:00:00Z",
         "2026-01-15T08:00:00Z"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_unix_s start = kw_emtp_epoch_start(cases[i].rule, at(cases[i].now));
        kw_emtp_window window = kw_emtp_epoch_window(cases[i].rule, start);
        assert_int_equal(window.not_before, at(cases[i].not_before));
        assert_int_equal(window.not_after, at(cases[i].not_after));
        kw_emtp_kid kid = kw_emtp_epoch_kid(cases[i].rule, start, 0);
        assert_string_equal(kid.text, cases[i].kid);
        kw_emtp_kid_form form = {0};
        assert_true(kw_emtp_kid_parse(&form, kw_emtp_kid_text(&kid)));
        assert_int_equal(form.cadence, cases[i].rule->cadence);
        assert_int_equal(form.start, start);
        assert_int_equal(form.replacement, 0);
    }
}

static void epoch_shift__goes_back_where_it_came_from(void **state)
{
    (void)state;
    const kw_emtp_rule *rules[] = {&monthly, &weekly, &daily, &eight_hours};
    for (size_t i = 0; i < KW_COUNT(rules); i++) {
        kw_unix_s start = kw_emtp_epoch_start(rules[i], at("2026-03-31T10:00:00Z"));
        for (int n = -12; n <= 12; n++) {
            kw_unix_s there = kw_emtp_epoch_shift(rules[i], start, n);
            assert_int_equal(kw_emtp_epoch_start(rules[i], there), there);
            assert_int_equal(kw_emtp_epoch_shift(rules[i], there, -n), start);
        }
    }
    kw_unix_s january = at("2026-01-01T00:00:00Z");
    assert_int_equal(kw_emtp_epoch_shift(&monthly, january, -1), at("2025-12-01T00:00:00Z"));
    assert_int_equal(kw_emtp_epoch_shift(&monthly, january, 12), at("2027-01-01T00:00:00Z"));
}

static void kid_parse__reads_replacements(void **state)
{
    (void)state;
    kw_emtp_kid_form form = {0};
    assert_true(kw_emtp_kid_parse(&form, KW_STR("2026-W10.12")));
    assert_int_equal(form.cadence, KW_EMTP_WEEKLY);
    assert_int_equal(form.replacement, 12);
    assert_int_equal(form.start, at("2026-03-02T00:00:00Z"));
    kw_emtp_kid kid = kw_emtp_epoch_kid(&weekly, form.start, form.replacement);
    assert_string_equal(kid.text, "2026-W10.12");
}

static void kid_parse__refuses_other_forms(void **state)
{
    (void)state;
    static const char *const kids[] = {"",
                                       "2026",
                                       "2026-00",
                                       "2026-13",
                                       "2026-1",
                                       "2026-W00",
                                       "2026-W54",
                                       "2025-W53",
                                       "2026-w03",
                                       "2026-02-29",
                                       "2026-01-15 ",
                                       "2026-01.",
                                       "2026-01.0",
                                       "2026-01.01",
                                       "2026-01.1.1",
                                       "2026-01.1000000",
                                       "2026-01.x",
                                       "1969-12",
                                       "9000-01",
                                       "1970-W01", /* its Monday lies in 1969 */
                                       "c20260115T080000",
                                       "c20260115T240000Z",
                                       "c20261315T080000Z",
                                       "20260115T080000Z",
                                       "test-2026-01"};
    for (size_t i = 0; i < KW_COUNT(kids); i++) {
        kw_emtp_kid_form form = {.start = 42};
        if (kw_emtp_kid_parse(&form, kw_str_of(kids[i]))) {
            fail_msg("\"%s\" was taken", kids[i]);
        }
        assert_int_equal(form.start, 42);
    }
}

static void kid_of_text__checks_length_and_characters(void **state)
{
    (void)state;
    char longest[66];
    memset(longest, 'k', sizeof longest);
    kw_emtp_kid kid = {0};
    assert_true(kw_emtp_kid_of_text(&kid, (kw_str){longest, 64}));
    assert_int_equal(strlen(kid.text), 64);
    assert_true(kw_emtp_kid_of_text(&kid, KW_STR("test-2026_01.x")));
    assert_string_equal(kid.text, "test-2026_01.x");
    assert_false(kw_emtp_kid_of_text(&kid, (kw_str){longest, 65}));
    static const char *const refused[] = {"", "a b", "a/b", "a%", "k\xc3\xa9", "a\n", "a\"", "a+b"};
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        assert_false(kw_emtp_kid_of_text(&kid, kw_str_of(refused[i])));
    }
    assert_false(kw_emtp_kid_of_text(&kid, (kw_str){"a\0b", 3}));
    assert_string_equal(kid.text, "test-2026_01.x");
}

static void expires_at__adds_calendar_periods(void **state)
{
    (void)state;
    static const struct {
        const char *kid;
        const char *not_before;
        const char *not_after;
        int overlap;
        const char *expires_at;
    } cases[] = {
        {"2026-01", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"},
        {"2025-11", "2025-11-01T00:00:00Z", "2025-12-01T00:00:00Z", 6, "2026-06-01T00:00:00Z"},
        {"2026-01.3", "2026-01-20T10:11:12Z", "2026-02-01T00:00:00Z", 1, "2026-03-01T00:00:00Z"},
        {"2026-W10", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z", 3, "2026-03-30T00:00:00Z"},
        {"c20260115T080000Z", "2026-01-15T08:00:00Z", "2026-01-15T16:00:00Z", 2,
         "2026-01-16T08:00:00Z"},
        {"c20260115T080000Z.1", "2026-01-15T15:00:00Z", "2026-01-15T16:00:00Z", 1,
         "2026-01-16T00:00:00Z"},
        /* No overlap: another form, or a window that is not the one of the kid. */
        {"test-2026-01", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", 3, "2026-02-01T00:00:00Z"},
        {"2026-01", "2026-01-01T00:00:00Z", "2026-01-20T00:00:00Z", 3, "2026-01-20T00:00:00Z"},
        {"2026-01", "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", 3, "2025-02-01T00:00:00Z"},
        {"c20260115T080000Z", "2026-01-15T08:00:00Z", "2027-01-17T16:00:00Z", 1,
         "2027-01-17T16:00:00Z"},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_emtp_window window = {.not_before = at(cases[i].not_before),
                                 .not_after = at(cases[i].not_after)};
        assert_int_equal(kw_emtp_expires_at(kw_str_of(cases[i].kid), window, cases[i].overlap),
                         at(cases[i].expires_at));
    }
}

static void rule_is_valid__knows_the_bounds(void **state)
{
    (void)state;
    assert_true(kw_emtp_rule_is_valid(&monthly));
    assert_true(kw_emtp_rule_is_valid(&eight_hours));
    static const kw_emtp_rule refused[] = {
        {.cadence = KW_EMTP_NO_CADENCE, .overlap = 1},
        {.cadence = KW_EMTP_MONTHLY, .overlap = 0},
        {.cadence = KW_EMTP_MONTHLY, .overlap = 7},
        {.cadence = KW_EMTP_CUSTOM, .period_s = 0, .overlap = 1},
        {.cadence = KW_EMTP_CUSTOM, .period_s = 9, .overlap = 1},
        {.cadence = KW_EMTP_CUSTOM, .period_s = 366 * 86400 + 1, .overlap = 1},
    };
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        assert_false(kw_emtp_rule_is_valid(&refused[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epoch_window__follows_the_calendar),
        cmocka_unit_test(epoch_shift__goes_back_where_it_came_from),
        cmocka_unit_test(kid_parse__reads_replacements),
        cmocka_unit_test(kid_parse__refuses_other_forms),
        cmocka_unit_test(kid_of_text__checks_length_and_characters),
        cmocka_unit_test(expires_at__adds_calendar_periods),
        cmocka_unit_test(rule_is_valid__knows_the_bounds),
    };
    return cmocka_run_group_tests_name("emtp/engine/epoch", tests, NULL, NULL);
}
