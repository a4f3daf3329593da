/* SPDX-License-Identifier: Apache-2.0
 * The body of root.json (TUF 1.0.34 section 4.3): the keys of the four top-level roles. */
#ifndef KW_TUF_ENGINE_ROOT_H
#define KW_TUF_ENGINE_ROOT_H

#include "tuf/engine/role.h"

typedef enum kw_tuf_kind {
    KW_TUF_ROOT,
    KW_TUF_TIMESTAMP,
    KW_TUF_SNAPSHOT,
    KW_TUF_TARGETS, /* delegated ones, too */
} kw_tuf_kind;

/* "root", "timestamp", "snapshot" or "targets": the role's name, and `_type` of its file. */
kw_str kw_tuf_kind_name(kw_tuf_kind kind);

/* BAD_INPUT, LIMIT, HASH: what kw_tuf_keys_check and kw_tuf_role_read say of the keys and of each
 * of the four roles. */
KW_MUST_USE kw_status kw_tuf_root_check(const kw_json *body, kw_tuf_keyids rule, kw_error *err);

/* A role of a body that was checked. */
void kw_tuf_root_role(const kw_json *body, kw_tuf_role *out, kw_tuf_kind of);

/* False only when the body says so: then files have no versions and hashes before their names. */
bool kw_tuf_root_is_consistent(const kw_json *body);

#endif /* KW_TUF_ENGINE_ROOT_H */
