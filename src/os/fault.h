/* SPDX-License-Identifier: Apache-2.0
 * Fault injection for tests: the k-th write, fsync, rename ... of a thread and of the threads that
 * it starts fails as a full or broken disk would make it fail. Costs one predicted branch. */
#ifndef KW_OS_FAULT_H
#define KW_OS_FAULT_H

#include "base/status.h"

#include <stdatomic.h>
#include <stdint.h>

typedef enum kw_os_call {
    KW_OS_OPEN,
    KW_OS_READ,
    KW_OS_WRITE,
    KW_OS_SYNC, /* fsync, fdatasync */
    KW_OS_RENAME,
    KW_OS_TRUNCATE,
    KW_OS_ALLOCATE, /* posix_fallocate, guarded memory, mappings */
} kw_os_call;

enum {
    KW_OS_CALLS = KW_OS_ALLOCATE + 1
};

/* All-zero: nothing fails. Owned by the test; must outlive the threads that inherited it. */
typedef struct kw_os_faults {
    struct {
        _Atomic uint64_t until;  /* 0 = off, 1 = the next call fails */
        _Atomic int with;        /* a kw_status: KW_IO or KW_NO_SPACE */
        _Atomic int is_lasting;  /* 1: all later calls fail too, until disarmed */
        _Atomic uint64_t failed; /* calls that were made to fail */
    } calls[KW_OS_CALLS];
} kw_os_faults;

/* Puts `faults` in force for this thread and those it starts with kw_thread_start afterwards; NULL
 * ends it for this thread. */
void kw_os_faults_use(kw_os_faults *faults);

/* What is in force for this thread, or NULL. */
kw_os_faults *kw_os_faults_in_use(void);

/* The n-th call of that kind from now on fails once with an I/O error (1 = the next); 0 disarms. */
void kw_os_fail_at(kw_os_faults *faults, kw_os_call call, uint64_t nth);

/* The n-th and every later call fails until it is disarmed by kw_os_fail_at(faults, call, 0).
 * `with`: KW_IO or KW_NO_SPACE. */
void kw_os_fail_from(kw_os_faults *faults, kw_os_call call, uint64_t nth, kw_status with);

/* For os/ itself: true when this call must fail; errno is then set. */
bool kw_os_must_fail(kw_os_call call);

#endif /* KW_OS_FAULT_H */
