/* SPDX-License-Identifier: Apache-2.0
 * A payload with its sender's signature. Between members, as JSON:
 *   {"payload": standard base64, "hash": "0x" and 64 digits, "signature": standard base64}
 * Several stand in an array. In certificates and proofs of fraud, as bytes:
 *   u16 count | count times (u32 length | payload | u16 length | signature)
 * The hash is keccak256 of the payload, and what is signed. Source: threshold.md sections 2, 6. */
#ifndef KW_THRESHOLD_ENGINE_MESSAGE_AUTHENTICATED_H
#define KW_THRESHOLD_ENGINE_MESSAGE_AUTHENTICATED_H

#include "base/arena.h"
#include "base/buf.h"
#include "threshold/engine/roster/roster.h"

/* The hash is that of the payload; who signed is not known yet. The payload is borrowed. */
typedef struct kw_authenticated {
    kw_span payload;
    kw_hash32 hash;
    kw_peer_signature signature;
} kw_authenticated;

/* Hashes and signs; borrows the payload. Statuses of the signer. */
KW_MUST_USE kw_status kw_authenticated_make(kw_authenticated *out, kw_span payload,
                                            const kw_peer_signer *signer);

/* Appends the JSON object, compact. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_authenticated_encode(kw_buf *out, const kw_authenticated *message);

/* Messages of one body; they live in an arena. */
typedef struct kw_authenticated_list {
    const kw_authenticated *items;
    size_t count;
} kw_authenticated_list;

/* Reads an object or an array of at least one. BAD_INPUT: not such JSON, another member, a text
 * that is not the one spelling of its bytes, a hash that is not the payload's. LIMIT: more than
 * KW_THRESHOLD_MESSAGES_MAX, a payload or signature longer than any, or the arena is full.
 * NO_MEMORY. */
KW_MUST_USE kw_status kw_authenticated_decode(kw_authenticated_list *out, kw_arena *arena,
                                              kw_span text, kw_error *err);

/* Reads the form in bytes at the cursor; payloads are borrowed. BAD_INPUT: short, or a count or a
 * length that is 0 (but for the count) or larger than any; LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_authenticated_list_read(kw_authenticated_list *out, kw_arena *arena,
                                                 kw_reader *r);
void kw_authenticated_list_write(kw_writer *w, kw_authenticated_list list);

/* The claim that the member signed; borrows both. */
kw_peer_claim kw_authenticated_claim(const kw_authenticated *message, const kw_member *member);

/* One message, alone. */
bool kw_authenticated_is_from(const kw_authenticated *message, const kw_member *member);

#endif /* KW_THRESHOLD_ENGINE_MESSAGE_AUTHENTICATED_H */
