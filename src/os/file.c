/* SPDX-License-Identifier: Apache-2.0
 * Whole files: read, replace, remove, facts. Folders are in dir.c. */
#include "os/file.h"

#include "base/ct.h"
#include "os/oserror.h"
#include "os/stream.h"
#include "os/syscalls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    READ_BYTES = 64 * 1024,
    MS_PER_S = 1000,
    NS_PER_MS = 1000000
};

/* Reads to the end of the stream; grows `out` from what the file claims to be. */
static kw_status read_to_end(kw_buf *out, kw_stream *stream, kw_error *err)
{
    uint8_t chunk[READ_BYTES];
    size_t got = 0;
    do {
        KW_TRY(kw_stream_read(stream, &got, KW_MSPAN(chunk), err));
        KW_TRY_AT(err, kw_buf_append(out, (kw_span){chunk, got}), "keeping what was read");
    } while (got > 0);
    return KW_OK;
}

kw_status kw_file_read(kw_buf *out, const char *path, kw_error *err)
{
    KW_AUTO(kw_stream) stream = {0};
    KW_TRY(kw_stream_open(&stream, path, err));
    size_t before = out->len;
    kw_status st = read_to_end(out, &stream, err);
    if (st != KW_OK) {
        out->len = before;
        return kw_error_at(err, st, "reading %s", path);
    }
    return KW_OK;
}

static bool is_private(const struct stat *facts)
{
    bool is_closed = (facts->st_mode & (S_IRWXG | S_IRWXO)) == 0;
    return is_closed && (facts->st_uid == geteuid() || facts->st_uid == 0);
}

/* Fills `room` from the descriptor; one byte more than fits is an error. */
static kw_status fill_room(kw_stream *stream, size_t *out_len, kw_mspan room, kw_error *err)
{
    size_t len = 0;
    while (len < room.len) {
        size_t got = 0;
        KW_TRY(kw_stream_read(stream, &got, (kw_mspan){room.ptr + len, room.len - len}, err));
        if (got == 0) {
            *out_len = len;
            return KW_OK;
        }
        len += got;
    }
    uint8_t extra[1];
    size_t got = 0;
    KW_TRY(kw_stream_read(stream, &got, KW_MSPAN(extra), err));
    kw_wipe(extra, sizeof extra);
    KW_REQUIRE(got == 0, err, KW_LIMIT, "longer than %zu bytes", room.len);
    *out_len = len;
    return KW_OK;
}

kw_status kw_file_read_private(size_t *out_len, kw_mspan room, const char *path, kw_error *err)
{
    KW_AUTO(kw_stream) stream = {0};
    KW_TRY(kw_stream_open(&stream, path, err));
    struct stat facts;
    if (fstat(stream.fd, &facts) != 0) {
        return kw_fail_errno(err, "%s", path);
    }
    /* Asked of the open descriptor, so that the file cannot be exchanged in between. A pipe has no
     * name that another user could open. */
    KW_REQUIRE(S_ISFIFO(facts.st_mode) || is_private(&facts), err, KW_FORBIDDEN,
               "%s: others may read it; chmod 600", path);
    kw_status st = fill_room(&stream, out_len, room, err);
    if (st != KW_OK) {
        kw_wipe(room.ptr, room.len);
        return kw_error_at(err, st, "reading %s", path);
    }
    return KW_OK;
}

kw_status kw_file_write_atomic(const char *path, kw_span bytes, unsigned mode, kw_error *err)
{
    KW_AUTO(kw_stream) stream = {0};
    KW_TRY(kw_stream_create(&stream, path, mode, err));
    KW_TRY_AT(err, kw_stream_write(&stream, bytes, err), "writing %s", path);
    return kw_stream_commit(&stream, err);
}

kw_status kw_file_remove(const char *path, kw_error *err)
{
    if (unlink(path) != 0) {
        return kw_fail_errno(err, "removing %s", path);
    }
    if (!kw_sys_sync_parent(path)) {
        return kw_fail_errno(err, "syncing the folder of %s", path);
    }
    return KW_OK;
}

kw_status kw_file_touch(const char *path, kw_error *err)
{
    if (utimensat(AT_FDCWD, path, NULL, 0) != 0) {
        return kw_fail_errno(err, "touching %s", path);
    }
    return KW_OK;
}

kw_status kw_file_stat(kw_file_info *out, const char *path, kw_error *err)
{
    struct stat facts;
    if (stat(path, &facts) != 0) {
        return kw_fail_errno(err, "%s", path);
    }
    *out = (kw_file_info){
        .size = (uint64_t)facts.st_size,
        .modified_ms =
            (kw_unix_ms)facts.st_mtim.tv_sec * MS_PER_S + facts.st_mtim.tv_nsec / NS_PER_MS,
        .mode = facts.st_mode & 07777U,
        .owner = facts.st_uid,
        .is_directory = S_ISDIR(facts.st_mode),
        .is_private = is_private(&facts),
    };
    return KW_OK;
}

kw_status kw_disk_space_of(kw_disk_space *out, const char *path, kw_error *err)
{
    struct statvfs facts;
    if (statvfs(path, &facts) != 0) {
        return kw_fail_errno(err, "free space of %s", path);
    }
    *out = (kw_disk_space){.free_bytes = (uint64_t)facts.f_bavail * facts.f_frsize,
                           .total_bytes = (uint64_t)facts.f_blocks * facts.f_frsize};
    return KW_OK;
}
