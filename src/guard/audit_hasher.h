/* SPDX-License-Identifier: Apache-2.0
 * Hashes the records of audit segments on all processors and hands them back in order. Leaf hashes
 * do not depend on each other; following the chain, which does, stays with one thread. */
#ifndef KW_GUARD_AUDIT_HASHER_H
#define KW_GUARD_AUDIT_HASHER_H

#include "base/error.h"
#include "guard/engine/chain.h"

#define KW_AUDIT_SLAB_RECORDS 1024

/* Consecutive records of one segment. */
typedef struct kw_audit_slab {
    size_t segment; /* index of the segment */
    size_t count;   /* whole frames */
    kw_span records[KW_AUDIT_SLAB_RECORDS];
    kw_hash32 hashes[KW_AUDIT_SLAB_RECORDS];
    bool is_good[KW_AUDIT_SLAB_RECORDS]; /* the guard fits, and it has the form of a record */
    kw_audit_link links[KW_AUDIT_SLAB_RECORDS]; /* of good records */
    size_t frame_bytes;                         /* of these frames together */
    size_t bytes_left; /* of the segment behind these frames when no further whole frame is there */
    bool is_last;      /* of its segment */
} kw_audit_slab;

typedef struct kw_audit_hasher kw_audit_hasher;

/* Starts threads over `count` segments, whose bytes must outlive the hasher. NO_MEMORY, LIMIT. */
KW_MUST_USE kw_status kw_audit_hasher_new(kw_audit_hasher **out, const kw_span *segments,
                                          size_t count, kw_error *err);

/* Stops the threads. Takes NULL. */
void kw_audit_hasher_free(kw_audit_hasher *hasher);

KW_AUTO_PTR_DEFINE(kw_audit_hasher);

/* The next slab in order, valid until the next call; NULL behind the last one. Each segment has at
 * least one slab, an empty segment an empty slab. */
const kw_audit_slab *kw_audit_hasher_next(kw_audit_hasher *hasher);

#endif /* KW_GUARD_AUDIT_HASHER_H */
