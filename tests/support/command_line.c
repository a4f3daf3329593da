/* SPDX-License-Identifier: Apache-2.0
 * Command lines into memory, and the sample program. */
#include "support/command_line.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "support/expect.h"

#include <stdlib.h>

enum {
    WORDS_MAX = 32
};

command_result command_line_run(const kw_program *program, const char *words, unsigned columns)
{
    kw_str items[WORDS_MAX];
    kw_strs line = {.items = items};
    kw_str rest = kw_str_of(words);
    while (rest.len > 0 && line.count < WORDS_MAX) {
        kw_str tail = {0};
        (void)kw_str_split(rest, ' ', &items[line.count++], &tail);
        rest = tail;
    }
    command_result result = {0};
    size_t out_len = 0;
    size_t err_len = 0;
    FILE *out = open_memstream(&result.out, &out_len);
    FILE *err = open_memstream(&result.err, &err_len);
    assert_non_null(out);
    assert_non_null(err);
    kw_cli cli = {.in = stdin,
                  .out = out,
                  .err = err,
                  .columns = columns,
                  .has_color = columns > 0,
                  .program = program};
    result.exit_code = kw_program_run(&cli, line);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(fclose(err), 0);
    return result;
}

command_result command_line_run_in(const char *folder, const char *words)
{
    KW_AUTO(kw_buf) line = kw_buf_init(8192);
    const char *text = NULL;
    for (const char *at = words; *at != '\0'; at++) {
        EXPECT_OK(*at == '%' ? kw_buf_append_str(&line, kw_str_of(folder))
                             : kw_buf_append_byte(&line, (uint8_t)*at));
    }
    EXPECT_OK(kw_buf_c_text(&line, &text));
    return command_line_run(&kw_keyward, text, 0);
}

void command_result_drop(command_result *result)
{
    free(result->out);
    free(result->err);
    *result = (command_result){0};
}

/* ---- the sample program ---- */

typedef enum mood {
    MOOD_KIND = 1,
    MOOD_GRUFF
} mood;

static const kw_enum_name mood_names[] = {{"kind", MOOD_KIND}, {"gruff", MOOD_GRUFF}};

typedef struct greet_options {
    kw_str name;
    uint32_t times;
    bool loud;
    mood mood;
    kw_strs also;
    kw_str password;
} greet_options;

static const kw_field greet_fields[] = {
    KW_FIELD(greet_options, name, 32, KW_OPERAND | KW_REQ, .min = 1, .help = "whom to greet"),
    KW_FIELD(greet_options, times, 9, 0, .min = 1, .fallback = "1",
             .help = "how often, which is a number that should be small because greeting is work"),
    KW_FIELD(greet_options, loud, 0, 0, .help = "with capitals"),
    KW_FIELD_ENUM(greet_options, mood, mood_names, 0, .fallback = "kind", .help = "which words"),
    KW_FIELD(greet_options, also, 32, 0, .help = "whom else"),
    KW_FIELD(greet_options, password, 32, KW_SECRET, .help = "never shown"),
};
KW_SCHEMA(greet_options, greet_fields);

typedef struct greeting {
    kw_str text;
    uint32_t times;
} greeting;

static const kw_field greeting_fields[] = {
    KW_FIELD(greeting, text, 64, KW_REQ),
    KW_FIELD(greeting, times, 9, KW_REQ),
};
KW_SCHEMA(greeting, greeting_fields);

static kw_status greet(kw_cli *cli, const void *given, kw_error *err)
{
    const greet_options *options = given;
    greeting reply = {.text = options->name, .times = options->times};
    kw_cli_note(cli, "greeting %s", options->loud ? "loudly" : "quietly");
    return kw_cli_print(cli, &greeting_schema, &reply, err);
}

static kw_status succeed(kw_cli *cli, const void *given, kw_error *err)
{
    KW_UNUSED(given);
    return kw_cli_write(cli, kw_span_of_str(KW_STR("done\n")), err);
}

static kw_status check(kw_cli *cli, const void *given, kw_error *err)
{
    KW_UNUSED(given);
    KW_UNUSED(err);
    kw_cli_verdict(cli, 3);
    return KW_OK;
}

typedef struct fail_options {
    kw_str status;
} fail_options;

static const kw_field fail_fields[] = {KW_FIELD(fail_options, status, 32, KW_OPERAND | KW_REQ)};
KW_SCHEMA(fail_options, fail_fields);

/* Fails with the named status; "silent" leaves `err` empty, which is a mistake of a command. */
static kw_status fail_as_told(kw_cli *cli, const void *given, kw_error *err)
{
    KW_UNUSED(cli);
    const fail_options *options = given;
    kw_status st = KW_INTERNAL;
    if (!kw_status_of_name(&st, options->status.ptr)) {
        return KW_INTERNAL;
    }
    return kw_fail(err, st, "told to fail");
}

static const kw_command greet_command = {
    .words = "greet",
    .options = &greet_options_schema,
    .run = greet,
    .help = "say hello",
    .about = "Greets one person.\n\n.Dots and 'quotes at the start of a line are text, as is \\e.",
    .examples = {{"sample greet Ada --times 2", "twice"}},
};
static const kw_command put_command = {
    .words = "store put", .run = succeed, .help = "put it's value"};
static const kw_command get_command = {.words = "store get", .run = succeed, .help = "get a value"};
static const kw_command check_command = {
    .words = "store check",
    .run = check,
    .help = "check all values",
    .verdicts = {{1, "damaged"}, {3, "nothing there"}},
};
static const kw_command fail_command = {
    .words = "fail", .options = &fail_options_schema, .run = fail_as_told, .help = "fail as told"};

static const kw_command *const commands[] = {&greet_command, &put_command, &fail_command,
                                             &get_command, &check_command};
static const kw_command_group groups[] = {{"store", "a store of values"}};
static const char *const schema_ids[] = {"v1", NULL};

const kw_program sample_program = {
    .name = "sample",
    .help = "a program for tests",
    .version = "1.2.3",
    .released = "2026-01-31",
    .schema_ids = schema_ids,
    .commands = commands,
    .commands_count = KW_COUNT(commands),
    .groups = groups,
    .groups_count = KW_COUNT(groups),
};
