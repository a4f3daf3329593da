/* SPDX-License-Identifier: Apache-2.0
 * The envelope of metadata, and what the bodies of all kinds have. Source: TUF 1.0.34 section 4. */
#include "tuf/engine/metadata.h"

#include "tuf/engine/cjson.h"
#include "tuf/engine/find.h"
#include "tuf/engine/meta.h"
#include "tuf/engine/targets.h"

void kw_tuf_file_drop(kw_tuf_file *file)
{
    kw_json_free(file->tree);
    kw_buf_drop(&file->signed_form);
    *file = (kw_tuf_file){0};
}

kw_tuf_file kw_tuf_file_take(kw_tuf_file *file)
{
    kw_tuf_file taken = *file;
    *file = (kw_tuf_file){0};
    return taken;
}

size_t kw_tuf_bytes_max(kw_tuf_kind kind)
{
    switch (kind) {
    case KW_TUF_ROOT:
        return KW_TUF_ROOT_BYTES_MAX;
    case KW_TUF_TIMESTAMP:
        return KW_TUF_TIMESTAMP_BYTES_MAX;
    case KW_TUF_SNAPSHOT:
        return KW_TUF_SNAPSHOT_BYTES_MAX;
    case KW_TUF_TARGETS:
        return KW_TUF_TARGETS_BYTES_MAX;
    }
    return 0;
}

/* ---- signatures ---- */

/* True when one of the items before `last` has its keyid. */
static bool is_repeated(const kw_json *signatures, const kw_json *last)
{
    kw_str keyid = kw_json_text(kw_json_get(last, "keyid"));
    kw_str unnamed = {0};
    const kw_json *item = NULL;
    for (const void *at = NULL; kw_json_next(signatures, &at, &unnamed, &item) && item != last;) {
        if (kw_str_equal(kw_json_text(kw_json_get(item, "keyid")), keyid)) {
            return true;
        }
    }
    return false;
}

/* A signature may be anything, the empty text too: it then counts for nothing. */
static kw_status check_signatures(const kw_json *signatures, kw_error *err)
{
    KW_REQUIRE(kw_json_kind_of(signatures) == KW_JSON_ARRAY, err, KW_BAD_INPUT,
               "there are no signatures");
    KW_REQUIRE(kw_json_count(signatures) <= KW_TUF_SIGNATURES_MAX, err, KW_LIMIT,
               "there are more than %d signatures", KW_TUF_SIGNATURES_MAX);
    kw_str unnamed = {0};
    const kw_json *item = NULL;
    for (const void *at = NULL; kw_json_next(signatures, &at, &unnamed, &item);) {
        KW_REQUIRE(kw_json_kind_of(kw_json_get(item, "keyid")) == KW_JSON_STRING &&
                       kw_json_kind_of(kw_json_get(item, "sig")) == KW_JSON_STRING,
                   err, KW_BAD_INPUT, "a signature has no keyid or no sig");
        KW_REQUIRE(!is_repeated(signatures, item), err, KW_BAD_INPUT, "a keyid signs twice");
    }
    return KW_OK;
}

/* ---- the body ---- */

static bool is_spec_1(kw_str spec_version)
{
    return kw_str_equal(spec_version, KW_STR("1")) ||
           kw_str_starts_with(spec_version, KW_STR("1."));
}

static kw_status check_timestamp(const kw_json *body, kw_error *err)
{
    kw_tuf_meta snapshot;
    KW_TRY(kw_tuf_meta_check(body, err));
    KW_REQUIRE(kw_tuf_meta_find(body, &snapshot, kw_tuf_kind_name(KW_TUF_SNAPSHOT)), err,
               KW_BAD_INPUT, "there is no entry of snapshot.json");
    return KW_OK;
}

static kw_status check_by_kind(const kw_json *body, kw_tuf_kind kind, kw_tuf_keyids rule,
                               kw_error *err)
{
    switch (kind) {
    case KW_TUF_ROOT:
        return kw_tuf_root_check(body, rule, err);
    case KW_TUF_TIMESTAMP:
        return check_timestamp(body, err);
    case KW_TUF_SNAPSHOT:
        return kw_tuf_meta_check(body, err);
    case KW_TUF_TARGETS:
        return kw_tuf_targets_check(body, rule, err);
    }
    return KW_INTERNAL;
}

static kw_status read_body(kw_tuf_file *file, kw_tuf_keyids rule, kw_error *err)
{
    const kw_json *body = file->body;
    kw_str type = kw_json_text(kw_json_get(body, "_type"));
    KW_REQUIRE(kw_str_equal(type, kw_tuf_kind_name(file->kind)), err, KW_BAD_INPUT,
               "this is no file of type %.*s", KW_STR_ARG(kw_tuf_kind_name(file->kind)));
    KW_REQUIRE(is_spec_1(kw_json_text(kw_json_get(body, "spec_version"))), err, KW_BAD_INPUT,
               "the spec_version is not 1");
    KW_REQUIRE(kw_tuf_number(&file->version, kw_json_get(body, "version"), 1), err, KW_BAD_INPUT,
               "the version is no number of 1 and more");
    KW_REQUIRE(kw_utc_parse(&file->expires, kw_json_text(kw_json_get(body, "expires"))), err,
               KW_BAD_INPUT, "the time of expiry is not YYYY-MM-DDThh:mm:ssZ");
    return check_by_kind(body, file->kind, rule, err);
}

kw_status kw_tuf_file_parse(kw_tuf_file *out, kw_span bytes, kw_tuf_kind kind, kw_tuf_keyids rule,
                            kw_error *err)
{
    KW_REQUIRE(bytes.len <= kw_tuf_bytes_max(kind), err, KW_LIMIT, "longer than %zu bytes",
               kw_tuf_bytes_max(kind));
    KW_AUTO(kw_tuf_file) file = {.kind = kind, .signed_form = kw_buf_init(2 * bytes.len)};
    KW_TRY(kw_json_parse(&file.tree, bytes, KW_TUF_DEPTH_MAX, err));
    file.body = kw_json_get(file.tree, "signed");
    file.signatures = kw_json_get(file.tree, "signatures");
    KW_REQUIRE(kw_json_kind_of(file.body) == KW_JSON_OBJECT, err, KW_BAD_INPUT,
               "there is nothing signed");
    KW_TRY(check_signatures(file.signatures, err));
    KW_TRY(read_body(&file, rule, err));
    KW_TRY(kw_tuf_cjson_write(&file.signed_form, file.body, err));
    *out = kw_tuf_file_take(&file);
    return KW_OK;
}
