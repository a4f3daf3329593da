/* SPDX-License-Identifier: Apache-2.0
 * A chain of blocks, filled from the front. */
#include "base/arena.h"

#include "base/checked.h"
#include "base/ct.h"
#include "base/heap.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    BLOCK_BYTES_MIN = 4096,
    ALIGNMENT = 16
};

struct kw_arena_block {
    kw_arena_block *older;
    size_t capacity;
    size_t used;
    _Alignas(ALIGNMENT) uint8_t bytes[];
};

static void give_block(const kw_arena *arena, kw_arena_block *block)
{
    if (arena->source == NULL) {
        kw_heap_free(block);
    } else {
        arena->source->give(block);
    }
}

static void free_older(kw_arena *arena)
{
    kw_arena_block *block = arena->newest == NULL ? NULL : arena->newest->older;
    while (block != NULL) {
        kw_arena_block *older = block->older;
        give_block(arena, block);
        block = older;
    }
}

void kw_arena_drop(kw_arena *arena)
{
    free_older(arena);
    give_block(arena, arena->newest);
    *arena = (kw_arena){.max = arena->max, .source = arena->source};
}

void kw_arena_reset(kw_arena *arena)
{
    free_older(arena);
    if (arena->newest != NULL) {
        arena->newest->older = NULL;
        arena->newest->used = 0;
    }
    arena->used = 0;
}

void kw_arena_wipe(kw_arena *arena)
{
    for (kw_arena_block *block = arena->newest; block != NULL; block = block->older) {
        kw_wipe(block->bytes, block->used);
    }
    kw_arena_reset(arena);
}

static kw_arena_block *add_block(kw_arena *arena, size_t bytes)
{
    size_t capacity = KW_MAX(bytes, (size_t)BLOCK_BYTES_MIN);
    if (arena->newest != NULL && arena->newest->capacity <= SIZE_MAX / 4) {
        capacity = KW_MAX(capacity, arena->newest->capacity * 2);
    }
    capacity = KW_MAX(bytes, KW_MIN(capacity, arena->max));
    size_t total = 0;
    if (!kw_size_add(capacity, sizeof(kw_arena_block), &total)) {
        return NULL;
    }
    kw_arena_block *block =
        arena->source == NULL ? kw_heap_new(1, total) : arena->source->get(total);
    if (block != NULL) {
        block->capacity = capacity;
        block->used = 0;
        block->older = arena->newest;
        arena->newest = block;
    }
    return block;
}

void *kw_arena_new(kw_arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    size_t total = 0;
    if (!kw_size_mul(count, size, &bytes) || !kw_size_add(bytes, ALIGNMENT - 1, &bytes)) {
        return NULL;
    }
    bytes -= bytes % ALIGNMENT;
    if (!kw_size_add(arena->used, bytes, &total) || total > arena->max) {
        return NULL;
    }
    kw_arena_block *block = arena->newest;
    if (block == NULL || block->capacity - block->used < bytes) {
        block = add_block(arena, bytes);
        if (block == NULL) {
            return NULL;
        }
    }
    uint8_t *at = block->bytes + block->used;
    block->used += bytes;
    arena->used = total;
    memset(at, 0, bytes);
    return at;
}

kw_status kw_arena_copy_str(kw_arena *arena, kw_str *out, kw_str text)
{
    size_t bytes = 0;
    if (!kw_size_add(text.len, 1, &bytes)) {
        return KW_LIMIT;
    }
    char *copy = kw_arena_new(arena, bytes, 1);
    if (copy == NULL) {
        return KW_LIMIT;
    }
    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    *out = (kw_str){copy, text.len};
    return KW_OK;
}

kw_status kw_arena_copy_span(kw_arena *arena, kw_span *out, kw_span bytes)
{
    kw_str copy = {0};
    KW_TRY(kw_arena_copy_str(arena, &copy, kw_str_of_span(bytes)));
    *out = kw_span_of_str(copy);
    return KW_OK;
}

kw_status kw_arena_format(kw_arena *arena, kw_str *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : kw_arena_new(arena, (size_t)len + 1, 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)len + 1, format, again);
        *out = (kw_str){text, (size_t)len};
    }
    va_end(again);
    return text == NULL ? KW_LIMIT : KW_OK;
}
