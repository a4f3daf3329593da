/* SPDX-License-Identifier: Apache-2.0
 * Two HMACs at once on SHA-NI: one SHA256RNDS2 waits four cycles for the one before it, so a second
 * independent stream fills the gap. Source: Intel, SHA Extensions (2013). Secret inputs: all. */
#include "crypto/hmac_group.h"

#include "base/ct.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum {
    STREAMS = 2
};

/* The instructions keep the eight words as (a b e f) and (c d g h). */
typedef struct stream {
    __m128i abef;
    __m128i cdgh;
    __m128i words[4]; /* the last sixteen words of the message schedule */
} stream;

static inline __m128i load(const void *at)
{
    return _mm_loadu_si128((const __m128i *)at);
}

static inline void load_state(stream *s, const uint32_t midstate[8])
{
    __m128i abcd = _mm_shuffle_epi32(load(midstate), 0xb1);     /* c d a b, high word first */
    __m128i efgh = _mm_shuffle_epi32(load(midstate + 4), 0x1b); /* e f g h */
    s->abef = _mm_alignr_epi8(abcd, efgh, 8);
    s->cdgh = _mm_blend_epi16(efgh, abcd, 0xf0);
}

/* The eight words in order, of which `low` has the first four. */
static inline void store_state(const stream *s, __m128i *low, __m128i *high)
{
    __m128i feba = _mm_shuffle_epi32(s->abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(s->cdgh, 0xb1);
    *low = _mm_blend_epi16(feba, dchg, 0xf0);
    *high = _mm_alignr_epi8(dchg, feba, 8);
}

/* Schedule words 4i .. 4i+3 from the sixteen before (FIPS 180-4 section 6.2.2, step 1). */
static inline void extend(stream *s, int i)
{
    __m128i before = s->words[(i + 3) % 4];
    __m128i sum = _mm_sha256msg1_epu32(s->words[i % 4], s->words[(i + 1) % 4]);
    sum = _mm_add_epi32(sum, _mm_alignr_epi8(before, s->words[(i + 2) % 4], 4));
    s->words[i % 4] = _mm_sha256msg2_epu32(sum, before);
}

static inline void four_rounds(stream *s, int i)
{
    __m128i sum = _mm_add_epi32(s->words[i % 4], load(kw_sha256_constants + 4 * i));
    s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, sum);
    s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

static inline void both_rounds(stream s[STREAMS], int i)
{
    for (int n = 0; n < STREAMS; n++) {
        if (i >= 4) {
            extend(&s[n], i);
        }
        four_rounds(&s[n], i);
    }
}

/* One block of each stream, already in `words`. */
static inline void compress(stream s[STREAMS])
{
    stream before[STREAMS] = {s[0], s[1]};
    for (int i = 0; i < 16; i += 4) { /* by fours, so that indices into `words` are constants */
        both_rounds(s, i);
        both_rounds(s, i + 1);
        both_rounds(s, i + 2);
        both_rounds(s, i + 3);
    }
    for (int n = 0; n < STREAMS; n++) {
        s[n].abef = _mm_add_epi32(s[n].abef, before[n].abef);
        s[n].cdgh = _mm_add_epi32(s[n].cdgh, before[n].cdgh);
    }
}

static inline __m128i swap_bytes(__m128i words)
{
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

static inline void load_block(stream *s, const uint8_t *block)
{
    for (int i = 0; i < 4; i++) {
        s->words[i] = swap_bytes(load(block + 16 * i));
    }
}

/* The outer block: the inner hash, a one bit, and the length of key block and hash, 768 bits. */
static inline void load_outer_block(stream *s)
{
    store_state(s, &s->words[0], &s->words[1]);
    s->words[2] = _mm_set_epi32(0, 0, 0, (int)0x80000000U);
    s->words[3] = _mm_set_epi32(768, 0, 0, 0);
}

void kw_hmac_group_shani(const kw_hmac_key *key, kw_hmac_group *group)
{
    stream s[STREAMS];
    load_state(&s[0], key->secret_inner);
    load_state(&s[1], key->secret_inner);
    for (size_t block = 0; block < group->blocks; block++) {
        load_block(&s[0], group->input[0] + KW_SHA256_BLOCK_BYTES * block);
        load_block(&s[1], group->input[1] + KW_SHA256_BLOCK_BYTES * block);
        compress(s);
    }
    for (int n = 0; n < STREAMS; n++) {
        load_outer_block(&s[n]);
        load_state(&s[n], key->secret_outer);
    }
    compress(s);
    for (int n = 0; n < STREAMS; n++) {
        __m128i low;
        __m128i high;
        store_state(&s[n], &low, &high);
        _mm_storeu_si128((__m128i *)group->tags[n].bytes, swap_bytes(low));
        _mm_storeu_si128((__m128i *)(group->tags[n].bytes + 16), swap_bytes(high));
    }
}
#else
void kw_hmac_group_shani(const kw_hmac_key *key, kw_hmac_group *group)
{
    KW_UNUSED(key);
    KW_UNUSED(group);
    KW_ASSERT(false); /* never chosen: kw_cpu has no has_sha here */
}
#endif
