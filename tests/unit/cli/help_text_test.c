/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help_text.h"

#include "cli/words.h"
#include "support/command_line.h"
#include "support/expect.h"

static const char globals[] = "\noptions of every command:\n"
                              "  --json                    print results and errors as JSON\n"
                              "  --help                    print help and exit\n"
                              "  --version                 print the version and exit\n"
                              "  --quiet                   no notes and no progress\n"
                              "  --[no-]color              colours on a terminal\n"
                              "  --config TEXT             file with the configuration\n";

static void expect_page(const char *words, const char *before, const char *behind)
{
    KW_AUTO(kw_buf) page = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) wanted = kw_buf_init(1 << 16);
    const char *c_wanted = NULL;
    EXPECT_OK(kw_buf_append_format(&wanted, "%s%s%s", before, globals, behind));
    EXPECT_OK(kw_buf_c_text(&wanted, &c_wanted));
    EXPECT_OK(kw_help_page(&page, &sample_program, kw_str_of(words)));
    EXPECT_STR(kw_buf_text(&page), c_wanted);
    for (size_t max = 0; max < page.len; max += 31) {
        KW_AUTO(kw_buf) small = kw_buf_init(max);
        EXPECT_STATUS(kw_help_page(&small, &sample_program, kw_str_of(words)), KW_LIMIT);
    }
}

static void help_page__lists_the_commands_of_a_group(void **state)
{
    (void)state;
    expect_page("",
                "usage: sample COMMAND\n\na program for tests\n\ncommands:\n"
                "  greet                     say hello\n"
                "  store                     a store of values\n"
                "  fail                      fail as told\n",
                "");
    expect_page("store",
                "usage: sample store COMMAND\n\na store of values\n\ncommands:\n"
                "  put                       put it's value\n"
                "  get                       get a value\n"
                "  check                     check all values\n",
                "");
}

static void help_page__shows_all_of_a_command_but_its_secrets(void **state)
{
    (void)state;
    expect_page("greet",
                "usage: sample greet [options] NAME\n\nsay hello\n\nGreets one person.\n\n"
                ".Dots and 'quotes at the start of a line are text, as is \\e.\n"
                "\narguments:\n"
                "  NAME                      whom to greet (must be given)\n"
                "\noptions:\n"
                "  --times N                 how often, which is a number that should be small\n"
                "                            because greeting is work (default 1)\n"
                "  --loud                    with capitals\n"
                "  --mood kind|gruff         which words (default kind)\n"
                "  --also TEXT               whom else\n",
                "\nexamples:\n  # twice\n  sample greet Ada --times 2\n");
    expect_page("store check", "usage: sample store check\n\ncheck all values\n",
                "\nexit codes of its own:\n  1    damaged\n  3    nothing there\n");
}

typedef struct kinds {
    int64_t since;
    kw_span key;
    kw_span raw;
    kw_hash32 hash;
    bool color;
    kw_strs files;
} kinds;

static void help_option__shows_what_to_type(void **state)
{
    (void)state;
    static const kw_field rows[] = {
        KW_FIELD(kinds, since, INT64_MAX, KW_TIME),
        KW_FIELD(kinds, key, 32, 0),
        KW_FIELD(kinds, raw, 32, KW_HEX),
        KW_FIELD(kinds, hash, 0, 0),
        KW_FIELD(kinds, color, 0, 0, .fallback = "true"),
        KW_FIELD(kinds, files, 64, KW_OPERAND),
    };
    static const char *const wanted[] = {"--since TIME", "--key BASE64", "--raw HEX",
                                         "--hash HEX",   "--[no-]color", "FILES"};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_buf) text = kw_buf_init(64);
        EXPECT_OK(kw_help_option(&text, &rows[i]));
        EXPECT_STR(kw_buf_text(&text), wanted[i]);
    }
}

static void help_usage__brackets_what_may_be_left_out(void **state)
{
    (void)state;
    static const kw_field rows[] = {KW_FIELD(kinds, files, 64, KW_OPERAND)};
    static const kw_schema schema = KW_SCHEMA_OF(kinds, rows);
    const kw_command command = {.words = "cat", .options = &schema};
    KW_AUTO(kw_buf) text = kw_buf_init(64);
    EXPECT_OK(kw_help_usage(&text, &sample_program, &command));
    EXPECT_STR(kw_buf_text(&text), "usage: sample cat [FILES...]");
    KW_AUTO(kw_buf) small = kw_buf_init(10);
    EXPECT_STATUS(kw_help_usage(&small, &sample_program, &command), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_page__lists_the_commands_of_a_group),
        cmocka_unit_test(help_page__shows_all_of_a_command_but_its_secrets),
        cmocka_unit_test(help_option__shows_what_to_type),
        cmocka_unit_test(help_usage__brackets_what_may_be_left_out),
    };
    return cmocka_run_group_tests_name("cli/help_text", tests, NULL, NULL);
}
