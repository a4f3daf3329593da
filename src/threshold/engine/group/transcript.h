/* SPDX-License-Identifier: Apache-2.0
 * keccak256 over a label and fields in a fixed order: how the protocol names things and makes
 * challenges. Integers are big-endian. Who appends a field of changing length appends the length
 * before it, or the label says that there is only one. */
#ifndef KW_THRESHOLD_ENGINE_GROUP_TRANSCRIPT_H
#define KW_THRESHOLD_ENGINE_GROUP_TRANSCRIPT_H

#include "crypto/keccak.h"

/* By value; copy it to branch. CT: leaks lengths only. */
typedef struct kw_transcript {
    kw_keccak256_state state;
} kw_transcript;

kw_transcript kw_transcript_of(kw_str label);
void kw_transcript_u8(kw_transcript *t, uint8_t value);
void kw_transcript_u16(kw_transcript *t, uint16_t value);
void kw_transcript_u32(kw_transcript *t, uint32_t value);
void kw_transcript_u64(kw_transcript *t, uint64_t value);
void kw_transcript_span(kw_transcript *t, kw_span bytes);
void kw_transcript_hash(kw_transcript *t, const kw_hash32 *hash);

/* Wipes the transcript. */
void kw_transcript_end(kw_transcript *t, kw_hash32 *out);

#endif /* KW_THRESHOLD_ENGINE_GROUP_TRANSCRIPT_H */
