/* SPDX-License-Identifier: Apache-2.0
 * keyward params approve: counts what people said of a draft. Source: distribution.md section 5. */
#include "cli/commands.h"
#include "cli/publisher_folder.h"

typedef struct approve_options {
    kw_str family;
    kw_str version;
    kw_strs approval;
    kw_str folder;
} approve_options;

static const kw_field approve_fields[] = {
    KW_FIELD(approve_options, family, KW_FAMILY_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "family of the release"),
    KW_FIELD(approve_options, version, KW_SEMVER_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "its version, without build metadata"),
    KW_FIELD(approve_options, approval, KW_PUBLISHER_PATH_BYTES_MAX, KW_REQ, .min = 1,
             .items_max = KW_APPROVERS_MAX,
             .help = "file that `params sign` wrote; once for each person"),
    KW_PUBLISHER_FOLDER_FIELD(approve_options),
};
KW_SCHEMA(approve_options, approve_fields);

static kw_status approve(kw_cli *cli, const void *given, kw_error *err)
{
    const approve_options *options = given;
    KW_AUTO(kw_publisher_folder) folder = {.store = NULL};
    const size_t count = options->approval.count;
    kw_approval *items = kw_arena_new(cli->arena, count, sizeof *items);
    kw_approval_policy policy;
    kw_draft_row row;
    KW_REQUIRE(items != NULL, err, KW_NO_MEMORY, "no memory for the approvals");
    for (size_t i = 0; i < count; i++) {
        KW_TRY(kw_approval_file_read(&items[i], cli->arena, options->approval.items[i], err));
    }
    KW_TRY(kw_publisher_policy_read(&policy, cli->arena, options->folder, err));
    KW_TRY(kw_publisher_folder_open(&folder, options->folder, err));
    KW_TRY(
        kw_draft_row_read(folder.store, &row, cli->arena, options->family, options->version, err));
    KW_TRY_AT(
        err,
        kw_publisher_approve(&folder.publisher, &row, &policy, (kw_approvals){items, count}, err),
        "approving %.*s %.*s", KW_STR_ARG(options->family), KW_STR_ARG(options->version));
    return kw_publisher_print(cli, &row.draft, err);
}

const kw_command kw_command_params_approve = {
    "params approve",
    &approve_options_schema,
    approve,
    "count the approvals of a draft",
    .about =
        "Reads policy.json of the folder for who may approve and how many must, and the files\n"
        "that they made with `params sign`. Each key counts once, that of the one who asked does\n"
        "not. With too few nothing changes: give all of them at once, later.",
    .examples = {{"keyward params approve wallet 1.2.0 --approval ada.json --approval bea.json",
                  "two of three"}},
};
