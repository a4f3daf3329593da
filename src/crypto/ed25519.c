/* SPDX-License-Identifier: Apache-2.0
 * Ed25519 by libsodium, which needs no set-up for it. Source: RFC 8032. Secret inputs: keys. */
#include "crypto/ed25519.h"

#include <sodium.h>

/* libsodium's secret key is seed and public half in one. */
typedef struct joined {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
} joined;

static void joined_drop(joined *key)
{
    kw_wipe(key, sizeof *key);
}

void kw_ed25519_key_drop(kw_ed25519_key *key)
{
    kw_wipe(key, sizeof *key);
}

void kw_ed25519_key_of_seed(kw_ed25519_key *out, const kw_secret32 *seed)
{
    KW_AUTO(joined) both = {0};
    KW_ASSERT(crypto_sign_seed_keypair(out->public_half.bytes, both.secret, seed->secret) == 0);
    (void)kw_declassify_span(
        (kw_secret_span){out->public_half.bytes, sizeof out->public_half.bytes}, "others know it");
    memcpy(out->secret, seed->secret, sizeof out->secret);
}

void kw_ed25519_key_seed(const kw_ed25519_key *key, kw_secret32 *out)
{
    memcpy(out->secret, key->secret, sizeof out->secret);
}

kw_status kw_ed25519_key_generate(kw_ed25519_key *out, const kw_rng *rng)
{
    KW_AUTO(kw_secret32) seed = {0};
    KW_TRY(kw_rng_secret32(rng, &seed));
    kw_ed25519_key_of_seed(out, &seed);
    return KW_OK;
}

void kw_ed25519_sign(const kw_ed25519_key *key, kw_ed25519_signature *out, kw_span message)
{
    KW_AUTO(joined) both = {0};
    memcpy(both.secret, key->secret, sizeof key->secret);
    memcpy(&both.secret[sizeof key->secret], key->public_half.bytes, sizeof key->public_half.bytes);
    KW_ASSERT(crypto_sign_detached(out->bytes, NULL, message.ptr, message.len, both.secret) == 0);
    (void)kw_declassify_span((kw_secret_span){out->bytes, sizeof out->bytes},
                             "a signature is public");
}

bool kw_ed25519_verify(const kw_ed25519_public *key, const kw_ed25519_signature *sig,
                       kw_span message)
{
    return crypto_sign_verify_detached(sig->bytes, message.ptr, message.len, key->bytes) == 0;
}
