/* SPDX-License-Identifier: Apache-2.0
 * Folders: make, list, sync. */
#include "os/dir.h"

#include "base/heap.h"
#include "base/macros.h"
#include "base/span.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAMES_MAX = 1000000
};

/* Makes one folder; fine when it is there. */
static kw_status make_one(const char *path, unsigned mode, kw_error *err)
{
    struct stat facts;
    if (mkdir(path, (mode_t)mode) == 0) {
        /* mkdir cuts the mode by the umask. */
        if (chmod(path, (mode_t)mode) != 0 || !kw_sys_sync_parent(path)) {
            return kw_fail_errno(err, "making the folder %s", path);
        }
        return KW_OK;
    }
    if (errno != EEXIST) {
        return kw_fail_errno(err, "making the folder %s", path);
    }
    if (stat(path, &facts) != 0) {
        return kw_fail_errno(err, "%s", path);
    }
    KW_REQUIRE(S_ISDIR(facts.st_mode), err, KW_CONFLICT, "%s is not a folder", path);
    return KW_OK;
}

kw_status kw_dir_make(const char *path, unsigned mode, kw_error *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    KW_REQUIRE(len > 0 && len < sizeof part, err, KW_BAD_INPUT, "a folder needs a name");
    memcpy(part, path, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (part[i] != '/') {
            continue;
        }
        part[i] = '\0';
        KW_TRY(make_one(part, mode, err));
        part[i] = '/';
    }
    return make_one(part, mode, err);
}

kw_status kw_dir_make_unique(char *path, kw_error *err)
{
    if (mkdtemp(path) == NULL || !kw_sys_sync_parent(path)) {
        return kw_fail_errno(err, "making a folder beside %s", path);
    }
    return KW_OK;
}

kw_status kw_dir_remove(const char *path, kw_error *err)
{
    if (rmdir(path) != 0 || !kw_sys_sync_parent(path)) {
        return kw_fail_errno(err, "removing the folder %s", path);
    }
    return KW_OK;
}

void kw_dir_names_drop(kw_dir_names *list)
{
    for (size_t i = 0; i < list->count; i++) {
        kw_heap_free(list->names[i]);
    }
    kw_heap_free(list->names);
    *list = (kw_dir_names){0};
}

static kw_status add_name(kw_dir_names *list, size_t *capacity, const char *name)
{
    if (list->count == NAMES_MAX) {
        return KW_LIMIT;
    }
    if (list->count == *capacity) {
        size_t wanted = KW_MAX(*capacity * 2, 16);
        char **grown = kw_heap_resize(list->names, wanted, sizeof *grown);
        if (grown == NULL) {
            return KW_NO_MEMORY;
        }
        list->names = grown;
        *capacity = wanted;
    }
    char *copy = kw_heap_copy_text(name);
    if (copy == NULL) {
        return KW_NO_MEMORY;
    }
    list->names[list->count++] = copy;
    return KW_OK;
}

static kw_status read_names(kw_dir_names *out, DIR *dir)
{
    size_t capacity = 0;
    for (;;) {
        errno = 0; /* readdir tells its end and its failure apart only by errno */
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            return errno == 0 ? KW_OK : kw_status_of_errno(errno);
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            KW_TRY(add_name(out, &capacity, entry->d_name));
        }
    }
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

kw_status kw_dir_list(kw_dir_names *out, const char *path, kw_error *err)
{
    KW_ASSERT(out->names == NULL);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return kw_fail_errno(err, "listing %s", path);
    }
    KW_AUTO(kw_dir_names) list = {0};
    kw_status st = read_names(&list, dir);
    (void)closedir(dir);
    KW_TRY_AT(err, st, "listing %s", path);
    if (list.count > 0) {
        qsort(list.names, list.count, sizeof list.names[0], compare_names);
    }
    *out = list;
    list = (kw_dir_names){0};
    return KW_OK;
}

kw_status kw_dir_sync(const char *path, kw_error *err)
{
    int fd = kw_sys_open(path, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) {
        return kw_fail_errno(err, "opening the folder %s", path);
    }
    kw_status st = kw_sys_sync(fd) ? KW_OK : kw_fail_errno(err, "syncing the folder %s", path);
    kw_sys_close(fd);
    return st;
}
