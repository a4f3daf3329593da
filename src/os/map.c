/* SPDX-License-Identifier: Apache-2.0
 * Read-only mappings. */
#include "os/map.h"

#include "os/fault.h"
#include "os/oserror.h"
#include "os/syscalls.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

static kw_status map_descriptor(kw_map *out, int fd, kw_error *err)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0) {
        return kw_fail_errno(err, "asking the size");
    }
    KW_REQUIRE(S_ISREG(facts.st_mode), err, KW_BAD_INPUT, "not a regular file");
    if (facts.st_size == 0) {
        *out = (kw_map){0};
        return KW_OK;
    }
    size_t len = (size_t)facts.st_size;
    void *at = kw_os_must_fail(KW_OS_ALLOCATE) ? MAP_FAILED
                                               : mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) {
        return kw_fail_errno(err, "mapping %zu bytes", len);
    }
    (void)madvise(at, len, MADV_SEQUENTIAL); /* a hint; its failure costs only speed */
    out->bytes = (kw_span){at, len};
    return KW_OK;
}

kw_status kw_map_open(kw_map *out, const char *path, kw_error *err)
{
    int fd = kw_sys_open(path, O_RDONLY, 0);
    if (fd < 0) {
        return kw_fail_errno(err, "opening %s", path);
    }
    kw_status st = map_descriptor(out, fd, err);
    kw_sys_close(fd);
    KW_TRY_AT(err, st, "mapping %s", path);
    return KW_OK;
}

void kw_map_drop(kw_map *map)
{
    if (map->bytes.len > 0) {
        /* The one place that made these pages takes them back. */
        (void)munmap((void *)(uintptr_t)map->bytes.ptr, map->bytes.len);
    }
    *map = (kw_map){0};
}
