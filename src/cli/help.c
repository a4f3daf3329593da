/* SPDX-License-Identifier: Apache-2.0
 * keyward help [WORD...] */
#include "cli/commands.h"
#include "cli/help_text.h"
#include "cli/print.h"
#include "cli/words.h"

typedef struct help_options {
    kw_strs word;
} help_options;

static const kw_field help_options_fields[] = {
    KW_FIELD(help_options, word, 32, KW_OPERAND, .items_max = KW_COMMAND_WORDS_MAX,
             .help = "of a command or a group of commands"),
};
KW_SCHEMA(help_options, help_options_fields);

#define PAGE_BYTES_MAX (1 << 20)

static kw_status help(kw_cli *cli, const void *given, kw_error *err)
{
    const help_options *options = given;
    KW_AUTO(kw_buf) words = kw_buf_init(KW_COMMAND_WORDS_MAX * 40);
    for (size_t i = 0; i < options->word.count; i++) {
        KW_TRY_AT(err,
                  kw_buf_append_format(&words, "%s%.*s", i == 0 ? "" : " ",
                                       KW_STR_ARG(options->word.items[i])),
                  "reading the words");
    }
    KW_REQUIRE(kw_words_exist(cli->program, kw_buf_text(&words)), err, KW_USAGE,
               "there is no such command");
    KW_AUTO(kw_buf) page = kw_buf_init(PAGE_BYTES_MAX);
    KW_TRY_AT(err, kw_help_page(&page, cli->program, kw_buf_text(&words)), "writing help");
    return kw_cli_write(cli, kw_buf_view(&page), err);
}

const kw_command kw_command_help = {
    .words = "help",
    .options = &help_options_schema,
    .run = help,
    .help = "print help for a command",
    .examples = {{"keyward help completion", "what `keyward completion --help` prints"}},
};
