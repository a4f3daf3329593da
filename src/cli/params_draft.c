/* SPDX-License-Identifier: Apache-2.0
 * keyward params draft: takes in the files of a release. Source: distribution.md section 5. */
#include "cli/commands.h"
#include "cli/publisher_folder.h"
#include "os/file.h"

typedef struct draft_options {
    kw_str manifest;
    kw_str folder;
} draft_options;

static const kw_field draft_fields[] = {
    KW_FIELD(draft_options, manifest, KW_PUBLISHER_PATH_BYTES_MAX, KW_REQ | KW_OPERAND, .min = 1,
             .help = "JSON file that says what the release is and which files it has"),
    KW_PUBLISHER_FOLDER_FIELD(draft_options),
};
KW_SCHEMA(draft_options, draft_fields);

/* The folder that holds a file. */
static kw_status folder_of(kw_arena *arena, kw_str *out, kw_str path)
{
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/') {
        len--;
    }
    return kw_arena_copy_str(arena, out, len == 0 ? KW_STR(".") : (kw_str){path.ptr, len});
}

static kw_status draft(kw_cli *cli, const void *given, kw_error *err)
{
    const draft_options *options = given;
    KW_AUTO(kw_buf) manifest = kw_buf_init(KW_DRAFT_BYTES_MAX);
    KW_AUTO(kw_publisher_folder) folder = {.store = NULL};
    kw_draft made;
    kw_str beside;
    KW_TRY_AT(err, kw_file_read(&manifest, options->manifest.ptr, err), "reading %s",
              options->manifest.ptr);
    KW_TRY_AT(err, kw_draft_parse(&made, cli->arena, kw_buf_view(&manifest), err), "reading %s",
              options->manifest.ptr);
    KW_TRY_AT(err, folder_of(cli->arena, &beside, options->manifest), "naming a folder");
    KW_TRY(kw_publisher_folder_open(&folder, options->folder, err));
    KW_TRY(kw_publisher_draft(&folder.publisher, &made, cli->arena, beside.ptr, err));
    return kw_publisher_print(cli, &made, err);
}

const kw_command kw_command_params_draft = {
    "params draft",
    &draft_options_schema,
    draft,
    "take in the files of a release",
    .about =
        "Reads a manifest, cuts the files that it names into chunks, and keeps both until clients\n"
        "may have them. Members of the manifest: family, semver, proof_system, curve, ceremony\n"
        "{id, transcript_sha256, contributors, beacon}, requires {client, prover}, not_after,\n"
        "usage, notes, supersedes, and files: {name, kind, from}, where kind is vk, zkey, ptau,\n"
        "srs or r1cs, and from is a path, relative to the manifest. The curve is bn254 or\n"
        "bls12-381. A version may be drafted again until it is approved.",
    .examples = {{"keyward params draft wallet-1.2.0.json --folder releases", "begin a release"}},
};
