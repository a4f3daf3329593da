/* SPDX-License-Identifier: Apache-2.0
 * A command line becomes a command with options, runs, and becomes an exit code. */
#include "cli/command.h"

#include "cli/globals.h"
#include "cli/help_text.h"
#include "cli/print.h"
#include "cli/version.h"
#include "cli/words.h"
#include "codec/json.h"
#include "codec/suggest.h"
#include "config/args.h"

#define ARENA_BYTES_MAX (64 << 20)
#define PAGE_BYTES_MAX  (1 << 20)

enum {
    UNREAD = 128 + 13 /* how a shell shows the end by SIGPIPE, which other programs meet here */
};

/* What the words of a command line say. */
typedef struct line {
    kw_buf words;              /* "emtp keys get": the longest known beginning */
    kw_strs rest;              /* all other words, in order */
    kw_str unknown;            /* the first word that no command takes; empty: none */
    const kw_command *command; /* NULL: the words name a group or nothing */
} line;

static void line_drop(line *l)
{
    kw_buf_drop(&l->words);
}

static bool takes_value(kw_str word)
{
    return kw_str_equal(word, KW_STR("--config"));
}

/* Adds `word` to the known words if a command begins so. */
static kw_status try_word(line *l, const kw_program *program, kw_str word, bool *is_taken)
{
    size_t before = l->words.len;
    if (before + 1 + word.len > KW_WORDS_BYTES_MAX || word.len == 0) {
        return KW_OK;
    }
    if (before > 0) {
        KW_TRY(kw_buf_append_byte(&l->words, ' '));
    }
    KW_TRY(kw_buf_append_str(&l->words, word));
    *is_taken = kw_words_exist(program, kw_buf_text(&l->words));
    l->words.len = *is_taken ? l->words.len : before;
    return KW_OK;
}

/* Takes the command's words from between the options before them. Behind the first word that names
 * no command everything is left to the options. */
static kw_status split_line(line *l, kw_cli *cli, kw_strs words)
{
    kw_str *rest = kw_arena_new(cli->arena, words.count + 1, sizeof *rest);
    if (rest == NULL) {
        return KW_LIMIT;
    }
    l->rest = (kw_strs){.items = rest};
    bool is_searching = true;
    for (size_t i = 0; i < words.count; i++) {
        kw_str word = words.items[i];
        bool is_option = kw_str_starts_with(word, KW_STR("-"));
        bool is_value = i > 0 && takes_value(words.items[i - 1]);
        bool is_taken = false;
        if (is_searching && !is_option && !is_value) {
            KW_TRY(try_word(l, cli->program, word, &is_taken));
            is_searching = is_taken;
            l->unknown = is_taken ? l->unknown : word;
        }
        if (!is_taken) {
            rest[l->rest.count++] = word;
        }
    }
    l->command = kw_words_command(cli->program, kw_buf_text(&l->words));
    return KW_OK;
}

static kw_status show_page(kw_cli *cli, kw_str words, kw_error *err)
{
    KW_AUTO(kw_buf) page = kw_buf_init(PAGE_BYTES_MAX);
    KW_TRY_AT(err, kw_help_page(&page, cli->program, words), "writing help");
    return kw_cli_write(cli, kw_buf_view(&page), err);
}

static kw_status unknown_command(const kw_cli *cli, const line *l, kw_error *err)
{
    kw_suggestion s = kw_suggest(l->unknown);
    kw_words_child child = {0};
    while (kw_words_next_child(&child, cli->program, kw_buf_text(&l->words))) {
        kw_suggest_offer(&s, child.word);
    }
    bool is_shown = l->unknown.len < KW_SUGGEST_NAME_MAX && kw_str_is_made_of(l->unknown, "-_");
    return kw_fail(err, KW_USAGE, "unknown command%s%.*s%s%.*s%s", is_shown ? " " : "",
                   is_shown ? (int)l->unknown.len : 0, l->unknown.ptr,
                   s.best.len > 0 ? "; did you mean " : "", KW_STR_ARG(s.best),
                   s.best.len > 0 ? "?" : "");
}

static void apply_globals(kw_cli *cli, const kw_cli_globals *globals)
{
    cli->is_json = globals->json;
    cli->is_quiet = globals->quiet;
    cli->has_color = cli->has_color && globals->color;
    cli->config_path = globals->config.ptr; /* NUL-terminated: it lives in the arena */
}

/* Nothing to run: help, version, or a mistake. */
static kw_status run_group(kw_cli *cli, const line *l, kw_error *err)
{
    kw_cli_globals globals = {0};
    const kw_args_target target = {&kw_cli_globals_schema, &globals};
    KW_TRY_AT(err, kw_object_init(&globals, cli->arena, &kw_cli_globals_schema), "reading options");
    if (l->unknown.len > 0) {
        return unknown_command(cli, l, err);
    }
    KW_TRY(kw_args_read(&target, 1, cli->arena, l->rest, err));
    apply_globals(cli, &globals);
    if (globals.version) {
        return kw_cli_print_version(cli, err);
    }
    if (globals.help) {
        return show_page(cli, kw_buf_text(&l->words), err);
    }
    return kw_fail(err, KW_USAGE, "a command is missing");
}

static kw_status run_command(kw_cli *cli, const line *l, kw_error *err)
{
    static const kw_schema no_options = {.name = "none", .size = 1};
    const kw_schema *schema = l->command->options == NULL ? &no_options : l->command->options;
    kw_cli_globals globals = {0};
    void *options = kw_arena_new(cli->arena, 1, schema->size);
    KW_REQUIRE(options != NULL, err, KW_LIMIT, "no room for the options");
    KW_TRY_AT(err, kw_object_init(&globals, cli->arena, &kw_cli_globals_schema), "reading options");
    KW_TRY_AT(err, kw_object_init(options, cli->arena, schema), "reading options");
    const kw_args_target targets[] = {{schema, options}, {&kw_cli_globals_schema, &globals}};
    KW_TRY(kw_args_read(targets, KW_COUNT(targets), cli->arena, l->rest, err));
    apply_globals(cli, &globals);
    if (globals.version) {
        return kw_cli_print_version(cli, err);
    }
    if (globals.help) {
        return show_page(cli, kw_buf_text(&l->words), err);
    }
    KW_TRY(kw_args_check_required(&targets[0], err));
    cli->command = l->command;
    return l->command->run(cli, options, err);
}

static void show_error_json(kw_cli *cli, const kw_error *err)
{
    KW_AUTO(kw_buf) text = kw_buf_init(PAGE_BYTES_MAX);
    kw_json_writer w = kw_json_writer_to(&text);
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("error"));
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("code"));
    kw_json_write_str(&w, kw_str_of(kw_status_name(err->status)));
    kw_json_write_key(&w, KW_STR("message"));
    kw_json_write_str(&w, kw_str_of(err->text));
    kw_json_close_object(&w);
    kw_json_close_object(&w);
    if (kw_json_write_end(&w) == KW_OK) {
        (void)fprintf(cli->err, "%.*s\n", KW_STR_ARG(kw_buf_text(&text)));
    }
}

static void show_error(kw_cli *cli, const line *l, const kw_error *err)
{
    if (cli->is_json) {
        show_error_json(cli, err);
        return;
    }
    const char *begin = cli->has_color ? "\033[1;31m" : "";
    const char *end = cli->has_color ? "\033[0m" : "";
    kw_str words = kw_buf_text(&l->words);
    (void)fprintf(cli->err, "%s%s:%s %s\n", begin, cli->program->name, end, err->text);
    if (err->status == KW_USAGE) {
        (void)fprintf(cli->err, "try: %s%s%.*s --help\n", cli->program->name,
                      words.len == 0 ? "" : " ", KW_STR_ARG(words));
    } else if (kw_status_is_retryable(err->status)) {
        (void)fprintf(cli->err, "the same command may succeed later\n");
    }
}

/* Errors of the command line itself come before the options are known. */
static bool asks_for_json(kw_strs words)
{
    for (size_t i = 0; i < words.count && !kw_str_equal(words.items[i], KW_STR("--")); i++) {
        if (kw_str_equal(words.items[i], KW_STR("--json"))) {
            return true;
        }
    }
    return false;
}

static kw_status run_line(kw_cli *cli, line *l, kw_strs words, kw_error *err)
{
    KW_TRY_AT(err, split_line(l, cli, words), "reading the command line");
    KW_TRY(l->command == NULL ? run_group(cli, l, err) : run_command(cli, l, err));
    return kw_cli_flush(cli, err);
}

int kw_program_run(kw_cli *cli, kw_strs words)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES_MAX);
    KW_AUTO(line) l = {.words = kw_buf_init(KW_WORDS_BYTES_MAX + 1)};
    kw_error err = {0};
    cli->arena = &arena;
    cli->is_json = asks_for_json(words);
    kw_status st = run_line(cli, &l, words, &err);
    if (cli->is_unread) {
        return UNREAD; /* no error: head, say, has all the lines that it wants */
    }
    if (st != KW_OK) {
        if (err.status != st) {
            (void)!kw_fail(&err, st, "%s", kw_status_text(st));
        }
        (void)fflush(cli->out);
        show_error(cli, &l, &err);
        return kw_status_exit_code(st);
    }
    return cli->verdict;
}

void kw_cli_verdict(kw_cli *cli, int exit_code)
{
    const kw_command *command = cli->command;
    for (size_t i = 0; i < KW_COMMAND_VERDICTS_MAX && command->verdicts[i].text != NULL; i++) {
        if (command->verdicts[i].exit_code == exit_code) {
            cli->verdict = exit_code;
            return;
        }
    }
    KW_ASSERT(exit_code == 0);
    cli->verdict = 0;
}
