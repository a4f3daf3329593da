/* SPDX-License-Identifier: Apache-2.0
 * Drafts as JSON, and what follows from one for each of its files. */
#include "params/engine/draft.h"

#include "codec/hex.h"
#include "crypto/hash.h"

#include <stdio.h>

enum {
    FORM = 1,
    LEAF_BYTES = 65536,
    NAME_BYTES_MAX = 100,
    HEX_BYTES = 64,
    BN_POINT_BYTES = 128, /* of G2, which is two of G1: whole points of either fit */
    BLS_POINT_BYTES = 192,
    REQUEST_BYTES_MAX = 1024,
};

#define NAME(kind, spelling) {(spelling), KW_PARAMS_##kind},
static const kw_enum_name kinds[] = {KW_PARAMS_KIND_TABLE(NAME)};
#undef NAME

#define NAME(state, spelling) {(spelling), KW_RELEASE_##state},
static const kw_enum_name states[] = {KW_RELEASE_STATE_TABLE(NAME)};
#undef NAME

#define FILE_FIELDS                                                  \
    KW_FIELD(kw_draft_file, name, NAME_BYTES_MAX, KW_REQ, .min = 1), \
        KW_FIELD_ENUM(kw_draft_file, kind, kinds, KW_REQ)

#define DRAFT_FIELDS                                                              \
    KW_FIELD(kw_draft, family, KW_FAMILY_BYTES_MAX, KW_REQ, .min = 1),            \
        KW_FIELD(kw_draft, semver, KW_SEMVER_BYTES_MAX, KW_REQ, .min = 1),        \
        KW_FIELD(kw_draft, proof_system, 32, KW_REQ, .min = 1, .made_of = "._-"), \
        KW_FIELD(kw_draft, curve, 32, KW_REQ, .min = 1, .made_of = "._-"),        \
        KW_FIELD_OBJECT(kw_draft, ceremony, &kw_ceremony_schema, 0),              \
        KW_FIELD_OBJECT(kw_draft, requires, &kw_params_requires_schema, 0),       \
        KW_FIELD(kw_draft, not_after, KW_UTC_S_MAX, KW_TIME | KW_NULL),           \
        KW_FIELD(kw_draft, usage, 1000, 0), KW_FIELD(kw_draft, notes, 2000, 0),   \
        KW_FIELD(kw_draft, supersedes, KW_SEMVER_BYTES_MAX, 0)

static const kw_field given_file_fields[] = {
    FILE_FIELDS,
    KW_FIELD(kw_draft_file, from, KW_DRAFT_FROM_BYTES_MAX, KW_REQ, .min = 1),
};
static const kw_schema given_file_schema = KW_SCHEMA_OF(kw_draft_file, given_file_fields);

static const kw_field given_fields[] = {
    DRAFT_FIELDS,
    KW_FIELD_LIST(kw_draft, files, &given_file_schema, KW_DRAFT_FILES_MAX, KW_REQ, .min = 1),
};
static const kw_schema given_schema = KW_SCHEMA_OF(kw_draft, given_fields);

static const kw_field file_fields[] = {
    FILE_FIELDS,
    KW_FIELD(kw_draft_file, bytes, INT64_MAX, KW_REQ),
    KW_FIELD(kw_draft_file, sha256, 0, KW_REQ),
    KW_FIELD(kw_draft_file, root, 0, KW_REQ),
    KW_FIELD(kw_draft_file, index, 0, KW_REQ),
};
KW_SCHEMA(kw_draft_file, file_fields);

static const kw_field draft_fields[] = {
    DRAFT_FIELDS,
    KW_FIELD_LIST(kw_draft, files, &kw_draft_file_schema, KW_DRAFT_FILES_MAX, KW_REQ, .min = 1),
    KW_FIELD(kw_draft, created, KW_UTC_S_MAX, KW_REQ | KW_TIME),
    KW_FIELD_ENUM(kw_draft, state, states, KW_REQ),
    KW_FIELD(kw_draft, report, 0, KW_REQ),
    KW_FIELD(kw_draft, request, REQUEST_BYTES_MAX, 0),
};
KW_SCHEMA(kw_draft, draft_fields);

/* ---- reading and writing ---- */

/* Of keys and circuits a release has one, so that it is plain which belong together. */
static bool is_single(kw_params_kind kind)
{
    return kind == KW_PARAMS_VK || kind == KW_PARAMS_ZKEY || kind == KW_PARAMS_R1CS;
}

static kw_status check_file(const kw_draft_files *files, size_t at, kw_error *err)
{
    const kw_draft_file *file = &files->items[at];
    KW_REQUIRE(kw_path_segment_is_good(file->name, NAME_BYTES_MAX), err, KW_BAD_INPUT,
               "the name of file %zu is not of a-z0-9 and ._-", at + 1);
    for (size_t i = 0; i < at; i++) {
        const kw_draft_file *other = &files->items[i];
        KW_REQUIRE(!kw_str_equal(other->name, file->name), err, KW_BAD_INPUT,
                   "file %zu has the name of another", at + 1);
        KW_REQUIRE(other->kind != file->kind || !is_single(file->kind), err, KW_BAD_INPUT,
                   "file %zu is the second of its kind", at + 1);
    }
    return KW_OK;
}

static kw_status check(const kw_draft *draft, kw_error *err)
{
    kw_semver version;
    kw_semver_range range;
    KW_REQUIRE(kw_path_segment_is_good(draft->family, KW_FAMILY_BYTES_MAX), err, KW_BAD_INPUT,
               "the family is not of a-z0-9 and ._-");
    KW_TRY(kw_semver_parse(&version, draft->semver, err));
    KW_TRY(kw_semver_range_parse(&range, draft->requires.client, err));
    KW_TRY(kw_semver_range_parse(&range, draft->requires.prover, err));
    if (draft->supersedes.len > 0) {
        KW_TRY(kw_semver_parse(&version, draft->supersedes, err));
    }
    for (size_t i = 0; i < draft->files.count; i++) {
        kw_draft_path path;
        KW_TRY(check_file(&draft->files, i, err));
        KW_TRY(kw_draft_index_path_of(&path, draft, &draft->files.items[i], err));
    }
    return KW_OK;
}

static kw_status read(kw_draft *out, kw_arena *arena, const kw_schema *schema, kw_span json,
                      kw_error *err)
{
    kw_draft draft = {.files = {0}}; /* a manifest has not all members */
    KW_REQUIRE(json.len <= KW_DRAFT_BYTES_MAX, err, KW_LIMIT, "a draft has at most %d bytes",
               KW_DRAFT_BYTES_MAX);
    KW_TRY(kw_json_decode(&draft, arena, schema, json, err));
    KW_TRY(check(&draft, err));
    *out = draft;
    return KW_OK;
}

kw_status kw_draft_parse(kw_draft *out, kw_arena *arena, kw_span manifest, kw_error *err)
{
    return read(out, arena, &given_schema, manifest, err);
}

kw_status kw_draft_decode(kw_draft *out, kw_arena *arena, kw_span record, kw_error *err)
{
    return read(out, arena, &kw_draft_schema, record, err);
}

kw_status kw_draft_encode(kw_buf *out, const kw_draft *draft, kw_error *err)
{
    KW_TRY_AT(err, kw_json_encode(out, &kw_draft_schema, draft, KW_JSON_PLAIN), "writing a draft");
    return KW_OK;
}

/* ---- names ---- */

kw_str kw_draft_version(const kw_draft *draft)
{
    kw_str version;
    kw_str build;
    (void)kw_str_split(draft->semver, '+', &version, &build);
    return version;
}

static kw_status join(kw_draft_path *out, const char *front, const kw_draft *draft,
                      const kw_draft_file *file, const char *end, kw_error *err)
{
    kw_str version = kw_draft_version(draft);
    int len = snprintf(out->text, sizeof out->text, "%s/%.*s/%.*s/%.*s%s", front,
                       KW_STR_ARG(draft->family), KW_STR_ARG(version), KW_STR_ARG(file->name), end);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof out->text, err, KW_LIMIT,
               "the path of a file has more than %d bytes", KW_TARGET_PATH_BYTES_MAX);
    return KW_OK;
}

kw_status kw_draft_path_of(kw_draft_path *out, const kw_draft *draft, const kw_draft_file *file,
                           kw_error *err)
{
    return join(out, "params", draft, file, "", err);
}

kw_status kw_draft_index_path_of(kw_draft_path *out, const kw_draft *draft,
                                 const kw_draft_file *file, kw_error *err)
{
    return join(out, "index", draft, file, ".kci", err);
}

const kw_draft_file *kw_draft_file_of(const kw_draft *draft, kw_params_kind kind)
{
    for (size_t i = 0; i < draft->files.count; i++) {
        if (draft->files.items[i].kind == kind) {
            return &draft->files.items[i];
        }
    }
    return NULL;
}

kw_cut_rule kw_draft_cut(const kw_draft *draft, kw_params_kind kind, uint32_t *out_point_bytes)
{
    bool is_bls = kw_str_starts_with(draft->curve, KW_STR("bls12"));
    *out_point_bytes = is_bls ? BLS_POINT_BYTES : BN_POINT_BYTES;
    switch (kind) {
    case KW_PARAMS_ZKEY:
    case KW_PARAMS_PTAU:
    case KW_PARAMS_R1CS:
        return KW_CUT_SECTIONED;
    case KW_PARAMS_VK:
    case KW_PARAMS_SRS: /* text, of Ethereum's setup */
        break;
    }
    *out_point_bytes = 0;
    return KW_CUT_CONTENT;
}

/* ---- what is signed and approved ---- */

/* Everything that the custom of one file points to. */
typedef struct custom_room {
    char circuit[HEX_BYTES];
    kw_str circuits[1];
    kw_draft_path index;
    kw_draft_path r1cs;
    kw_draft_path zkey;
} custom_room;

/* What a verification key is bound to. */
static kw_status bind(kw_params_custom *custom, custom_room *room, const kw_draft *draft,
                      kw_error *err)
{
    const kw_draft_file *r1cs = kw_draft_file_of(draft, KW_PARAMS_R1CS);
    const kw_draft_file *zkey = kw_draft_file_of(draft, KW_PARAMS_ZKEY);
    if (r1cs != NULL) {
        kw_hex_encode_to(room->circuit, KW_SPAN(r1cs->sha256.bytes));
        room->circuits[0] = (kw_str){room->circuit, sizeof room->circuit};
        custom->circuit_ids = (kw_strs){room->circuits, 1};
    }
    if (r1cs != NULL && custom->kind == KW_PARAMS_VK) {
        KW_TRY(kw_draft_path_of(&room->r1cs, draft, r1cs, err));
        custom->vk_of = kw_str_of(room->r1cs.text);
    }
    if (zkey != NULL && custom->kind == KW_PARAMS_VK) {
        KW_TRY(kw_draft_path_of(&room->zkey, draft, zkey, err));
        custom->zkey = kw_str_of(room->zkey.text);
    }
    return KW_OK;
}

kw_status kw_draft_custom(kw_buf *out, const kw_draft *draft, const kw_draft_file *file,
                          kw_error *err)
{
    custom_room room;
    kw_draft_path path = {{0}};
    KW_TRY(kw_draft_path_of(&path, draft, file, err));
    KW_TRY(kw_draft_index_path_of(&room.index, draft, file, err));
    kw_params_custom custom = {
        .kw = FORM,
        .family = draft->family,
        .semver = draft->semver,
        .kind = file->kind,
        .proof_system = draft->proof_system,
        .curve = draft->curve,
        .ceremony = draft->ceremony,
        .created = draft->created,
        .not_after = draft->not_after,
        .usage = draft->usage,
        .requires = draft->requires,
        .supersedes = draft->supersedes,
        .tree = {KW_STR("rfc6962-sha256"), LEAF_BYTES, file->root},
        .chunks = {kw_str_of(room.index.text), file->index},
    };
    KW_TRY(bind(&custom, &room, draft, err));
    return kw_params_custom_encode(out, &custom, kw_str_of(path.text), err);
}

static kw_status add_line(kw_buf *lines, const kw_draft *draft, const kw_draft_file *file,
                          kw_error *err)
{
    KW_AUTO(kw_buf) custom = kw_buf_init(KW_CUSTOM_BYTES_MAX);
    kw_draft_path path = {{0}};
    kw_hash32 said;
    char hex[2][HEX_BYTES];
    KW_TRY(kw_draft_path_of(&path, draft, file, err));
    KW_TRY(kw_draft_custom(&custom, draft, file, err));
    kw_sha256(&said, kw_buf_view(&custom));
    kw_hex_encode_to(hex[0], KW_SPAN(file->sha256.bytes));
    kw_hex_encode_to(hex[1], KW_SPAN(said.bytes));
    KW_TRY_AT(err,
              kw_buf_append_format(lines, "%s %.*s %.*s\n", path.text, HEX_BYTES, hex[0], HEX_BYTES,
                                   hex[1]),
              "writing what is approved");
    return KW_OK;
}

kw_status kw_draft_subject(kw_buf *out, const kw_draft *draft, kw_error *err)
{
    char report[HEX_BYTES];
    kw_hex_encode_to(report, KW_SPAN(draft->report.bytes));
    KW_TRY_AT(err, kw_buf_append_format(out, "report %.*s\n", HEX_BYTES, report),
              "writing what is approved");
    for (size_t i = 0; i < draft->files.count; i++) {
        KW_TRY(add_line(out, draft, &draft->files.items[i], err));
    }
    return KW_OK;
}

kw_status kw_draft_fingerprint(kw_hash32 *out, const kw_draft *draft, kw_error *err)
{
    KW_AUTO(kw_buf) subject = kw_buf_init(KW_DRAFT_BYTES_MAX);
    KW_TRY(kw_draft_subject(&subject, draft, err));
    kw_sha256(out, kw_buf_view(&subject));
    return KW_OK;
}
