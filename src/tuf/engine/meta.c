/* SPDX-License-Identifier: Apache-2.0
 * Versions of files. */
#include "tuf/engine/meta.h"

#include "tuf/engine/find.h"

#define SUFFIX KW_STR(".json")

static kw_status read_entry(kw_tuf_meta *out, const kw_json *entry, kw_error *err)
{
    KW_REQUIRE(kw_tuf_number(&out->version, kw_json_get(entry, "version"), 1), err, KW_BAD_INPUT,
               "an entry has no version");
    return kw_tuf_content_read(&out->content, entry, err);
}

kw_status kw_tuf_meta_check(const kw_json *body, kw_error *err)
{
    const kw_json *files = kw_json_get(body, "meta");
    KW_REQUIRE(kw_json_kind_of(files) == KW_JSON_OBJECT, err, KW_BAD_INPUT, "there is no meta");
    kw_str name = {0};
    const kw_json *entry = NULL;
    for (const void *at = NULL; kw_json_next(files, &at, &name, &entry);) {
        kw_tuf_meta meta;
        KW_REQUIRE(name.len > SUFFIX.len && kw_str_ends_with(name, SUFFIX), err, KW_BAD_INPUT,
                   "an entry is of no .json file");
        KW_TRY(read_entry(&meta, entry, err));
    }
    return KW_OK;
}

/* The entry of "<role>.json". */
static const kw_json *find_entry(const kw_json *body, kw_str role)
{
    kw_str name = {0};
    const kw_json *entry = NULL;
    const kw_json *files = kw_json_get(body, "meta");
    for (const void *at = NULL; kw_json_next(files, &at, &name, &entry);) {
        if (kw_str_equal((kw_str){name.ptr, name.len - SUFFIX.len}, role)) {
            return entry;
        }
    }
    return NULL;
}

bool kw_tuf_meta_find(const kw_json *body, kw_tuf_meta *out, kw_str role)
{
    const kw_json *entry = find_entry(body, role);
    if (entry == NULL) {
        return false;
    }
    KW_ASSERT(read_entry(out, entry, NULL) == KW_OK);
    return true;
}

bool kw_tuf_meta_walk(const kw_json *body, const void **at, kw_str *out_role, kw_tuf_meta *out)
{
    kw_str name = {0};
    const kw_json *entry = NULL;
    if (!kw_json_next(kw_json_get(body, "meta"), at, &name, &entry)) {
        return false;
    }
    KW_ASSERT(read_entry(out, entry, NULL) == KW_OK);
    *out_role = (kw_str){name.ptr, name.len - SUFFIX.len};
    return true;
}

/* The version of that file, looked for from `at` on, then from the front: two lists in one order
 * are compared in one walk. 0: there is no such file. */
static uint64_t version_from(const kw_json *files, const void **at, kw_str wanted)
{
    const void *begin = *at;
    kw_str name = {0};
    const kw_json *entry = NULL;
    for (bool is_second = false;; is_second = true) {
        while (kw_json_next(files, at, &name, &entry)) {
            uint64_t version = 0;
            if (kw_str_equal(name, wanted)) {
                return kw_tuf_number(&version, kw_json_get(entry, "version"), 1) ? version : 0;
            }
            if (is_second && *at == begin) {
                return 0;
            }
        }
        if (is_second || begin == NULL) {
            return 0;
        }
    }
}

kw_status kw_tuf_meta_succeeds(const kw_json *body, const kw_json *older, kw_error *err)
{
    kw_str name = {0};
    const kw_json *entry = NULL;
    const void *after_at = NULL;
    const kw_json *files = kw_json_get(body, "meta");
    const kw_json *older_files = kw_json_get(older, "meta");
    for (const void *at = NULL; kw_json_next(older_files, &at, &name, &entry);) {
        uint64_t before = 0;
        KW_ASSERT(kw_tuf_number(&before, kw_json_get(entry, "version"), 1));
        uint64_t after = version_from(files, &after_at, name);
        KW_REQUIRE(after != 0, err, KW_ROLLBACK, "a file of version %llu is no longer there",
                   (unsigned long long)before);
        KW_REQUIRE(after >= before, err, KW_ROLLBACK, "a file falls from version %llu to %llu",
                   (unsigned long long)before, (unsigned long long)after);
    }
    return KW_OK;
}
