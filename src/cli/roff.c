/* SPDX-License-Identifier: Apache-2.0
 * man(7): requests begin with a dot at the start of a line, so text is escaped line by line. */
#include "cli/roff.h"

#include "cli/globals.h"
#include "cli/help_text.h"

enum {
    OPTION_BYTES_MAX = 256,
    TEXT_COLUMNS = 60
};

/* One character, so that it stands for itself. */
static kw_status append_character(kw_buf *out, char c, bool is_line_start)
{
    if (is_line_start && (c == '.' || c == '\'')) {
        KW_TRY(kw_buf_append_str(out, KW_STR("\\&")));
    }
    if (c == '\\') {
        return kw_buf_append_str(out, KW_STR("\\e"));
    }
    if (c == '-') {
        return kw_buf_append_str(out, KW_STR("\\-"));
    }
    return kw_buf_append_byte(out, (uint8_t)c);
}

/* A text that macros take as one line, such as behind .B. */
static kw_status append_whole(kw_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        KW_TRY(append_character(out, *c, c == text));
    }
    return kw_buf_append_byte(out, '\n');
}

/* Running text: it is filled, so lines may break at any space; an empty line is a paragraph. */
static kw_status append_line(kw_buf *out, const char *text)
{
    size_t column = 0;
    for (const char *c = text; *c != '\0'; c++) {
        bool is_paragraph = *c == '\n' && c[1] == '\n';
        bool is_break = *c == '\n' || (*c == ' ' && column >= TEXT_COLUMNS);
        if (is_paragraph) {
            KW_TRY(kw_buf_append_str(out, KW_STR("\n.PP")));
        } else if (is_break) {
            KW_TRY(kw_buf_append_byte(out, '\n'));
        } else {
            KW_TRY(append_character(out, *c, column == 0));
        }
        column = is_break ? 0 : column + 1;
    }
    return kw_buf_append_byte(out, '\n');
}

static kw_status append_section(kw_buf *out, const char *title)
{
    return kw_buf_append_format(out, ".SH %s\n", title);
}

/* The name of the page: "keyward-emtp-keys-get", upper case in the title line. */
static kw_status append_name(kw_buf *out, const kw_program *program, const char *words,
                             bool is_upper)
{
    KW_AUTO(kw_buf) name = kw_buf_init(OPTION_BYTES_MAX);
    KW_TRY(
        kw_buf_append_format(&name, "%s%s%s", program->name, words[0] == '\0' ? "" : "-", words));
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (c == ' ' || c == '-') {
            KW_TRY(kw_buf_append_str(out, is_upper ? KW_STR("-") : KW_STR("\\-")));
        } else {
            bool is_lower_letter = c >= 'a' && c <= 'z';
            KW_TRY(kw_buf_append_byte(out, is_upper && is_lower_letter ? (uint8_t)(c & ~0x20) : c));
        }
    }
    return KW_OK;
}

static kw_status append_head(kw_buf *out, const kw_program *program, const char *words,
                             const char *help)
{
    KW_TRY(kw_buf_append_str(out, KW_STR(".TH ")));
    KW_TRY(append_name(out, program, words, true));
    KW_TRY(kw_buf_append_format(out, " 1 %s \"%s %s\" \"Keyward\"\n", program->released,
                                program->name, program->version));
    KW_TRY(append_section(out, "NAME"));
    KW_TRY(append_name(out, program, words, false));
    KW_TRY(kw_buf_append_str(out, KW_STR(" \\- ")));
    return append_line(out, help);
}

static kw_status append_options(kw_buf *out, const kw_schema *schema)
{
    for (size_t i = 0; i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if ((field->flags & KW_SECRET) != 0) {
            continue;
        }
        KW_AUTO(kw_buf) option = kw_buf_init(OPTION_BYTES_MAX);
        const char *c_option = NULL;
        KW_TRY(kw_help_option(&option, field));
        KW_TRY(kw_buf_c_text(&option, &c_option));
        KW_TRY(kw_buf_append_str(out, KW_STR(".TP\n.B ")));
        KW_TRY(append_whole(out, c_option));
        bool has_help = field->help != NULL && field->help[0] != '\0';
        KW_TRY(append_line(out, has_help ? field->help : "No further meaning."));
        if (field->fallback != NULL && field->kind != KW_KIND_BOOL) {
            KW_TRY(kw_buf_append_str(out, KW_STR("Default: ")));
            KW_TRY(append_line(out, field->fallback));
        }
    }
    return KW_OK;
}

static kw_status append_examples(kw_buf *out, const kw_command *command)
{
    if (command->examples[0].line == NULL) {
        return KW_OK;
    }
    KW_TRY(append_section(out, "EXAMPLES"));
    for (size_t i = 0; i < KW_COMMAND_EXAMPLES_MAX && command->examples[i].line != NULL; i++) {
        KW_TRY(kw_buf_append_str(out, KW_STR(".TP\n")));
        KW_TRY(append_line(out, command->examples[i].does));
        KW_TRY(kw_buf_append_str(out, KW_STR(".B ")));
        KW_TRY(append_whole(out, command->examples[i].line));
    }
    return KW_OK;
}

static kw_status append_exit_codes(kw_buf *out, const kw_command *command)
{
    KW_TRY(append_section(out, "EXIT STATUS"));
    KW_TRY(append_line(out, "0 for success; for an error the code of its status, see keyward(1)."));
    for (size_t i = 0; i < KW_COMMAND_VERDICTS_MAX && command->verdicts[i].text != NULL; i++) {
        const kw_verdict *verdict = &command->verdicts[i];
        KW_TRY(kw_buf_append_format(out, ".TP\n.B %d\n", verdict->exit_code));
        KW_TRY(append_line(out, verdict->text));
    }
    return KW_OK;
}

kw_status kw_roff_command_page(kw_buf *out, const kw_program *program, const kw_command *command)
{
    KW_AUTO(kw_buf) usage = kw_buf_init(OPTION_BYTES_MAX);
    const char *c_usage = NULL;
    KW_TRY(append_head(out, program, command->words, command->help));
    KW_TRY(append_section(out, "SYNOPSIS"));
    KW_TRY(kw_help_usage(&usage, program, command));
    KW_TRY(kw_buf_c_text(&usage, &c_usage));
    KW_TRY(append_line(out, c_usage + strlen("usage: ")));
    if (command->about != NULL) {
        KW_TRY(append_section(out, "DESCRIPTION"));
        KW_TRY(append_line(out, command->about));
    }
    if (command->options != NULL) {
        KW_TRY(append_section(out, "OPTIONS"));
        KW_TRY(append_options(out, command->options));
    }
    KW_TRY(append_exit_codes(out, command));
    KW_TRY(append_examples(out, command));
    KW_TRY(append_section(out, "SEE ALSO"));
    return kw_buf_append_format(out, ".BR %s (1)\n", program->name);
}

static kw_status append_statuses(kw_buf *out)
{
    static const kw_status shown[] = {
#define X(name, lower, number, http, exit_code, retryable, text) KW_##name,
        KW_STATUS_TABLE(X)
#undef X
    };
    KW_TRY(append_section(out, "EXIT STATUS"));
    KW_TRY(append_line(out,
                       "For an error the code of its status, below; 141 when nobody reads standard "
                       "output any more, as of a program that SIGPIPE ends."));
    for (size_t i = 0; i < KW_COUNT(shown); i++) {
        KW_TRY(kw_buf_append_format(out, ".TP\n.B %d\n%s: ", kw_status_exit_code(shown[i]),
                                    kw_status_name(shown[i])));
        KW_TRY(append_line(out, kw_status_text(shown[i])));
    }
    return KW_OK;
}

kw_status kw_roff_program_page(kw_buf *out, const kw_program *program)
{
    KW_TRY(append_head(out, program, "", program->help));
    KW_TRY(append_section(out, "SYNOPSIS"));
    KW_TRY(kw_buf_append_format(out, ".B %s\ncommand [options]\n", program->name));
    KW_TRY(append_section(out, "COMMANDS"));
    for (size_t i = 0; i < program->commands_count; i++) {
        const kw_command *command = program->commands[i];
        KW_TRY(kw_buf_append_format(out, ".TP\n.B %s\n", command->words));
        KW_TRY(append_line(out, command->help));
    }
    KW_TRY(append_section(out, "OPTIONS OF EVERY COMMAND"));
    KW_TRY(append_options(out, &kw_cli_globals_schema));
    return append_statuses(out);
}
