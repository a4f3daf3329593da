/* SPDX-License-Identifier: Apache-2.0
 * Streams over descriptors, and files that appear whole. */
#include "os/stream.h"

#include "base/heap.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

kw_stream kw_stream_stdin(void)
{
    return (kw_stream){.is_open = true, .fd = STDIN_FILENO};
}

kw_stream kw_stream_stdout(void)
{
    return (kw_stream){.is_open = true, .fd = STDOUT_FILENO};
}

kw_stream kw_stream_stderr(void)
{
    return (kw_stream){.is_open = true, .fd = STDERR_FILENO};
}

kw_status kw_stream_open(kw_stream *out, const char *path, kw_error *err)
{
    KW_ASSERT(!out->is_open);
    int fd = kw_sys_open(path, O_RDONLY, 0);
    if (fd < 0) {
        return kw_fail_errno(err, "opening %s", path);
    }
    *out = (kw_stream){.is_open = true, .is_owned = true, .fd = fd};
    return KW_OK;
}

/* A name beside `path` that no other process or thread uses: "<path>.tmp.XXXXXX" for mkostemp. */
static char *temporary_name(const char *path)
{
    static const char suffix[] = ".tmp.XXXXXX";
    size_t bytes = strlen(path) + sizeof suffix;
    char *name = kw_heap_new(bytes, 1);
    if (name != NULL) {
        (void)snprintf(name, bytes, "%s%s", path, suffix);
    }
    return name;
}

kw_status kw_stream_create(kw_stream *out, const char *path, unsigned mode, kw_error *err)
{
    KW_ASSERT(!out->is_open);
    KW_AUTO(kw_stream) made = {.path = kw_heap_copy_text(path), .temporary = temporary_name(path)};
    KW_REQUIRE(made.path != NULL && made.temporary != NULL, err, KW_NO_MEMORY, "creating %s", path);
    int fd = kw_sys_create_unique(made.temporary);
    if (fd < 0) {
        return kw_fail_errno(err, "creating %s", path);
    }
    made.is_open = true;
    made.is_owned = true;
    made.fd = fd;
    if (fchmod(fd, (mode_t)mode) != 0) {
        return kw_fail_errno(err, "setting the mode of %s", path);
    }
    *out = made;
    made = (kw_stream){0};
    return KW_OK;
}

kw_status kw_stream_read(kw_stream *stream, size_t *out_len, kw_mspan room, kw_error *err)
{
    KW_ASSERT(stream->is_open && room.len > 0);
    ssize_t got = kw_sys_read(stream->fd, room);
    if (got < 0) {
        return kw_fail_errno(err, "reading");
    }
    *out_len = (size_t)got;
    return KW_OK;
}

kw_status kw_stream_read_at(const kw_stream *stream, uint64_t at, kw_mspan room, kw_error *err)
{
    KW_ASSERT(stream->is_open);
    KW_REQUIRE(at <= INT64_MAX && room.len <= INT64_MAX - at, err, KW_CORRUPT,
               "no file is so long");
    ssize_t got = kw_sys_read_all_at(stream->fd, room, at);
    if (got < 0) {
        return kw_fail_errno(err, "reading");
    }
    KW_REQUIRE((size_t)got == room.len, err, KW_CORRUPT, "the file ends too early");
    return KW_OK;
}

kw_status kw_stream_write(kw_stream *stream, kw_span bytes, kw_error *err)
{
    KW_ASSERT(stream->is_open);
    return kw_sys_write_all(stream->fd, bytes) ? KW_OK : kw_fail_errno(err, "writing");
}

kw_status kw_stream_commit(kw_stream *stream, kw_error *err)
{
    KW_ASSERT(stream->is_open && stream->path != NULL);
    if (!kw_sys_sync(stream->fd)) {
        return kw_fail_errno(err, "syncing %s", stream->path);
    }
    if (!kw_sys_rename(stream->temporary, stream->path)) {
        return kw_fail_errno(err, "renaming to %s", stream->path);
    }
    /* From here on the new file is in place; only its durability may still fail. */
    stream->temporary[0] = '\0';
    if (!kw_sys_sync_parent(stream->path)) {
        return kw_fail_errno(err, "syncing the folder of %s", stream->path);
    }
    kw_stream_drop(stream);
    return KW_OK;
}

void kw_stream_drop(kw_stream *stream)
{
    if (stream->is_open && stream->is_owned) {
        kw_sys_close(stream->fd);
    }
    if (stream->is_open && stream->temporary != NULL && stream->temporary[0] != '\0') {
        (void)unlink(stream->temporary);
    }
    kw_heap_free(stream->path);
    kw_heap_free(stream->temporary);
    *stream = (kw_stream){0};
}

bool kw_stream_is_terminal(const kw_stream *stream)
{
    return stream->is_open && isatty(stream->fd) == 1;
}

unsigned kw_stream_columns(const kw_stream *stream)
{
    struct winsize size = {0};
    bool is_known = stream->is_open && ioctl(stream->fd, TIOCGWINSZ, &size) == 0;
    return is_known ? size.ws_col : 0;
}
