/* SPDX-License-Identifier: Apache-2.0
 * Roles with their keys beside them. */
#include "tuf/engine/role.h"

#include "tuf/engine/find.h"

kw_status kw_tuf_keys_check(const kw_json *keys, kw_tuf_keyids rule, kw_error *err)
{
    KW_REQUIRE(kw_json_kind_of(keys) == KW_JSON_OBJECT, err, KW_BAD_INPUT, "there are no keys");
    kw_str keyid = {0};
    const kw_json *value = NULL;
    for (const void *at = NULL; kw_json_next(keys, &at, &keyid, &value);) {
        kw_tuf_key key;
        KW_TRY(kw_tuf_key_read(&key, keyid, value, rule, err));
    }
    return KW_OK;
}

const kw_tuf_key *kw_tuf_role_key(const kw_tuf_role *role, kw_str keyid)
{
    for (size_t i = 0; i < role->keys_count; i++) {
        if (kw_str_equal(role->keys[i].keyid, keyid)) {
            return &role->keys[i];
        }
    }
    return NULL;
}

bool kw_tuf_role_keeps_keys(const kw_tuf_role *after, const kw_tuf_role *before)
{
    for (size_t i = 0; i < before->keys_count; i++) {
        if (kw_tuf_role_key(after, before->keys[i].keyid) == NULL) {
            return false;
        }
    }
    return true;
}

/* Adds the key of that name, if the file has one and the role not yet. */
static kw_status add_key(kw_tuf_role *role, kw_str keyid, const kw_json *keys, kw_error *err)
{
    const kw_json *key = kw_tuf_find(keys, keyid);
    if (key == NULL || kw_tuf_role_key(role, keyid) != NULL) {
        return KW_OK;
    }
    KW_TRY(kw_tuf_key_read(&role->keys[role->keys_count], keyid, key, KW_TUF_KEYIDS_OPAQUE, err));
    role->keys_count++;
    return KW_OK;
}

kw_status kw_tuf_role_read(kw_tuf_role *out, kw_str name, const kw_json *role, const kw_json *keys,
                           kw_error *err)
{
    const kw_json *keyids = kw_json_get(role, "keyids");
    uint64_t threshold = 0;
    KW_REQUIRE(kw_json_kind_of(keyids) == KW_JSON_ARRAY &&
                   kw_tuf_number(&threshold, kw_json_get(role, "threshold"), 1),
               err, KW_BAD_INPUT, "a role has no keyids, or no threshold of 1 and more");
    KW_REQUIRE(kw_json_count(keyids) <= KW_TUF_KEYS_MAX, err, KW_LIMIT,
               "a role has more than %d keys", KW_TUF_KEYS_MAX);
    out->name = name;
    out->threshold = threshold;
    out->keys_count = 0;
    kw_str unnamed = {0};
    const kw_json *keyid = NULL;
    for (const void *at = NULL; kw_json_next(keyids, &at, &unnamed, &keyid);) {
        KW_REQUIRE(kw_json_kind_of(keyid) == KW_JSON_STRING, err, KW_BAD_INPUT,
                   "a keyid is no text");
        KW_TRY(add_key(out, kw_json_text(keyid), keys, err));
    }
    return KW_OK;
}

kw_status kw_tuf_role_copy(kw_arena *arena, kw_tuf_role **out, const kw_tuf_role *role)
{
    kw_tuf_role *copy = kw_arena_new(arena, 1, sizeof *copy);
    if (copy == NULL) {
        return KW_LIMIT;
    }
    *copy = *role;
    KW_TRY(kw_arena_copy_str(arena, &copy->name, role->name));
    for (size_t i = 0; i < role->keys_count; i++) {
        KW_TRY(kw_arena_copy_str(arena, &copy->keys[i].keyid, role->keys[i].keyid));
        KW_TRY(kw_arena_copy_str(arena, &copy->keys[i].value, role->keys[i].value));
    }
    *out = copy;
    return KW_OK;
}
