/* SPDX-License-Identifier: Apache-2.0
 * Each script holds four tables and a short function: the words that may follow, the options of a
 * command, those that want a value, their values. A place is a path such as "keyward emtp keys". */
#include "cli/shell.h"

#include "cli/globals.h"
#include "cli/words.h"
#include "config/args.h"

/* How one table row looks in a shell: "\t['%s']='%s'\n". */
typedef struct row_form {
    const char *before_key;
    const char *before_value;
    const char *behind_value;
} row_form;

static const row_form bash_row = {"        ['", "']='", "'\n"};
static const row_form zsh_row = {"        '", "' '", "'\n"};

/* ---- walking the tree, groups first ---- */

/* Called with "" for the program and with each beginning of a command's words. */
typedef kw_status (*place_fn)(kw_buf *out, const kw_program *program, kw_str words,
                              const row_form *form);

/* True when the words of row `row` up to `len` bytes began an earlier row too. */
static bool was_seen(const kw_program *program, size_t row, size_t len)
{
    kw_str words = {program->commands[row]->words, len};
    for (size_t i = 0; i < row; i++) {
        const char *other = program->commands[i]->words;
        if (kw_str_starts_with(kw_str_of(other), words) &&
            (other[len] == '\0' || other[len] == ' ')) {
            return true;
        }
    }
    return false;
}

static kw_status each_place(kw_buf *out, const kw_program *program, place_fn visit,
                            const row_form *form)
{
    KW_TRY(visit(out, program, KW_STR(""), form));
    for (size_t i = 0; i < program->commands_count; i++) {
        kw_str words = kw_str_of(program->commands[i]->words);
        for (size_t len = 1; len <= words.len; len++) {
            bool is_end = len == words.len || words.ptr[len] == ' ';
            if (is_end && !was_seen(program, i, len)) {
                KW_TRY(visit(out, program, (kw_str){words.ptr, len}, form));
            }
        }
    }
    return KW_OK;
}

static kw_status append_place(kw_buf *out, const kw_program *program, kw_str words)
{
    return kw_buf_append_format(out, "%s%s%.*s", program->name, words.len == 0 ? "" : " ",
                                KW_STR_ARG(words));
}

/* ---- the tables ---- */

static kw_status append_next(kw_buf *out, const kw_program *program, kw_str words,
                             const row_form *form)
{
    kw_words_child child = {0};
    const char *separator = "";
    while (kw_words_next_child(&child, program, words)) {
        if (separator[0] == '\0') {
            KW_TRY(kw_buf_append_str(out, kw_str_of(form->before_key)));
            KW_TRY(append_place(out, program, words));
            KW_TRY(kw_buf_append_str(out, kw_str_of(form->before_value)));
        }
        KW_TRY(kw_buf_append_format(out, "%s%.*s", separator, KW_STR_ARG(child.word)));
        separator = " ";
    }
    return separator[0] == '\0' ? KW_OK : kw_buf_append_str(out, kw_str_of(form->behind_value));
}

static kw_status append_option_names(kw_buf *out, const kw_schema *schema, bool wants_value)
{
    for (size_t i = 0; schema != NULL && i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        bool is_wanted = !wants_value || field->kind != KW_KIND_BOOL;
        if (is_wanted && (field->flags & (KW_OPERAND | KW_SECRET)) == 0) {
            KW_TRY(kw_args_spell(out, field));
            KW_TRY(kw_buf_append_byte(out, ' '));
        }
    }
    return KW_OK;
}

static kw_status append_option_row(kw_buf *out, const kw_program *program, kw_str words,
                                   const row_form *form, bool wants_value)
{
    const kw_command *command = kw_words_command(program, words);
    KW_TRY(kw_buf_append_str(out, kw_str_of(form->before_key)));
    KW_TRY(append_place(out, program, words));
    KW_TRY(kw_buf_append_str(out, kw_str_of(form->before_value)));
    KW_TRY(append_option_names(out, command == NULL ? NULL : command->options, wants_value));
    KW_TRY(append_option_names(out, &kw_cli_globals_schema, wants_value));
    return kw_buf_append_str(out, kw_str_of(form->behind_value));
}

static kw_status append_options(kw_buf *out, const kw_program *program, kw_str words,
                                const row_form *form)
{
    return append_option_row(out, program, words, form, false);
}

static kw_status append_takers(kw_buf *out, const kw_program *program, kw_str words,
                               const row_form *form)
{
    return append_option_row(out, program, words, form, true);
}

static kw_status append_names(kw_buf *out, const kw_field *field)
{
    for (size_t i = 0; i < field->names_count; i++) {
        KW_TRY(kw_buf_append_format(out, "%s%s", i == 0 ? "" : " ", field->names[i].name));
    }
    return KW_OK;
}

/* Rows "place --option" for options with names, and "place" for a position with names. */
static kw_status append_values(kw_buf *out, const kw_program *program, kw_str words,
                               const row_form *form)
{
    const kw_command *command = kw_words_command(program, words);
    const kw_schema *schema = command == NULL ? NULL : command->options;
    for (size_t i = 0; schema != NULL && i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        if (field->kind != KW_KIND_ENUM) {
            continue;
        }
        KW_TRY(kw_buf_append_str(out, kw_str_of(form->before_key)));
        KW_TRY(append_place(out, program, words));
        if ((field->flags & KW_OPERAND) == 0) {
            KW_TRY(kw_buf_append_byte(out, ' '));
            KW_TRY(kw_args_spell(out, field));
        }
        KW_TRY(kw_buf_append_str(out, kw_str_of(form->before_value)));
        KW_TRY(append_names(out, field));
        KW_TRY(kw_buf_append_str(out, kw_str_of(form->behind_value)));
    }
    return KW_OK;
}

static kw_status append_tables(kw_buf *out, const kw_program *program, const char *declare,
                               const row_form *form)
{
    static const struct {
        const char *name;
        place_fn visit;
    } tables[] = {{"next", append_next},
                  {"options", append_options},
                  {"takers", append_takers},
                  {"values", append_values}};
    for (size_t i = 0; i < KW_COUNT(tables); i++) {
        KW_TRY(kw_buf_append_format(out, "    %s %s=(\n", declare, tables[i].name));
        KW_TRY(each_place(out, program, tables[i].visit, form));
        KW_TRY(kw_buf_append_str(out, KW_STR("    )\n")));
    }
    return KW_OK;
}

/* ---- bash and zsh ---- */

static kw_status bash_script(kw_buf *out, const kw_program *program)
{
    const char *name = program->name;
    KW_TRY(kw_buf_append_format(out,
                                "# bash completion of %s, made from its command table\n"
                                "_%s() {\n",
                                name, name));
    KW_TRY(append_tables(out, program, "local -A", &bash_row));
    KW_TRY(kw_buf_append_format(
        out,
        "    local word place=%s choices\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        [[ \" ${next[$place]-} \" == *\" $word \"* ]] && place+=\" $word\"\n"
        "    done\n"
        "    if [[ -n ${values[\"$place $previous\"]-} ]]; then\n"
        "        choices=${values[\"$place $previous\"]}\n"
        "    elif [[ \" ${takers[$place]-} \" == *\" $previous \"* ]]; then\n"
        "        choices=\n"
        "    elif [[ $current == -* ]]; then\n"
        "        choices=${options[$place]-}\n"
        "    else\n"
        "        choices=\"${next[$place]-} ${values[$place]-}\"\n"
        "    fi\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"$current\")\n"
        "}\n"
        "complete -o default -F _%s %s\n",
        name, name, name));
    return KW_OK;
}

static kw_status zsh_script(kw_buf *out, const kw_program *program)
{
    const char *name = program->name;
    KW_TRY(kw_buf_append_format(out,
                                "#compdef %s\n"
                                "# zsh completion of %s, made from its command table\n"
                                "_%s() {\n",
                                name, name, name));
    KW_TRY(append_tables(out, program, "local -A", &zsh_row));
    KW_TRY(kw_buf_append_format(
        out,
        "    local word place=%s choices previous=${words[CURRENT-1]}\n"
        "    for word in ${words[2,CURRENT-1]}; do\n"
        "        [[ \" ${next[$place]} \" == *\" $word \"* ]] && place+=\" $word\"\n"
        "    done\n"
        "    if [[ -n ${values[$place $previous]} ]]; then\n"
        "        choices=${values[$place $previous]}\n"
        "    elif [[ \" ${takers[$place]} \" == *\" $previous \"* ]]; then\n"
        "        choices=\n"
        "    elif [[ ${words[CURRENT]} == -* ]]; then\n"
        "        choices=${options[$place]}\n"
        "    else\n"
        "        choices=\"${next[$place]} ${values[$place]}\"\n"
        "    fi\n"
        "    compadd -- ${=choices} || _files\n"
        "}\n"
        "compdef _%s %s\n",
        name, name, name));
    return KW_OK;
}

/* ---- fish ---- */

/* Text inside single quotes. */
static kw_status append_quoted(kw_buf *out, const char *text)
{
    KW_TRY(kw_buf_append_byte(out, '\''));
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\') {
            KW_TRY(kw_buf_append_byte(out, '\\'));
        }
        KW_TRY(kw_buf_append_byte(out, (uint8_t)*c));
    }
    return kw_buf_append_byte(out, '\'');
}

static kw_status fish_condition(kw_buf *out, const kw_program *program, kw_str words)
{
    KW_TRY(
        kw_buf_append_format(out, "complete -c %s -n '__%s_at \"", program->name, program->name));
    KW_TRY(append_place(out, program, words));
    return kw_buf_append_str(out, KW_STR("\"'"));
}

static kw_status fish_children(kw_buf *out, const kw_program *program, kw_str words)
{
    kw_words_child child = {0};
    while (kw_words_next_child(&child, program, words)) {
        KW_TRY(fish_condition(out, program, words));
        KW_TRY(kw_buf_append_format(out, " -f -a %.*s -d ", KW_STR_ARG(child.word)));
        KW_TRY(append_quoted(out, kw_words_help(program, child.words)));
        KW_TRY(kw_buf_append_byte(out, '\n'));
    }
    return KW_OK;
}

static kw_status fish_option(kw_buf *out, const kw_field *field)
{
    bool is_arg = (field->flags & KW_OPERAND) != 0;
    if (!is_arg) {
        KW_AUTO(kw_buf) name = kw_buf_init(128);
        KW_TRY(kw_args_spell(&name, field));
        KW_TRY(kw_buf_append_format(out, " -l %.*s%s", (int)name.len - 2, (char *)name.ptr + 2,
                                    field->kind == KW_KIND_BOOL ? "" : " -r"));
    }
    if (field->kind == KW_KIND_ENUM) {
        KW_TRY(kw_buf_append_str(out, KW_STR(" -f -a '")));
        KW_TRY(append_names(out, field));
        KW_TRY(kw_buf_append_byte(out, '\''));
    }
    KW_TRY(kw_buf_append_str(out, KW_STR(" -d ")));
    KW_TRY(append_quoted(out, field->help == NULL ? "" : field->help));
    return kw_buf_append_byte(out, '\n');
}

static kw_status fish_place(kw_buf *out, const kw_program *program, kw_str words,
                            const row_form *form)
{
    KW_UNUSED(form);
    const kw_command *command = kw_words_command(program, words);
    const kw_schema *schema = command == NULL ? NULL : command->options;
    KW_TRY(fish_children(out, program, words));
    for (size_t i = 0; schema != NULL && i < schema->count; i++) {
        const kw_field *field = &schema->fields[i];
        bool is_arg = (field->flags & KW_OPERAND) != 0;
        if ((field->flags & KW_SECRET) == 0 && (!is_arg || field->kind == KW_KIND_ENUM)) {
            KW_TRY(fish_condition(out, program, words));
            KW_TRY(fish_option(out, field));
        }
    }
    return KW_OK;
}

static kw_status fish_known(kw_buf *out, const kw_program *program, kw_str words,
                            const row_form *form)
{
    KW_UNUSED(form);
    KW_TRY(kw_buf_append_str(out, KW_STR(" '")));
    KW_TRY(append_place(out, program, words));
    return kw_buf_append_byte(out, '\'');
}

static kw_status fish_script(kw_buf *out, const kw_program *program)
{
    const char *name = program->name;
    KW_TRY(kw_buf_append_format(out,
                                "# fish completion of %s, made from its command table\n"
                                "function __%s_at --argument-names wanted\n"
                                "    set -l known",
                                name, name));
    KW_TRY(each_place(out, program, fish_known, NULL));
    KW_TRY(kw_buf_append_format(
        out,
        "\n"
        "    set -l place %s\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        contains -- \"$place $word\" $known; and set place \"$place $word\"\n"
        "    end\n"
        "    test \"$place\" = \"$wanted\"\n"
        "end\n",
        name));
    for (size_t i = 0; i < kw_cli_globals_schema.count; i++) {
        KW_TRY(kw_buf_append_format(out, "complete -c %s", name));
        KW_TRY(fish_option(out, &kw_cli_globals_schema.fields[i]));
    }
    return each_place(out, program, fish_place, NULL);
}

kw_status kw_shell_script(kw_buf *out, const kw_program *program, kw_shell shell)
{
    switch (shell) {
    case KW_SHELL_BASH:
        return bash_script(out, program);
    case KW_SHELL_ZSH:
        return zsh_script(out, program);
    case KW_SHELL_FISH:
        return fish_script(out, program);
    }
    return KW_BAD_INPUT;
}
