/* SPDX-License-Identifier: Apache-2.0
 * Giving pages back: madvise(2), MADV_DONTNEED. */
#include "os/pages.h"

#include "base/heap.h"

#include <sys/mman.h>

void kw_pages_forget(void *block, size_t size)
{
    size_t bytes = (size + KW_HEAP_PAGE_BYTES - 1) & ~(size_t)(KW_HEAP_PAGE_BYTES - 1);
    (void)madvise(block, bytes, MADV_DONTNEED); /* a hint; its failure costs only memory */
}
