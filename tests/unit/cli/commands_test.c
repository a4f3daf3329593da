/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "cli/words.h"
#include "config/args.h"
#include "support/command_line.h"
#include "support/expect.h"

static void keyward__has_complete_and_distinct_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        const kw_command *command = kw_keyward.commands[i];
        assert_non_null(command->run);
        assert_true(command->help != NULL && command->help[0] != '\0');
        assert_true(command->help[strlen(command->help) - 1] != '.');
        assert_true(strlen(command->words) <= KW_WORDS_BYTES_MAX);
        assert_true(kw_str_is_made_of(kw_str_of(command->words), "- "));
        assert_ptr_equal(kw_words_command(&kw_keyward, kw_str_of(command->words)), command);
        for (size_t k = 0; k < KW_COMMAND_VERDICTS_MAX && command->verdicts[k].text != NULL; k++) {
            assert_in_range(command->verdicts[k].exit_code, 0, 9);
        }
    }
}

static void keyward__has_help_for_each_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        const char *words = kw_keyward.commands[i]->words;
        for (const char *space = strchr(words, ' '); space != NULL;
             space = strchr(space + 1, ' ')) {
            kw_str group = {words, (size_t)(space - words)};
            if (kw_words_help(&kw_keyward, group)[0] == '\0') {
                print_error("no help for the group %.*s\n", KW_STR_ARG(group));
                fail();
            }
        }
    }
}

static void keyward__has_options_that_start(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        const kw_schema *schema = kw_keyward.commands[i]->options;
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
        if (schema != NULL) {
            void *options = kw_arena_new(&arena, 1, schema->size);
            assert_non_null(options);
            EXPECT_OK(kw_object_init(options, &arena, schema)); /* aborts for a bad fallback */
        }
        KW_AUTO(kw_buf) line = kw_buf_init(256);
        const char *words = NULL;
        EXPECT_OK(kw_buf_append_format(&line, "%s --help", kw_keyward.commands[i]->words));
        EXPECT_OK(kw_buf_c_text(&line, &words));
        KW_AUTO(command_result) r = command_line_run(&kw_keyward, words, 0);
        assert_int_equal(r.exit_code, 0);
        assert_memory_equal(r.out, "usage: keyward ", 15);
    }
}

static void keyward__refuses_an_option_that_nobody_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        KW_AUTO(kw_buf) line = kw_buf_init(256);
        const char *words = NULL;
        EXPECT_OK(kw_buf_append_format(&line, "%s --zzzzzzzzzz", kw_keyward.commands[i]->words));
        EXPECT_OK(kw_buf_c_text(&line, &words));
        KW_AUTO(command_result) r = command_line_run(&kw_keyward, words, 0);
        assert_int_equal(r.exit_code, 64);
        assert_string_equal(r.out, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyward__has_complete_and_distinct_rows),
        cmocka_unit_test(keyward__has_help_for_each_group),
        cmocka_unit_test(keyward__has_options_that_start),
        cmocka_unit_test(keyward__refuses_an_option_that_nobody_has),
    };
    return cmocka_run_group_tests_name("cli/commands", tests, NULL, NULL);
}
