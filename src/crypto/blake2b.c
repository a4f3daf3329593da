/* SPDX-License-Identifier: Apache-2.0
 * BLAKE2b by libsodium, which needs no set-up for it. Source: RFC 7693. */
#include "crypto/blake2b.h"

#include "base/ct.h"
#include "base/error.h"

#include <sodium.h>

_Static_assert(sizeof(kw_blake2b_state) == sizeof(crypto_generichash_blake2b_state),
               "the state is libsodium's");

static crypto_generichash_blake2b_state *inner(kw_blake2b_state *state)
{
    return (crypto_generichash_blake2b_state *)state->words;
}

void kw_blake2b_init(kw_blake2b_state *state, size_t out_bytes)
{
    KW_ASSERT(out_bytes > 0 && out_bytes <= crypto_generichash_blake2b_BYTES_MAX);
    KW_ASSERT(crypto_generichash_blake2b_init(inner(state), NULL, 0, out_bytes) == 0);
}

void kw_blake2b_update(kw_blake2b_state *state, kw_span bytes)
{
    KW_ASSERT(crypto_generichash_blake2b_update(inner(state), bytes.ptr, bytes.len) == 0);
}

void kw_blake2b_final(kw_blake2b_state *state, kw_mspan out)
{
    KW_ASSERT(crypto_generichash_blake2b_final(inner(state), out.ptr, out.len) == 0);
    kw_wipe(state, sizeof *state);
}

void kw_blake2b(kw_mspan out, kw_span bytes)
{
    kw_blake2b_state state;
    kw_blake2b_init(&state, out.len);
    kw_blake2b_update(&state, bytes);
    kw_blake2b_final(&state, out);
}
