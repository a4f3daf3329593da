/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/suggest.h"

#include "support/expect.h"

static kw_str best_of(const char *typed)
{
    static const char *const known[] = {"rotate", "revoke", "get", "list", "participants"};
    kw_suggestion s = kw_suggest(kw_str_of(typed));
    for (size_t i = 0; i < KW_COUNT(known); i++) {
        kw_suggest_offer(&s, kw_str_of(known[i]));
    }
    return s.best;
}

static void suggest__finds_what_was_meant(void **state)
{
    (void)state;
    EXPECT_STR(best_of("rotat"), "rotate");
    EXPECT_STR(best_of("roatte"), "rotate");
    EXPECT_STR(best_of("revoek"), "revoke");
    EXPECT_STR(best_of("lst"), "list");
    EXPECT_STR(best_of("particpants"), "participants");
    EXPECT_STR(best_of("get"), "get");
}

static void suggest__stays_silent_when_nothing_is_close(void **state)
{
    (void)state;
    assert_int_equal(best_of("").len, 0);
    assert_int_equal(best_of("xyzzy").len, 0);
    assert_int_equal(best_of("delete").len, 0);
    char typed[KW_SUGGEST_NAME_MAX + 2];
    memset(typed, 'g', sizeof typed);
    kw_suggestion s = kw_suggest((kw_str){typed, sizeof typed});
    kw_suggest_offer(&s, (kw_str){typed, sizeof typed});
    assert_int_equal(s.best.len, 0);
}

static void suggest__counts_a_swap_once(void **state)
{
    (void)state;
    kw_suggestion s = kw_suggest(KW_STR("ab"));
    kw_suggest_offer(&s, KW_STR("ba"));
    assert_int_equal(s.distance, 1);
    EXPECT_STR(s.best, "ba");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggest__finds_what_was_meant),
        cmocka_unit_test(suggest__stays_silent_when_nothing_is_close),
        cmocka_unit_test(suggest__counts_a_swap_once),
    };
    return cmocka_run_group_tests_name("codec/suggest", tests, NULL, NULL);
}
