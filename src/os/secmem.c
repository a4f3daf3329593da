/* SPDX-License-Identifier: Apache-2.0
 * Guarded memory of libsodium, and pages that a fork wipes. Secret inputs: all. */
#include "os/secmem.h"

#include "os/fault.h"
#include "os/oserror.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <sodium.h>

enum {
    PAGE_BYTES = 4096
};

void *kw_secmem_new(size_t bytes)
{
    /* sodium_init sets libsodium's page size and canary; it is idempotent and thread-safe. */
    if (sodium_init() < 0 || kw_os_must_fail(KW_OS_ALLOCATE)) {
        return NULL;
    }
    return sodium_malloc(bytes);
}

void kw_secmem_free(void *ptr)
{
    sodium_free(ptr);
}

kw_status kw_secmem_check(size_t bytes, kw_error *err)
{
    /* sodium_malloc goes on when mlock fails, so the limit is tried by itself. */
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return kw_fail_errno(err, "mapping %zu bytes", bytes);
    }
    /* The call itself: AddressSanitizer replaces the function by one that does nothing. */
    bool is_locked = syscall(SYS_mlock, pages, bytes) == 0;
    (void)munmap(pages, bytes);
    KW_REQUIRE(is_locked, err, KW_LIMIT, "%zu bytes cannot be locked; raise RLIMIT_MEMLOCK", bytes);
    return KW_OK;
}

struct kw_fork_mark {
    _Atomic unsigned char is_set; /* the kernel zeroes the page in a child */
};

kw_fork_mark *kw_fork_mark_new(void)
{
    if (kw_os_must_fail(KW_OS_ALLOCATE)) {
        return NULL;
    }
    kw_fork_mark *mark =
        mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mark == MAP_FAILED) {
        return NULL;
    }
    if (madvise(mark, PAGE_BYTES, MADV_WIPEONFORK) != 0) {
        (void)munmap(mark, PAGE_BYTES);
        return NULL;
    }
    atomic_store(&mark->is_set, 1);
    return mark;
}

void kw_fork_mark_free(kw_fork_mark *mark)
{
    if (mark != NULL) {
        (void)munmap(mark, PAGE_BYTES);
    }
}

bool kw_fork_mark_has_forked(kw_fork_mark *mark)
{
    return atomic_exchange(&mark->is_set, 1) == 0;
}
