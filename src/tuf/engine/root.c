/* SPDX-License-Identifier: Apache-2.0
 * root.json. */
#include "tuf/engine/root.h"

static const char *const names[] = {
    [KW_TUF_ROOT] = "root",
    [KW_TUF_TIMESTAMP] = "timestamp",
    [KW_TUF_SNAPSHOT] = "snapshot",
    [KW_TUF_TARGETS] = "targets",
};

kw_str kw_tuf_kind_name(kw_tuf_kind kind)
{
    return kw_str_of(names[kind]);
}

static kw_status read_role(const kw_json *body, kw_tuf_role *out, kw_tuf_kind of, kw_error *err)
{
    const kw_json *role = kw_json_get(kw_json_get(body, "roles"), names[of]);
    KW_TRY_AT(err,
              kw_tuf_role_read(out, kw_tuf_kind_name(of), role, kw_json_get(body, "keys"), err),
              "reading the role %s", names[of]);
    return KW_OK;
}

kw_status kw_tuf_root_check(const kw_json *body, kw_tuf_keyids rule, kw_error *err)
{
    kw_tuf_role role;
    KW_TRY(kw_tuf_keys_check(kw_json_get(body, "keys"), rule, err));
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        KW_TRY(read_role(body, &role, (kw_tuf_kind)i, err));
    }
    return KW_OK;
}

void kw_tuf_root_role(const kw_json *body, kw_tuf_role *out, kw_tuf_kind of)
{
    KW_ASSERT(read_role(body, out, of, NULL) == KW_OK);
}

bool kw_tuf_root_is_consistent(const kw_json *body)
{
    return kw_json_kind_of(kw_json_get(body, "consistent_snapshot")) != KW_JSON_FALSE;
}
