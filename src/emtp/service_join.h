/* SPDX-License-Identifier: Apache-2.0
 * Local join of two token files on disk, on several threads. */
#ifndef KW_EMTP_SERVICE_JOIN_H
#define KW_EMTP_SERVICE_JOIN_H

#include "emtp/engine/join.h"

enum {
    KW_EMTP_JOIN_THREADS_MAX = 64
};

typedef struct kw_emtp_join_options {
    const char *path_a;
    const char *path_b;
    unsigned threads; /* 1..KW_EMTP_JOIN_THREADS_MAX */
    size_t bucket_max;
    size_t pairs_max; /* of rows and shared tokens together: 16 bytes of memory each, twice */
} kw_emtp_join_options;

typedef struct kw_emtp_joined {
    kw_emtk_join join; /* pairs summed: by row of A, then of B */
    char kid[KW_EMTK_KID_BYTES_MAX + 1];
} kw_emtp_joined;

void kw_emtp_joined_drop(kw_emtp_joined *joined);

/* Checks both files in full and joins them. `out` is empty before. REFUSED: the files have
 * different kids, so no token of them can be equal. BAD_INPUT: not a token file, cut, or out of
 * order. LIMIT: more pairs than allowed. NOT_FOUND, IO, NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_join_files(kw_emtp_joined *out, const kw_emtp_join_options *options,
                                         kw_error *err);

#endif /* KW_EMTP_SERVICE_JOIN_H */
