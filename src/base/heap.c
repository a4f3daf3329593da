/* SPDX-License-Identifier: Apache-2.0
 * Heap access with fault injection. */
#include "base/heap.h"

#include "base/checked.h"
#include "base/ct.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Thread-local and zero outside tests, so the cost is one predicted branch. */
static _Thread_local uint64_t fail_countdown;

static bool must_fail(void)
{
    if (__builtin_expect(fail_countdown == 0, 1)) {
        return false;
    }
    fail_countdown--;
    return fail_countdown == 0;
}

void *kw_heap_new(size_t count, size_t size)
{
    return must_fail() ? NULL : calloc(KW_MAX(count, 1), KW_MAX(size, 1));
}

void *kw_heap_new_pages(size_t size)
{
    size_t bytes = 0;
    if (!kw_size_add(KW_MAX(size, 1), KW_HEAP_PAGE_BYTES - 1, &bytes) || must_fail()) {
        return NULL;
    }
    return aligned_alloc(KW_HEAP_PAGE_BYTES, bytes & ~(size_t)(KW_HEAP_PAGE_BYTES - 1));
}

void *kw_heap_resize(void *ptr, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!kw_size_mul(count, size, &bytes) || must_fail()) {
        return NULL;
    }
    return realloc(ptr, KW_MAX(bytes, 1));
}

void kw_heap_free(void *ptr)
{
    free(ptr);
}

void kw_heap_wipe_free(void *ptr)
{
    if (ptr != NULL) {
        kw_wipe(ptr, malloc_usable_size(ptr));
        free(ptr);
    }
}

char *kw_heap_copy_text(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = kw_heap_new(bytes, 1);
    if (copy != NULL) {
        memcpy(copy, text, bytes);
    }
    return copy;
}

uint64_t kw_heap_fail_at(uint64_t nth)
{
    uint64_t left = fail_countdown;
    fail_countdown = nth;
    return left;
}
