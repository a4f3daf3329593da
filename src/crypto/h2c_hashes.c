/* SPDX-License-Identifier: Apache-2.0
 * Adapters: the running states fit the room that curve/ gives. */
#include "crypto/h2c_hashes.h"

#include "crypto/hash.h"
#include "crypto/keccak.h"

_Static_assert(sizeof(kw_sha256_state) <= sizeof(kw_h2c_state), "SHA-256 fits");
_Static_assert(sizeof(kw_keccak256_state) <= sizeof(kw_h2c_state), "Keccak-256 fits");

static void sha256_init(kw_h2c_state *state)
{
    kw_sha256_init((kw_sha256_state *)state);
}

static void sha256_update(kw_h2c_state *state, kw_span bytes)
{
    kw_sha256_update((kw_sha256_state *)state, bytes);
}

static void sha256_final(kw_h2c_state *state, kw_hash32 *out)
{
    kw_sha256_final((kw_sha256_state *)state, out);
}

static void keccak256_init(kw_h2c_state *state)
{
    kw_keccak256_init((kw_keccak256_state *)state);
}

static void keccak256_update(kw_h2c_state *state, kw_span bytes)
{
    kw_keccak256_update((kw_keccak256_state *)state, bytes);
}

static void keccak256_final(kw_h2c_state *state, kw_hash32 *out)
{
    kw_keccak256_final((kw_keccak256_state *)state, out);
}

const kw_h2c_hash kw_h2c_sha256 = {64, sha256_init, sha256_update, sha256_final};
const kw_h2c_hash kw_h2c_keccak256 = {136, keccak256_init, keccak256_update, keccak256_final};
