/* SPDX-License-Identifier: Apache-2.0
 * One pass over a file that says all there is to publish about it: its SHA-256, its leaf tree, its
 * chunks and their index. Constant memory but for the index: 36 bytes a chunk. */
#ifndef KW_PARAMS_ENGINE_INGEST_H
#define KW_PARAMS_ENGINE_INGEST_H

#include "params/engine/cut.h"
#include "params/engine/leaf.h"

/* Where chunks go as they end: the bytes are those of the file from `offset` on. */
typedef struct kw_chunk_sink {
    kw_status (*take)(void *ctx, const kw_chunk *chunk, uint64_t offset, kw_error *err);
    void *ctx;
} kw_chunk_sink;

/* 66 KiB. */
typedef struct kw_ingest {
    kw_cutter cutter;
    kw_chunk_index index; /* without `entries` until the end */
    kw_sha256_state file;
    kw_sha256_state chunk;
    uint32_t chunk_len; /* bytes of the present chunk; 0: none is begun */
    kw_buf entries;     /* owned */
    kw_leaf_tree tree;
    kw_tile_sink tiles;
    kw_chunk_sink chunks;
} kw_ingest;

/* What a file came to. */
typedef struct kw_ingested {
    kw_hash32 sha256;
    kw_hash32 root; /* of the leaf tree */
    uint64_t bytes;
    kw_chunk_index index; /* its entries live as long as the kw_ingest */
} kw_ingested;

/* All-zero sinks take nothing. Statuses of kw_cutter_init. */
KW_MUST_USE kw_status kw_ingest_init(kw_ingest *out, kw_cut_rule rule, uint32_t point_bytes,
                                     const kw_tile_sink *tiles, const kw_chunk_sink *chunks);
void kw_ingest_drop(kw_ingest *ingest);

/* Takes the next bytes of the file, in pieces of any size. LIMIT: more than KW_CHUNKS_MAX chunks.
 * NO_MEMORY, and what the sinks say; it is then of no further use. */
KW_MUST_USE kw_status kw_ingest_push(kw_ingest *ingest, kw_span bytes, kw_error *err);

/* The file has ended. Statuses of kw_ingest_push. */
KW_MUST_USE kw_status kw_ingest_end(kw_ingest *ingest, kw_ingested *out, kw_error *err);

#endif /* KW_PARAMS_ENGINE_INGEST_H */
