/* SPDX-License-Identifier: Apache-2.0
 * A release before clients hear of it: what its coordinator says of it, what its files are, how far
 * it has come. Source: distribution.md section 5. */
#ifndef KW_PARAMS_ENGINE_DRAFT_H
#define KW_PARAMS_ENGINE_DRAFT_H

#include "params/engine/chunk_index.h"
#include "params/engine/custom.h"

enum {
    KW_DRAFT_FILES_MAX = 16,
    KW_DRAFT_BYTES_MAX = 64 << 10,
    KW_DRAFT_FROM_BYTES_MAX = 500,
};

typedef struct kw_draft_file {
    kw_str name; /* last segment of its path */
    kw_params_kind kind;
    kw_str from;      /* where the coordinator has it; of a manifest */
    uint64_t bytes;   /* this and what follows: found when it was taken in */
    kw_hash32 sha256; /* of the file */
    kw_hash32 root;   /* of its leaf tree */
    kw_hash32 index;  /* of the index of its chunks */
} kw_draft_file;

typedef struct kw_draft_files {
    kw_draft_file *items;
    size_t count;
} kw_draft_files;

/* Texts live in the arena. */
typedef struct kw_draft {
    kw_str family;
    kw_str semver; /* with build metadata, which names the ceremony */
    kw_str proof_system;
    kw_str curve;
    kw_ceremony ceremony;
    kw_params_requires requires;
    kw_unix_s not_after; /* 0: none */
    kw_str usage;
    kw_str notes;
    kw_str supersedes;
    kw_draft_files files; /* each name once; a vk, a zkey and an r1cs at most once each */
    kw_unix_s created;    /* this and what follows: not of a manifest */
    kw_release_state state;
    kw_hash32 report; /* of the checklist's run; zero: none */
    kw_str request;   /* for approval, its JSON; empty: none */
} kw_draft;

/* Reads what a coordinator writes: JSON with the members above up to `files`, whose items have
 * `name`, `kind` and `from`. BAD_INPUT: another form; a version, family or file name that is none;
 * a name or kind that stands twice. LIMIT. */
KW_MUST_USE kw_status kw_draft_parse(kw_draft *out, kw_arena *arena, kw_span manifest,
                                     kw_error *err);

/* The record of a draft. Statuses of kw_draft_parse. */
KW_MUST_USE kw_status kw_draft_decode(kw_draft *out, kw_arena *arena, kw_span record,
                                      kw_error *err);
KW_MUST_USE kw_status kw_draft_encode(kw_buf *out, const kw_draft *draft, kw_error *err);

/* The version without build metadata: a view. */
kw_str kw_draft_version(const kw_draft *draft);

/* "params/<family>/<version>/<name>" and "index/<family>/<version>/<name>.kci", NUL-terminated. */
typedef struct kw_draft_path {
    char text[KW_TARGET_PATH_BYTES_MAX + 1];
} kw_draft_path;

/* LIMIT: too long. */
KW_MUST_USE kw_status kw_draft_path_of(kw_draft_path *out, const kw_draft *draft,
                                       const kw_draft_file *file, kw_error *err);
KW_MUST_USE kw_status kw_draft_index_path_of(kw_draft_path *out, const kw_draft *draft,
                                             const kw_draft_file *file, kw_error *err);

/* Its one file of a kind that stands at most once; NULL: none. */
const kw_draft_file *kw_draft_file_of(const kw_draft *draft, kw_params_kind kind);

/* How files of a kind are cut, and the bytes of a point. */
kw_cut_rule kw_draft_cut(const kw_draft *draft, kw_params_kind kind, uint32_t *out_point_bytes);

/* Appends the member `custom` of a file. Statuses of kw_params_custom_encode. */
KW_MUST_USE kw_status kw_draft_custom(kw_buf *out, const kw_draft *draft, const kw_draft_file *file,
                                      kw_error *err);

/* Appends what is approved: "report <hex>" LF, then for each file, in order, its path, its SHA-256
 * and that of its `custom`, a space between, and LF. LIMIT, and as kw_draft_custom. */
KW_MUST_USE kw_status kw_draft_subject(kw_buf *out, const kw_draft *draft, kw_error *err);

/* SHA-256 of that: the `arguments` of a request for approval. As kw_draft_subject. */
KW_MUST_USE kw_status kw_draft_fingerprint(kw_hash32 *out, const kw_draft *draft, kw_error *err);

#endif /* KW_PARAMS_ENGINE_DRAFT_H */
