/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/globals.h"

#include "cli/commands.h"
#include "support/expect.h"

static void cli_globals_schema__has_colours_on_and_all_else_off(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(1024);
    kw_cli_globals globals;
    EXPECT_OK(kw_object_init(&globals, &arena, &kw_cli_globals_schema));
    assert_true(globals.color);
    assert_false(globals.json || globals.help || globals.version || globals.quiet);
    assert_null(globals.config.ptr);
}

static void cli_globals_schema__shares_no_name_with_a_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        const kw_schema *schema = kw_keyward.commands[i]->options;
        for (size_t k = 0; schema != NULL && k < schema->count; k++) {
            kw_str name = kw_str_of(schema->fields[k].name);
            bool is_arg = (schema->fields[k].flags & KW_OPERAND) != 0;
            if (!is_arg && kw_field_find(&kw_cli_globals_schema, name) != NULL) {
                print_error("%s --%s\n", kw_keyward.commands[i]->words, schema->fields[k].name);
                fail();
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_globals_schema__has_colours_on_and_all_else_off),
        cmocka_unit_test(cli_globals_schema__shares_no_name_with_a_command),
    };
    return cmocka_run_group_tests_name("cli/globals", tests, NULL, NULL);
}
