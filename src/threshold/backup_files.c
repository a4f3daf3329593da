/* SPDX-License-Identifier: Apache-2.0
 * Files between their places and a backup. Secret inputs: the content of keys. */
#include "threshold/backup_files.h"

#include "os/dir.h"
#include "os/file.h"
#include "threshold/limits.h"

#include <stdlib.h>

static bool is_key(kw_backup_role role)
{
    return role == KW_BACKUP_OPERATOR_KEY || role == KW_BACKUP_TLS_KEY;
}

/* CT: leaks the length. */
static kw_status read_content(kw_secret_bytes *out, kw_backup_role role, const char *path,
                              kw_error *err)
{
    if (is_key(role)) {
        return kw_secret_bytes_read_file(out, path, false, err);
    }
    KW_AUTO(kw_buf) bytes = kw_buf_init(KW_BACKUP_FILE_BYTES_MAX);
    KW_TRY(kw_file_read(&bytes, path, err));
    KW_TRY_AT(err, kw_secret_bytes_append(out, kw_secret_span_of(kw_buf_view(&bytes))),
              "keeping %s", path);
    return KW_OK;
}

/* ---- from the disk ---- */
static kw_status show_file(const kw_backup_path *file, kw_backup_visit visit, void *ctx,
                           kw_error *err)
{
    KW_AUTO(kw_secret_bytes) content = kw_secret_bytes_init(KW_BACKUP_FILE_BYTES_MAX);
    kw_file_info info;
    KW_REQUIRE(file->path.len <= KW_BACKUP_PATH_BYTES_MAX, err, KW_LIMIT,
               "a path of more than %d bytes", KW_BACKUP_PATH_BYTES_MAX);
    KW_TRY(kw_file_stat(&info, file->path.ptr, err));
    KW_TRY(read_content(&content, file->role, file->path.ptr, err));
    kw_backup_record record = {.kind = KW_BACKUP_FILE,
                               .entry = {.role = file->role,
                                         .mode = (uint16_t)(info.mode & 0777),
                                         .path = file->path,
                                         .content = kw_secret_bytes_view(&content)}};
    return visit(ctx, &record, err);
}

static int compare_paths(const void *a, const void *b)
{
    const kw_backup_path *left = a;
    const kw_backup_path *right = b;
    return left->role != right->role ? (int)left->role - (int)right->role
                                     : kw_str_compare(left->path, right->path);
}

static bool was_shown(const kw_backup_path *paths, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (kw_str_equal(paths[i].path, paths[at].path)) {
            return true;
        }
    }
    return false;
}

kw_status kw_backup_files_read(kw_backup_path *paths, size_t count, kw_backup_visit visit,
                               void *ctx, kw_error *err)
{
    if (count > 0) {
        qsort(paths, count, sizeof *paths, compare_paths);
    }
    for (size_t i = 0; i < count; i++) {
        if (!was_shown(paths, i)) {
            KW_TRY_AT(err, show_file(&paths[i], visit, ctx, err), "reading %s", paths[i].path.ptr);
        }
    }
    return KW_OK;
}

/* ---- beside the disk ---- */

/* A path with a NUL behind. */
typedef struct place {
    char path[KW_BACKUP_PATH_BYTES_MAX + 1];
} place;

static place place_of(const kw_backup_entry *entry)
{
    place p = {{0}};
    KW_ASSERT(entry->path.len < sizeof p.path);
    memcpy(p.path, entry->path.ptr, entry->path.len);
    return p;
}

/* NOT_FOUND: nothing is there. CT: leaks lengths and the verdict. */
static kw_status is_same(bool *out, const kw_backup_entry *entry, kw_error *err)
{
    place p = place_of(entry);
    kw_file_info info;
    KW_AUTO(kw_secret_bytes) content = kw_secret_bytes_init(KW_BACKUP_FILE_BYTES_MAX);
    KW_TRY(kw_file_stat(&info, p.path, err));
    KW_TRY(read_content(&content, entry->role, p.path, err));
    kw_span here = kw_declassify_span(kw_secret_bytes_view(&content), "compared in constant time");
    kw_span there = kw_declassify_span(entry->content, "compared in constant time");
    *out = kw_ct_span_equal(here, there);
    return KW_OK;
}

static kw_status compare_one(void *ctx, const kw_backup_record *record, kw_error *err)
{
    KW_UNUSED(ctx);
    bool same = false;
    if (record->kind != KW_BACKUP_FILE) {
        return KW_OK;
    }
    KW_TRY(is_same(&same, &record->entry, err));
    KW_REQUIRE(same, err, KW_CORRUPT, "%.*s is not what the backup holds",
               KW_STR_ARG(record->entry.path));
    return KW_OK;
}

kw_status kw_backup_files_compare(kw_backup_reader *reader, kw_error *err)
{
    return kw_backup_each(reader, compare_one, NULL, err);
}

/* ---- to the disk ---- */

/* Whether it is there already. */
static kw_status look(bool *out, const kw_backup_entry *entry, kw_error *err)
{
    kw_error none = {0};
    kw_status st = is_same(out, entry, &none);
    if (st == KW_NOT_FOUND) {
        *out = false;
        return KW_OK;
    }
    KW_REQUIRE(st == KW_OK, err, st, "%s", none.text);
    KW_REQUIRE(*out, err, KW_CONFLICT, "%.*s is there with another content: move it away first",
               KW_STR_ARG(entry->path));
    return KW_OK;
}

static kw_status check_one(void *ctx, const kw_backup_record *record, kw_error *err)
{
    KW_UNUSED(ctx);
    bool is_there = false;
    return record->kind == KW_BACKUP_FILE ? look(&is_there, &record->entry, err) : KW_OK;
}

kw_status kw_backup_files_check(kw_backup_reader *reader, kw_error *err)
{
    return kw_backup_each(reader, check_one, NULL, err);
}

static kw_status make_parent(const place *p, kw_error *err)
{
    place folder = *p;
    char *slash = strrchr(folder.path, '/');
    if (slash == NULL || slash == folder.path) {
        return KW_OK;
    }
    *slash = '\0';
    return kw_dir_make(folder.path, 0700, err);
}

static kw_status place_one(void *ctx, const kw_backup_record *record, kw_error *err)
{
    KW_UNUSED(ctx);
    bool is_there = false;
    if (record->kind != KW_BACKUP_FILE) {
        return KW_OK;
    }
    const kw_backup_entry *entry = &record->entry;
    KW_TRY(look(&is_there, entry, err));
    if (is_there) {
        return KW_OK;
    }
    place p = place_of(entry);
    kw_span content = kw_declassify_span(entry->content, "it goes back into its file");
    unsigned mode = is_key(entry->role) ? entry->mode & 0700U : entry->mode;
    KW_TRY(make_parent(&p, err));
    return kw_file_write_atomic(p.path, content, mode, err);
}

kw_status kw_backup_files_place(kw_backup_reader *reader, kw_error *err)
{
    return kw_backup_each(reader, place_one, NULL, err);
}
