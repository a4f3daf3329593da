/* SPDX-License-Identifier: Apache-2.0
 * Input of a token run, cut into batches: JSON lines, or CSV whose rows become JSON lines. Memory
 * does not grow with the input. */
#ifndef KW_EMTP_TOKEN_SOURCE_H
#define KW_EMTP_TOKEN_SOURCE_H

#include "emtp/token_batch.h"

/* Gives what there is, at most room.len bytes; *out_len = 0 at the end. */
typedef struct kw_emtp_input {
    kw_status (*read)(void *ctx, size_t *out_len, kw_mspan room, kw_error *err);
    void *ctx;
} kw_emtp_input;

typedef struct kw_emtp_source kw_emtp_source;

/* CSV: the first row names the columns: `full_name`, `dob`; `phone`, `address` (free text), `idno`,
 * each also in the plural, followed by digits, and as often as wanted; and the parts of one address
 * `line1 line2 city state postal_code country`. An empty cell is an absent value. NO_MEMORY. */
KW_MUST_USE kw_status kw_emtp_source_new(kw_emtp_source **out, kw_emtp_input input, bool is_csv);
void kw_emtp_source_free(kw_emtp_source *source); /* wipes; takes NULL */
KW_AUTO_PTR_DEFINE(kw_emtp_source);

/* Fills an empty batch with the lines that are there, at least one. END: there are no more.
 * Statuses of the input; of CSV: BAD_INPUT (no such column, a misplaced quote), LIMIT (a row above
 * 64 KiB). */
KW_MUST_USE kw_status kw_emtp_source_fill(kw_emtp_source *source, kw_emtp_batch *batch,
                                          kw_error *err);

/* Bytes of input read so far. */
uint64_t kw_emtp_source_bytes(const kw_emtp_source *source);

#endif /* KW_EMTP_TOKEN_SOURCE_H */
