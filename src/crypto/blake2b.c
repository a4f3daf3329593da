/* SPDX-License-Identifier: Apache-2.0
 * BLAKE2b. Source: RFC 7693. Written out because ceremonies store states in the middle of a hash,
 * and neither OpenSSL nor libsodium takes one. */
#include "crypto/blake2b.h"

#include "base/error.h"

enum {
    ROUNDS = 12
};

/* The fractions of square roots that SHA-512 begins with, too: section 2.6. */
static const uint64_t iv[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* Which word of the message goes where in a round; rounds 10 and 11 are 0 and 1 again. */
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static uint64_t word_of(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (size_t i = sizeof word; i-- > 0;) {
        word = word << 8 | bytes[i];
    }
    return word;
}

static inline uint64_t turn_right(uint64_t word, unsigned by)
{
    return word >> by | word << (64 - by);
}

/* Section 3.1: four words of the state take two of the message. */
static inline void mix(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, const uint64_t m[2])
{
    *a += *b + m[0];
    *d = turn_right(*d ^ *a, 32);
    *c += *d;
    *b = turn_right(*b ^ *c, 24);
    *a += *b + m[1];
    *d = turn_right(*d ^ *a, 16);
    *c += *d;
    *b = turn_right(*b ^ *c, 63);
}

/* Section 3.2. `done` counts the bytes of this block too. */
static void compress(kw_blake2b_state *state, const uint8_t *block, bool is_last)
{
    uint64_t m[16];
    uint64_t v[16];
    for (size_t i = 0; i < 16; i++) {
        m[i] = word_of(block + 8 * i);
    }
    memcpy(v, state->h, sizeof state->h);
    memcpy(v + 8, iv, sizeof iv);
    v[12] ^= state->done;
    v[14] ^= is_last ? UINT64_MAX : 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        const uint8_t *s = sigma[round % 10];
        for (size_t i = 0; i < 8; i++) {
            size_t turn = i < 4 ? 0 : 1; /* columns, then diagonals */
            uint64_t pair[2] = {m[s[2 * i]], m[s[2 * i + 1]]};
            mix(&v[i % 4], &v[4 + (i + turn) % 4], &v[8 + (i + 2 * turn) % 4],
                &v[12 + (i + 3 * turn) % 4], pair);
        }
    }
    for (size_t i = 0; i < 8; i++) {
        state->h[i] ^= v[i] ^ v[i + 8];
    }
}

void kw_blake2b_init(kw_blake2b_state *state, size_t out_len)
{
    KW_ASSERT(out_len >= 1 && out_len <= KW_BLAKE2B_BYTES_MAX);
    *state = (kw_blake2b_state){.out_len = out_len};
    memcpy(state->h, iv, sizeof iv);
    state->h[0] ^= 0x01010000 ^ out_len; /* no key, one sequential tree of depth 1 */
}

void kw_blake2b_update(kw_blake2b_state *state, kw_span bytes)
{
    while (bytes.len > 0) {
        if (state->pending_len == KW_BLAKE2B_BLOCK_BYTES) {
            state->done += KW_BLAKE2B_BLOCK_BYTES;
            compress(state, state->pending, false);
            state->pending_len = 0;
        }
        size_t take = KW_MIN(bytes.len, KW_BLAKE2B_BLOCK_BYTES - state->pending_len);
        memcpy(state->pending + state->pending_len, bytes.ptr, take);
        state->pending_len += take;
        bytes = (kw_span){bytes.ptr + take, bytes.len - take};
    }
}

void kw_blake2b_final(kw_blake2b_state *state, kw_mspan out)
{
    KW_ASSERT(out.len == state->out_len);
    state->done += state->pending_len;
    memset(state->pending + state->pending_len, 0, KW_BLAKE2B_BLOCK_BYTES - state->pending_len);
    compress(state, state->pending, true);
    for (size_t i = 0; i < out.len; i++) {
        out.ptr[i] = (uint8_t)(state->h[i / 8] >> 8 * (i % 8));
    }
}

kw_status kw_blake2b_resume(kw_blake2b_state *out, const uint64_t h[8], uint64_t done,
                            kw_span pending)
{
    if (pending.len > KW_BLAKE2B_BLOCK_BYTES || done % KW_BLAKE2B_BLOCK_BYTES != 0) {
        return KW_ARG;
    }
    *out = (kw_blake2b_state){
        .done = done, .pending_len = pending.len, .out_len = KW_BLAKE2B_BYTES_MAX};
    memcpy(out->h, h, sizeof out->h);
    if (pending.len > 0) {
        memcpy(out->pending, pending.ptr, pending.len);
    }
    return KW_OK;
}

void kw_blake2b(kw_mspan out, kw_span bytes)
{
    kw_blake2b_state state;
    kw_blake2b_init(&state, out.len);
    kw_blake2b_update(&state, bytes);
    kw_blake2b_final(&state, out);
}
