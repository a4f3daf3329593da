/* SPDX-License-Identifier: Apache-2.0
 * keyward completion SHELL */
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/shell.h"

typedef struct completion_options {
    kw_shell shell;
} completion_options;

static const kw_enum_name shell_names[] = {
    {"bash", KW_SHELL_BASH}, {"zsh", KW_SHELL_ZSH}, {"fish", KW_SHELL_FISH}};

static const kw_field completion_options_fields[] = {
    KW_FIELD_ENUM(completion_options, shell, shell_names, KW_OPERAND | KW_REQ,
                  .help = "bash, zsh or fish"),
};
KW_SCHEMA(completion_options, completion_options_fields);

#define SCRIPT_BYTES_MAX (4 << 20)

static kw_status completion(kw_cli *cli, const void *given, kw_error *err)
{
    const completion_options *options = given;
    KW_AUTO(kw_buf) script = kw_buf_init(SCRIPT_BYTES_MAX);
    KW_TRY_AT(err, kw_shell_script(&script, cli->program, options->shell), "writing the script");
    return kw_cli_write(cli, kw_buf_view(&script), err);
}

const kw_command kw_command_completion = {
    .words = "completion",
    .options = &completion_options_schema,
    .run = completion,
    .help = "print the completion script of a shell",
    .examples = {{"source <(keyward completion bash)", "complete in this shell"},
                 {"keyward completion fish > ~/.config/fish/completions/keyward.fish",
                  "complete in every fish"}},
};
