/* SPDX-License-Identifier: Apache-2.0
 * keyward audit export: records of an audit folder as JSON lines. */
#include "cli/audit_records.h"
#include "cli/print.h"
#include "codec/json.h"

enum {
    LINE_BYTES_MAX = 16 << 10
};

static kw_status export_line(kw_cli *cli, const kw_audit_entry_view *entry, kw_error *err)
{
    KW_AUTO(kw_buf) line = kw_buf_init(LINE_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&line, &kw_audit_entry_view_schema, entry, KW_JSON_PLAIN),
              "exporting a record");
    KW_TRY_AT(err, kw_buf_append_byte(&line, '\n'), "exporting a record");
    return kw_cli_write(cli, kw_buf_view(&line), err);
}

static kw_status export_records(kw_cli *cli, const void *given, kw_error *err)
{
    return kw_audit_show_chosen(cli, given, export_line, err);
}

const kw_command kw_command_audit_export = {
    "audit export",
    &kw_audit_choice_schema,
    export_records,
    "print the records of an audit folder as JSON lines",
    .about = "One JSON object for each record, with all its members, in constant memory.",
    .examples = {{"keyward audit export data/audit --since 1000 > slice.jsonl",
                  "from the thousand and first record on"}},
};
