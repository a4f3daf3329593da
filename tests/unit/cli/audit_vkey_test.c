/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "support/audit.h"
#include "support/command_line.h"
#include "support/expect.h"

#include <stdio.h>

static audit_place place;

static int setup(void **state)
{
    (void)state;
    audit_place_make(&place);
    kw_audit *audit = audit_place_open(&place);
    audit_append_all(audit, 5);
    kw_audit_free(audit);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    audit_place_remove(&place);
    return 0;
}

static command_result run(const char *command, const char *options)
{
    char words[1024];
    (void)snprintf(words, sizeof words, "audit %s %s%s", command, place.dir.path, options);
    return command_line_run(&kw_keyward, words, 0);
}

static void audit_vkey__prints_the_key(void **state)
{
    (void)state;
    KW_AUTO(command_result) text = run("vkey", "");
    assert_int_equal(text.exit_code, 0);
    char wanted[300];
    (void)snprintf(wanted, sizeof wanted, "%s\n", place.vkey);
    assert_string_equal(text.out, wanted);
    KW_AUTO(command_result) json = run("vkey", " --json");
    assert_int_equal(json.exit_code, 0);
    (void)snprintf(wanted, sizeof wanted, "{\"vkey\":\"%s\"}\n", place.vkey);
    assert_string_equal(json.out, wanted);
}

static void audit_vkey__refuses_what_is_no_key(void **state)
{
    (void)state;
    KW_AUTO(command_result) missing = command_line_run(&kw_keyward, "audit vkey /nonexistent", 0);
    assert_int_equal(missing.exit_code, 66);
    tempdir_path path = tempdir_join(&place.dir, "vkey");
    FILE *file = fopen(path.text, "wb");
    assert_non_null(file);
    assert_true(fputs("n1/audit+00000000+nonsense\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    KW_AUTO(command_result) damaged = run("vkey", "");
    assert_int_equal(damaged.exit_code, 65);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(audit_vkey__prints_the_key, setup, teardown),
        cmocka_unit_test_setup_teardown(audit_vkey__refuses_what_is_no_key, setup, teardown),
    };
    return cmocka_run_group_tests_name("cli/audit_vkey", tests, NULL, NULL);
}
