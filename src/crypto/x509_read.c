/* SPDX-License-Identifier: Apache-2.0
 * DER and PEM by OpenSSL. Its error queue is left as it was found, because TLS code on the same
 * thread reads it. Secret inputs: private keys. */
#include "crypto/x509_read.h"

#include <openssl/err.h>
#include <openssl/pem.h>

enum {
    BYTES_MAX = 64 * 1024
};

/* Without it OpenSSL would ask the terminal. */
static int no_passphrase(char *buf, int size, int is_writing, void *ctx)
{
    KW_UNUSED(buf);
    KW_UNUSED(size);
    KW_UNUSED(is_writing);
    KW_UNUSED(ctx);
    return -1;
}

static X509 *read_pem(BIO *bio)
{
    return PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
}

/* All of the bytes must be the one certificate. */
static X509 *read_der(kw_span der)
{
    const unsigned char *at = der.ptr;
    KW_AUTO_PTR(X509) read = d2i_X509(NULL, &at, (long)der.len);
    if (read == NULL || at != &der.ptr[der.len]) {
        return NULL;
    }
    X509 *certificate = read;
    read = NULL;
    return certificate;
}

kw_status kw_x509_read(X509 **out, kw_span certificate, kw_error *err)
{
    const uint8_t der_sequence = 0x30;
    KW_REQUIRE(certificate.len > 0 && certificate.len <= BYTES_MAX, err, KW_BAD_INPUT,
               "a certificate has 1 to %d bytes", BYTES_MAX);
    KW_AUTO_PTR(BIO) bio = BIO_new_mem_buf(certificate.ptr, (int)certificate.len);
    KW_REQUIRE(bio != NULL, err, KW_NO_MEMORY, "reading a certificate");
    (void)ERR_set_mark();
    bool is_der = certificate.ptr[0] == der_sequence;
    X509 *read = is_der ? read_der(certificate) : read_pem(bio);
    (void)ERR_pop_to_mark();
    KW_REQUIRE(read != NULL, err, KW_BAD_INPUT, "neither a PEM nor a DER certificate");
    *out = read;
    return KW_OK;
}

kw_status kw_x509_read_key(EVP_PKEY **out, kw_secret_span key, kw_error *err)
{
    KW_REQUIRE(key.len > 0 && key.len <= BYTES_MAX, err, KW_BAD_INPUT,
               "a private key has 1 to %d bytes", BYTES_MAX);
    KW_AUTO_PTR(BIO) bio = BIO_new_mem_buf(key.secret, (int)key.len);
    KW_REQUIRE(bio != NULL, err, KW_NO_MEMORY, "reading a private key");
    (void)ERR_set_mark();
    EVP_PKEY *read = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    (void)ERR_pop_to_mark();
    KW_REQUIRE(read != NULL, err, KW_BAD_INPUT, "not a PEM private key without passphrase");
    *out = read;
    return KW_OK;
}
