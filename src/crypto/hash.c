/* SPDX-License-Identifier: Apache-2.0
 * SHA-2 through OpenSSL's state calls. They are called deprecated, but they alone need no heap, no
 * fetched object and give the midstate that crypto/hmac.c keeps. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include "base/ct.h"
#include "base/error.h"

#include <openssl/sha.h>

_Static_assert(sizeof(kw_sha256_state) == sizeof(SHA256_CTX), "the state is OpenSSL's");
_Static_assert(sizeof(kw_sha512_state) == sizeof(SHA512_CTX), "the state is OpenSSL's");

enum {
    BLOCK_BITS = 512
};

static SHA256_CTX *ctx256(kw_sha256_state *state)
{
    return (SHA256_CTX *)state->words;
}

static SHA512_CTX *ctx512(kw_sha512_state *state)
{
    return (SHA512_CTX *)state->words;
}

/* The calls below fail for no input: they return 1 always. */

void kw_sha256_init(kw_sha256_state *state)
{
    KW_ASSERT(SHA256_Init(ctx256(state)) == 1);
}

void kw_sha256_update(kw_sha256_state *state, kw_span bytes)
{
    KW_ASSERT(SHA256_Update(ctx256(state), bytes.ptr, bytes.len) == 1);
}

void kw_sha256_final(kw_sha256_state *state, kw_hash32 *out)
{
    KW_ASSERT(SHA256_Final(out->bytes, ctx256(state)) == 1);
    kw_wipe(state, sizeof *state);
}

void kw_sha256(kw_hash32 *out, kw_span bytes)
{
    kw_sha256_state state;
    kw_sha256_init(&state);
    kw_sha256_update(&state, bytes);
    kw_sha256_final(&state, out);
}

void kw_sha256_midstate(const kw_sha256_state *state, uint32_t out[8])
{
    const SHA256_CTX *ctx = (const SHA256_CTX *)state->words;
    KW_ASSERT(ctx->num == 0);
    memcpy(out, ctx->h, sizeof ctx->h);
}

void kw_sha256_resume(kw_sha256_state *out, const uint32_t midstate[8], uint32_t blocks)
{
    SHA256_CTX *ctx = ctx256(out);
    *ctx = (SHA256_CTX){.Nl = blocks * BLOCK_BITS, .md_len = SHA256_DIGEST_LENGTH};
    memcpy(ctx->h, midstate, sizeof ctx->h);
}

void kw_sha512_init(kw_sha512_state *state)
{
    KW_ASSERT(SHA512_Init(ctx512(state)) == 1);
}

void kw_sha512_update(kw_sha512_state *state, kw_span bytes)
{
    KW_ASSERT(SHA512_Update(ctx512(state), bytes.ptr, bytes.len) == 1);
}

void kw_sha512_final(kw_sha512_state *state, kw_hash64 *out)
{
    KW_ASSERT(SHA512_Final(out->bytes, ctx512(state)) == 1);
    kw_wipe(state, sizeof *state);
}

void kw_sha512(kw_hash64 *out, kw_span bytes)
{
    kw_sha512_state state;
    kw_sha512_init(&state);
    kw_sha512_update(&state, bytes);
    kw_sha512_final(&state, out);
}
