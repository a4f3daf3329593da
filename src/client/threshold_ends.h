/* SPDX-License-Identifier: Apache-2.0
 * Both ends of a job of the public threshold client: files, memory, or functions of the caller, who
 * may be told how far it is. */
#ifndef KW_CLIENT_THRESHOLD_ENDS_H
#define KW_CLIENT_THRESHOLD_ENDS_H

#include "client/threshold_file.h"
#include "keyward/threshold.h"
#include "os/stream.h"

/* Who is told; all-zero: nobody. */
typedef struct kw_client_listener {
    int (*on_progress)(void *user, uint64_t read_bytes, uint64_t written_bytes);
    void *user;
} kw_client_listener;

/* Of `memory`, `flow`, or else both paths, one is set. It stays where it is, and borrows. */
typedef struct kw_client_ends {
    kw_threshold_memory *memory;
    const kw_threshold_flow *flow;
    const char *in_path;
    const char *out_path;
    kw_client_listener listener;
    kw_stream in; /* files */
    kw_stream out;
    uint64_t read_bytes;
    uint64_t written_bytes;
    bool is_done; /* committed */
} kw_client_ends;

/* BAD_INPUT: a path or a function is missing. NOT_FOUND, IO: as kw_stream_open. */
KW_MUST_USE kw_status kw_client_ends_open(kw_client_ends *ends, kw_error *err);

/* Begins the output; a file will have that mode. As kw_stream_create. */
KW_MUST_USE kw_status kw_client_ends_create(kw_client_ends *ends, unsigned mode, kw_error *err);

/* From the one to the other, after both were begun. CANCELLED: the caller stopped it. LIMIT: the
 * memory is full. IO. */
kw_client_flow kw_client_ends_flow(kw_client_ends *ends);

/* What was written counts. As kw_stream_commit. */
KW_MUST_USE kw_status kw_client_ends_commit(kw_client_ends *ends, kw_error *err);

/* Closes; what was not committed is gone, from memory too. May run twice. */
void kw_client_ends_drop(kw_client_ends *ends);

#endif /* KW_CLIENT_THRESHOLD_ENDS_H */
