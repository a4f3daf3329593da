/* SPDX-License-Identifier: Apache-2.0
 * SipHash-2-4. Source: https://131002.net/siphash/siphash.pdf, section 2. */
#include "guard/engine/keyhash.h"

typedef struct sip_state {
    uint64_t v0;
    uint64_t v1;
    uint64_t v2;
    uint64_t v3;
} sip_state;

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_round(sip_state *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static void absorb(sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

/* Little endian, up to 8 bytes. */
static uint64_t load(const uint8_t *bytes, size_t count)
{
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) {
        word |= (uint64_t)bytes[i] << (8 * i);
    }
    return word;
}

uint64_t kw_keyhash(const uint64_t seed[2], kw_span key)
{
    sip_state s = {.v0 = seed[0] ^ 0x736f6d6570736575,
                   .v1 = seed[1] ^ 0x646f72616e646f6d,
                   .v2 = seed[0] ^ 0x6c7967656e657261,
                   .v3 = seed[1] ^ 0x7465646279746573};
    size_t at = 0;
    for (; key.len - at >= 8; at += 8) {
        absorb(&s, load(key.ptr + at, 8));
    }
    uint64_t rest = at < key.len ? load(key.ptr + at, key.len - at) : 0;
    absorb(&s, (uint64_t)key.len << 56 | rest);
    s.v2 ^= 0xff;
    for (int i = 0; i < 4; i++) {
        sip_round(&s);
    }
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
