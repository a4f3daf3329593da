/* SPDX-License-Identifier: Apache-2.0
 * The body of an IBE v2 ciphertext: chunks of AES-256-GCM under one key, sealed and opened one by
 * one in constant memory.
 *
 *   chunk i: AES-256-GCM(key, nonce = 3 zero bytes | u64 i | u8 last, AAD = SHA-256(header))
 *            -> ciphertext | tag[16]; i < 2^32, last = 1 on the last
 *
 * Every chunk but the last holds KW_IBE_CHUNK_BYTES; the last 1 to as many, none only if it is the
 * first. So no chunk can be moved, dropped or added unseen. Source: threshold.md section 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_IBE_STREAM_H
#define KW_THRESHOLD_ENGINE_USE_IBE_STREAM_H

#include "crypto/aead.h"

enum {
    KW_IBE_CHUNK_BYTES = 65536,
    KW_IBE_SEALED_CHUNK_BYTES = KW_IBE_CHUNK_BYTES + KW_AEAD_TAG_BYTES,
};

/* One ciphertext in one direction; made by ibe_v2.h. All-zero is one that has ended. */
typedef struct kw_ibe_stream {
    const kw_aead *aead; /* borrowed; NULL after the last chunk or a failure */
    kw_secret32 key;
    kw_hash32 header_hash;
    uint64_t next; /* number of the next chunk */
} kw_ibe_stream;

void kw_ibe_stream_drop(kw_ibe_stream *stream); /* wipes */

/* Whether the last chunk is done: until then what was opened is a beginning of unknown length, and
 * its receiver must be able to take it back. */
static inline bool kw_ibe_stream_has_ended(const kw_ibe_stream *stream)
{
    return stream->aead == NULL;
}

/* Appends one sealed chunk to `out`. BAD_INPUT: its length is not that of its place. BAD_STATE:
 * after the last one. LIMIT: `out`, or 2^32 chunks. NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_ibe_stream_seal(kw_ibe_stream *stream, kw_buf *out, kw_secret_span plain,
                                         bool is_last);

/* Appends the text of one chunk, tag and all, to `out`; the caller sees by the end of its input
 * which is the last. CORRUPT: whatever is wrong with it; nothing more can be opened then.
 * BAD_STATE: after the last one or a failure. LIMIT: `out`. NO_MEMORY.
 * CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_ibe_stream_open(kw_ibe_stream *stream, kw_secret_bytes *out,
                                         kw_span sealed, bool is_last);

#endif /* KW_THRESHOLD_ENGINE_USE_IBE_STREAM_H */
