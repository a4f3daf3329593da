/* SPDX-License-Identifier: Apache-2.0
 * Keys of tokens by OpenSSL, Ed25519 by libsodium. All inputs are public. */
#include "crypto/jws_key.h"

#include "base/heap.h"
#include "crypto/ed25519.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

enum {
    P256_BYTES = 32,
    DER_BYTES_MAX = 80, /* of an ECDSA signature over P-256 */
    EXPONENT_MIN = 65537,
};

struct kw_jws_key {
    kw_jws_alg alg;
    EVP_PKEY *key; /* owned; NULL for Ed25519 */
    kw_ed25519_public ed25519;
};

static const char *const alg_names[] = {
    [KW_JWS_ES256] = "ES256",
    [KW_JWS_RS256] = "RS256",
    [KW_JWS_EDDSA] = "EdDSA",
};

const char *kw_jws_key_alg_name(const kw_jws_key *key)
{
    return alg_names[key->alg];
}

void kw_jws_key_free(kw_jws_key *key)
{
    if (key == NULL) {
        return;
    }
    EVP_PKEY_free(key->key);
    kw_heap_free(key);
}

/* A key of OpenSSL from its parameters; NULL: they make none. */
static EVP_PKEY *key_of(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx == NULL || params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        key = NULL;
        ERR_clear_error(); /* TLS looks at what this thread left there */
    }
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* Takes `key` over. */
static kw_status wrap(kw_jws_key **out, kw_jws_alg alg, EVP_PKEY *key)
{
    if (key == NULL) {
        return KW_BAD_INPUT;
    }
    kw_jws_key *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        EVP_PKEY_free(key);
        return KW_NO_MEMORY;
    }
    made->alg = alg;
    made->key = key;
    *out = made;
    return KW_OK;
}

kw_status kw_jws_key_of_p256(kw_jws_key **out, kw_span x, kw_span y)
{
    uint8_t point[1 + 2 * P256_BYTES] = {POINT_CONVERSION_UNCOMPRESSED};
    char group[] = "P-256";
    if (x.len != P256_BYTES || y.len != P256_BYTES) {
        return KW_BAD_INPUT;
    }
    memcpy(&point[1], x.ptr, x.len);
    memcpy(&point[1 + P256_BYTES], y.ptr, y.len);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    return wrap(out, KW_JWS_ES256, key_of("EC", params)); /* decoding the point checks it */
}

/* The exponent as a number; 0: it is none that we take. */
static uint64_t exponent_of(kw_span e)
{
    uint64_t value = 0;
    if (e.len > sizeof(uint32_t)) {
        return 0;
    }
    for (size_t i = 0; i < e.len; i++) {
        value = value << 8 | e.ptr[i];
    }
    return value >= EXPONENT_MIN && value % 2 == 1 ? value : 0;
}

kw_status kw_jws_key_of_rsa(kw_jws_key **out, kw_span n, kw_span e)
{
    bool is_shaped = n.len >= KW_JWS_RSA_BITS_MIN / 8 && n.len <= KW_JWS_RSA_BITS_MAX / 8 &&
                     n.ptr[0] >= 0x80 && n.ptr[n.len - 1] % 2 == 1 && exponent_of(e) != 0;
    if (!is_shaped) {
        return KW_BAD_INPUT;
    }
    BIGNUM *modulus = BN_bin2bn(n.ptr, (int)n.len, NULL);
    BIGNUM *exponent = BN_bin2bn(e.ptr, (int)e.len, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    if (modulus != NULL && exponent != NULL && builder != NULL &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1) {
        params = OSSL_PARAM_BLD_to_param(builder);
    }
    kw_status st = params == NULL ? KW_NO_MEMORY : wrap(out, KW_JWS_RS256, key_of("RSA", params));
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return st;
}

kw_status kw_jws_key_of_ed25519(kw_jws_key **out, kw_span x)
{
    kw_ed25519_public public_half;
    if (x.len != sizeof public_half.bytes) {
        return KW_BAD_INPUT;
    }
    kw_jws_key *made = kw_heap_new(1, sizeof *made);
    if (made == NULL) {
        return KW_NO_MEMORY;
    }
    made->alg = KW_JWS_EDDSA;
    memcpy(made->ed25519.bytes, x.ptr, x.len);
    *out = made;
    return KW_OK;
}

/* r and s of 32 bytes each, as OpenSSL wants them. 0: they make no signature. */
static size_t der_of(uint8_t out[DER_BYTES_MAX], kw_span signature)
{
    if (signature.len != 2 * P256_BYTES) {
        return 0;
    }
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature.ptr, P256_BYTES, NULL);
    BIGNUM *s = BN_bin2bn(signature.ptr + P256_BYTES, P256_BYTES, NULL);
    int len = 0;
    if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = NULL; /* they are the signature's now */
        s = NULL;
        uint8_t *at = out;
        len = i2d_ECDSA_SIG(sig, NULL) <= DER_BYTES_MAX ? i2d_ECDSA_SIG(sig, &at) : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return len > 0 ? (size_t)len : 0;
}

/* SHA-256 below; for RSA with PKCS #1 v1.5 padding, OpenSSL's default. */
static bool verify_sha256(EVP_PKEY *key, kw_span message, kw_span signature)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool yes = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
               EVP_DigestVerify(ctx, signature.ptr, signature.len, message.ptr, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return yes;
}

bool kw_jws_key_verify(const kw_jws_key *key, kw_span message, kw_span signature)
{
    uint8_t der[DER_BYTES_MAX];
    kw_ed25519_signature ed25519;
    switch (key->alg) {
    case KW_JWS_ES256: {
        size_t len = der_of(der, signature);
        return len > 0 && verify_sha256(key->key, message, (kw_span){der, len});
    }
    case KW_JWS_RS256:
        return signature.len == (size_t)EVP_PKEY_get_size(key->key) &&
               verify_sha256(key->key, message, signature);
    case KW_JWS_EDDSA:
        if (signature.len != sizeof ed25519.bytes) {
            return false;
        }
        memcpy(ed25519.bytes, signature.ptr, signature.len);
        return kw_ed25519_verify(&key->ed25519, &ed25519, message);
    }
    return false;
}
