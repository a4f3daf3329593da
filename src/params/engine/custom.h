/* SPDX-License-Identifier: Apache-2.0
 * What is said of a parameter file inside TUF's signature: the member `custom` of its target. Binds
 * the file to its family, version, circuits and ceremony, and to the tree and chunks by which it is
 * verified while it arrives. Source: distribution.md section 4.1. */
#ifndef KW_PARAMS_ENGINE_CUSTOM_H
#define KW_PARAMS_ENGINE_CUSTOM_H

#include "params/engine/release.h"

enum {
    KW_TARGET_PATH_BYTES_MAX = 199,
    KW_CUSTOM_BYTES_MAX = 32 << 10,
};

/* name, spelling */
#define KW_PARAMS_KIND_TABLE(X) \
    X(VK, "vk")                 \
    X(ZKEY, "zkey")             \
    X(PTAU, "ptau")             \
    X(SRS, "srs")               \
    X(R1CS, "r1cs")

typedef enum kw_params_kind {
#define X(name, spelling) KW_PARAMS_##name,
    KW_PARAMS_KIND_TABLE(X)
#undef X
} kw_params_kind;

typedef struct kw_ceremony {
    kw_str id;
    kw_hash32 transcript_sha256;
    uint32_t contributors;
    kw_str beacon; /* where its randomness came from; empty: none */
} kw_ceremony;

extern const kw_schema kw_ceremony_schema;

/* Ranges of versions. */
typedef struct kw_params_requires {
    kw_str client;
    kw_str prover;
} kw_params_requires;

extern const kw_schema kw_params_requires_schema;

/* The leaf tree of the file. */
typedef struct kw_params_tree {
    kw_str alg;    /* rfc6962-sha256 */
    uint32_t leaf; /* 65536 bytes */
    kw_hash32 root;
} kw_params_tree;

/* The index of the file's chunks: a target. */
typedef struct kw_params_chunks {
    kw_str index; /* its path */
    kw_hash32 sha256;
} kw_params_chunks;

/* Texts live in the arena. */
typedef struct kw_params_custom {
    uint32_t kw; /* form: 1 */
    kw_str family;
    kw_str semver; /* with build metadata */
    kw_params_kind kind;
    kw_str proof_system;
    kw_str curve;
    kw_strs circuit_ids; /* SHA-256 of the .r1cs files, lower-case hex */
    kw_ceremony ceremony;
    kw_unix_s created;
    kw_unix_s not_after; /* last second of use; 0: none */
    kw_str usage;        /* what it may be used for, for people */
    kw_params_requires requires;
    kw_str vk_of;      /* of a vk: path of the .r1cs whose proofs it verifies; empty: none */
    kw_str zkey;       /* of a vk: path of the .zkey that it was made from; empty: none */
    kw_str supersedes; /* version that this one replaces; empty: none */
    kw_params_tree tree;
    kw_params_chunks chunks;
    kw_str cid;  /* IPFS; empty: none */
    kw_str btmh; /* BitTorrent v2; empty: none */
} kw_params_custom;

/* params/<family>/<version>/<file>. Views into the path. */
typedef struct kw_params_path {
    kw_str family;
    kw_str semver; /* without build metadata */
    kw_str file;
} kw_params_path;

/* BAD_INPUT: another form, longer than KW_TARGET_PATH_BYTES_MAX, letters other than a-z0-9 and
 * "._-". */
KW_MUST_USE kw_status kw_params_path_parse(kw_params_path *out, kw_str path, kw_error *err);

/* Reads `custom` of the target at `path`; members that this version does not know are passed over.
 * BAD_INPUT: not of this form, or family and version are not those of the path. INCOMPATIBLE: of a
 * later form, the client is too old. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_params_custom_decode(kw_params_custom *out, kw_arena *arena,
                                              const kw_json *custom, kw_str path, kw_error *err);

/* Appends the JSON; what decode refuses at that path is refused here. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_params_custom_encode(kw_buf *out, const kw_params_custom *custom,
                                              kw_str path, kw_error *err);

#endif /* KW_PARAMS_ENGINE_CUSTOM_H */
