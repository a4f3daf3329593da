/* SPDX-License-Identifier: Apache-2.0
 * The sponge of Keccak-256 (The Keccak reference 3.0, section 1.1: rate 1088, padding 10*1) around
 * nettle's permutation. */
#include "crypto/keccak.h"

#include "base/ct.h"

#include <nettle/sha3.h>

enum {
    RATE_BYTES = 136
};

_Static_assert(sizeof(struct sha3_state) == sizeof((kw_keccak256_state){0}.lanes), "25 lanes");

static void permute(kw_keccak256_state *state)
{
    struct sha3_state lanes;
    memcpy(&lanes, state->lanes, sizeof lanes);
    nettle_sha3_permute(&lanes);
    memcpy(state->lanes, &lanes, sizeof lanes);
    kw_wipe(&lanes, sizeof lanes);
}

/* Bytes are the lanes' own, least significant first. */
static void xor_byte(kw_keccak256_state *state, uint64_t at, uint8_t byte)
{
    state->lanes[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

void kw_keccak256_init(kw_keccak256_state *state)
{
    *state = (kw_keccak256_state){0};
}

void kw_keccak256_update(kw_keccak256_state *state, kw_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        xor_byte(state, state->at++, bytes.ptr[i]);
        if (state->at == RATE_BYTES) {
            permute(state);
            state->at = 0;
        }
    }
}

void kw_keccak256_final(kw_keccak256_state *state, kw_hash32 *out)
{
    xor_byte(state, state->at, 0x01);
    xor_byte(state, RATE_BYTES - 1, 0x80);
    permute(state);
    for (size_t i = 0; i < sizeof out->bytes; i++) {
        out->bytes[i] = (uint8_t)(state->lanes[i / 8] >> (8 * (i % 8)));
    }
    kw_wipe(state, sizeof *state);
}

void kw_keccak256(kw_hash32 *out, kw_span bytes)
{
    kw_keccak256_state state;
    kw_keccak256_init(&state);
    kw_keccak256_update(&state, bytes);
    kw_keccak256_final(&state, out);
}
