/* SPDX-License-Identifier: Apache-2.0
 * Targets and delegations. Source: TUF 1.0.34 section 4.5; bins: TAP 15. */
#include "tuf/engine/targets.h"

#include "codec/hex.h"
#include "tuf/engine/find.h"
#include "tuf/engine/root.h"

#include <stdio.h>

/* ---- targets ---- */

static kw_status read_target(kw_tuf_content *out, const kw_json *target, kw_error *err)
{
    kw_tuf_content content;
    KW_TRY(kw_tuf_content_read(&content, target, err));
    KW_REQUIRE(content.has_length && kw_tuf_content_has_hashes(&content), err, KW_BAD_INPUT,
               "a target has no length or no hashes");
    *out = content;
    return KW_OK;
}

static kw_status check_targets(const kw_json *targets, kw_error *err)
{
    KW_REQUIRE(kw_json_kind_of(targets) == KW_JSON_OBJECT, err, KW_BAD_INPUT,
               "there are no targets");
    kw_str path = {0};
    const kw_json *target = NULL;
    for (const void *at = NULL; kw_json_next(targets, &at, &path, &target);) {
        kw_tuf_content content;
        KW_REQUIRE(path.len > 0 && path.len <= KW_TUF_PATH_BYTES_MAX, err, KW_LIMIT,
                   "the path of a target is not 1 to %d bytes", KW_TUF_PATH_BYTES_MAX);
        KW_TRY(read_target(&content, target, err));
    }
    return KW_OK;
}

bool kw_tuf_targets_find(const kw_json *body, kw_tuf_content *out, const kw_json **out_custom,
                         kw_str path)
{
    const kw_json *target = kw_tuf_find(kw_json_get(body, "targets"), path);
    if (target == NULL) {
        return false;
    }
    KW_ASSERT(read_target(out, target, NULL) == KW_OK);
    if (out_custom != NULL) {
        *out_custom = kw_json_get(target, "custom");
    }
    return true;
}

bool kw_tuf_targets_walk(const kw_json *body, const void **at, kw_str *out_path,
                         kw_tuf_content *out)
{
    const kw_json *target = NULL;
    if (!kw_json_next(kw_json_get(body, "targets"), at, out_path, &target)) {
        return false;
    }
    KW_ASSERT(read_target(out, target, NULL) == KW_OK);
    return true;
}

/* ---- delegations ---- */

static bool is_top_level(kw_str name)
{
    for (int kind = KW_TUF_ROOT; kind <= KW_TUF_TARGETS; kind++) {
        if (kw_str_equal(name, kw_tuf_kind_name((kw_tuf_kind)kind))) {
            return true;
        }
    }
    return false;
}

static kw_status check_name(kw_str name, kw_error *err)
{
    kw_tuf_quoted quoted;
    KW_TRY_AT(err, kw_tuf_quote(&quoted, name), "reading the name of a delegation");
    KW_REQUIRE(!is_top_level(name), err, KW_BAD_INPUT,
               "a delegation has the name of a top-level role");
    return KW_OK;
}

/* A list of texts; absent: fine. */
static kw_status check_texts(const kw_json *list, kw_error *err)
{
    kw_str unnamed = {0};
    const kw_json *item = NULL;
    KW_REQUIRE(list == NULL || kw_json_kind_of(list) == KW_JSON_ARRAY, err, KW_BAD_INPUT,
               "the paths of a delegation are no list");
    for (const void *at = NULL; kw_json_next(list, &at, &unnamed, &item);) {
        KW_REQUIRE(kw_json_kind_of(item) == KW_JSON_STRING &&
                       kw_json_text(item).len <= KW_TUF_PATH_BYTES_MAX,
                   err, KW_BAD_INPUT, "a path of a delegation is no text, or is too long");
    }
    return KW_OK;
}

static bool is_flag(const kw_json *value)
{
    return kw_json_kind_of(value) == KW_JSON_TRUE || kw_json_kind_of(value) == KW_JSON_FALSE;
}

static kw_status check_delegation(const kw_json *delegation, const kw_json *keys, kw_error *err)
{
    kw_tuf_role role;
    const kw_json *paths = kw_json_get(delegation, "paths");
    const kw_json *prefixes = kw_json_get(delegation, "path_hash_prefixes");
    kw_str name = kw_json_text(kw_json_get(delegation, "name"));
    KW_TRY(check_name(name, err));
    KW_TRY(kw_tuf_role_read(&role, name, delegation, keys, err));
    KW_REQUIRE(is_flag(kw_json_get(delegation, "terminating")), err, KW_BAD_INPUT,
               "a delegation does not say whether it is terminating");
    KW_REQUIRE((paths == NULL) != (prefixes == NULL), err, KW_BAD_INPUT,
               "a delegation has not one of paths and path_hash_prefixes");
    KW_TRY(check_texts(paths, err));
    return check_texts(prefixes, err);
}

static kw_status check_delegations(const kw_json *list, const kw_json *keys, kw_error *err)
{
    KW_REQUIRE(kw_json_kind_of(list) == KW_JSON_ARRAY, err, KW_BAD_INPUT,
               "the delegations have no list of roles");
    kw_str unnamed = {0};
    const kw_json *delegation = NULL;
    for (const void *at = NULL; kw_json_next(list, &at, &unnamed, &delegation);) {
        KW_TRY(check_delegation(delegation, keys, err));
    }
    return KW_OK;
}

/* The prefix of the names, "-" and the digits must make a name. */
static kw_status check_bins(const kw_json *bins, const kw_json *keys, kw_error *err)
{
    kw_tuf_role role;
    kw_tuf_quoted quoted;
    uint64_t bits = 0;
    kw_str prefix = kw_json_text(kw_json_get(bins, "name_prefix"));
    KW_TRY(kw_tuf_role_read(&role, prefix, bins, keys, err));
    KW_TRY_AT(err, kw_tuf_quote(&quoted, prefix), "reading the prefix of bins");
    KW_REQUIRE(strlen(quoted.text) + 1 + KW_TUF_BIN_DIGITS_MAX <= KW_TUF_FILE_NAME_BYTES_MAX, err,
               KW_LIMIT, "the prefix of bins is too long");
    KW_REQUIRE(kw_tuf_number(&bits, kw_json_get(bins, "bit_length"), 1) && bits <= KW_TUF_BITS_MAX,
               err, KW_BAD_INPUT, "the bit_length of bins is not 1 to %d", KW_TUF_BITS_MAX);
    return KW_OK;
}

kw_status kw_tuf_targets_check(const kw_json *body, kw_tuf_keyids rule, kw_error *err)
{
    KW_TRY(check_targets(kw_json_get(body, "targets"), err));
    const kw_json *delegations = kw_json_get(body, "delegations");
    if (delegations == NULL) {
        return KW_OK;
    }
    const kw_json *keys = kw_json_get(delegations, "keys");
    const kw_json *roles = kw_json_get(delegations, "roles");
    const kw_json *bins = kw_json_get(delegations, "succinct_roles");
    KW_TRY(kw_tuf_keys_check(keys, rule, err));
    KW_REQUIRE(bins == NULL || roles == NULL, err, KW_BAD_INPUT,
               "there are roles beside succinct_roles");
    return bins != NULL ? check_bins(bins, keys, err) : check_delegations(roles, keys, err);
}

/* ---- which delegations cover a path ---- */

static bool covers(const kw_json *delegation, kw_str path, const kw_hash32 *path_hash)
{
    kw_str unnamed = {0};
    const kw_json *item = NULL;
    const kw_json *paths = kw_json_get(delegation, "paths");
    for (const void *at = NULL; kw_json_next(paths, &at, &unnamed, &item);) {
        if (kw_tuf_path_matches(kw_json_text(item), path)) {
            return true;
        }
    }
    const kw_json *prefixes = kw_json_get(delegation, "path_hash_prefixes");
    for (const void *at = NULL; kw_json_next(prefixes, &at, &unnamed, &item);) {
        if (kw_tuf_prefix_matches(kw_json_text(item), path_hash)) {
            return true;
        }
    }
    return false;
}

/* The name "<prefix>-<bin in hex>". */
static kw_str name_bin(kw_tuf_delegation *out, const kw_json *bins, const kw_hash32 *path_hash)
{
    uint64_t bits = 0;
    KW_ASSERT(kw_tuf_number(&bits, kw_json_get(bins, "bit_length"), 1));
    kw_str prefix = kw_json_text(kw_json_get(bins, "name_prefix"));
    int len =
        snprintf(out->bin, sizeof out->bin, "%.*s-%0*x", KW_STR_ARG(prefix),
                 (int)kw_tuf_bin_digits((unsigned)bits), kw_tuf_bin_of(path_hash, (unsigned)bits));
    KW_ASSERT(len > 0 && (size_t)len < sizeof out->bin);
    return (kw_str){out->bin, (size_t)len};
}

static void read_bin(kw_tuf_delegation *out, const kw_json *bins, const kw_json *keys,
                     const kw_hash32 *path_hash)
{
    kw_str name = name_bin(out, bins, path_hash);
    KW_ASSERT(kw_tuf_role_read(&out->role, name, bins, keys, NULL) == KW_OK);
    out->is_terminating = false;
}

static void read_delegation(kw_tuf_delegation *out, const kw_json *delegation, const kw_json *keys)
{
    kw_str name = kw_json_text(kw_json_get(delegation, "name"));
    KW_ASSERT(kw_tuf_role_read(&out->role, name, delegation, keys, NULL) == KW_OK);
    out->is_terminating = kw_json_kind_of(kw_json_get(delegation, "terminating")) == KW_JSON_TRUE;
}

bool kw_tuf_targets_next(const kw_json *body, const void **at, kw_tuf_delegation *out, kw_str path,
                         const kw_hash32 *path_hash)
{
    const kw_json *delegations = kw_json_get(body, "delegations");
    const kw_json *keys = kw_json_get(delegations, "keys");
    const kw_json *bins = kw_json_get(delegations, "succinct_roles");
    if (bins != NULL) {
        bool is_first = *at == NULL;
        *at = bins; /* a path has one bin */
        if (is_first) {
            read_bin(out, bins, keys, path_hash);
        }
        return is_first;
    }
    kw_str unnamed = {0};
    const kw_json *delegation = NULL;
    const kw_json *roles = kw_json_get(delegations, "roles");
    while (kw_json_next(roles, at, &unnamed, &delegation)) {
        if (covers(delegation, path, path_hash)) {
            read_delegation(out, delegation, keys);
            return true;
        }
    }
    return false;
}

/* ---- a delegation by name ---- */

/* True for "<prefix>-<digits>" of one of the bins. */
static bool is_bin(const kw_json *bins, kw_str name)
{
    uint64_t bits = 0;
    uint8_t bytes[KW_TUF_BIN_DIGITS_MAX / 2];
    char hex[KW_TUF_BIN_DIGITS_MAX];
    KW_ASSERT(kw_tuf_number(&bits, kw_json_get(bins, "bit_length"), 1));
    kw_str prefix = kw_json_text(kw_json_get(bins, "name_prefix"));
    size_t digits = kw_tuf_bin_digits((unsigned)bits);
    if (name.len != prefix.len + 1 + digits || !kw_str_starts_with(name, prefix) ||
        name.ptr[prefix.len] != '-') {
        return false;
    }
    memset(hex, '0', sizeof hex);
    memcpy(&hex[sizeof hex - digits], &name.ptr[prefix.len + 1], digits);
    if (kw_hex_decode_to(KW_MSPAN(bytes), (kw_str){hex, sizeof hex}) != KW_OK) {
        return false;
    }
    uint64_t bin =
        (uint64_t)bytes[0] << 24 | (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 8 | bytes[3];
    return bin < UINT64_C(1) << bits;
}

bool kw_tuf_targets_role(const kw_json *body, kw_tuf_role *out, kw_str name)
{
    const kw_json *delegations = kw_json_get(body, "delegations");
    const kw_json *keys = kw_json_get(delegations, "keys");
    const kw_json *bins = kw_json_get(delegations, "succinct_roles");
    const kw_json *found = bins != NULL && is_bin(bins, name) ? bins : NULL;
    kw_str unnamed = {0};
    const kw_json *delegation = NULL;
    const kw_json *roles = kw_json_get(delegations, "roles");
    for (const void *at = NULL; found == NULL && kw_json_next(roles, &at, &unnamed, &delegation);) {
        bool is_it = kw_str_equal(kw_json_text(kw_json_get(delegation, "name")), name);
        found = is_it ? delegation : NULL;
    }
    if (found == NULL) {
        return false;
    }
    KW_ASSERT(kw_tuf_role_read(out, name, found, keys, NULL) == KW_OK);
    return true;
}
