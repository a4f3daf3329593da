/* SPDX-License-Identifier: Apache-2.0
 * Writing and reading bundles as streams, in constant memory. Nothing of a bundle is trusted: what
 * it holds is verified like what came over a network. */
#ifndef KW_PARAMS_ENGINE_BUNDLE_H
#define KW_PARAMS_ENGINE_BUNDLE_H

#include "params/engine/bundle_head.h"

/* Where the bytes of a bundle go. */
typedef struct kw_bundle_sink {
    kw_status (*take)(void *ctx, kw_span bytes, kw_error *err);
    void *ctx;
} kw_bundle_sink;

/* A bundle in the making. */
typedef struct kw_bundle_writer {
    kw_bundle_sink sink;
    kw_bundle_head member; /* the present or the last one */
    uint64_t left;         /* bytes of it that are still to come */
    uint32_t members;
} kw_bundle_writer;

static inline kw_bundle_writer kw_bundle_writer_to(const kw_bundle_sink *sink)
{
    return (kw_bundle_writer){.sink = *sink};
}

/* Begins a file of exactly so many bytes. BAD_INPUT: the name. CONFLICT: it does not stand behind
 * the one before. BAD_STATE: that one is not complete. LIMIT: too many files. And what the sink
 * says. */
KW_MUST_USE kw_status kw_bundle_begin(kw_bundle_writer *writer, kw_str name, uint64_t bytes,
                                      kw_error *err);

/* BAD_STATE: more than were announced. */
KW_MUST_USE kw_status kw_bundle_add(kw_bundle_writer *writer, kw_span bytes, kw_error *err);

/* BAD_STATE: the last file is not complete. */
KW_MUST_USE kw_status kw_bundle_finish(kw_bundle_writer *writer, kw_error *err);

/* What a reader tells: a file begins, its bytes in pieces, it is complete. A status other than
 * KW_OK ends the reading with it. */
typedef struct kw_bundle_visit {
    kw_status (*begin)(void *ctx, kw_str name, uint64_t bytes, kw_error *err);
    kw_status (*add)(void *ctx, kw_span bytes, kw_error *err);
    kw_status (*end)(void *ctx, kw_error *err);
    void *ctx;
} kw_bundle_visit;

/* A bundle being read. */
typedef struct kw_bundle_reader {
    kw_bundle_visit visit;
    kw_bundle_head member;                /* the present or the last one; empty: none yet */
    uint64_t left;                        /* bytes of it that are still to come */
    size_t padding;                       /* zeros that are still to come */
    uint8_t block[KW_BUNDLE_BLOCK_BYTES]; /* a head, as far as it is there */
    size_t block_len;
    unsigned end_blocks; /* of zeros that were seen */
    uint32_t members;
} kw_bundle_reader;

static inline kw_bundle_reader kw_bundle_reader_to(const kw_bundle_visit *visit)
{
    return (kw_bundle_reader){.visit = *visit};
}

/* Takes the next bytes, cut anywhere. BAD_INPUT: not a bundle (kw_bundle_head_decode), names that
 * do not rise, padding that is not zero, anything but some blocks of zeros behind the end. LIMIT:
 * too many files. And what the visit says. After a failure the reader is of no further use. */
KW_MUST_USE kw_status kw_bundle_push(kw_bundle_reader *reader, kw_span bytes, kw_error *err);

/* BAD_INPUT: the bundle is cut off. */
KW_MUST_USE kw_status kw_bundle_end(const kw_bundle_reader *reader, kw_error *err);

#endif /* KW_PARAMS_ENGINE_BUNDLE_H */
