/* SPDX-License-Identifier: Apache-2.0
 * Files that are encrypted to an application of a cluster: version 2 in constant memory, version 1,
 * the reference system's, as a whole. Source: threshold.md section 7. */
#ifndef KW_CLIENT_THRESHOLD_FILE_H
#define KW_CLIENT_THRESHOLD_FILE_H

#include "threshold/engine/use/ibe_v1.h"
#include "threshold/engine/use/ibe_v2.h"

enum {
    KW_CLIENT_V1_BYTES_MAX = 1 << 20, /* of a text in version 1: it has no chunks */
};

/* Where bytes come from and go to. What is written before the last call succeeded is a beginning of
 * unknown length: the receiver must be able to take it back. */
typedef struct kw_client_flow {
    /* Reads at most room.len bytes; *out_len = 0 at the end. */
    kw_status (*read)(void *ctx, size_t *out_len, kw_mspan room, kw_error *err);
    /* Writes all. */
    kw_status (*write)(void *ctx, kw_span bytes, kw_error *err);
    void *ctx;
} kw_client_flow;

/* Encrypts all that comes; the kind of the id says in which version. LIMIT: too much for it.
 * NO_MEMORY, ENTROPY_FAILURE; what the flow says. CT: leaks lengths. */
KW_MUST_USE kw_status kw_client_encrypt(const kw_client_flow *flow, const kw_ibe_to *to,
                                        const kw_rng *rng, kw_error *err);

/* The beginning of a ciphertext: what one must know to ask for its key. All-zero is empty. */
typedef struct kw_client_sealed {
    kw_ibe_kind kind;
    kw_buf start;   /* of the wire: a header of version 2, what was read of version 1 */
    kw_span app_id; /* in `start`; empty: the ciphertext does not say */
} kw_client_sealed;

void kw_client_sealed_drop(kw_client_sealed *sealed);

/* Reads it; `out` is empty before. CORRUPT: it is no ciphertext, of whatever version. NO_MEMORY;
 * what the flow says. */
KW_MUST_USE kw_status kw_client_sealed_read(kw_client_sealed *out, const kw_client_flow *flow,
                                            kw_error *err);

/* Whose key opens it: the application that it names, or that the caller names with `app`, which may
 * be empty. REFUSED: it is of another form than `kind`, is for another application, or a timelock,
 * which no application opens. BAD_INPUT: nobody names an application, or `app` is too long. */
KW_MUST_USE kw_status kw_client_sealed_id(const kw_client_sealed *sealed, kw_ibe_id *out,
                                          kw_ibe_kind kind, kw_str app, kw_error *err);

/* Decrypts all that follows. CORRUPT: whatever is wrong with the ciphertext, or the key for it.
 * LIMIT: version 1, and too long. NO_MEMORY; what the flow says. CT: leaks lengths, and the
 * verdict. */
KW_MUST_USE kw_status kw_client_decrypt(const kw_client_flow *flow, kw_client_sealed *sealed,
                                        const kw_ibe_key *key, kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_FILE_H */
