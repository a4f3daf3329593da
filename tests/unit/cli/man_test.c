/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include <stdio.h>

/* Runs `man` into a fresh folder. */
static void write_pages(const kw_program *program, const tempdir *dir)
{
    char words[512];
    (void)snprintf(words, sizeof words, "man %s/man1 --quiet", dir->path);
    KW_AUTO(command_result) r = command_line_run(program, words, 0);
    assert_string_equal(r.err, "");
    assert_int_equal(r.exit_code, 0);
}

static void man__writes_a_page_for_each_command(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    write_pages(&kw_keyward, &dir);
    for (size_t i = 0; i < kw_keyward.commands_count; i++) {
        char name[256];
        (void)snprintf(name, sizeof name, "man1/keyward-%s.1", kw_keyward.commands[i]->words);
        for (char *c = name; *c != '\0'; c++) {
            *c = *c == ' ' ? '-' : *c;
        }
        tempdir_path path = tempdir_join(&dir, name);
        KW_AUTO(kw_buf) page = kw_buf_init(1 << 20);
        EXPECT_OK(kw_file_read(&page, path.text, NULL));
        assert_true(kw_str_starts_with(kw_buf_text(&page), KW_STR(".TH KEYWARD-")));
    }
    tempdir_remove(&dir);
}

static void man__passes_the_lint_of_mandoc(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    char shell[1024];
    write_pages(&kw_keyward, &dir);
    (void)snprintf(shell, sizeof shell,
                   "command -v mandoc >/dev/null || exit 77; mandoc -T lint -W warning %s/man1/*.1",
                   dir.path);
    const char *const argv[] = {"sh", "-c", shell, NULL};
    KW_AUTO(process_result) r = {0};
    process_run(&r, argv, KW_STR(""));
    tempdir_remove(&dir);
    if (r.exit_code == 77) {
        skip();
    }
    if (r.exit_code != 0) {
        print_error("%.*s\n", KW_STR_ARG(kw_buf_text(&r.out)));
    }
    assert_int_equal(r.exit_code, 0);
}

static void man__refuses_a_folder_it_cannot_make(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path file = tempdir_join(&dir, "file");
    char words[1024];
    EXPECT_OK(kw_file_write_atomic(file.text, kw_span_of_str(KW_STR("x")), 0600, NULL));
    (void)snprintf(words, sizeof words, "man %s", file.text);
    KW_AUTO(command_result) taken = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(taken.exit_code, 65);
    (void)snprintf(words, sizeof words, "man %s/below", file.text);
    KW_AUTO(command_result) below = command_line_run(&kw_keyward, words, 0);
    assert_int_not_equal(below.exit_code, 0);
    KW_AUTO(command_result) none = command_line_run(&kw_keyward, "man", 0);
    assert_int_equal(none.exit_code, 64);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(man__writes_a_page_for_each_command),
        cmocka_unit_test(man__passes_the_lint_of_mandoc),
        cmocka_unit_test(man__refuses_a_folder_it_cannot_make),
    };
    return cmocka_run_group_tests_name("cli/man", tests, NULL, NULL);
}
