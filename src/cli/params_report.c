/* SPDX-License-Identifier: Apache-2.0
 * keyward params report: what the checklist saw of a draft, or what is approved. Source:
 * distribution.md section 5. */
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/publisher_folder.h"
#include "crypto/hash.h"
#include "params/checklist.h"

typedef struct report_options {
    kw_str family;
    kw_str version;
    bool subject;
    kw_str folder;
} report_options;

static const kw_field report_fields[] = {
    KW_FIELD(report_options, family, KW_FAMILY_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "family of the release"),
    KW_FIELD(report_options, version, KW_SEMVER_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "its version, without build metadata"),
    KW_FIELD(report_options, subject, 0, 0,
             .help = "not the report, but what a request for approval is of"),
    KW_PUBLISHER_FOLDER_FIELD(report_options),
};
KW_SCHEMA(report_options, report_fields);

/* True once the checklist has run. */
static bool has_report(const kw_draft *draft)
{
    static const kw_hash32 none;
    return !kw_hash32_equal(&draft->report, &none);
}

static kw_status report(kw_cli *cli, const void *given, kw_error *err)
{
    const report_options *options = given;
    KW_AUTO(kw_publisher_folder) folder = {.store = NULL};
    KW_AUTO(kw_buf) text = kw_buf_init(KW_CHECKLIST_BYTES_MAX + 1);
    kw_draft_row row;
    KW_TRY(kw_publisher_folder_open(&folder, options->folder, err));
    KW_TRY(
        kw_draft_row_read(folder.store, &row, cli->arena, options->family, options->version, err));
    KW_REQUIRE(has_report(&row.draft), err, KW_BAD_STATE,
               "nobody has checked it yet: use `keyward params submit`");
    if (options->subject) {
        KW_TRY(kw_draft_subject(&text, &row.draft, err));
        return kw_cli_write(cli, kw_buf_view(&text), err);
    }
    KW_TRY_AT(err, kw_blobs_get(folder.blobs, &text, &row.draft.report, err), "reading the report");
    KW_TRY_AT(err, kw_buf_append_byte(&text, '\n'), "reading the report");
    return kw_cli_write(cli, kw_buf_view(&text), err);
}

const kw_command kw_command_params_report = {
    "params report",
    &report_options_schema,
    report,
    "show what the checklist saw of a draft",
    .about =
        "Prints the report as one line of JSON, of a refused draft, too. With --subject it prints\n"
        "what a request for approval is of: the hash of the report, and for each file its path,\n"
        "its SHA-256 and that of what will be said of it. The SHA-256 of these lines stands in "
        "the\n"
        "request as `arguments`.",
    .examples = {{"keyward params report wallet 1.2.0", "what was checked"},
                 {"keyward params report wallet 1.2.0 --subject | sha256sum",
                  "the `arguments` of the request"}},
};
