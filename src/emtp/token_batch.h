/* SPDX-License-Identifier: Apache-2.0
 * Some input lines and what becomes of them; computed by one thread, apart from all others. */
#ifndef KW_EMTP_TOKEN_BATCH_H
#define KW_EMTP_TOKEN_BATCH_H

#include "base/buf.h"
#include "base/utc.h"
#include "emtp/engine/token.h"

typedef enum kw_emtp_output {
    KW_EMTP_OUTPUT_JSONL,   /* {"line":n,"tokens":{"<kid>":[sorted],...}} */
    KW_EMTP_OUTPUT_EMTK,    /* records of a token file, in order of the input */
    KW_EMTP_OUTPUT_TABLE,   /* STP rows of the registry's emtp_table */
    KW_EMTP_OUTPUT_EXPLAIN, /* compliance mode, one JSON object a line */
} kw_emtp_output;

/* A key under its id; borrowed. */
typedef struct kw_emtp_token_key {
    kw_str kid;
    const kw_hmac_key *key;
} kw_emtp_token_key;

enum {
    KW_EMTP_TOKEN_KEYS_MAX = 64
};

/* What one run does with every line; borrowed by all its batches. */
typedef struct kw_emtp_token_job {
    kw_emtp_options options;
    kw_emtp_output output;
    const kw_emtp_token_key *keys; /* 1..KW_EMTP_TOKEN_KEYS_MAX; one for EMTK */
    size_t keys_count;
    kw_str nurl;    /* TABLE: in front of the line number in the key */
    kw_unix_s now;  /* TABLE: timestamp of the rows */
    kw_str version; /* EXPLAIN: of this program */
} kw_emtp_token_job;

enum {
    KW_EMTP_BATCH_BYTES_MAX = 256 * 1024, /* input of a batch; longer than the longest line */
    KW_EMTP_BATCH_LINES_MAX = 1024,
};

typedef struct kw_emtp_batch_line {
    uint32_t at; /* in `in` */
    uint32_t len;
    uint64_t number; /* of the input, from 1 */
} kw_emtp_batch_line;

/* All-zero is empty. Personal data: kw_emtp_batch_clear wipes it. */
typedef struct kw_emtp_batch {
    kw_buf in; /* maximum KW_EMTP_BATCH_BYTES_MAX */
    kw_emtp_batch_line lines[KW_EMTP_BATCH_LINES_MAX];
    size_t lines_count;
    kw_buf out;      /* result: text, or records for EMTK */
    kw_buf refusals; /* result: {"line","error","member"} lines */
    size_t refused_count;
    uint64_t tokens_count;
} kw_emtp_batch;

/* Prepares an all-zero batch. NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_batch_init(kw_emtp_batch *batch);
void kw_emtp_batch_drop(kw_emtp_batch *batch); /* wipes; may run twice */

/* Wipes and empties, keeping the memory. */
void kw_emtp_batch_clear(kw_emtp_batch *batch);

/* Computes all lines. `arena`: KW_EMTP_ARENA_BYTES_MAX, wiped after every line. Refused lines are
 * no failure. LIMIT: a table row or line number that is too large; NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_batch_compute(kw_emtp_batch *batch, kw_arena *arena,
                                            const kw_emtp_token_job *job, kw_error *err);

#endif /* KW_EMTP_TOKEN_BATCH_H */
