/* SPDX-License-Identifier: Apache-2.0
 * What signed metadata says of a file: its length and its hashes; and bytes compared with it, at
 * once or as they arrive. Known are sha256, sha512 and blake2b-256; all known ones are checked. */
#ifndef KW_TUF_ENGINE_CONTENT_H
#define KW_TUF_ENGINE_CONTENT_H

#include "codec/json.h"
#include "crypto/blake2b.h"
#include "crypto/hash.h"

/* By value; owns nothing. */
typedef struct kw_tuf_content {
    bool has_length;
    uint64_t length; /* bytes */
    bool has_sha256;
    bool has_sha512;
    bool has_blake2b_256;
    kw_hash32 sha256;
    kw_hash64 sha512;
    kw_hash32 blake2b_256;
} kw_tuf_content;

/* Reads "length" and "hashes" of an object, either of which may be absent. BAD_INPUT: a length that
 * is no number, hashes of which none is known, a known one that is not lower-case hex of its
 * size. */
KW_MUST_USE kw_status kw_tuf_content_read(kw_tuf_content *out, const kw_json *object,
                                          kw_error *err);

bool kw_tuf_content_has_hashes(const kw_tuf_content *content);

/* 128 hex digits and a NUL. */
#define KW_TUF_HASH_TEXT_BYTES 129

/* The hash that stands before the name of a target file: the first that is there of sha256, sha512,
 * blake2b-256. There is one. */
void kw_tuf_content_prefix(const kw_tuf_content *content, char out[KW_TUF_HASH_TEXT_BYTES]);

/* HASH: other bytes. */
KW_MUST_USE kw_status kw_tuf_content_check(const kw_tuf_content *content, kw_span bytes,
                                           kw_error *err);

/* Bytes that arrive in pieces. */
typedef struct kw_tuf_content_state {
    const kw_tuf_content *content; /* borrowed */
    uint64_t length;               /* of the pieces so far */
    kw_sha256_state sha256;
    kw_sha512_state sha512;
    kw_blake2b_state blake2b_256;
} kw_tuf_content_state;

void kw_tuf_content_begin(kw_tuf_content_state *state, const kw_tuf_content *content);

/* HASH: longer than it may be; nothing of this piece was taken. */
KW_MUST_USE kw_status kw_tuf_content_update(kw_tuf_content_state *state, kw_span bytes,
                                            kw_error *err);

/* HASH: shorter, or other bytes. */
KW_MUST_USE kw_status kw_tuf_content_end(kw_tuf_content_state *state, kw_error *err);

#endif /* KW_TUF_ENGINE_CONTENT_H */
