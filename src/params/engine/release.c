/* SPDX-License-Identifier: Apache-2.0
 * Rows of the catalog, and the moves of a release. */
#include "params/engine/release.h"

#include "codec/hex.h"
#include "crypto/hash.h"

enum {
    FORM = 1,
    ARENA_BYTES = 16 << 20,
};

static const char *const state_names[] = {
#define X(name, spelling) [KW_RELEASE_##name] = (spelling),
    KW_RELEASE_STATE_TABLE(X)
#undef X
};

const char *kw_release_state_name(kw_release_state state)
{
    KW_ASSERT((size_t)state < KW_COUNT(state_names));
    return state_names[state];
}

bool kw_release_may_become(kw_release_state from, kw_release_state to)
{
    switch (to) {
    case KW_RELEASE_DRAFT:
        return from == KW_RELEASE_CHECKED;
    case KW_RELEASE_CHECKED:
    case KW_RELEASE_APPROVED:
    case KW_RELEASE_STAGED:
    case KW_RELEASE_PUBLISHED:
    case KW_RELEASE_DEPRECATED:
        return to == from + 1;
    case KW_RELEASE_REVOKED:
        return from == KW_RELEASE_STAGED || from == KW_RELEASE_PUBLISHED ||
               from == KW_RELEASE_DEPRECATED;
    }
    return false;
}

bool kw_rollout_has(const kw_rollout *rollout, const kw_hash32 *install_id)
{
    kw_sha256_state state;
    kw_hash32 hash;
    kw_sha256_init(&state);
    kw_sha256_update(&state, kw_span_of_str(rollout->salt));
    kw_sha256_update(&state, KW_SPAN(install_id->bytes));
    kw_sha256_final(&state, &hash);
    uint32_t drawn = (uint32_t)hash.bytes[0] << 24 | (uint32_t)hash.bytes[1] << 16 |
                     (uint32_t)hash.bytes[2] << 8 | hash.bytes[3];
    return drawn % KW_PERMILLE_ALL < rollout->permille;
}

/* ---- the document ---- */

static const kw_enum_name statuses[] = {{"staged", KW_RELEASE_STAGED},
                                        {"published", KW_RELEASE_PUBLISHED},
                                        {"deprecated", KW_RELEASE_DEPRECATED},
                                        {"revoked", KW_RELEASE_REVOKED}};

static const kw_field rollout_fields[] = {
    KW_FIELD(kw_rollout, permille, KW_PERMILLE_ALL, KW_REQ),
    KW_FIELD(kw_rollout, salt, 64, KW_REQ, .made_of = "._-"),
};
KW_SCHEMA(kw_rollout, rollout_fields);

static const kw_field release_fields[] = {
    KW_FIELD(kw_release, family, KW_FAMILY_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_release, semver, KW_SEMVER_BYTES_MAX, KW_REQ),
    KW_FIELD_ENUM(kw_release, status, statuses, KW_REQ),
    KW_FIELD(kw_release, client, KW_SEMVER_RANGE_BYTES_MAX, 0, .fallback = "*"),
    KW_FIELD(kw_release, prover, KW_SEMVER_RANGE_BYTES_MAX, 0, .fallback = "*"),
    KW_FIELD(kw_release, proof_system, 32, KW_REQ, .min = 1, .made_of = "._-"),
    KW_FIELD(kw_release, circuit_ids, KW_CIRCUIT_ID_BYTES, 0, .items_max = KW_CIRCUITS_MAX),
    KW_FIELD(kw_release, not_after, KW_UTC_S_MAX, KW_TIME | KW_NULL),
    KW_FIELD(kw_release, support_end, KW_UTC_S_MAX, KW_TIME | KW_NULL),
    KW_FIELD(kw_release, successor, KW_SEMVER_BYTES_MAX, 0),
    KW_FIELD(kw_release, notes, 4000, KW_CONTROLS),
    KW_FIELD_OBJECT(kw_release, rollout, &kw_rollout_schema, 0),
};
KW_SCHEMA(kw_release, release_fields);

static const kw_field catalog_fields[] = {
    KW_FIELD(kw_catalog, kw, UINT32_MAX, KW_REQ, .min = 1),
    KW_FIELD_LIST(kw_catalog, releases, &kw_release_schema, KW_CATALOG_RELEASES_MAX, KW_REQ),
};
KW_SCHEMA(kw_catalog, catalog_fields);

bool kw_path_segment_is_good(kw_str name, size_t bytes_max)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') {
            return false;
        }
    }
    return name.len >= 1 && name.len <= bytes_max && kw_str_is_made_of(name, "._-") &&
           kw_str_is_made_of((kw_str){name.ptr, 1}, "");
}

bool kw_circuit_ids_are_good(const kw_strs *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        kw_hash32 hash;
        if (kw_hex_decode_to(KW_MSPAN(hash.bytes), ids->items[i]) != KW_OK) {
            return false;
        }
    }
    return true;
}

static kw_status check_version(kw_str text, kw_error *err)
{
    kw_semver version;
    KW_TRY(kw_semver_parse(&version, text, err));
    KW_REQUIRE(version.build.len == 0, err, KW_BAD_INPUT,
               "a version of the catalog has no build metadata");
    return KW_OK;
}

static kw_status check_release(const kw_release *release, kw_error *err)
{
    kw_semver_range range;
    KW_REQUIRE(kw_path_segment_is_good(release->family, KW_FAMILY_BYTES_MAX), err, KW_BAD_INPUT,
               "not the name of a family");
    KW_TRY(check_version(release->semver, err));
    KW_TRY(kw_semver_range_parse(&range, release->client, err));
    KW_TRY(kw_semver_range_parse(&range, release->prover, err));
    KW_REQUIRE(kw_circuit_ids_are_good(&release->circuit_ids), err, KW_BAD_INPUT,
               "a circuit id is not 64 characters of lower-case hex");
    if (release->successor.len > 0) {
        KW_TRY(check_version(release->successor, err));
    }
    return KW_OK;
}

static bool is_same_release(const kw_release *a, const kw_release *b)
{
    return kw_str_equal(a->family, b->family) && kw_str_equal(a->semver, b->semver);
}

static kw_status check_releases(const kw_releases *releases, kw_error *err)
{
    for (size_t i = 0; i < releases->count; i++) {
        const kw_release *release = &releases->items[i];
        KW_TRY_AT(err, check_release(release, err), "release %zu of the catalog", i);
        for (size_t j = 0; j < i; j++) {
            KW_REQUIRE(!is_same_release(release, &releases->items[j]), err, KW_BAD_INPUT,
                       "release %zu of the catalog stands there twice", i);
        }
    }
    return KW_OK;
}

kw_status kw_catalog_decode(kw_catalog *out, kw_arena *arena, kw_span json, kw_error *err)
{
    KW_REQUIRE(json.len <= KW_CATALOG_BYTES_MAX, err, KW_LIMIT, "a catalog has at most %d bytes",
               KW_CATALOG_BYTES_MAX);
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_TRY(kw_json_parse(&tree, json, 8, err));
    int64_t form = 0;
    KW_REQUIRE(!kw_json_integer(kw_json_get(tree, "kw"), &form) || form <= FORM, err,
               KW_INCOMPATIBLE, "the catalog has form %lld: this client is too old for it",
               (long long)form);
    kw_catalog catalog;
    KW_TRY(kw_json_decode_known(&catalog, arena, &kw_catalog_schema, tree, err));
    KW_TRY(check_releases(&catalog.releases, err));
    *out = catalog;
    return KW_OK;
}

kw_status kw_catalog_encode(kw_buf *out, const kw_catalog *catalog, kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_CATALOG_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&json, &kw_catalog_schema, catalog, KW_JSON_PLAIN),
              "writing a catalog");
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_catalog same;
    KW_TRY(kw_catalog_decode(&same, &arena, kw_buf_view(&json), err));
    KW_TRY_AT(err, kw_buf_append(out, kw_buf_view(&json)), "writing a catalog");
    return KW_OK;
}
