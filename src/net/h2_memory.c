/* SPDX-License-Identifier: Apache-2.0
 * nghttp2's allocator on kw_heap. */
#include "net/h2_memory.h"

#include "base/checked.h"
#include "base/heap.h"
#include "base/macros.h"
#include "os/pages.h"

#include <string.h>

enum {
    FRAME_BYTES = 16384 /* SETTINGS_MAX_FRAME_SIZE, RFC 9113 section 6.5.2; more with its head */
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

static void *resize(void *ptr, size_t size, void *ctx)
{
    kw_h2_memory *memory = ctx;
    if (ptr == NULL && size > FRAME_BYTES && memory->is_making) {
        return make_frame(memory, size);
    }
    bool is_frame = ptr != NULL && ptr == memory->frame;
    void *block = kw_heap_resize(ptr, 1, size);
    if (is_frame && block != NULL) {
        memory->frame = NULL;
    }
    return block;
}

static void *make(size_t size, void *ctx)
{
    return resize(NULL, size, ctx);
}

static void *make_zeroed(size_t count, size_t size, void *ctx)
{
    KW_UNUSED(ctx);
    return kw_heap_new(count, size);
}

static void release(void *ptr, void *ctx)
{
    kw_h2_memory *memory = ctx;
    if (ptr == memory->frame) {
        memory->frame = NULL;
    }
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

void kw_h2_memory_rest(kw_h2_memory *memory)
{
    if (memory->frame != NULL) {
        kw_pages_forget(memory->frame, memory->frame_bytes);
    }
}
