/* SPDX-License-Identifier: Apache-2.0
 * Memory that dies all at once: one arena per request or per record, reset at its end. */
#ifndef KW_BASE_ARENA_H
#define KW_BASE_ARENA_H

#include "base/error.h"
#include "base/span.h"

enum {
    KW_ARENA_BLOCKS_BYTES = 16 * 4096, /* of kw_arena_heap_bytes: a page of each block over 4096 */
};

typedef struct kw_arena_block kw_arena_block;

/* Where blocks come from. */
typedef struct kw_arena_source {
    void *(*get)(size_t bytes); /* aligned for any type, not zeroed; NULL: there are none */
    void (*give)(void *block);  /* back; takes NULL */
} kw_arena_source;

/* All-zero is a valid arena with maximum 0. For secrets only with a source that is
 * (kw_secret_arena_init). */
typedef struct kw_arena {
    kw_arena_block *newest;        /* owned chain */
    size_t used;                   /* bytes handed out since init or reset, padding included */
    size_t max;                    /* `used` never passes it */
    const kw_arena_source *source; /* borrowed; NULL: the heap */
} kw_arena;

/* Allocates nothing yet. `max`: bytes. */
static inline kw_arena kw_arena_init(size_t max)
{
    return (kw_arena){.max = max};
}

/* What an arena with that maximum takes of the heap, at most: a block is twice the one before, or
 * the maximum; beside them come their heads and what the allocator rounds up. */
static inline size_t kw_arena_heap_bytes(size_t max)
{
    return 2 * max + KW_ARENA_BLOCKS_BYTES;
}

/* Frees everything. May run twice. */
void kw_arena_drop(kw_arena *arena);

/* Forgets everything but keeps the newest block for reuse. */
void kw_arena_reset(kw_arena *arena);

/* Like reset, and overwrites the bytes first: for personal data. */
void kw_arena_wipe(kw_arena *arena);

/* Zeroed memory for `count` elements of `size` bytes, aligned for any type, alive until reset;
 * NULL when the maximum would be passed or there is no memory (return KW_LIMIT). */
KW_MUST_USE void *kw_arena_new(kw_arena *arena, size_t count, size_t size);

/* Copies that live until reset. The text gets a NUL behind its last byte. LIMIT. */
KW_MUST_USE kw_status kw_arena_copy_str(kw_arena *arena, kw_str *out, kw_str text);
KW_MUST_USE kw_status kw_arena_copy_span(kw_arena *arena, kw_span *out, kw_span bytes);

/* Formatted text that lives until reset. LIMIT. */
KW_MUST_USE kw_status kw_arena_format(kw_arena *arena, kw_str *out, const char *format, ...)
    KW_PRINTF(3, 4);

#endif /* KW_BASE_ARENA_H */
