/* SPDX-License-Identifier: Apache-2.0
 * Releases of parameters and their life: draft, checked, approved, staged, published, deprecated or
 * revoked. The catalog, the target catalog/compat.json, says who may use which of them; it is the
 * compatibility matrix of the resolver. Source: distribution.md section 5. */
#ifndef KW_PARAMS_ENGINE_RELEASE_H
#define KW_PARAMS_ENGINE_RELEASE_H

#include "base/utc.h"
#include "codec/field.h"
#include "codec/json.h"
#include "params/engine/semver.h"

enum {
    KW_CATALOG_RELEASES_MAX = 4096,
    KW_CATALOG_BYTES_MAX = 4 << 20,
    KW_FAMILY_BYTES_MAX = 64,
    KW_CIRCUITS_MAX = 64, /* that one release serves */
    KW_CIRCUIT_ID_BYTES = 64,
    KW_PERMILLE_ALL = 1000,
};

/* name, spelling */
#define KW_RELEASE_STATE_TABLE(X) \
    X(DRAFT, "draft")             \
    X(CHECKED, "checked")         \
    X(APPROVED, "approved")       \
    X(STAGED, "staged")           \
    X(PUBLISHED, "published")     \
    X(DEPRECATED, "deprecated")   \
    X(REVOKED, "revoked")

typedef enum kw_release_state {
#define X(name, spelling) KW_RELEASE_##name,
    KW_RELEASE_STATE_TABLE(X)
#undef X
} kw_release_state;

/* Static. */
const char *kw_release_state_name(kw_release_state state);

/* One step down the table; draft again from checked; revoked from all that clients may have. */
bool kw_release_may_become(kw_release_state from, kw_release_state to);

/* Which clients a staged release is for. */
typedef struct kw_rollout {
    uint32_t permille; /* of the clients: 0..KW_PERMILLE_ALL */
    kw_str salt;       /* a new one draws new clients */
} kw_rollout;

/* The same answer for the same client each time, without anybody being asked: the first 4 bytes of
 * SHA-256(salt || install id), big endian, modulo 1000, lie below permille. */
bool kw_rollout_has(const kw_rollout *rollout, const kw_hash32 *install_id);

/* A row of the catalog. Texts live in the arena. */
typedef struct kw_release {
    kw_str family;           /* lower-case letters, digits, "._-" */
    kw_str semver;           /* without build metadata */
    kw_release_state status; /* staged or later */
    kw_str client;           /* range of the client library's versions */
    kw_str prover;           /* range of the prover's versions */
    kw_str proof_system;
    kw_strs circuit_ids;   /* SHA-256 of .r1cs files, lower-case hex */
    kw_unix_s not_after;   /* last second of use; 0: none */
    kw_unix_s support_end; /* after it nothing is mended; 0: none */
    kw_str successor;      /* version to go to; empty: none */
    kw_str notes;          /* what is new, for people */
    kw_rollout rollout;
} kw_release;

typedef struct kw_releases {
    kw_release *items;
    size_t count;
} kw_releases;

typedef struct kw_catalog {
    uint32_t kw;          /* form of the document: 1 */
    kw_releases releases; /* each (family, version) once */
} kw_catalog;

/* Reads compat.json; members that this version does not know are passed over. BAD_INPUT: not a
 * catalog, or a version, range, circuit id or family in it is none, or a release stands twice.
 * INCOMPATIBLE: of a later form, the client is too old. LIMIT: more than KW_CATALOG_BYTES_MAX, or
 * the arena is full. */
KW_MUST_USE kw_status kw_catalog_decode(kw_catalog *out, kw_arena *arena, kw_span json,
                                        kw_error *err);

/* Appends it; what decode refuses is refused here. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_catalog_encode(kw_buf *out, const kw_catalog *catalog, kw_error *err);

/* True for what a segment of a path may be: 1 to `bytes_max` of a-z0-9 and "._-", beginning with a
 * letter or digit. */
bool kw_path_segment_is_good(kw_str name, size_t bytes_max);

/* True for 64 characters of lower-case hex each. */
bool kw_circuit_ids_are_good(const kw_strs *ids);

#endif /* KW_PARAMS_ENGINE_RELEASE_H */
