/* SPDX-License-Identifier: Apache-2.0
 * The command line of keywardd. */
#include "node/args.h"

#include "config/args.h"

static const kw_field rows[] = {
    KW_FIELD(kw_node_args, config, 4095, 0, .help = "YAML file with the configuration"),
    KW_FIELD(kw_node_args, set, 4095, 0, .help = "SECTION.NAME=VALUE over file and environment"),
    KW_FIELD(kw_node_args, test_clock, 4095, 0,
             .help = "file with a moment or an offset; needs test.allow"),
    KW_FIELD(kw_node_args, check_config, 1, 0, .help = "read the configuration and end"),
    KW_FIELD(kw_node_args, print_config, 1, 0,
             .help = "print the configuration, redacted, and end"),
    KW_FIELD(kw_node_args, help, 1, 0, .help = "this page"),
    KW_FIELD(kw_node_args, version, 1, 0, .help = "the release"),
};
KW_SCHEMA(kw_node_args, rows);

kw_status kw_node_args_read(kw_node_args *out, kw_arena *arena, kw_strs words, kw_error *err)
{
    kw_node_args args = {0};
    KW_TRY_AT(err, kw_object_init(&args, arena, &kw_node_args_schema), "the command line");
    kw_args_target target = {.schema = &kw_node_args_schema, .object = &args};
    KW_TRY(kw_args_read(&target, 1, arena, words, err));
    *out = args;
    return KW_OK;
}

kw_status kw_node_args_help(kw_buf *out)
{
    KW_TRY(kw_buf_append_str(out, KW_STR("keywardd: the Keyward daemon\n\n"
                                         "usage: keywardd --config FILE [options]\n\n")));
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_buf) name = kw_buf_init(64);
        KW_TRY(kw_args_spell(&name, &rows[i]));
        KW_TRY(kw_buf_append_format(out, "  %-16.*s %s\n", KW_STR_ARG(kw_buf_text(&name)),
                                    rows[i].help));
    }
    return kw_buf_append_str(out, KW_STR("\nSIGTERM and SIGINT end it when what is in flight is "
                                         "answered; SIGHUP reloads certificates,\nlog file and "
                                         "log level. Options by section: docs/reference.\n"));
}
