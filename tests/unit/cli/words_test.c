/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/words.h"

#include "support/command_line.h"
#include "support/expect.h"

static void words_exist__knows_groups_and_commands(void **state)
{
    (void)state;
    assert_true(kw_words_exist(&sample_program, KW_STR("")));
    assert_true(kw_words_exist(&sample_program, KW_STR("store")));
    assert_true(kw_words_exist(&sample_program, KW_STR("store put")));
    assert_false(kw_words_exist(&sample_program, KW_STR("stor")));
    assert_false(kw_words_exist(&sample_program, KW_STR("store ")));
    assert_false(kw_words_exist(&sample_program, KW_STR("put")));
    assert_false(kw_words_exist(&sample_program, KW_STR("store put now")));
}

static void words_command__is_exact(void **state)
{
    (void)state;
    assert_string_equal(kw_words_command(&sample_program, KW_STR("store put"))->words, "store put");
    assert_null(kw_words_command(&sample_program, KW_STR("store")));
    assert_null(kw_words_command(&sample_program, KW_STR("")));
}

static void words_help__comes_from_either_table(void **state)
{
    (void)state;
    assert_string_equal(kw_words_help(&sample_program, KW_STR("")), "a program for tests");
    assert_string_equal(kw_words_help(&sample_program, KW_STR("store")), "a store of values");
    assert_string_equal(kw_words_help(&sample_program, KW_STR("store get")), "get a value");
    assert_string_equal(kw_words_help(&sample_program, KW_STR("nothing")), "");
}

static void words_next_child__gives_each_word_once_in_order(void **state)
{
    (void)state;
    static const char *const top[] = {"greet", "store", "fail"};
    static const char *const store[] = {"put", "get", "check"};
    kw_words_child child = {0};
    for (size_t i = 0; i < KW_COUNT(top); i++) {
        assert_true(kw_words_next_child(&child, &sample_program, KW_STR("")));
        EXPECT_STR(child.word, top[i]);
        EXPECT_STR(child.words, top[i]);
    }
    assert_false(kw_words_next_child(&child, &sample_program, KW_STR("")));
    child = (kw_words_child){0};
    for (size_t i = 0; i < KW_COUNT(store); i++) {
        assert_true(kw_words_next_child(&child, &sample_program, KW_STR("store")));
        EXPECT_STR(child.word, store[i]);
        assert_true(kw_str_starts_with(child.words, KW_STR("store ")));
    }
    assert_false(kw_words_next_child(&child, &sample_program, KW_STR("store")));
    child = (kw_words_child){0};
    assert_false(kw_words_next_child(&child, &sample_program, KW_STR("greet")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_exist__knows_groups_and_commands),
        cmocka_unit_test(words_command__is_exact),
        cmocka_unit_test(words_help__comes_from_either_table),
        cmocka_unit_test(words_next_child__gives_each_word_once_in_order),
    };
    return cmocka_run_group_tests_name("cli/words", tests, NULL, NULL);
}
