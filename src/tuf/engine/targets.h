/* SPDX-License-Identifier: Apache-2.0
 * The body of targets.json and of delegated files (TUF 1.0.34 section 4.5): which files there are,
 * and who else may say it. */
#ifndef KW_TUF_ENGINE_TARGETS_H
#define KW_TUF_ENGINE_TARGETS_H

#include "tuf/engine/content.h"
#include "tuf/engine/match.h"
#include "tuf/engine/role.h"

/* Targets, keys, delegations or succinct bins. BAD_INPUT: malformed; a target without length or
 * hashes; a delegation that is named like a top-level role or has both or neither of `paths` and
 * `path_hash_prefixes`; `roles` beside `succinct_roles`. LIMIT: a path or a name that is too long.
 * What kw_tuf_keys_check says. */
KW_MUST_USE kw_status kw_tuf_targets_check(const kw_json *body, kw_tuf_keyids rule, kw_error *err);

/* What a body that was checked says of the file at `path`; false: nothing. `out_custom` may be
 * NULL; it becomes NULL when there is no such member. */
KW_MUST_USE bool kw_tuf_targets_find(const kw_json *body, kw_tuf_content *out,
                                     const kw_json **out_custom, kw_str path);

/* Walks all targets of a checked body in the order of the file. Start with `at` NULL; false: there
 * are no more. */
bool kw_tuf_targets_walk(const kw_json *body, const void **at, kw_str *out_path,
                         kw_tuf_content *out);

/* The role of a delegation by name, bins too; false: the body delegates to no such role. */
KW_MUST_USE bool kw_tuf_targets_role(const kw_json *body, kw_tuf_role *out, kw_str name);

/* Room for the name of a bin. */
typedef struct kw_tuf_delegation {
    kw_tuf_role role; /* its name may stand in `bin` */
    bool is_terminating;
    char bin[KW_TUF_FILE_NAME_BYTES_MAX + 1];
} kw_tuf_delegation;

/* Walks, in the order of the file, the delegations of a checked body that cover a path, whose
 * SHA-256 is `path_hash`. Start with `at` NULL; false: there are no more. */
bool kw_tuf_targets_next(const kw_json *body, const void **at, kw_tuf_delegation *out, kw_str path,
                         const kw_hash32 *path_hash);

#endif /* KW_TUF_ENGINE_TARGETS_H */
