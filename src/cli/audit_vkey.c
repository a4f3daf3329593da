/* SPDX-License-Identifier: Apache-2.0
 * keyward audit vkey: the verifier key that lies beside an audit log. */
#include "cli/print.h"
#include "crypto/note.h"
#include "os/file.h"

enum {
    PATH_BYTES_MAX = 500,
    KEY_BYTES_MAX = 1024,
};

typedef struct vkey_options {
    kw_str folder;
} vkey_options;

static const kw_field vkey_fields[] = {
    KW_FIELD(vkey_options, folder, PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "audit folder"),
};
KW_SCHEMA(vkey_options, vkey_fields);

typedef struct vkey_reply {
    kw_str vkey;
} vkey_reply;

static const kw_field reply_fields[] = {KW_FIELD(vkey_reply, vkey, KEY_BYTES_MAX, KW_REQ)};
KW_SCHEMA(vkey_reply, reply_fields);

static kw_status vkey(kw_cli *cli, const void *given, kw_error *err)
{
    const vkey_options *options = given;
    kw_str path;
    KW_TRY_AT(err, kw_arena_format(cli->arena, &path, "%s/vkey", options->folder.ptr),
              "naming the key's file");
    KW_AUTO(kw_buf) text = kw_buf_init(KEY_BYTES_MAX);
    KW_TRY(kw_file_read(&text, path.ptr, err));
    vkey_reply reply = {.vkey = kw_str_trim(kw_buf_text(&text))};
    kw_note_verifier verifier;
    KW_TRY(kw_note_vkey_parse(&verifier, reply.vkey, err));
    if (cli->is_json) {
        return kw_cli_print(cli, &vkey_reply_schema, &reply, err);
    }
    KW_TRY(kw_cli_write(cli, kw_span_of_str(reply.vkey), err));
    return kw_cli_write(cli, kw_span_of_str(KW_STR("\n")), err);
}

const kw_command kw_command_audit_vkey = {
    "audit vkey",
    &vkey_options_schema,
    vkey,
    "print the verifier key of an audit log",
    .about = "Keep it elsewhere: whoever can rewrite the log can rewrite the key beside it, too.",
    .examples = {{"keyward audit vkey data/audit > node.vkey", "keep the key for later checks"}},
};
