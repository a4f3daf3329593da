/* SPDX-License-Identifier: Apache-2.0
 * A folder of releases, keys and approvals of people. Secret inputs: keys. */
#include "cli/publisher_folder.h"

#include "cli/print.h"
#include "codec/json.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "params/schema.h"
#include "store/fs/fs.h"

#include <stdio.h>

enum {
    PATH_BYTES = KW_PUBLISHER_PATH_BYTES_MAX + 16,
    POLICY_BYTES_MAX = 64 << 10,
    KEY_BYTES_MAX = 1024,
    APPROVAL_BYTES_MAX = 1024,
    VKEY_BYTES_MAX = 512,
    MS_PER_S = 1000,
};

typedef struct inner_path {
    char text[PATH_BYTES];
} inner_path;

static inner_path path_of(kw_str folder, const char *name)
{
    inner_path path;
    int len = snprintf(path.text, sizeof path.text, "%.*s/%s", KW_STR_ARG(folder), name);
    KW_ASSERT(len > 0 && (size_t)len < sizeof path.text);
    return path;
}

kw_status kw_publisher_folder_open(kw_publisher_folder *out, kw_str folder, kw_error *err)
{
    const inner_path database = path_of(folder, "store.db");
    const inner_path blobs = path_of(folder, "blobs");
    const kw_store_options options = {
        .backend = KW_STORE_SQLITE, .where = database.text, .create = true};
    const kw_clock clock = kw_clock_system();
    KW_TRY_AT(err, kw_dir_make(folder.ptr, 0700, err), "making %s", folder.ptr);
    KW_TRY_AT(err, kw_store_open(&out->store, &options, err), "opening %s", database.text);
    KW_TRY_AT(err, kw_params_migrate(out->store, err), "opening %s", database.text);
    KW_TRY_AT(err, kw_blobs_open_fs(&out->blobs, blobs.text, err), "opening %s", blobs.text);
    KW_TRY(kw_client_randomness_open(&out->randomness, err));
    out->rng = kw_client_randomness_rng(&out->randomness);
    out->publisher =
        (kw_publisher){out->store, out->blobs, &out->rng, kw_clock_now_ms(&clock) / MS_PER_S};
    return KW_OK;
}

void kw_publisher_folder_drop(kw_publisher_folder *folder)
{
    kw_store_free(folder->store);
    kw_blobs_free(folder->blobs);
    kw_client_randomness_drop(&folder->randomness);
    *folder = (kw_publisher_folder){.store = NULL};
}

/* ---- policy ---- */

typedef struct policy_file {
    kw_strs approvers;
    uint32_t threshold;
} policy_file;

static const kw_field policy_fields[] = {
    KW_FIELD(policy_file, approvers, VKEY_BYTES_MAX, KW_REQ, .min = 1,
             .items_max = KW_APPROVERS_MAX),
    KW_FIELD(policy_file, threshold, KW_APPROVERS_MAX, KW_REQ, .min = 1),
};
KW_SCHEMA(policy_file, policy_fields);

static kw_status read_approver(kw_approver *out, kw_arena *arena, kw_str vkey, kw_error *err)
{
    kw_note_verifier verifier;
    KW_TRY(kw_note_vkey_parse(&verifier, vkey, err));
    KW_TRY_AT(err, kw_arena_copy_str(arena, &out->id, kw_str_of(verifier.name)),
              "reading an approver");
    out->key = verifier.key;
    return KW_OK;
}

kw_status kw_publisher_policy_read(kw_approval_policy *out, kw_arena *arena, kw_str folder,
                                   kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(POLICY_BYTES_MAX);
    const inner_path path = path_of(folder, "policy.json");
    policy_file policy;
    KW_TRY_AT(err, kw_file_read(&json, path.text, err), "reading who approves, in %s", path.text);
    KW_TRY_AT(err, kw_json_decode(&policy, arena, &policy_file_schema, kw_buf_view(&json), err),
              "reading %s", path.text);
    KW_REQUIRE(policy.threshold <= policy.approvers.count, err, KW_BAD_INPUT,
               "%s: the threshold is above the number of approvers", path.text);
    kw_approver *approvers = kw_arena_new(arena, policy.approvers.count, sizeof *approvers);
    KW_REQUIRE(approvers != NULL, err, KW_NO_MEMORY, "no memory for the approvers");
    for (size_t i = 0; i < policy.approvers.count; i++) {
        KW_TRY_AT(err, read_approver(&approvers[i], arena, policy.approvers.items[i], err),
                  "reading approver %zu of %s", i + 1, path.text);
    }
    *out = (kw_approval_policy){approvers, policy.approvers.count, policy.threshold};
    return KW_OK;
}

/* ---- people ---- */

kw_status kw_publisher_key_read(kw_note_signer *out, kw_str path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KEY_BYTES_MAX);
    KW_TRY_AT(err, kw_secret_bytes_read_file(&text, path.ptr, true, err), "reading the key %s",
              path.ptr);
    KW_TRY_AT(err, kw_note_signer_parse(out, kw_secret_bytes_view(&text), err),
              "reading the key %s", path.ptr);
    return KW_OK;
}

static const kw_field approval_fields[] = {
    KW_FIELD(kw_approval_file, approver, KW_NOTE_NAME_BYTES_MAX, KW_REQ, .min = 1),
    KW_FIELD(kw_approval_file, signature, 64, KW_REQ | KW_HEX, .min = 64),
};
KW_SCHEMA_EXTERN(kw_approval_file, approval_fields);

kw_status kw_approval_file_read(kw_approval *out, kw_arena *arena, kw_str path, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(APPROVAL_BYTES_MAX);
    kw_approval_file file;
    KW_TRY_AT(err, kw_file_read(&json, path.ptr, err), "reading the approval %s", path.ptr);
    KW_TRY_AT(err, kw_json_decode(&file, arena, &kw_approval_file_schema, kw_buf_view(&json), err),
              "reading the approval %s", path.ptr);
    out->approver = file.approver;
    memcpy(out->signature.bytes, file.signature.ptr, sizeof out->signature.bytes);
    return KW_OK;
}

/* ---- output ---- */

typedef struct draft_reply {
    kw_str family;
    kw_str version;
    kw_str state;
    kw_hash32 report;
    size_t files;
} draft_reply;

static const kw_field reply_fields[] = {
    KW_FIELD(draft_reply, family, KW_FAMILY_BYTES_MAX, KW_REQ),
    KW_FIELD(draft_reply, version, KW_SEMVER_BYTES_MAX, KW_REQ),
    KW_FIELD(draft_reply, state, 16, KW_REQ),
    KW_FIELD(draft_reply, report, 0, 0),
    KW_FIELD(draft_reply, files, KW_DRAFT_FILES_MAX, KW_REQ),
};
KW_SCHEMA(draft_reply, reply_fields);

kw_status kw_publisher_print(kw_cli *cli, const kw_draft *draft, kw_error *err)
{
    const draft_reply reply = {.family = draft->family,
                               .version = kw_draft_version(draft),
                               .state = kw_str_of(kw_release_state_name(draft->state)),
                               .report = draft->report,
                               .files = draft->files.count};
    return kw_cli_print(cli, &draft_reply_schema, &reply, err);
}
