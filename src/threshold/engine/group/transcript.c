/* SPDX-License-Identifier: Apache-2.0
 * keccak256 over a label and fields in a fixed order. */
#include "threshold/engine/group/transcript.h"

static void put(kw_transcript *t, uint64_t value, size_t len)
{
    uint8_t wire[sizeof value];
    for (size_t i = 0; i < len; i++) {
        wire[len - 1 - i] = (uint8_t)(value >> (8 * i));
    }
    kw_keccak256_update(&t->state, (kw_span){wire, len});
}

kw_transcript kw_transcript_of(kw_str label)
{
    kw_transcript t;
    kw_keccak256_init(&t.state);
    kw_keccak256_update(&t.state, kw_span_of_str(label));
    return t;
}

void kw_transcript_u8(kw_transcript *t, uint8_t value)
{
    put(t, value, sizeof value);
}

void kw_transcript_u16(kw_transcript *t, uint16_t value)
{
    put(t, value, sizeof value);
}

void kw_transcript_u32(kw_transcript *t, uint32_t value)
{
    put(t, value, sizeof value);
}

void kw_transcript_u64(kw_transcript *t, uint64_t value)
{
    put(t, value, sizeof value);
}

void kw_transcript_span(kw_transcript *t, kw_span bytes)
{
    kw_keccak256_update(&t->state, bytes);
}

void kw_transcript_hash(kw_transcript *t, const kw_hash32 *hash)
{
    kw_keccak256_update(&t->state, KW_SPAN(hash->bytes));
}

void kw_transcript_end(kw_transcript *t, kw_hash32 *out)
{
    kw_keccak256_final(&t->state, out);
}
