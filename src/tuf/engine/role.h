/* SPDX-License-Identifier: Apache-2.0
 * A role: who may sign for it, and how many of them must (TUF 1.0.34 section 4.3). */
#ifndef KW_TUF_ENGINE_ROLE_H
#define KW_TUF_ENGINE_ROLE_H

#include "base/arena.h"
#include "tuf/engine/keys.h"
#include "tuf/engine/limits.h"

/* Borrows the file that it stands in. */
typedef struct kw_tuf_role {
    kw_str name;
    uint64_t threshold; /* >= 1 */
    size_t keys_count;
    kw_tuf_key keys[KW_TUF_KEYS_MAX]; /* each keyid once; those that the file has no key for are
                                         left out */
} kw_tuf_role;

/* Checks all keys of a file: `keys` is an object of them. Statuses of kw_tuf_key_read. */
KW_MUST_USE kw_status kw_tuf_keys_check(const kw_json *keys, kw_tuf_keyids rule, kw_error *err);

/* Reads {"keyids","threshold"} with the keys of the same file, which were checked. BAD_INPUT: not
 * that form, a threshold below 1. LIMIT: more than KW_TUF_KEYS_MAX keys. */
KW_MUST_USE kw_status kw_tuf_role_read(kw_tuf_role *out, kw_str name, const kw_json *role,
                                       const kw_json *keys, kw_error *err);

/* A copy that borrows nothing but the arena. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_tuf_role_copy(kw_arena *arena, kw_tuf_role **out, const kw_tuf_role *role);

/* True when every key of `before` is one of `after`. */
bool kw_tuf_role_keeps_keys(const kw_tuf_role *after, const kw_tuf_role *before);

/* The key with that name; NULL: there is none. */
const kw_tuf_key *kw_tuf_role_key(const kw_tuf_role *role, kw_str keyid);

#endif /* KW_TUF_ENGINE_ROLE_H */
