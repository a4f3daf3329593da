/* SPDX-License-Identifier: Apache-2.0
 * keyward man DIR: one page for the program and one for each command. */
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/roff.h"
#include "os/dir.h"
#include "os/file.h"

typedef struct man_options {
    kw_str dir;
} man_options;

static const kw_field man_options_fields[] = {
    KW_FIELD(man_options, dir, 4000, KW_OPERAND | KW_REQ, .min = 1,
             .help = "folder for the pages; it is made when it does not exist"),
};
KW_SCHEMA(man_options, man_options_fields);

enum {
    PAGE_BYTES_MAX = 1 << 20,
    PAGE_MODE = 0644
};

/* "DIR/keyward-emtp-keys-get.1" */
static kw_status page_path(kw_buf *out, const kw_program *program, kw_str dir, const char *words)
{
    KW_TRY(kw_buf_append_format(out, "%.*s/%s%s", KW_STR_ARG(dir), program->name,
                                words[0] == '\0' ? "" : "-"));
    for (const char *c = words; *c != '\0'; c++) {
        KW_TRY(kw_buf_append_byte(out, *c == ' ' ? '-' : (uint8_t)*c));
    }
    return kw_buf_append_str(out, KW_STR(".1"));
}

/* `command` NULL: the program's own page. */
static kw_status write_page(const kw_program *program, kw_str dir, const kw_command *command,
                            kw_error *err)
{
    KW_AUTO(kw_buf) path = kw_buf_init(PAGE_BYTES_MAX);
    KW_AUTO(kw_buf) page = kw_buf_init(PAGE_BYTES_MAX);
    const char *c_path = NULL;
    const char *words = command == NULL ? "" : command->words;
    KW_TRY_AT(err, page_path(&path, program, dir, words), "naming a page");
    KW_TRY_AT(err, kw_buf_c_text(&path, &c_path), "naming a page");
    KW_TRY_AT(err,
              command == NULL ? kw_roff_program_page(&page, program)
                              : kw_roff_command_page(&page, program, command),
              "writing page %s", words);
    return kw_file_write_atomic(c_path, kw_buf_view(&page), PAGE_MODE, err);
}

static kw_status man(kw_cli *cli, const void *given, kw_error *err)
{
    const man_options *options = given;
    const kw_program *program = cli->program;
    KW_TRY(kw_dir_make(options->dir.ptr, 0755, err));
    KW_TRY(write_page(program, options->dir, NULL, err));
    for (size_t i = 0; i < program->commands_count; i++) {
        KW_TRY(write_page(program, options->dir, program->commands[i], err));
    }
    kw_cli_note(cli, "wrote %zu pages", program->commands_count + 1);
    return KW_OK;
}

const kw_command kw_command_man = {
    .words = "man",
    .options = &man_options_schema,
    .run = man,
    .help = "write the manual pages",
    .examples = {{"keyward man /usr/local/share/man/man1", "install them"},
                 {"keyward man . && man ./keyward.1", "read the first one"}},
};
