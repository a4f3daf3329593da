/* SPDX-License-Identifier: Apache-2.0
 * The contract of blobs on files: temporary file, fsync, rename, fsync of the folder. */
#include "store/fs/fs.h"

#include "base/heap.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/lock.h"
#include "store/blobs_driver.h"

#include <stdio.h>

enum {
    FOLDER_BYTES_MAX = 1024,
    PATH_BYTES = FOLDER_BYTES_MAX + KW_BLOB_KEY_BYTES + 16,
    MS_PER_S = 1000,
    PUBLIC_FILE = 0644,
    PUBLIC_FOLDER = 0755,
    PRIVATE_FOLDER = 0700,
};

typedef struct fs_blobs {
    kw_blobs base; /* first: a kw_blobs * is a fs_blobs * */
    kw_file_lock lock;
    char folder[FOLDER_BYTES_MAX];
} fs_blobs;

typedef struct fs_path {
    char text[PATH_BYTES];
} fs_path;

static fs_path path_of(const kw_blobs *blobs, const char *key)
{
    const fs_blobs *fs = (const fs_blobs *)blobs;
    fs_path path;
    int len = snprintf(path.text, sizeof path.text, "%s/%s", fs->folder, key);
    KW_ASSERT(len > 0 && (size_t)len < sizeof path.text);
    return path;
}

static fs_path folder_of(const fs_path *path)
{
    fs_path folder = *path;
    *strrchr(folder.text, '/') = '\0';
    return folder;
}

static kw_status fs_write(kw_blobs *blobs, const char *key, kw_span bytes, kw_error *err)
{
    fs_path path = path_of(blobs, key);
    kw_error absence = {0};
    kw_status st = kw_file_write_atomic(path.text, bytes, PUBLIC_FILE, &absence);
    if (st == KW_NOT_FOUND) { /* the first one of its folder */
        fs_path folder = folder_of(&path);
        KW_TRY(kw_dir_make(folder.text, PUBLIC_FOLDER, err));
        return kw_file_write_atomic(path.text, bytes, PUBLIC_FILE, err);
    }
    return st == KW_OK ? KW_OK : kw_fail(err, st, "%s", absence.text);
}

static kw_blob_info info_of(const kw_file_info *file)
{
    return (kw_blob_info){.bytes = file->size, .put_s = file->modified_ms / MS_PER_S};
}

static kw_status fs_look(kw_blobs *blobs, kw_blob_info *out, const char *key, kw_error *err)
{
    fs_path path = path_of(blobs, key);
    kw_file_info file;
    KW_TRY(kw_file_stat(&file, path.text, err));
    *out = info_of(&file);
    return KW_OK;
}

static kw_status fs_renew(kw_blobs *blobs, const char *key, uint64_t bytes, kw_error *err)
{
    fs_path path = path_of(blobs, key);
    fs_path folder = folder_of(&path);
    kw_file_info file;
    KW_TRY(kw_file_stat(&file, path.text, err));
    KW_REQUIRE(file.size == bytes, err, KW_NOT_FOUND, "%s has another length", key);
    KW_TRY(kw_file_touch(path.text, err));
    /* Who wrote it may have died between its rename and this. */
    return kw_dir_sync(folder.text, err);
}

static kw_status fs_read(kw_blobs *blobs, kw_buf *out, const char *key, kw_error *err)
{
    fs_path path = path_of(blobs, key);
    return kw_file_read(out, path.text, err);
}

static kw_status fs_remove(kw_blobs *blobs, const char *key, kw_error *err)
{
    fs_path path = path_of(blobs, key);
    return kw_file_remove(path.text, err);
}

/* ---- walking ---- */

/* Names of a folder; a folder that is not there has none. */
static kw_status names_of(kw_blobs *blobs, kw_dir_names *out, const char *prefix, kw_error *err)
{
    fs_path path = path_of(blobs, prefix);
    kw_error absence = {0};
    kw_status st = kw_dir_list(out, path.text, &absence);
    return st == KW_OK || st == KW_NOT_FOUND ? KW_OK : kw_fail(err, st, "%s", absence.text);
}

/* Joins to a key that fits; false for a name that is none of ours. */
static bool join(char out[KW_BLOB_KEY_BYTES], const char *prefix, const char *name, bool is_folder)
{
    int len = snprintf(out, KW_BLOB_KEY_BYTES, "%s%s%s", prefix, name, is_folder ? "/" : "");
    return len > 0 && len < KW_BLOB_KEY_BYTES;
}

/* The files of one folder. What goes away meanwhile is passed over. */
static kw_status list_files(kw_blobs *blobs, const char *prefix, const kw_blob_key_visit *visit,
                            kw_error *err)
{
    KW_AUTO(kw_dir_names) names = {0};
    KW_TRY(names_of(blobs, &names, prefix, err));
    for (size_t i = 0; i < names.count; i++) {
        char key[KW_BLOB_KEY_BYTES];
        kw_file_info file;
        if (!join(key, prefix, names.names[i], false)) {
            continue;
        }
        fs_path path = path_of(blobs, key);
        if (kw_file_stat(&file, path.text, NULL) != KW_OK || file.is_directory) {
            continue;
        }
        kw_blob_info info = info_of(&file);
        KW_TRY(visit->see(visit->ctx, kw_str_of(key), &info, err));
    }
    return KW_OK;
}

/* The files below "cas/", by their folders. */
static kw_status list_folders(kw_blobs *blobs, const char *prefix, const kw_blob_key_visit *visit,
                              kw_error *err)
{
    KW_AUTO(kw_dir_names) names = {0};
    KW_TRY(names_of(blobs, &names, prefix, err));
    for (size_t i = 0; i < names.count; i++) {
        char key[KW_BLOB_KEY_BYTES];
        kw_file_info file;
        if (!join(key, prefix, names.names[i], true)) {
            continue;
        }
        fs_path path = path_of(blobs, key);
        if (kw_file_stat(&file, path.text, NULL) == KW_OK && file.is_directory) {
            KW_TRY(list_files(blobs, key, visit, err));
        }
    }
    return KW_OK;
}

static kw_status fs_list(kw_blobs *blobs, const char *prefix, const kw_blob_key_visit *visit,
                         kw_error *err)
{
    const char *second = strchr(strchr(prefix, '/') + 1, '/');
    return second == NULL ? list_folders(blobs, prefix, visit, err)
                          : list_files(blobs, prefix, visit, err);
}

typedef struct leftovers {
    kw_blobs *blobs;
    kw_unix_s before_s;
} leftovers;

static kw_status remove_leftover(void *ctx, kw_str key, const kw_blob_info *info, kw_error *err)
{
    const leftovers *l = ctx;
    static const char middle[] = ".tmp."; /* os/stream.c: "<name>.tmp.<six>" */
    const size_t tail = sizeof middle - 1 + 6;
    if (key.len <= tail || info->put_s >= l->before_s ||
        !kw_str_starts_with((kw_str){key.ptr + key.len - tail, tail}, KW_STR(".tmp."))) {
        return KW_OK;
    }
    kw_error why = {0};
    kw_status st = fs_remove(l->blobs, key.ptr, &why);
    return st == KW_OK || st == KW_NOT_FOUND ? KW_OK : kw_fail(err, st, "%s", why.text);
}

static kw_status fs_tidy(kw_blobs *blobs, kw_unix_s before_s, kw_error *err)
{
    leftovers l = {blobs, before_s};
    return list_folders(blobs, "cas/", &(kw_blob_key_visit){remove_leftover, &l}, err);
}

/* ---- one folder, many processes ---- */

static kw_status fs_lock(kw_blobs *blobs, kw_error *err)
{
    fs_blobs *fs = (fs_blobs *)blobs;
    fs_path path = path_of(blobs, "lock");
    return kw_file_lock_take(&fs->lock, path.text, KW_BLOBS_LOCK_MS, err);
}

static void fs_unlock(kw_blobs *blobs)
{
    fs_blobs *fs = (fs_blobs *)blobs;
    kw_file_lock_drop(&fs->lock);
}

static void fs_close(kw_blobs *blobs)
{
    fs_unlock(blobs);
    kw_heap_free(blobs);
}

static const kw_blobs_driver driver = {
    .write = fs_write,
    .renew = fs_renew,
    .read = fs_read,
    .look = fs_look,
    .remove = fs_remove,
    .list = fs_list,
    .tidy = fs_tidy,
    .lock = fs_lock,
    .unlock = fs_unlock,
    .close = fs_close,
};

kw_status kw_blobs_open_fs(kw_blobs **out, const char *folder, kw_error *err)
{
    size_t len = strlen(folder);
    KW_REQUIRE(len > 0 && len < FOLDER_BYTES_MAX, err, KW_BAD_INPUT,
               "a folder of blobs needs a name of at most %d bytes", FOLDER_BYTES_MAX - 1);
    KW_AUTO_PTR(kw_blobs) blobs = kw_heap_new(1, sizeof(fs_blobs));
    KW_REQUIRE(blobs != NULL, err, KW_NO_MEMORY, "opening %s", folder);
    fs_blobs *fs = (fs_blobs *)blobs;
    fs->base.driver = &driver;
    memcpy(fs->folder, folder, len + 1);
    fs_path cas = path_of(blobs, "cas");
    fs_path hold = path_of(blobs, "hold");
    KW_TRY(kw_dir_make(cas.text, PUBLIC_FOLDER, err));
    KW_TRY(kw_dir_make(hold.text, PRIVATE_FOLDER, err));
    *out = blobs;
    blobs = NULL;
    return KW_OK;
}
