/* SPDX-License-Identifier: Apache-2.0
 * Files of a draft: from a disk into blobs, chunk by chunk, and back. */
#ifndef KW_PARAMS_INTAKE_H
#define KW_PARAMS_INTAKE_H

#include "params/engine/draft.h"
#include "params/engine/zk/source.h"
#include "store/blobs.h"

/* Stores the file at `path` as chunks and their index, and fills what was found in `io`: bytes,
 * sha256, root, index. LIMIT: an index that is longer than a blob. As kw_stream_open,
 * kw_blobs_put, kw_ingest_push. */
KW_MUST_USE kw_status kw_intake_file(kw_blobs *blobs, const kw_draft *draft, kw_draft_file *io,
                                     const char *path, kw_error *err);

/* A file in blobs, read at any place; one chunk is in memory. All-zero is closed. */
typedef struct kw_intake {
    kw_blobs *blobs; /* borrowed */
    kw_buf wire;     /* owned: the index */
    kw_chunk_index index;
    kw_buf chunk; /* owned: the present one */
    uint32_t place;
    uint64_t begin; /* of the present chunk in the file */
} kw_intake;

/* NOT_FOUND, CORRUPT: the blobs are not what the draft says. As kw_blobs_get. */
KW_MUST_USE kw_status kw_intake_open(kw_intake *out, kw_blobs *blobs, const kw_draft_file *file,
                                     kw_error *err);
void kw_intake_drop(kw_intake *intake);

/* The port of the checks; it lives as long as the intake, which does not move. */
kw_zk_source kw_intake_source(kw_intake *intake);

#endif /* KW_PARAMS_INTAKE_H */
