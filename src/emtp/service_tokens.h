/* SPDX-License-Identifier: Apache-2.0
 * A token run: input lines to tokens, on several threads, in the order of the input and in memory
 * that does not grow with it (only EMTK sorts, and then on disk). */
#ifndef KW_EMTP_SERVICE_TOKENS_H
#define KW_EMTP_SERVICE_TOKENS_H

#include "emtp/token_source.h"

typedef struct kw_emtp_token_totals {
    uint64_t lines;   /* that were not blank */
    uint64_t refused; /* of these */
    uint64_t tokens;
    uint64_t bytes; /* of input */
} kw_emtp_token_totals;

/* Where a run reads and writes. `write`, `refuse` and `progress` are called by one thread at a
 * time, but not always the same one, and in the order of the input. */
typedef struct kw_emtp_token_ports {
    kw_emtp_input input;
    kw_status (*write)(void *ctx, kw_span bytes, kw_error *err);  /* the result */
    kw_status (*refuse)(void *ctx, kw_span lines, kw_error *err); /* {"line","error","member"} */
    void (*progress)(void *ctx, const kw_emtp_token_totals *totals);
    void *ctx; /* of these three */
} kw_emtp_token_ports;

enum {
    KW_EMTP_TOKEN_THREADS_MAX = 256
};

typedef struct kw_emtp_token_run {
    kw_emtp_token_job job;
    bool is_csv;
    unsigned threads;         /* 1..KW_EMTP_TOKEN_THREADS_MAX; 1: the calling thread */
    size_t sort_memory_bytes; /* EMTK */
    const char *sort_folder;  /* EMTK: for what does not fit that memory */
} kw_emtp_token_run;

/* Runs to the end of the input. Refused lines are no failure: `out` counts them. Statuses of the
 * ports; BAD_INPUT, LIMIT: CSV; LIMIT: a line number beyond 2^32 - 1 in EMTK, more tokens than a
 * table row takes; NO_SPACE, IO: of the sort folder; NO_MEMORY. After a failure a part of the
 * result may have been written. */
KW_MUST_USE kw_status kw_emtp_tokens_run(kw_emtp_token_totals *out, const kw_emtp_token_run *run,
                                         const kw_emtp_token_ports *ports, kw_error *err);

#endif /* KW_EMTP_SERVICE_TOKENS_H */
