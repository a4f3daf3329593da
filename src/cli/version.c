/* SPDX-License-Identifier: Apache-2.0
 * keyward version */
#include "cli/version.h"

#include "cli/commands.h"
#include "cli/print.h"

typedef struct version_reply {
    kw_str version;
    kw_strs schema_ids;
} version_reply;

static const kw_field version_reply_fields[] = {
    KW_FIELD(version_reply, version, 32, KW_REQ),
    KW_FIELD(version_reply, schema_ids, 32, KW_REQ),
};
KW_SCHEMA(version_reply, version_reply_fields);

enum {
    SCHEMA_IDS_MAX = 8,
    TEXT_BYTES_MAX = 128,
};

kw_status kw_cli_print_version(kw_cli *cli, kw_error *err)
{
    const kw_program *program = cli->program;
    if (!cli->is_json) {
        KW_AUTO(kw_buf) text = kw_buf_init(TEXT_BYTES_MAX);
        KW_TRY_AT(err, kw_buf_append_format(&text, "%s %s\n", program->name, program->version),
                  "naming the version");
        return kw_cli_write(cli, kw_buf_view(&text), err);
    }
    kw_str ids[SCHEMA_IDS_MAX];
    version_reply reply = {.version = kw_str_of(program->version), .schema_ids = {.items = ids}};
    while (reply.schema_ids.count < SCHEMA_IDS_MAX &&
           program->schema_ids[reply.schema_ids.count] != NULL) {
        ids[reply.schema_ids.count] = kw_str_of(program->schema_ids[reply.schema_ids.count]);
        reply.schema_ids.count++;
    }
    return kw_cli_print(cli, &version_reply_schema, &reply, err);
}

static kw_status version(kw_cli *cli, const void *options, kw_error *err)
{
    KW_UNUSED(options);
    return kw_cli_print_version(cli, err);
}

const kw_command kw_command_version = {
    .words = "version",
    .run = version,
    .help = "print the version",
    .examples = {{"keyward version --json", "the version and the token schemas of this build"}},
};
