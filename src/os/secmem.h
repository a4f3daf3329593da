/* SPDX-License-Identifier: Apache-2.0
 * Pages for secrets: locked, left out of core dumps, guard pages on both sides, wiped when
 * freed. */
#ifndef KW_OS_SECMEM_H
#define KW_OS_SECMEM_H

#include "base/error.h"

#include <stddef.h>

/* `bytes` of memory that end at a guard page; not zeroed, not aligned unless `bytes` is a multiple
 * of 16. NULL when there is none. One block costs at least four pages. */
KW_MUST_USE void *kw_secmem_new(size_t bytes);

/* Wipes and unmaps; aborts when a canary in front was overwritten. Takes NULL. */
void kw_secmem_free(void *ptr);

/* Asked once at start: may this process lock `bytes` more? LIMIT: RLIMIT_MEMLOCK is too small. */
KW_MUST_USE kw_status kw_secmem_check(size_t bytes, kw_error *err);

/* A mark that a child process finds gone (MADV_WIPEONFORK): state from before a fork must not be
 * used on. NULL when there is no memory. */
typedef struct kw_fork_mark kw_fork_mark;
KW_MUST_USE kw_fork_mark *kw_fork_mark_new(void);
void kw_fork_mark_free(kw_fork_mark *mark);

/* True once in a process that was forked since the mark was set; sets it again. */
bool kw_fork_mark_has_forked(kw_fork_mark *mark);

#endif /* KW_OS_SECMEM_H */
