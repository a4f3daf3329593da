/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/roff.h"

#include "cli/words.h"
#include "support/command_line.h"
#include "support/expect.h"

static void expect_holds(kw_buf *page, const char *part)
{
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(page, &text));
    if (strstr(text, part) == NULL) {
        print_error("missing: %s\nin: %s\n", part, text);
        fail();
    }
}

static void roff_command_page__escapes_what_roff_would_read(void **state)
{
    (void)state;
    const kw_command *greet = kw_words_command(&sample_program, KW_STR("greet"));
    KW_AUTO(kw_buf) page = kw_buf_init(1 << 16);
    EXPECT_OK(kw_roff_command_page(&page, &sample_program, greet));
    expect_holds(&page, ".TH SAMPLE-GREET 1 2026-01-31 \"sample 1.2.3\" \"Keyward\"\n"
                        ".SH NAME\nsample\\-greet \\- say hello\n"
                        ".SH SYNOPSIS\nsample greet [options] NAME\n");
    expect_holds(&page, "Greets one person.\n.PP\n\\&.Dots and 'quotes");
    expect_holds(&page, "as is \\ee.\n");
    expect_holds(&page, ".TP\n.B \\-\\-mood kind|gruff\nwhich words\nDefault: kind\n");
    expect_holds(&page, ".B sample greet Ada \\-\\-times 2\n");
    const char *text = NULL;
    EXPECT_OK(kw_buf_c_text(&page, &text));
    assert_null(strstr(text, "password"));
}

static void roff_command_page__lists_verdicts(void **state)
{
    (void)state;
    const kw_command *check = kw_words_command(&sample_program, KW_STR("store check"));
    KW_AUTO(kw_buf) page = kw_buf_init(1 << 16);
    EXPECT_OK(kw_roff_command_page(&page, &sample_program, check));
    expect_holds(&page, ".TH SAMPLE-STORE-CHECK 1");
    expect_holds(&page, ".TP\n.B 3\nnothing there\n");
}

static void roff_program_page__lists_commands_and_statuses(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) page = kw_buf_init(1 << 16);
    EXPECT_OK(kw_roff_program_page(&page, &sample_program));
    expect_holds(&page, ".TP\n.B store put\nput it's value\n");
    expect_holds(&page, ".TP\n.B 66\nnot_found: there is no such object\n");
    expect_holds(&page, ".B \\-\\-[no\\-]color\n");
}

static void roff__stops_at_the_maximum_of_the_buffer(void **state)
{
    (void)state;
    const kw_command *greet = kw_words_command(&sample_program, KW_STR("greet"));
    KW_AUTO(kw_buf) page = kw_buf_init(1 << 16);
    EXPECT_OK(kw_roff_command_page(&page, &sample_program, greet));
    for (size_t max = 0; max < page.len; max += 17) {
        KW_AUTO(kw_buf) small = kw_buf_init(max);
        EXPECT_STATUS(kw_roff_command_page(&small, &sample_program, greet), KW_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roff_command_page__escapes_what_roff_would_read),
        cmocka_unit_test(roff_command_page__lists_verdicts),
        cmocka_unit_test(roff_program_page__lists_commands_and_statuses),
        cmocka_unit_test(roff__stops_at_the_maximum_of_the_buffer),
    };
    return cmocka_run_group_tests_name("cli/roff", tests, NULL, NULL);
}
