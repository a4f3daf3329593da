/* SPDX-License-Identifier: Apache-2.0
 * Fault injection: the object belongs to the test, a thread only points at it. */
#include "os/fault.h"

#include <errno.h>
#include <stddef.h>

static _Thread_local kw_os_faults *in_use;

void kw_os_faults_use(kw_os_faults *faults)
{
    in_use = faults;
}

kw_os_faults *kw_os_faults_in_use(void)
{
    return in_use;
}

static void arm(kw_os_faults *faults, kw_os_call call, uint64_t nth, kw_status with,
                bool is_lasting)
{
    atomic_store(&faults->calls[call].with, (int)with);
    atomic_store(&faults->calls[call].is_lasting, is_lasting ? 1 : 0);
    atomic_store(&faults->calls[call].until, nth);
}

void kw_os_fail_at(kw_os_faults *faults, kw_os_call call, uint64_t nth)
{
    arm(faults, call, nth, KW_IO, false);
}

void kw_os_fail_from(kw_os_faults *faults, kw_os_call call, uint64_t nth, kw_status with)
{
    arm(faults, call, nth, with, true);
}

/* Counts one call down; true when it is the one that fails. */
static bool is_due(kw_os_faults *faults, kw_os_call call)
{
    uint64_t until = atomic_load(&faults->calls[call].until);
    while (until != 0) {
        bool is_last = until == 1;
        bool stays = is_last && atomic_load(&faults->calls[call].is_lasting) != 0;
        uint64_t next = stays ? 1 : until - 1;
        if (atomic_compare_exchange_weak(&faults->calls[call].until, &until, next)) {
            return is_last;
        }
    }
    return false;
}

bool kw_os_must_fail(kw_os_call call)
{
    if (__builtin_expect(in_use == NULL, 1) || !is_due(in_use, call)) {
        return false;
    }
    (void)atomic_fetch_add(&in_use->calls[call].failed, 1);
    errno = atomic_load(&in_use->calls[call].with) == (int)KW_NO_SPACE ? ENOSPC : EIO;
    return true;
}
