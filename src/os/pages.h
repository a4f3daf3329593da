/* SPDX-License-Identifier: Apache-2.0
 * Memory that a block does not need for now. */
#ifndef KW_OS_PAGES_H
#define KW_OS_PAGES_H

#include <stddef.h>

/* Gives the memory of a block of kw_heap_new_pages back to the system until it is touched again;
 * what it held is lost, and it may read as zeros or as before. `size` as at its making. */
void kw_pages_forget(void *block, size_t size);

#endif /* KW_OS_PAGES_H */
