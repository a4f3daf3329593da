/* SPDX-License-Identifier: Apache-2.0
 * nghttp2's allocator on kw_heap. */
#include "net/h2_memory.h"

#include "base/checked.h"
#include "base/heap.h"
#include "base/macros.h"
#include "os/pages.h"

#include <string.h>

enum {
    FRAME_BYTES = 16384, /* SETTINGS_MAX_FRAME_SIZE, RFC 9113 section 6.5.2; more with its head */
    RING_BYTES = 4096 / 32 * sizeof(void *) /* entries of a header table, RFC 7541 section 4.1 */
};

/* A second large block means another nghttp2 than the one known: then none is given back. */
static void *make_frame(kw_h2_memory *memory, size_t size)
{
    bool is_first = memory->frame_bytes == 0;
    void *block = kw_heap_new_pages(size);
    memory->frame = is_first ? block : NULL;
    memory->frame_bytes = size;
    return block;
}

/* A page of zeros of its own. */
static void *make_quiet(void **slot)
{
    *slot = kw_heap_new_pages(KW_HEAP_PAGE_BYTES);
    if (*slot != NULL) {
        memset(*slot, 0, KW_HEAP_PAGE_BYTES);
    }
    return *slot;
}

static void lose(kw_h2_memory *memory, const void *ptr)
{
    void **slots[] = {&memory->frame, &memory->ring, &memory->map};
    for (size_t i = 0; i < KW_COUNT(slots); i++) {
        if (*slots[i] == ptr) {
            *slots[i] = NULL;
        }
    }
}

static void *make(size_t size, void *ctx)
{
    kw_h2_memory *memory = ctx;
    if (memory->is_making && size > FRAME_BYTES) {
        return make_frame(memory, size);
    }
    if (memory->is_making && size == RING_BYTES && memory->ring == NULL) {
        return make_quiet(&memory->ring);
    }
    return kw_heap_resize(NULL, 1, size);
}

static void *make_zeroed(size_t count, size_t size, void *ctx)
{
    kw_h2_memory *memory = ctx;
    size_t bytes = 0;
    bool is_map = memory->is_making && memory->map == NULL && kw_size_mul(count, size, &bytes) &&
                  bytes == KW_HEAP_PAGE_BYTES;
    return is_map ? make_quiet(&memory->map) : kw_heap_new(count, size);
}

static void *resize(void *ptr, size_t size, void *ctx)
{
    if (ptr == NULL) {
        return make(size, ctx);
    }
    lose(ctx, ptr); /* even if it stays where it is: that would cost only memory */
    return kw_heap_resize(ptr, 1, size);
}

static void release(void *ptr, void *ctx)
{
    lose(ctx, ptr);
    kw_heap_free(ptr);
}

void kw_h2_memory_begin(kw_h2_memory *memory)
{
    *memory = (kw_h2_memory){
        .calls = {.mem_user_data = memory,
                  .malloc = make,
                  .free = release,
                  .calloc = make_zeroed,
                  .realloc = resize},
        .is_making = true,
    };
}

void kw_h2_memory_made(kw_h2_memory *memory)
{
    memory->is_making = false;
}

/* Zeros stay zeros however their page goes, so what else the block holds need not be known. */
static void forget_zeros(void *page)
{
    const uint8_t *bytes = page;
    if (page != NULL && bytes[0] == 0 && memcmp(bytes, bytes + 1, KW_HEAP_PAGE_BYTES - 1) == 0) {
        kw_pages_forget(page, KW_HEAP_PAGE_BYTES);
    }
}

void kw_h2_memory_rest(kw_h2_memory *memory)
{
    if (memory->frame != NULL) {
        kw_pages_forget(memory->frame, memory->frame_bytes);
    }
    forget_zeros(memory->ring);
    forget_zeros(memory->map);
}
