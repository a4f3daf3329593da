/* SPDX-License-Identifier: Apache-2.0
 * The folder in which releases are prepared: store.db, blobs/ (files of drafts, not served), and
 * policy.json, which its owner writes: who approves, and how many must. */
#ifndef KW_CLI_PUBLISHER_FOLDER_H
#define KW_CLI_PUBLISHER_FOLDER_H

#include "cli/command.h"
#include "client/randomness.h"
#include "crypto/note.h"
#include "params/service.h"

enum {
    KW_PUBLISHER_PATH_BYTES_MAX = 1000,
};

/* The row of the option that names it. */
#define KW_PUBLISHER_FOLDER_FIELD(type)                                               \
    KW_FIELD(type, folder, KW_PUBLISHER_PATH_BYTES_MAX, 0, .min = 1, .fallback = ".", \
             .help = "folder in which releases are prepared")

/* All-zero is closed. Does not move. */
typedef struct kw_publisher_folder {
    kw_store *store;
    kw_blobs *blobs;
    kw_client_randomness randomness;
    kw_rng rng;
    kw_publisher publisher;
} kw_publisher_folder;

/* Opens it, and makes what is not there yet. As kw_store_open, kw_params_migrate,
 * kw_blobs_open_fs. */
KW_MUST_USE kw_status kw_publisher_folder_open(kw_publisher_folder *out, kw_str folder,
                                               kw_error *err);
void kw_publisher_folder_drop(kw_publisher_folder *folder);

/* Reads policy.json, {"approvers":[VKEY...],"threshold":N}; it lives in the arena. NOT_FOUND: there
 * is none. BAD_INPUT: another form, a key that is none, more approvals than approvers. */
KW_MUST_USE kw_status kw_publisher_policy_read(kw_approval_policy *out, kw_arena *arena,
                                               kw_str folder, kw_error *err);

/* Reads a person's key, as `params keygen` wrote it. FORBIDDEN: the file is not private. BAD_INPUT:
 * it holds no key. */
KW_MUST_USE kw_status kw_publisher_key_read(kw_note_signer *out, kw_str path, kw_error *err);

/* What an approver says, as a file. */
typedef struct kw_approval_file {
    kw_str approver;
    kw_span signature; /* 64 bytes */
} kw_approval_file;

extern const kw_schema kw_approval_file_schema;

/* Reads one; the name lives in the arena. BAD_INPUT. */
KW_MUST_USE kw_status kw_approval_file_read(kw_approval *out, kw_arena *arena, kw_str path,
                                            kw_error *err);

/* What commands say of a draft. */
KW_MUST_USE kw_status kw_publisher_print(kw_cli *cli, const kw_draft *draft, kw_error *err);

#endif /* KW_CLI_PUBLISHER_FOLDER_H */
