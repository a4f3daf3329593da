/* SPDX-License-Identifier: Apache-2.0
 * Heap access with fault injection and a meter. */
#include "base/heap.h"

#include "base/checked.h"
#include "base/ct.h"
#include "base/error.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Thread-local and zero outside tests, so the cost is a predicted branch each. */
static _Thread_local uint64_t fail_countdown;
static _Thread_local kw_heap_meter *meter_in_use;

static bool must_fail(void)
{
    if (__builtin_expect(fail_countdown == 0, 1)) {
        return false;
    }
    fail_countdown--;
    return fail_countdown == 0;
}

static void *count_in(void *block)
{
    kw_heap_meter *meter = meter_in_use;
    if (__builtin_expect(meter != NULL, 0) && block != NULL) {
        meter->held += malloc_usable_size(block);
        meter->most = KW_MAX(meter->most, meter->held);
    }
    return block;
}

static void count_out(void *block)
{
    kw_heap_meter *meter = meter_in_use;
    if (__builtin_expect(meter != NULL, 0) && block != NULL) {
        size_t bytes = malloc_usable_size(block);
        KW_ASSERT(bytes <= meter->held); /* else it came under another one */
        meter->held -= bytes;
    }
}

void *kw_heap_new(size_t count, size_t size)
{
    return must_fail() ? NULL : count_in(calloc(KW_MAX(count, 1), KW_MAX(size, 1)));
}

void *kw_heap_new_pages(size_t size)
{
    size_t bytes = 0;
    if (!kw_size_add(KW_MAX(size, 1), KW_HEAP_PAGE_BYTES - 1, &bytes) || must_fail()) {
        return NULL;
    }
    return count_in(aligned_alloc(KW_HEAP_PAGE_BYTES, bytes & ~(size_t)(KW_HEAP_PAGE_BYTES - 1)));
}

void *kw_heap_resize(void *ptr, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!kw_size_mul(count, size, &bytes) || must_fail()) {
        return NULL;
    }
    count_out(ptr);
    void *moved = realloc(ptr, KW_MAX(bytes, 1));
    (void)count_in(moved == NULL ? ptr : moved);
    return moved;
}

void kw_heap_free(void *ptr)
{
    count_out(ptr);
    free(ptr);
}

void kw_heap_wipe_free(void *ptr)
{
    if (ptr != NULL) {
        count_out(ptr);
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

kw_heap_meter *kw_heap_meter_use(kw_heap_meter *meter)
{
    kw_heap_meter *before = meter_in_use;
    meter_in_use = meter;
    return before;
}
