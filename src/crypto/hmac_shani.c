/* SPDX-License-Identifier: Apache-2.0
 * Two HMACs at once on SHA-NI: one SHA256RNDS2 waits four cycles for the one before it, so a second
 * independent stream fills the gap. Source: Intel, SHA Extensions (2013). Secret inputs: all. */
#include "crypto/hmac_group.h"

#include "base/ct.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define INLINE __attribute__((always_inline)) static inline

/* The instructions keep the eight words as (a b e f) and (c d g h). */
typedef struct stream {
    __m128i abef;
    __m128i cdgh;
    __m128i words[4]; /* the last sixteen words of the message schedule */
} stream;

INLINE __m128i load(const void *at)
{
    return _mm_loadu_si128((const __m128i *)at);
}

INLINE void load_state(stream *s, const uint32_t midstate[8])
{
    __m128i abcd = _mm_shuffle_epi32(load(midstate), 0xb1);     /* c d a b, high word first */
    __m128i efgh = _mm_shuffle_epi32(load(midstate + 4), 0x1b); /* e f g h */
    s->abef = _mm_alignr_epi8(abcd, efgh, 8);
    s->cdgh = _mm_blend_epi16(efgh, abcd, 0xf0);
}

/* The eight words in order, of which `low` has the first four. */
INLINE void store_state(const stream *s, __m128i *low, __m128i *high)
{
    __m128i feba = _mm_shuffle_epi32(s->abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(s->cdgh, 0xb1);
    *low = _mm_blend_epi16(feba, dchg, 0xf0);
    *high = _mm_alignr_epi8(dchg, feba, 8);
}

/* Four words of the schedule from the sixteen before, in place of the oldest, words[k] (FIPS 180-4
 * section 6.2.2, step 1). `k` is a constant where this is called, so that words stay in registers;
 * hence also the forced inlining. */
INLINE void extend(stream *s, int k)
{
    __m128i newest = s->words[(k + 3) % 4];
    __m128i sum = _mm_sha256msg1_epu32(s->words[k], s->words[(k + 1) % 4]);
    sum = _mm_add_epi32(sum, _mm_alignr_epi8(newest, s->words[(k + 2) % 4], 4));
    s->words[k] = _mm_sha256msg2_epu32(sum, newest);
}

/* Four rounds with words[k]; `round` is the number of the first. */
INLINE void four_rounds(stream *s, int k, int round)
{
    __m128i sum = _mm_add_epi32(s->words[k], load(&kw_sha256_constants[round]));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

INLINE void both_rounds(stream *a, stream *b, int k, int round)
{
    four_rounds(a, k, round);
    four_rounds(b, k, round);
}

INLINE void extend_and_round(stream *a, stream *b, int k, int round)
{
    extend(a, k);
    extend(b, k);
    both_rounds(a, b, k, round);
}

/* One block of each stream, already in its words. */
INLINE void compress(stream *a, stream *b)
{
    const stream before_a = *a;
    const stream before_b = *b;
    both_rounds(a, b, 0, 0);
    both_rounds(a, b, 1, 4);
    both_rounds(a, b, 2, 8);
    both_rounds(a, b, 3, 12);
    for (int round = 16; round < 64; round += 16) {
        extend_and_round(a, b, 0, round);
        extend_and_round(a, b, 1, round + 4);
        extend_and_round(a, b, 2, round + 8);
        extend_and_round(a, b, 3, round + 12);
    }
    a->abef = _mm_add_epi32(a->abef, before_a.abef);
    a->cdgh = _mm_add_epi32(a->cdgh, before_a.cdgh);
    b->abef = _mm_add_epi32(b->abef, before_b.abef);
    b->cdgh = _mm_add_epi32(b->cdgh, before_b.cdgh);
}

INLINE __m128i swap_bytes(__m128i words)
{
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

INLINE void load_block(stream *s, const uint8_t *block)
{
    s->words[0] = swap_bytes(load(block));
    s->words[1] = swap_bytes(load(&block[16]));
    s->words[2] = swap_bytes(load(&block[32]));
    s->words[3] = swap_bytes(load(&block[48]));
}

/* The outer block: the inner hash, a one bit, and the length of key block and hash, 768 bits. */
INLINE void start_outer(stream *s, const uint32_t midstate[8])
{
    store_state(s, &s->words[0], &s->words[1]);
    s->words[2] = _mm_set_epi32(0, 0, 0, (int)0x80000000U);
    s->words[3] = _mm_set_epi32(768, 0, 0, 0);
    load_state(s, midstate);
}

INLINE void write_tag(const stream *s, kw_hash32 *tag)
{
    __m128i low;
    __m128i high;
    store_state(s, &low, &high);
    _mm_storeu_si128((__m128i *)tag->bytes, swap_bytes(low));
    _mm_storeu_si128((__m128i *)&tag->bytes[16], swap_bytes(high));
}

void kw_hmac_group_shani(const kw_hmac_key *key, kw_hmac_group *group)
{
    stream a;
    stream b;
    load_state(&a, key->secret_inner);
    load_state(&b, key->secret_inner);
    for (size_t block = 0; block < group->blocks; block++) {
        load_block(&a, &group->input[0][KW_SHA256_BLOCK_BYTES * block]);
        load_block(&b, &group->input[1][KW_SHA256_BLOCK_BYTES * block]);
        compress(&a, &b);
    }
    start_outer(&a, key->secret_outer);
    start_outer(&b, key->secret_outer);
    compress(&a, &b);
    write_tag(&a, &group->tags[0]);
    write_tag(&b, &group->tags[1]);
}
#else
void kw_hmac_group_shani(const kw_hmac_key *key, kw_hmac_group *group)
{
    KW_UNUSED(key);
    KW_UNUSED(group);
    KW_ASSERT(false); /* never chosen: kw_cpu has no has_sha here */
}
#endif
