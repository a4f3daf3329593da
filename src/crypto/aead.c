/* SPDX-License-Identifier: Apache-2.0
 * AES-256-GCM by OpenSSL. Source: NIST SP 800-38D. Secret inputs: key and plaintext. */
#include "crypto/aead.h"

#include "base/checked.h"
#include "base/heap.h"

#include <limits.h>

#include <openssl/evp.h>

enum {
    NONCE_BYTES = KW_AEAD_NONCE_BYTES,
    TAG_BYTES = KW_AEAD_TAG_BYTES
};
_Static_assert(KW_AEAD_OVERHEAD_BYTES == NONCE_BYTES + TAG_BYTES, "the sealed form");

struct kw_aead {
    EVP_CIPHER *cipher; /* owned; fetched once, because each fetch takes locks */
    kw_rng rng;
};

kw_status kw_aead_new(kw_aead **out, kw_rng rng)
{
    KW_AUTO_PTR(kw_aead) aead = kw_heap_new(1, sizeof *aead);
    if (aead == NULL) {
        return KW_NO_MEMORY;
    }
    aead->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    if (aead->cipher == NULL) {
        return KW_UNAVAILABLE;
    }
    aead->rng = rng;
    *out = aead;
    aead = NULL;
    return KW_OK;
}

static kw_status no_bytes(void *ctx, kw_mspan out)
{
    KW_UNUSED(ctx);
    KW_UNUSED(out);
    return KW_ENTROPY_FAILURE;
}

kw_status kw_aead_new_opener(kw_aead **out)
{
    return kw_aead_new(out, (kw_rng){.fill = no_bytes});
}

void kw_aead_free(kw_aead *aead)
{
    if (aead != NULL) {
        EVP_CIPHER_free(aead->cipher);
        kw_heap_free(aead);
    }
}

/* One use of the cipher; freeing the context wipes the key schedule. */
typedef struct use {
    EVP_CIPHER_CTX *ctx;
} use;

static void use_drop(use *u)
{
    EVP_CIPHER_CTX_free(u->ctx);
    u->ctx = NULL;
}

/* The lengths go through `int`. */
static bool fits(size_t len)
{
    return len <= INT_MAX - KW_AEAD_OVERHEAD_BYTES;
}

/* INTERNAL: OpenSSL refuses what it cannot refuse with these parameters. */
static kw_status from_openssl(int result)
{
    return result == 1 ? KW_OK : KW_INTERNAL;
}

/* Writes ciphertext and tag to `text`, which has room for both. */
static kw_status encrypt(const kw_aead *aead, uint8_t *text, const kw_aead_once *once,
                         kw_secret_span plain, kw_span aad)
{
    use u __attribute__((cleanup(use_drop))) = {EVP_CIPHER_CTX_new()};
    if (u.ctx == NULL) {
        return KW_NO_MEMORY;
    }
    int len = 0;
    const uint8_t *key = once->key->secret;
    KW_TRY(from_openssl(EVP_EncryptInit_ex2(u.ctx, aead->cipher, key, once->nonce, NULL)));
    KW_TRY(from_openssl(EVP_EncryptUpdate(u.ctx, NULL, &len, aad.ptr, (int)aad.len)));
    if (plain.len > 0) {
        KW_TRY(from_openssl(EVP_EncryptUpdate(u.ctx, text, &len, plain.secret, (int)plain.len)));
    }
    KW_TRY(from_openssl(EVP_EncryptFinal_ex(u.ctx, &text[plain.len], &len)));
    return from_openssl(
        EVP_CIPHER_CTX_ctrl(u.ctx, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, &text[plain.len]));
}

kw_status kw_aead_seal_once(const kw_aead *aead, kw_buf *out, const kw_aead_once *once,
                            kw_secret_span plain, kw_span aad)
{
    if (!fits(plain.len) || !fits(aad.len)) {
        return KW_LIMIT;
    }
    KW_TRY(kw_buf_reserve(out, plain.len + TAG_BYTES));
    KW_TRY(encrypt(aead, &out->ptr[out->len], once, plain, aad));
    out->len += plain.len + TAG_BYTES;
    return KW_OK;
}

kw_status kw_aead_seal(const kw_aead *aead, kw_buf *out, const kw_secret32 *key,
                       kw_secret_span plain, kw_span aad)
{
    if (!fits(plain.len)) {
        return KW_LIMIT;
    }
    kw_aead_once once = {.key = key};
    KW_TRY(kw_buf_reserve(out, plain.len + KW_AEAD_OVERHEAD_BYTES));
    KW_TRY(kw_rng_fill(&aead->rng, KW_MSPAN(once.nonce)));
    size_t before = out->len;
    KW_TRY(kw_buf_append(out, KW_SPAN(once.nonce)));
    kw_status st = kw_aead_seal_once(aead, out, &once, plain, aad);
    if (st != KW_OK) {
        out->len = before;
    }
    return st;
}

/* CORRUPT: the tag does not fit. `plain` has room for the ciphertext's length. */
static kw_status decrypt(const kw_aead *aead, uint8_t *plain, const kw_aead_once *once,
                         kw_span sealed, kw_span aad)
{
    use u __attribute__((cleanup(use_drop))) = {EVP_CIPHER_CTX_new()};
    if (u.ctx == NULL) {
        return KW_NO_MEMORY;
    }
    size_t text_len = sealed.len - TAG_BYTES;
    uint8_t tag[TAG_BYTES]; /* the call takes it writable */
    memcpy(tag, &sealed.ptr[text_len], sizeof tag);
    int len = 0;
    const uint8_t *key = once->key->secret;
    KW_TRY(from_openssl(EVP_DecryptInit_ex2(u.ctx, aead->cipher, key, once->nonce, NULL)));
    KW_TRY(from_openssl(EVP_DecryptUpdate(u.ctx, NULL, &len, aad.ptr, (int)aad.len)));
    if (text_len > 0) {
        KW_TRY(from_openssl(EVP_DecryptUpdate(u.ctx, plain, &len, sealed.ptr, (int)text_len)));
    }
    KW_TRY(from_openssl(EVP_CIPHER_CTX_ctrl(u.ctx, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag)));
    return EVP_DecryptFinal_ex(u.ctx, &plain[text_len], &len) == 1 ? KW_OK : KW_CORRUPT;
}

kw_status kw_aead_open_once(const kw_aead *aead, kw_secret_bytes *out, const kw_aead_once *once,
                            kw_span sealed, kw_span aad)
{
    if (sealed.len < TAG_BYTES) {
        return KW_CORRUPT;
    }
    if (!fits(sealed.len) || !fits(aad.len)) {
        return KW_LIMIT;
    }
    size_t len = sealed.len - TAG_BYTES;
    KW_TRY(kw_secret_bytes_reserve(out, len));
    uint8_t none = 0; /* OpenSSL wants a place even for an empty text */
    uint8_t *plain = len == 0 ? &none : &out->secret[out->len];
    kw_status st = decrypt(aead, plain, once, sealed, aad);
    if (st != KW_OK) {
        kw_wipe(plain, len); /* unauthenticated text is nobody's */
        return st;
    }
    out->len += len;
    return KW_OK;
}

kw_status kw_aead_open(const kw_aead *aead, kw_secret_bytes *out, const kw_secret32 *key,
                       kw_span sealed, kw_span aad)
{
    if (sealed.len < KW_AEAD_OVERHEAD_BYTES) {
        return KW_CORRUPT;
    }
    kw_aead_once once = {.key = key};
    memcpy(once.nonce, sealed.ptr, sizeof once.nonce);
    kw_span rest = {sealed.ptr + NONCE_BYTES, sealed.len - NONCE_BYTES};
    return kw_aead_open_once(aead, out, &once, rest, aad);
}
