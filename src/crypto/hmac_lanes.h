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

#define KW_LANES_ROTATE(x, n) (((x) >> (n)) | ((x) << (32 - (n))))

static inline kw_lanes kw_lanes_all(uint32_t value)
{
    kw_lanes zero = {0};
    return zero + value;
}

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

/* Word t of the schedule, for t >= 16, in place of word t - 16 (FIPS 180-4 section 6.2.2). */
static inline void kw_lanes_extend(kw_lanes w[16], int t)
{
    kw_lanes x = w[(t + 1) % 16];
    kw_lanes y = w[(t + 14) % 16];
    kw_lanes s0 = KW_LANES_ROTATE(x, 7) ^ KW_LANES_ROTATE(x, 18) ^ (x >> 3);
    kw_lanes s1 = KW_LANES_ROTATE(y, 17) ^ KW_LANES_ROTATE(y, 19) ^ (y >> 10);
    w[t % 16] += s0 + w[(t + 9) % 16] + s1;
}

/* Round t with the names of the standard; v[(n - t) % 8] is a, b, ... h for n = 0, 1, ... 7, so
 * that nothing moves from round to round. */
static inline void kw_lanes_round(kw_lanes v[8], const kw_lanes w[16], int t)
{
    kw_lanes a = v[(64 - t) % 8];
    kw_lanes b = v[(65 - t) % 8];
    kw_lanes c = v[(66 - t) % 8];
    kw_lanes e = v[(68 - t) % 8];
    kw_lanes f = v[(69 - t) % 8];
    kw_lanes g = v[(70 - t) % 8];
    kw_lanes *d = &v[(67 - t) % 8];
    kw_lanes *h = &v[(71 - t) % 8];
    kw_lanes sum1 = KW_LANES_ROTATE(e, 6) ^ KW_LANES_ROTATE(e, 11) ^ KW_LANES_ROTATE(e, 25);
    kw_lanes sum0 = KW_LANES_ROTATE(a, 2) ^ KW_LANES_ROTATE(a, 13) ^ KW_LANES_ROTATE(a, 22);
    kw_lanes t1 = *h + sum1 + (g ^ (e & (f ^ g))) + kw_sha256_constants[t] + w[t % 16];
    *d += t1;
    *h = t1 + sum0 + ((a & b) | (c & (a | b)));
}

/* Eight rounds at a time: then every index into `v` and `w` is a constant of the text. */
static inline void kw_lanes_eight_rounds(kw_lanes v[8], kw_lanes w[16], int t)
{
    if (t >= 16) {
        for (int i = 0; i < 8; i++) {
            kw_lanes_extend(w, t + i);
        }
    }
    for (int i = 0; i < 8; i++) {
        kw_lanes_round(v, w, t + i);
    }
}

static inline void kw_lanes_compress(kw_lanes_state *state, kw_lanes w[16])
{
    kw_lanes_state v = *state;
    for (int t = 0; t < 64; t += 8) {
        kw_lanes_eight_rounds(v.h, w, t);
    }
    for (int i = 0; i < 8; i++) {
        state->h[i] += v.h[i];
    }
}

static inline void kw_lanes_start(kw_lanes_state *state, const uint32_t midstate[8])
{
    for (int i = 0; i < 8; i++) {
        state->h[i] = kw_lanes_all(midstate[i]);
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
        w[i] = i < 8 ? state.h[i % 8] : kw_lanes_all(i == 8 ? 0x80000000U : i == 15 ? 768 : 0);
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
