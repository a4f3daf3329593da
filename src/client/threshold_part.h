/* SPDX-License-Identifier: Apache-2.0
 * What one operator is asked and answers: POST /app/sign.
 *
 *   {"appID": id}, and if need be "scheme": "eigenx-v1", "token": text, "attestationTime": seconds
 *   {"operatorAddress": "0x..", "partialSignature": 96 digits of a point of G1, "version": epoch},
 *   and "attestedVersion": epoch when there was an attestationTime of which it knows one
 *
 * Source: threshold.md section 7. */
#ifndef KW_CLIENT_THRESHOLD_PART_H
#define KW_CLIENT_THRESHOLD_PART_H

#include "base/utc.h"
#include "crypto/address.h"
#include "threshold/engine/group/limits.h"
#include "threshold/engine/use/partial.h"

enum {
    KW_CLIENT_PART_BODY_MAX = 16384,      /* of a request */
    KW_CLIENT_PART_ARENA_MAX = 64 * 1024, /* to read an answer */
};

/* What an application asks for. Borrows. */
typedef struct kw_client_request {
    kw_purposed what;           /* purpose APPLICATION or EIGENX */
    kw_secret_span token;       /* of an identity provider, for policies that want one; or empty */
    kw_unix_s attestation_time; /* whose epoch operators are to name, too; 0: none */
    uint64_t epoch_least;       /* parts of earlier epochs do not count: a later one was seen */
} kw_client_request;

/* Appends the question for a part. BAD_INPUT: the id has not 1..255 bytes of UTF-8, or the time is
 * negative. LIMIT, NO_MEMORY. CT: leaks lengths, and which characters of the token JSON escapes. */
KW_MUST_USE kw_status kw_client_part_request(kw_secret_bytes *out, const kw_client_request *request,
                                             kw_error *err);

/* What one operator gave. */
typedef struct kw_client_part {
    kw_address from;         /* who it says it is */
    kw_partial partial;      /* without a member: who has which index the epoch says */
    uint64_t attested_epoch; /* newest at the attestation time; 0: it names none */
} kw_client_part;

void kw_client_part_drop(kw_client_part *part); /* wipes */

/* Reads an answer. BAD_INPUT: anything else, also a point that is none. The caller wipes the arena.
 * CT: variable time, as kw_partials_combine says. */
KW_MUST_USE kw_status kw_client_part_read(kw_client_part *out, kw_arena *arena,
                                          kw_secret_span body);

#endif /* KW_CLIENT_THRESHOLD_PART_H */
