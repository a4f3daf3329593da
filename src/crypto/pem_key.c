/* SPDX-License-Identifier: Apache-2.0
 * PEM keys by OpenSSL. All inputs are public. */
#include "crypto/pem_key.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "crypto/x509_read.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

struct kw_pem_key {
    kw_pem_scheme scheme;
    EVP_PKEY *key; /* owned */
    kw_hash32 id;
};

void kw_pem_key_free(kw_pem_key *key)
{
    if (key == NULL) {
        return;
    }
    EVP_PKEY_free(key->key);
    kw_heap_free(key);
}

static bool is_p256(const EVP_PKEY *key)
{
    char group[32];
    size_t len = 0;
    return EVP_PKEY_is_a(key, "EC") == 1 &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                          &len) == 1 &&
           kw_str_equal((kw_str){group, len}, KW_STR("prime256v1"));
}

static bool is_rsa(const EVP_PKEY *key)
{
    int bits = EVP_PKEY_get_bits(key);
    return EVP_PKEY_is_a(key, "RSA") == 1 && bits >= KW_PEM_RSA_BITS_MIN &&
           bits <= KW_PEM_RSA_BITS_MAX;
}

static bool fits(const EVP_PKEY *key, kw_pem_scheme scheme)
{
    switch (scheme) {
    case KW_PEM_ECDSA_P256:
        return is_p256(key);
    case KW_PEM_RSA_PSS:
    case KW_PEM_RSA_PKCS1:
        return is_rsa(key);
    }
    return false;
}

static bool read_id(kw_hash32 *out, const EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    if (len <= 0) {
        return false;
    }
    kw_sha256(out, (kw_span){der, (size_t)len});
    OPENSSL_free(der);
    return true;
}

static kw_status read_key(kw_pem_key *out, kw_str text)
{
    KW_AUTO_PTR(BIO) source = BIO_new_mem_buf(text.ptr, (int)text.len);
    if (source == NULL) {
        return KW_NO_MEMORY;
    }
    out->key = PEM_read_bio_PUBKEY(source, NULL, NULL, NULL);
    bool is_good = out->key != NULL && fits(out->key, out->scheme) && read_id(&out->id, out->key);
    ERR_clear_error(); /* TLS looks at what this thread left there */
    return is_good ? KW_OK : KW_BAD_INPUT;
}

kw_status kw_pem_key_parse(kw_pem_key **out, kw_str text, kw_pem_scheme scheme)
{
    if (text.len == 0 || text.len > KW_PEM_KEY_BYTES_MAX) {
        return KW_BAD_INPUT;
    }
    KW_AUTO_PTR(kw_pem_key) key = kw_heap_new(1, sizeof *key);
    if (key == NULL) {
        return KW_NO_MEMORY;
    }
    key->scheme = scheme;
    KW_TRY(read_key(key, text));
    *out = key;
    key = NULL;
    return KW_OK;
}

kw_hash32 kw_pem_key_id(const kw_pem_key *key)
{
    return key->id;
}

/* Whatever its length, the salt is under the signature. */
static bool set_padding(EVP_PKEY_CTX *ctx, kw_pem_scheme scheme)
{
    switch (scheme) {
    case KW_PEM_ECDSA_P256:
        return true;
    case KW_PEM_RSA_PSS:
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_AUTO) == 1;
    case KW_PEM_RSA_PKCS1:
        return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1;
    }
    return false;
}

bool kw_pem_key_verify(const kw_pem_key *key, kw_span message, kw_span signature)
{
    EVP_PKEY_CTX *options = NULL; /* of the context below */
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool yes = ctx != NULL &&
               EVP_DigestVerifyInit(ctx, &options, EVP_sha256(), NULL, key->key) == 1 &&
               set_padding(options, key->scheme) &&
               EVP_DigestVerify(ctx, signature.ptr, signature.len, message.ptr, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    ERR_clear_error();
    return yes;
}
