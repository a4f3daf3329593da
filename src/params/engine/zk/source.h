/* SPDX-License-Identifier: Apache-2.0
 * Where the bytes of a parameter file come from: any place of it can be read, so that a file of
 * gigabytes needs little memory. */
#ifndef KW_PARAMS_ENGINE_ZK_SOURCE_H
#define KW_PARAMS_ENGINE_ZK_SOURCE_H

#include "base/error.h"
#include "base/span.h"

/* The port. `read` fills all of `room` from byte `at`; what it fails with, the check ends with. */
typedef struct kw_zk_source {
    kw_status (*read)(void *ctx, uint64_t at, kw_mspan room, kw_error *err);
    void *ctx;
    uint64_t size; /* bytes */
} kw_zk_source;

/* Reads [at, at + room.len). ZK_INVALID: the file ends before; else what the port says. */
KW_MUST_USE kw_status kw_zk_read(const kw_zk_source *source, uint64_t at, kw_mspan room,
                                 kw_error *err);

/* Bytes in memory, borrowed with their span. */
kw_zk_source kw_zk_source_of_span(const kw_span *bytes);

#endif /* KW_PARAMS_ENGINE_ZK_SOURCE_H */
