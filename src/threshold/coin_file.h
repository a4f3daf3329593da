/* SPDX-License-Identifier: Apache-2.0
 * A flipped coin as files: what each operator gives, {"address", "curve", "key", "proof", "roster",
 * "commitment", "signature"} and later the same with "list", "value", "reveal"; and the transcript,
 *
 *   {"version": 1, "coin": hex, "parts": [revealed parts, by address]} */
#ifndef KW_THRESHOLD_COIN_FILE_H
#define KW_THRESHOLD_COIN_FILE_H

#include "threshold/coin.h"

enum {
    KW_COIN_PART_BYTES_MAX = 4096,
    KW_COIN_TRANSCRIPT_BYTES_MAX = 1 << 20,
};

/* Of one part. */
extern const kw_schema kw_coin_part_schema;

/* Appends the transcript. UNAVAILABLE: as kw_coin_flip_end. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_coin_transcript_encode(kw_buf *out, const kw_coin_flip *flip,
                                                kw_error *err);

/* A transcript that holds. Lives in an arena. */
typedef struct kw_coin_transcript {
    kw_coin_flip flip;
    kw_hash32 coin;
} kw_coin_transcript;

/* Reads what kw_coin_transcript_encode wrote, byte for byte, and checks all of it. BAD_INPUT: not
 * JSON of that form. ENCODING: not as it is written. REFUSED: the coin is not that of the values.
 * LIMIT: too long. Else as kw_coin_flip_of_parts and kw_coin_flip_end. */
KW_MUST_USE kw_status kw_coin_transcript_decode(kw_coin_transcript *out, kw_arena *arena,
                                                kw_span json, kw_error *err);

#endif /* KW_THRESHOLD_COIN_FILE_H */
