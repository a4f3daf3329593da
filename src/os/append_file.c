/* SPDX-License-Identifier: Apache-2.0
 * Journals. A failed write leaves no half record, a failed sync no false promise. */
#include "os/append_file.h"

#include "os/fault.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

kw_status kw_append_file_open(kw_append_file *out, const char *path, unsigned mode, kw_error *err)
{
    KW_ASSERT(!out->is_open);
    int fd = kw_sys_open(path, O_RDWR | O_CREAT, mode);
    if (fd < 0) {
        return kw_fail_errno(err, "opening %s", path);
    }
    KW_AUTO(kw_append_file) file = {.is_open = true, .fd = fd};
    struct stat facts;
    if (fstat(fd, &facts) != 0) {
        return kw_fail_errno(err, "%s", path);
    }
    KW_REQUIRE(S_ISREG(facts.st_mode), err, KW_BAD_INPUT, "%s is not a regular file", path);
    if (facts.st_size == 0 && (fchmod(fd, (mode_t)mode) != 0 || !kw_sys_sync_parent(path))) {
        return kw_fail_errno(err, "creating %s", path);
    }
    file.size = (uint64_t)facts.st_size;
    *out = file;
    file = (kw_append_file){0};
    return KW_OK;
}

void kw_append_file_drop(kw_append_file *file)
{
    if (file->is_open) {
        kw_sys_close(file->fd);
    }
    *file = (kw_append_file){0};
}

static kw_status require_usable(const kw_append_file *file, kw_error *err)
{
    KW_REQUIRE(file->is_open, err, KW_BAD_STATE, "the file is closed");
    KW_REQUIRE(!file->is_broken, err, KW_BAD_STATE, "an earlier sync failed; reopen the file");
    return KW_OK;
}

kw_status kw_append_file_add(kw_append_file *file, kw_span bytes, kw_error *err)
{
    KW_TRY(require_usable(file, err));
    if (!kw_sys_write_all_at(file->fd, bytes, file->size)) {
        kw_status st = kw_fail_errno(err, "appending %zu bytes", bytes.len);
        /* What was written of it must not be taken for a record. */
        if (!kw_sys_truncate(file->fd, file->size)) {
            file->is_broken = true;
        }
        return st;
    }
    file->size += bytes.len;
    return KW_OK;
}

kw_status kw_append_file_sync(kw_append_file *file, kw_error *err)
{
    KW_TRY(require_usable(file, err));
    if (!kw_sys_sync_data(file->fd)) {
        /* Linux marks the pages clean after a failed fsync, so a second one would lie. */
        file->is_broken = true;
        return kw_fail_errno(err, "syncing the journal");
    }
    return KW_OK;
}

kw_status kw_append_file_cut(kw_append_file *file, uint64_t size, kw_error *err)
{
    KW_TRY(require_usable(file, err));
    KW_REQUIRE(size <= file->size, err, KW_BAD_INPUT, "a cut cannot make a file longer");
    if (!kw_sys_truncate(file->fd, size)) {
        return kw_fail_errno(err, "cutting the journal");
    }
    file->size = size;
    return kw_append_file_sync(file, err);
}

kw_status kw_append_file_reserve(kw_append_file *file, uint64_t bytes, kw_error *err)
{
    KW_TRY(require_usable(file, err));
    if (kw_os_must_fail(KW_OS_ALLOCATE) ||
        fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes) != 0) {
        return errno == EOPNOTSUPP
                   ? KW_OK
                   : kw_fail_errno(err, "reserving %llu bytes", (unsigned long long)bytes);
    }
    return KW_OK;
}
