/* SPDX-License-Identifier: Apache-2.0
 * The port get_operators: who the cluster consists of at a boundary. A file says so, or a chain.
 * Source: threshold.md section 3. */
#ifndef KW_THRESHOLD_OPERATORS_SOURCE_H
#define KW_THRESHOLD_OPERATORS_SOURCE_H

#include "threshold/engine/roster/operators.h"

typedef struct kw_operators_source {
    /* The operators at a boundary, a Unix time; what they point to lives in the arena. Whatever is
     * wrong, the caller keeps those it has. */
    kw_status (*get)(void *ctx, kw_operators *out, kw_arena *arena, uint64_t boundary_s,
                     kw_error *err);
    void *ctx;
} kw_operators_source;

/* A file, read at each boundary. */
typedef struct kw_operators_file {
    const char *path; /* borrowed */
} kw_operators_file;

/* Borrows `file`. Its get: as kw_file_read and kw_operators_decode. */
kw_operators_source kw_operators_file_source(kw_operators_file *file);

#endif /* KW_THRESHOLD_OPERATORS_SOURCE_H */
