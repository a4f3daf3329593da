/* SPDX-License-Identifier: Apache-2.0
 * What one operator is asked and answers: POST /app/sign.
 *
 *   {"appID": id} or {"appID": id, "scheme": "eigenx-v1"}
 *   {"operatorAddress": "0x..", "partialSignature": 96 digits of a point of G1, "version": epoch}
 *
 * Source: threshold.md section 7. */
#ifndef KW_CLIENT_THRESHOLD_PART_H
#define KW_CLIENT_THRESHOLD_PART_H

#include "base/buf.h"
#include "crypto/address.h"
#include "threshold/engine/group/limits.h"
#include "threshold/engine/use/partial.h"

enum {
    KW_CLIENT_PART_BODY_MAX = 2048,       /* of a request */
    KW_CLIENT_PART_ARENA_MAX = 64 * 1024, /* to read an answer */
};

/* Appends the question for a part. BAD_INPUT: the id has not 1..255 bytes of UTF-8. LIMIT,
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_client_part_request(kw_buf *out, const kw_purposed *what, kw_error *err);

/* Reads an answer; `out` gets no member yet: who has which index the epoch says. BAD_INPUT:
 * anything else, also a point that is none. The caller wipes the arena.
 * CT: variable time, as kw_partials_combine says. */
KW_MUST_USE kw_status kw_client_part_read(kw_partial *out, kw_address *out_from, kw_arena *arena,
                                          kw_secret_span body);

#endif /* KW_CLIENT_THRESHOLD_PART_H */
