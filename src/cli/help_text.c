/* SPDX-License-Identifier: Apache-2.0
 * Two columns: what is typed, what it means. */
#include "cli/help_text.h"

#include "cli/globals.h"
#include "cli/words.h"
#include "config/args.h"

enum {
    LEFT_COLUMNS = 28,
    COLUMNS_MAX = 80,
    LEFT_BYTES_MAX = 256
};

static kw_status append_names(kw_buf *out, const kw_field *field)
{
    for (size_t i = 0; i < field->names_count; i++) {
        KW_TRY(kw_buf_append_format(out, "%s%s", i == 0 ? "" : "|", field->names[i].name));
    }
    return KW_OK;
}

/* What stands for the value. */
static kw_status append_value(kw_buf *out, const kw_field *field)
{
    switch (field->kind) {
    case KW_KIND_INT:
    case KW_KIND_I64:
    case KW_KIND_U16:
    case KW_KIND_U32:
    case KW_KIND_U64:
        return kw_buf_append_str(out, (field->flags & KW_TIME) != 0 ? KW_STR("TIME") : KW_STR("N"));
    case KW_KIND_SPAN:
        return kw_buf_append_str(out,
                                 (field->flags & KW_HEX) != 0 ? KW_STR("HEX") : KW_STR("BASE64"));
    case KW_KIND_HASH32:
        return kw_buf_append_str(out, KW_STR("HEX"));
    case KW_KIND_ENUM:
        return append_names(out, field);
    case KW_KIND_BOOL:
    case KW_KIND_STR:
    case KW_KIND_STRS:
    case KW_KIND_OBJECT:
    case KW_KIND_LIST:
        break;
    }
    return kw_buf_append_str(out, KW_STR("TEXT"));
}

kw_status kw_help_option(kw_buf *out, const kw_field *field)
{
    bool is_on_by_itself = field->fallback != NULL && strcmp(field->fallback, "true") == 0;
    if (field->kind == KW_KIND_BOOL && is_on_by_itself) {
        return kw_buf_append_format(out, "--[no-]%s", field->name);
    }
    KW_TRY(kw_args_spell(out, field));
    if ((field->flags & KW_OPERAND) != 0 || field->kind == KW_KIND_BOOL) {
        return KW_OK;
    }
    KW_TRY(kw_buf_append_byte(out, ' '));
    return append_value(out, field);
}

/* Words from `at` on, as many as fit into the right column; the cut moves `at`. */
static kw_str next_line(kw_str *rest)
{
    size_t room = COLUMNS_MAX - LEFT_COLUMNS;
    size_t cut = rest->len;
    if (rest->len > room) {
        cut = room;
        while (cut > 0 && rest->ptr[cut] != ' ') {
            cut--;
        }
        cut = cut == 0 ? room : cut;
    }
    kw_str line = {rest->ptr, cut};
    size_t skip = cut < rest->len && rest->ptr[cut] == ' ' ? cut + 1 : cut;
    *rest = (kw_str){rest->ptr + skip, rest->len - skip};
    return line;
}

static kw_status append_row(kw_buf *out, kw_str left, kw_str right)
{
    KW_TRY(kw_buf_append_format(out, "  %.*s", KW_STR_ARG(left)));
    size_t column = left.len + 2;
    if (column + 2 > LEFT_COLUMNS) {
        KW_TRY(kw_buf_append_byte(out, '\n'));
        column = 0;
    }
    do {
        kw_str line = next_line(&right);
        KW_TRY(kw_buf_append_format(out, "%*s%.*s\n", (int)(LEFT_COLUMNS - column), "",
                                    KW_STR_ARG(line)));
        column = 0;
    } while (right.len > 0);
    return KW_OK;
}

/* "largest record (default 4096)" */
static kw_status append_meaning(kw_buf *out, const kw_field *field)
{
    KW_TRY(kw_buf_append_str(out, kw_str_of(field->help)));
    if ((field->flags & KW_REQ) != 0) {
        return kw_buf_append_str(out, KW_STR(" (must be given)"));
    }
    bool has_default = field->fallback != NULL && field->kind != KW_KIND_BOOL;
    return has_default ? kw_buf_append_format(out, " (default %s)", field->fallback) : KW_OK;
}

static kw_status append_options(kw_buf *out, const kw_schema *schema, bool wants_args)
{
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        bool is_arg = (field->flags & KW_OPERAND) != 0;
        if (is_arg != wants_args || (field->flags & KW_SECRET) != 0) {
            continue;
        }
        KW_AUTO(kw_buf) left = kw_buf_init(LEFT_BYTES_MAX);
        KW_AUTO(kw_buf) right = kw_buf_init(2048);
        KW_TRY(kw_help_option(&left, field));
        KW_TRY(append_meaning(&right, field));
        KW_TRY(append_row(out, kw_buf_text(&left), kw_buf_text(&right)));
    }
    return KW_OK;
}

static bool has_rows(const kw_schema *schema, bool wants_args)
{
    for (size_t i = 0; schema != NULL && i < schema->count; i++) {
        if (((schema->fields[i].flags & KW_OPERAND) != 0) == wants_args) {
            return true;
        }
    }
    return false;
}

kw_status kw_help_usage(kw_buf *out, const kw_program *program, const kw_command *command)
{
    const kw_schema *schema = command->options;
    KW_TRY(kw_buf_append_format(out, "usage: %s %s%s", program->name, command->words,
                                has_rows(schema, false) ? " [options]" : ""));
    for (size_t i = 0; schema != NULL && i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if ((field->flags & KW_OPERAND) == 0) {
            continue;
        }
        bool is_needed = (field->flags & KW_REQ) != 0;
        KW_TRY(kw_buf_append_str(out, is_needed ? KW_STR(" ") : KW_STR(" [")));
        KW_TRY(kw_args_spell(out, field));
        KW_TRY(kw_buf_append_format(out, "%s%s", field->kind == KW_KIND_STRS ? "..." : "",
                                    is_needed ? "" : "]"));
    }
    return KW_OK;
}

static kw_status append_globals(kw_buf *out)
{
    KW_TRY(kw_buf_append_str(out, KW_STR("\noptions of every command:\n")));
    return append_options(out, &kw_cli_globals_schema, false);
}

static kw_status append_tail(kw_buf *out, const kw_command *command)
{
    if (command->verdicts[0].text != NULL) {
        KW_TRY(kw_buf_append_str(out, KW_STR("\nexit codes of its own:\n")));
    }
    for (size_t i = 0; i < KW_COMMAND_VERDICTS_MAX && command->verdicts[i].text != NULL; i++) {
        const kw_verdict *verdict = &command->verdicts[i];
        KW_TRY(kw_buf_append_format(out, "  %-4d %s\n", verdict->exit_code, verdict->text));
    }
    if (command->examples[0].line != NULL) {
        KW_TRY(kw_buf_append_str(out, KW_STR("\nexamples:\n")));
    }
    for (size_t i = 0; i < KW_COMMAND_EXAMPLES_MAX && command->examples[i].line != NULL; i++) {
        const kw_example *example = &command->examples[i];
        KW_TRY(kw_buf_append_format(out, "  # %s\n  %s\n", example->does, example->line));
    }
    return KW_OK;
}

static kw_status command_page(kw_buf *out, const kw_program *program, const kw_command *command)
{
    KW_TRY(kw_help_usage(out, program, command));
    KW_TRY(kw_buf_append_format(out, "\n\n%s\n", command->help));
    if (command->about != NULL) {
        KW_TRY(kw_buf_append_format(out, "\n%s\n", command->about));
    }
    if (has_rows(command->options, true)) {
        KW_TRY(kw_buf_append_str(out, KW_STR("\narguments:\n")));
        KW_TRY(append_options(out, command->options, true));
    }
    if (has_rows(command->options, false)) {
        KW_TRY(kw_buf_append_str(out, KW_STR("\noptions:\n")));
        KW_TRY(append_options(out, command->options, false));
    }
    KW_TRY(append_globals(out));
    return append_tail(out, command);
}

static kw_status group_page(kw_buf *out, const kw_program *program, kw_str words)
{
    KW_TRY(kw_buf_append_format(out, "usage: %s%s%.*s COMMAND\n\n%s\n\ncommands:\n", program->name,
                                words.len == 0 ? "" : " ", KW_STR_ARG(words),
                                kw_words_help(program, words)));
    kw_words_child child = {0};
    while (kw_words_next_child(&child, program, words)) {
        KW_TRY(append_row(out, child.word, kw_str_of(kw_words_help(program, child.words))));
    }
    return append_globals(out);
}

kw_status kw_help_page(kw_buf *out, const kw_program *program, kw_str words)
{
    const kw_command *command = kw_words_command(program, words);
    return command != NULL ? command_page(out, program, command) : group_page(out, program, words);
}
