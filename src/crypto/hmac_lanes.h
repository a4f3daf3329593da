/* SPDX-License-Identifier: Apache-2.0
 * SHA-256 and HMAC over KW_HMAC_LANES messages side by side, one lane of a vector each. Written
 * with the compilers' vector types, so that one text serves every width; the file that includes it
 * sets the width and is compiled for the instructions. Secret inputs: key and messages. */
#ifndef KW_CRYPTO_HMAC_LANES_H
#define KW_CRYPTO_HMAC_LANES_H

#include "crypto/hmac_group.h"

#ifndef KW_HMAC_LANES
#define KW_HMAC_LANES 8
#endif

typedef uint32_t kw_lanes __attribute__((vector_size(4 * KW_HMAC_LANES)));

typedef struct kw_lanes_state {
    kw_lanes h[8];
} kw_lanes_state;

#define KW_LANES_INLINE       __attribute__((always_inline)) static inline
/* The same word in every lane. A macro, as no function may return vectors wider than the
 * processor's. */
#define KW_LANES_ALL(word)    ((kw_lanes){0} + (uint32_t)(word))
#define KW_LANES_ROTATE(x, n) (((x) >> (n)) | ((x) << (32 - (n))))

/* Words `block` of every lane, big endian, word by word. */
static inline void kw_lanes_load(kw_lanes w[16], const kw_hmac_group *group, size_t block)
{
    for (int i = 0; i < 16; i++) {
        for (int lane = 0; lane < KW_HMAC_LANES; lane++) {
            uint32_t word = 0;
            memcpy(&word, group->input[lane] + KW_SHA256_BLOCK_BYTES * block + 4 * i, sizeof word);
            w[i][lane] = __builtin_bswap32(word);
        }
    }
}

/* Word i of the schedule from the sixteen before, in their ring of sixteen (FIPS 180-4 section
 * 6.2.2, step 1). `i` is a constant where this is called, so that the words stay in registers;
 * hence also the forced inlining. */
KW_LANES_INLINE void kw_lanes_extend(kw_lanes w[16], int i)
{
    kw_lanes x = w[(i + 1) % 16];
    kw_lanes y = w[(i + 14) % 16];
    kw_lanes s0 = KW_LANES_ROTATE(x, 7) ^ KW_LANES_ROTATE(x, 18) ^ (x >> 3);
    kw_lanes s1 = KW_LANES_ROTATE(y, 17) ^ KW_LANES_ROTATE(y, 19) ^ (y >> 10);
    w[i] += s0 + w[(i + 9) % 16] + s1;
}

/* Round `base` + i, with the names of the standard (step 3). v[(16 + n - i) % 8] is a, b, ... h
 * for n = 0, 1, ... 7, so that nothing moves from round to round; `base` is a multiple of 16. */
KW_LANES_INLINE void kw_lanes_round(kw_lanes v[8], const kw_lanes w[16], int i, int base)
{
    kw_lanes a = v[(16 - i) % 8];
    kw_lanes b = v[(17 - i) % 8];
    kw_lanes c = v[(18 - i) % 8];
    kw_lanes e = v[(20 - i) % 8];
    kw_lanes f = v[(21 - i) % 8];
    kw_lanes g = v[(22 - i) % 8];
    kw_lanes *d = &v[(19 - i) % 8];
    kw_lanes *h = &v[(23 - i) % 8];
    kw_lanes sum1 = KW_LANES_ROTATE(e, 6) ^ KW_LANES_ROTATE(e, 11) ^ KW_LANES_ROTATE(e, 25);
    kw_lanes sum0 = KW_LANES_ROTATE(a, 2) ^ KW_LANES_ROTATE(a, 13) ^ KW_LANES_ROTATE(a, 22);
    kw_lanes t1 = *h + sum1 + (g ^ (e & (f ^ g))) + kw_sha256_constants[base + i] + w[i];
    *d += t1;
    *h = t1 + sum0 + ((a & b) | (c & (a | b)));
}

KW_LANES_INLINE void kw_lanes_extend_all(kw_lanes w[16])
{
    kw_lanes_extend(w, 0);
    kw_lanes_extend(w, 1);
    kw_lanes_extend(w, 2);
    kw_lanes_extend(w, 3);
    kw_lanes_extend(w, 4);
    kw_lanes_extend(w, 5);
    kw_lanes_extend(w, 6);
    kw_lanes_extend(w, 7);
    kw_lanes_extend(w, 8);
    kw_lanes_extend(w, 9);
    kw_lanes_extend(w, 10);
    kw_lanes_extend(w, 11);
    kw_lanes_extend(w, 12);
    kw_lanes_extend(w, 13);
    kw_lanes_extend(w, 14);
    kw_lanes_extend(w, 15);
}

KW_LANES_INLINE void kw_lanes_sixteen_rounds(kw_lanes v[8], const kw_lanes w[16], int base)
{
    kw_lanes_round(v, w, 0, base);
    kw_lanes_round(v, w, 1, base);
    kw_lanes_round(v, w, 2, base);
    kw_lanes_round(v, w, 3, base);
    kw_lanes_round(v, w, 4, base);
    kw_lanes_round(v, w, 5, base);
    kw_lanes_round(v, w, 6, base);
    kw_lanes_round(v, w, 7, base);
    kw_lanes_round(v, w, 8, base);
    kw_lanes_round(v, w, 9, base);
    kw_lanes_round(v, w, 10, base);
    kw_lanes_round(v, w, 11, base);
    kw_lanes_round(v, w, 12, base);
    kw_lanes_round(v, w, 13, base);
    kw_lanes_round(v, w, 14, base);
    kw_lanes_round(v, w, 15, base);
}

static inline void kw_lanes_compress(kw_lanes_state *state, kw_lanes w[16])
{
    kw_lanes_state v = *state;
    kw_lanes_sixteen_rounds(v.h, w, 0);
    for (int base = 16; base < 64; base += 16) {
        kw_lanes_extend_all(w);
        kw_lanes_sixteen_rounds(v.h, w, base);
    }
    for (int i = 0; i < 8; i++) {
        state->h[i] += v.h[i];
    }
}

static inline void kw_lanes_start(kw_lanes_state *state, const uint32_t midstate[8])
{
    for (int i = 0; i < 8; i++) {
        state->h[i] = KW_LANES_ALL(midstate[i]);
    }
}

/* HMAC of the group's padded messages into its tags, KW_HMAC_LANES of them. */
static inline void kw_lanes_hmac(const kw_hmac_key *key, kw_hmac_group *group)
{
    kw_lanes_state state;
    kw_lanes w[16];
    kw_lanes_start(&state, key->secret_inner);
    for (size_t block = 0; block < group->blocks; block++) {
        kw_lanes_load(w, group, block);
        kw_lanes_compress(&state, w);
    }
    /* The outer block: the inner hash, a one bit, the length of key block and hash, 768 bits. */
    for (int i = 0; i < 16; i++) {
        w[i] = i < 8 ? state.h[i % 8] : KW_LANES_ALL(i == 8 ? 0x80000000U : i == 15 ? 768 : 0);
    }
    kw_lanes_start(&state, key->secret_outer);
    kw_lanes_compress(&state, w);
    for (int i = 0; i < 8; i++) {
        for (int lane = 0; lane < KW_HMAC_LANES; lane++) {
            uint32_t word = __builtin_bswap32(state.h[i][lane]);
            memcpy(group->tags[lane].bytes + 4 * i, &word, sizeof word);
        }
    }
}

#endif /* KW_CRYPTO_HMAC_LANES_H */
