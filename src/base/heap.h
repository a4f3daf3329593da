/* SPDX-License-Identifier: Apache-2.0
 * The one door to the heap: counted, zeroed, and able to fail on request in tests. */
#ifndef KW_BASE_HEAP_H
#define KW_BASE_HEAP_H

#include "base/macros.h"

#include <stddef.h>
#include <stdint.h>

#define KW_HEAP_PAGE_BYTES 4096

/* Zeroed memory for `count` elements of `size` bytes; NULL when it does not fit or there is none
 * (the caller returns KW_NO_MEMORY). Free with kw_heap_free. */
KW_MUST_USE void *kw_heap_new(size_t count, size_t size);

/* At least `size` bytes, not zeroed, that begin at a page and fill whole ones (KW_HEAP_PAGE_BYTES):
 * for a large buffer whose pages os/pages.h may give back. NULL as above; kw_heap_free. */
KW_MUST_USE void *kw_heap_new_pages(size_t size);

/* Grows or shrinks like realloc; new bytes are not zeroed. NULL: `ptr` is untouched. */
KW_MUST_USE void *kw_heap_resize(void *ptr, size_t count, size_t size);

/* Takes NULL. */
void kw_heap_free(void *ptr);

/* Overwrites the whole block, as the allocator made it, and frees it: for third-party parsers that
 * hold personal data or keys. Takes NULL. */
void kw_heap_wipe_free(void *ptr);

/* Owned NUL-terminated copy of a NUL-terminated text; NULL when there is no memory. */
KW_MUST_USE char *kw_heap_copy_text(const char *text);

/* Fault injection for tests: the n-th allocation of this thread from now on fails, once (1 = the
 * next one); 0 switches it off. Returns what was left of the number before; 0: it has failed. */
uint64_t kw_heap_fail_at(uint64_t nth);

/* For tests of budgets: the bytes of blocks that are held, as large as the allocator made them, and
 * the most there ever were. */
typedef struct kw_heap_meter {
    size_t held;
    size_t most;
} kw_heap_meter;

/* From now on what this thread allocates, resizes and frees counts in `meter`, which is borrowed;
 * NULL: nowhere. A block goes back under the meter under which it came, where there was one.
 * Returns the meter before. */
kw_heap_meter *kw_heap_meter_use(kw_heap_meter *meter);

#endif /* KW_BASE_HEAP_H */
