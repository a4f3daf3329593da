/* SPDX-License-Identifier: Apache-2.0
 * keyward params submit: runs the checklist over a draft and asks for approval. Source:
 * distribution.md section 5. */
#include "cli/commands.h"
#include "cli/publisher_folder.h"
#include "os/file.h"

typedef struct submit_options {
    kw_str family;
    kw_str version;
    kw_str requester;
    kw_str request;
    kw_str folder;
} submit_options;

static const kw_field submit_fields[] = {
    KW_FIELD(submit_options, family, KW_FAMILY_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "family of the release"),
    KW_FIELD(submit_options, version, KW_SEMVER_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "its version, without build metadata"),
    KW_FIELD(submit_options, requester, 64, KW_REQ, .min = 1, .made_of = "._@-",
             .help = "who asks; that person's own approval does not count"),
    KW_FIELD(submit_options, request, KW_PUBLISHER_PATH_BYTES_MAX, KW_REQ, .min = 1,
             .help = "file for the request, which goes to those who approve"),
    KW_PUBLISHER_FOLDER_FIELD(submit_options),
};
KW_SCHEMA(submit_options, submit_fields);

static kw_status submit(kw_cli *cli, const void *given, kw_error *err)
{
    const submit_options *options = given;
    KW_AUTO(kw_publisher_folder) folder = {.store = NULL};
    kw_draft_row row;
    KW_TRY(kw_publisher_folder_open(&folder, options->folder, err));
    KW_TRY(
        kw_draft_row_read(folder.store, &row, cli->arena, options->family, options->version, err));
    KW_TRY_AT(err,
              kw_publisher_submit(&folder.publisher, &row, cli->arena, options->requester, err),
              "submitting %.*s %.*s", KW_STR_ARG(options->family), KW_STR_ARG(options->version));
    KW_TRY_AT(
        err,
        kw_file_write_atomic(options->request.ptr, kw_span_of_str(row.draft.request), 0644, err),
        "writing the request");
    return kw_publisher_print(cli, &row.draft, err);
}

const kw_command kw_command_params_submit = {
    "params submit",
    &submit_options_schema,
    submit,
    "check a draft and ask for approval",
    .about =
        "Looks at every file of the draft as `params check --level full` does, and at what binds\n"
        "them: the verification key is that of the proving key, and the proving key is what its\n"
        "circuit and the powers of tau ask for. The report is kept under its hash; the same files\n"
        "give the same report. Then a request for approval is written: it names the report, the\n"
        "files and what will be said of them, and is in force for 72 hours.",
    .examples = {{"keyward params submit wallet 1.2.0 --requester carol --request request.json",
                  "check, and ask"}},
};
