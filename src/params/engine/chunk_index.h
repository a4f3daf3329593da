/* SPDX-License-Identifier: Apache-2.0
 * Index files (.kci): which chunks, in order, make up a file. Authentic by the hash that stands in
 * the target's `custom`.
 *
 * "KWCI" | u8 version = 1 | u8 hash = 1 (SHA-256) | u8 rule | u8 0 | u64be bytes of the file
 *        | u32be count | u32be bytes of a point | count x (u32be length | SHA-256, 32)
 * Lengths are 1..4 MiB and add up to the file. Nothing stands behind the last chunk. */
#ifndef KW_PARAMS_ENGINE_CHUNK_INDEX_H
#define KW_PARAMS_ENGINE_CHUNK_INDEX_H

#include "base/buf.h"
#include "params/limits.h"

enum {
    KW_CHUNK_INDEX_HEAD_BYTES = 24,
    KW_CHUNK_INDEX_ENTRY_BYTES = 36
};

#define KW_CHUNK_INDEX_BYTES_MAX \
    (KW_CHUNK_INDEX_HEAD_BYTES + (size_t)KW_CHUNKS_MAX * KW_CHUNK_INDEX_ENTRY_BYTES)

/* How a file was cut: engine/cut.h. */
typedef enum kw_cut_rule {
    KW_CUT_FIXED = 0,     /* whole points, as many as fit 1 MiB */
    KW_CUT_SECTIONED = 1, /* the same, anew at every section of a .ptau, .zkey or .r1cs */
    KW_CUT_CONTENT = 2,   /* where the content says: for text and archives */
} kw_cut_rule;

typedef struct kw_chunk {
    kw_hash32 id;    /* SHA-256 of its bytes */
    uint32_t length; /* bytes, 1..KW_CHUNK_BYTES_MAX */
} kw_chunk;

/* Views its entries. */
typedef struct kw_chunk_index {
    kw_cut_rule rule;
    uint32_t point_bytes; /* 1..KW_CUT_BYTES; 0 where content decides */
    uint64_t file_bytes;
    uint32_t count;
    kw_span entries; /* `count` of them, as they stand in the file */
} kw_chunk_index;

/* BAD_INPUT: anything but the form above, a point of no or too many bytes, or chunks of a fixed
 * length that have another one. `out` borrows `wire`. */
KW_MUST_USE kw_status kw_chunk_index_decode(kw_chunk_index *out, kw_span wire);

/* The chunk at a place below `count`. */
kw_chunk kw_chunk_index_at(const kw_chunk_index *index, uint32_t place);

/* Appends one entry, for `entries` of an index in the making. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_chunk_index_add(kw_buf *entries, const kw_chunk *chunk);

/* Appends head and entries; the index is one that kw_chunk_index_decode takes. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_chunk_index_encode(kw_buf *out, const kw_chunk_index *index);

#endif /* KW_PARAMS_ENGINE_CHUNK_INDEX_H */
