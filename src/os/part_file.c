/* SPDX-License-Identifier: Apache-2.0
 * A descriptor, written and read at offsets. */
#include "os/part_file.h"

#include "base/heap.h"
#include "os/file.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <fcntl.h>
#include <stdio.h>

static char *part_name(const char *path)
{
    static const char suffix[] = ".part";
    size_t bytes = strlen(path) + sizeof suffix;
    char *name = kw_heap_new(bytes, 1);
    if (name != NULL) {
        (void)snprintf(name, bytes, "%s%s", path, suffix);
    }
    return name;
}

kw_status kw_part_file_open(kw_part_file *out, const char *path, uint64_t bytes, kw_error *err)
{
    KW_ASSERT(!out->is_open);
    KW_REQUIRE(bytes <= INT64_MAX, err, KW_LIMIT, "no file is so long");
    KW_AUTO(kw_part_file) made = {.path = kw_heap_copy_text(path), .part = part_name(path)};
    KW_REQUIRE(made.path != NULL && made.part != NULL, err, KW_NO_MEMORY, "opening %s", path);
    made.fd = kw_sys_open(made.part, O_RDWR | O_CREAT, 0600);
    if (made.fd < 0) {
        return kw_fail_errno(err, "opening %s", made.part);
    }
    made.is_open = true;
    if (!kw_sys_truncate(made.fd, bytes)) {
        return kw_fail_errno(err, "making room in %s", made.part);
    }
    *out = made;
    made = (kw_part_file){0};
    return KW_OK;
}

void kw_part_file_drop(kw_part_file *file)
{
    if (file->is_open) {
        kw_sys_close(file->fd);
    }
    kw_heap_free(file->path);
    kw_heap_free(file->part);
    *file = (kw_part_file){0};
}

kw_status kw_part_file_write(kw_part_file *file, uint64_t at, kw_span bytes, kw_error *err)
{
    KW_ASSERT(file->is_open);
    return kw_sys_write_all_at(file->fd, bytes, at) ? KW_OK
                                                    : kw_fail_errno(err, "writing %s", file->part);
}

kw_status kw_part_file_read(const kw_part_file *file, uint64_t at, kw_mspan room, kw_error *err)
{
    KW_ASSERT(file->is_open);
    ssize_t got = kw_sys_read_all_at(file->fd, room, at);
    if (got < 0) {
        return kw_fail_errno(err, "reading %s", file->part);
    }
    KW_REQUIRE((size_t)got == room.len, err, KW_CORRUPT, "%s ends too early", file->part);
    return KW_OK;
}

kw_status kw_part_file_commit(kw_part_file *file, kw_error *err)
{
    KW_ASSERT(file->is_open);
    if (!kw_sys_sync(file->fd)) {
        return kw_fail_errno(err, "syncing %s", file->part);
    }
    if (!kw_sys_rename(file->part, file->path)) {
        return kw_fail_errno(err, "renaming to %s", file->path);
    }
    if (!kw_sys_sync_parent(file->path)) {
        return kw_fail_errno(err, "syncing the folder of %s", file->path);
    }
    kw_part_file_drop(file);
    return KW_OK;
}

kw_status kw_part_file_discard(kw_part_file *file, kw_error *err)
{
    KW_ASSERT(file->is_open);
    kw_status st = kw_file_remove(file->part, err);
    kw_part_file_drop(file);
    return st;
}
