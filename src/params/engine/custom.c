/* SPDX-License-Identifier: Apache-2.0
 * The member `custom` of a parameter file's target. */
#include "params/engine/custom.h"

enum {
    FORM = 1,
    LEAF_BYTES = 65536,
    DEPTH_MAX = 6,
    ARENA_BYTES = 256 << 10,
};

#define NAME(kind, spelling) {(spelling), KW_PARAMS_##kind},
static const kw_enum_name kinds[] = {KW_PARAMS_KIND_TABLE(NAME)};
#undef NAME

static const kw_field ceremony_fields[] = {
    KW_FIELD(kw_ceremony, id, 64, KW_REQ, .min = 1, .made_of = "._-"),
    KW_FIELD(kw_ceremony, transcript_sha256, 0, KW_REQ),
    KW_FIELD(kw_ceremony, contributors, UINT32_MAX, KW_REQ),
    KW_FIELD(kw_ceremony, beacon, 200, 0),
};
KW_SCHEMA_EXTERN(kw_ceremony, ceremony_fields);

static const kw_field requires_fields[] = {
    KW_FIELD(kw_params_requires, client, KW_SEMVER_RANGE_BYTES_MAX, 0, .fallback = "*"),
    KW_FIELD(kw_params_requires, prover, KW_SEMVER_RANGE_BYTES_MAX, 0, .fallback = "*"),
};
KW_SCHEMA_EXTERN(kw_params_requires, requires_fields);

static const kw_field tree_fields[] = {
    KW_FIELD(kw_params_tree, alg, 32, KW_REQ),
    KW_FIELD(kw_params_tree, leaf, LEAF_BYTES, KW_REQ, .min = LEAF_BYTES),
    KW_FIELD(kw_params_tree, root, 0, KW_REQ),
};
KW_SCHEMA(kw_params_tree, tree_fields);

static const kw_field chunks_fields[] = {
    KW_FIELD(kw_params_chunks, index, KW_TARGET_PATH_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "._/-"),
    KW_FIELD(kw_params_chunks, sha256, 0, KW_REQ),
};
KW_SCHEMA(kw_params_chunks, chunks_fields);

static const kw_field custom_fields[] = {
    KW_FIELD(kw_params_custom, kw, FORM, KW_REQ, .min = FORM),
    KW_FIELD(kw_params_custom, family, KW_FAMILY_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_params_custom, semver, KW_SEMVER_BYTES_MAX, KW_REQ),
    KW_FIELD_ENUM(kw_params_custom, kind, kinds, KW_REQ),
    KW_FIELD(kw_params_custom, proof_system, 32, KW_REQ, .min = 1, .made_of = "._-"),
    KW_FIELD(kw_params_custom, curve, 32, KW_REQ, .min = 1, .made_of = "._-"),
    KW_FIELD(kw_params_custom, circuit_ids, KW_CIRCUIT_ID_BYTES, 0, .items_max = KW_CIRCUITS_MAX),
    KW_FIELD_OBJECT(kw_params_custom, ceremony, &kw_ceremony_schema, 0),
    KW_FIELD(kw_params_custom, created, KW_UTC_S_MAX, KW_REQ | KW_TIME),
    KW_FIELD(kw_params_custom, not_after, KW_UTC_S_MAX, KW_TIME | KW_NULL),
    KW_FIELD(kw_params_custom, usage, 1000, 0),
    KW_FIELD_OBJECT(kw_params_custom, requires, &kw_params_requires_schema, 0),
    KW_FIELD(kw_params_custom, vk_of, KW_TARGET_PATH_BYTES_MAX, 0, .made_of = "._/-"),
    KW_FIELD(kw_params_custom, zkey, KW_TARGET_PATH_BYTES_MAX, 0, .made_of = "._/-"),
    KW_FIELD(kw_params_custom, supersedes, KW_SEMVER_BYTES_MAX, 0),
    KW_FIELD_OBJECT(kw_params_custom, tree, &kw_params_tree_schema, KW_REQ),
    KW_FIELD_OBJECT(kw_params_custom, chunks, &kw_params_chunks_schema, KW_REQ),
    KW_FIELD(kw_params_custom, cid, 128, 0, .made_of = ""),
    KW_FIELD(kw_params_custom, btmh, 128, 0, .made_of = ""),
};
KW_SCHEMA(kw_params_custom, custom_fields);

kw_status kw_params_path_parse(kw_params_path *out, kw_str path, kw_error *err)
{
    kw_params_path parts = {.file = {0}};
    kw_str rest = path;
    kw_str front;
    kw_semver version;
    bool is_good = path.len <= KW_TARGET_PATH_BYTES_MAX && kw_str_split(rest, '/', &front, &rest) &&
                   kw_str_equal(front, KW_STR("params")) &&
                   kw_str_split(rest, '/', &parts.family, &rest) &&
                   kw_str_split(rest, '/', &parts.semver, &parts.file) &&
                   kw_path_segment_is_good(parts.family, KW_FAMILY_BYTES_MAX) &&
                   kw_path_segment_is_good(parts.semver, KW_SEMVER_BYTES_MAX) &&
                   kw_path_segment_is_good(parts.file, KW_TARGET_PATH_BYTES_MAX) &&
                   kw_semver_parse(&version, parts.semver, NULL) == KW_OK;
    KW_REQUIRE(is_good, err, KW_BAD_INPUT, "not a path params/FAMILY/VERSION/FILE");
    *out = parts;
    return KW_OK;
}

/* The version of the path is that of `custom` without build metadata. */
static kw_status check_path(const kw_params_custom *custom, kw_str path, kw_error *err)
{
    kw_params_path parts;
    KW_TRY(kw_params_path_parse(&parts, path, err));
    KW_REQUIRE(kw_str_equal(parts.family, custom->family), err, KW_BAD_INPUT,
               "the family of the path is another");
    kw_semver version;
    KW_TRY(kw_semver_parse(&version, custom->semver, err));
    size_t build_len = version.build.len == 0 ? 0 : version.build.len + 1;
    kw_str plain = {custom->semver.ptr, custom->semver.len - build_len};
    KW_REQUIRE(kw_str_equal(parts.semver, plain), err, KW_BAD_INPUT,
               "the version of the path is another");
    return KW_OK;
}

static kw_status check(const kw_params_custom *custom, kw_str path, kw_error *err)
{
    KW_TRY(check_path(custom, path, err));
    kw_semver_range range;
    KW_TRY(kw_semver_range_parse(&range, custom->requires.client, err));
    KW_TRY(kw_semver_range_parse(&range, custom->requires.prover, err));
    kw_semver version;
    if (custom->supersedes.len > 0) {
        KW_TRY(kw_semver_parse(&version, custom->supersedes, err));
    }
    KW_REQUIRE(kw_circuit_ids_are_good(&custom->circuit_ids), err, KW_BAD_INPUT,
               "a circuit id is not 64 characters of lower-case hex");
    KW_REQUIRE(kw_str_equal(custom->tree.alg, KW_STR("rfc6962-sha256")), err, KW_BAD_INPUT,
               "the leaf tree is not of rfc6962-sha256");
    return KW_OK;
}

kw_status kw_params_custom_decode(kw_params_custom *out, kw_arena *arena, const kw_json *custom,
                                  kw_str path, kw_error *err)
{
    int64_t form = 0;
    KW_REQUIRE(!kw_json_integer(kw_json_get(custom, "kw"), &form) || form <= FORM, err,
               KW_INCOMPATIBLE, "the file is described in form %lld: this client is too old for it",
               (long long)form);
    kw_params_custom read;
    KW_TRY(kw_json_decode_known(&read, arena, &kw_params_custom_schema, custom, err));
    KW_TRY(check(&read, path, err));
    *out = read;
    return KW_OK;
}

kw_status kw_params_custom_encode(kw_buf *out, const kw_params_custom *custom, kw_str path,
                                  kw_error *err)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_CUSTOM_BYTES_MAX);
    KW_TRY_AT(err, kw_json_encode(&json, &kw_params_custom_schema, custom, KW_JSON_PLAIN),
              "describing a file");
    KW_AUTO_PTR(kw_json) tree = NULL;
    KW_TRY(kw_json_parse(&tree, kw_buf_view(&json), DEPTH_MAX, err));
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_params_custom same;
    KW_TRY(kw_params_custom_decode(&same, &arena, tree, path, err));
    KW_TRY_AT(err, kw_buf_append(out, kw_buf_view(&json)), "describing a file");
    return KW_OK;
}
