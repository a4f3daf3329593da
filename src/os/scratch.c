/* SPDX-License-Identifier: Apache-2.0
 * Nameless files: created under a unique name that is removed at once. */
#include "os/scratch.h"

#include "base/heap.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <string.h>
#include <unistd.h>

static const char suffix[] = "/.keyward-XXXXXX";

kw_status kw_scratch_open(kw_scratch *out, const char *folder, kw_error *err)
{
    KW_ASSERT(!out->is_open);
    size_t len = strlen(folder);
    char *name = kw_heap_new(len + sizeof suffix, 1);
    KW_REQUIRE(name != NULL, err, KW_NO_MEMORY, "no memory for a path");
    memcpy(name, folder, len);
    memcpy(name + len, suffix, sizeof suffix);
    int fd = kw_sys_create_unique(name); /* mode 0600 */
    if (fd < 0) {
        kw_status st = kw_fail_errno(err, "making a temporary file in %s", folder);
        kw_heap_free(name);
        return st;
    }
    if (unlink(name) != 0) {
        kw_status st = kw_fail_errno(err, "unlinking a temporary file in %s", folder);
        kw_sys_close(fd);
        kw_heap_free(name);
        return st;
    }
    kw_heap_free(name);
    *out = (kw_scratch){.is_open = true, .fd = fd};
    return KW_OK;
}

void kw_scratch_drop(kw_scratch *scratch)
{
    if (scratch->is_open) {
        kw_sys_close(scratch->fd);
    }
    *scratch = (kw_scratch){0};
}

kw_status kw_scratch_add(kw_scratch *scratch, kw_span bytes, kw_error *err)
{
    KW_REQUIRE(scratch->is_open, err, KW_BAD_STATE, "the temporary file is closed");
    if (!kw_sys_write_all_at(scratch->fd, bytes, scratch->size)) {
        return kw_fail_errno(err, "writing a temporary file");
    }
    scratch->size += bytes.len;
    return KW_OK;
}

kw_status kw_scratch_read(const kw_scratch *scratch, uint64_t at, kw_mspan room, kw_error *err)
{
    KW_REQUIRE(scratch->is_open, err, KW_BAD_STATE, "the temporary file is closed");
    KW_ASSERT(at <= scratch->size && room.len <= scratch->size - at);
    ssize_t got = kw_sys_read_all_at(scratch->fd, room, at);
    if (got < 0) {
        return kw_fail_errno(err, "reading a temporary file");
    }
    KW_REQUIRE((size_t)got == room.len, err, KW_IO, "a temporary file has become shorter");
    return KW_OK;
}
