/* SPDX-License-Identifier: Apache-2.0
 * DER and PEM by OpenSSL. Its error queue is left as it was found, because TLS code on the same
 * thread reads it. Secret inputs: private keys. */
#include "crypto/x509_read.h"

#include <limits.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>

enum {
    BYTES_MAX = 64 * 1024,
    BUNDLE_BYTES_MAX = 1024 * 1024,
    DER_SEQUENCE = 0x30, /* what every DER here begins with, and no PEM */
    SECONDS_PER_DAY = 86400
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
    KW_REQUIRE(certificate.len > 0 && certificate.len <= BYTES_MAX, err, KW_BAD_INPUT,
               "a certificate has 1 to %d bytes", BYTES_MAX);
    KW_AUTO_PTR(BIO) bio = BIO_new_mem_buf(certificate.ptr, (int)certificate.len);
    KW_REQUIRE(bio != NULL, err, KW_NO_MEMORY, "reading a certificate");
    (void)ERR_set_mark();
    bool is_der = certificate.ptr[0] == DER_SEQUENCE;
    X509 *read = is_der ? read_der(certificate) : read_pem(bio);
    (void)ERR_pop_to_mark();
    KW_REQUIRE(read != NULL, err, KW_BAD_INPUT, "neither a PEM nor a DER certificate");
    *out = read;
    return KW_OK;
}

/* ---- several of a kind ---- */

/* A copy of the bytes: of a borrowed text OpenSSL does not tell what is left. */
static BIO *copy_of(kw_span bytes)
{
    KW_AUTO_PTR(BIO) bio = BIO_new(BIO_s_mem());
    if (bio == NULL || BIO_write(bio, bytes.ptr, (int)bytes.len) != (int)bytes.len) {
        return NULL;
    }
    BIO *copy = bio;
    bio = NULL;
    return copy;
}

static kw_status take_certificates(kw_x509_stack *stack, BIO *bio)
{
    X509 *read = NULL;
    while ((read = read_pem(bio)) != NULL) {
        if (sk_X509_push(stack, read) <= 0) {
            X509_free(read);
            return KW_NO_MEMORY;
        }
    }
    return sk_X509_num(stack) > 0 ? KW_OK : KW_BAD_INPUT;
}

kw_status kw_x509_read_all(kw_x509_stack **out, kw_span certificates, kw_error *err)
{
    KW_REQUIRE(certificates.len > 0 && certificates.len <= BUNDLE_BYTES_MAX, err, KW_BAD_INPUT,
               "certificates have 1 to %d bytes", BUNDLE_BYTES_MAX);
    KW_AUTO_PTR(BIO) bio = copy_of(certificates);
    KW_AUTO_PTR(kw_x509_stack) stack = sk_X509_new_null();
    KW_REQUIRE(bio != NULL && stack != NULL, err, KW_NO_MEMORY, "reading certificates");
    (void)ERR_set_mark();
    kw_status st = take_certificates(stack, bio);
    (void)ERR_pop_to_mark();
    KW_TRY_AT(err, st, "reading PEM certificates");
    *out = stack;
    stack = NULL;
    return KW_OK;
}

static kw_status keep_crl(kw_x509_crl_stack *stack, X509_CRL *read)
{
    if (read == NULL) {
        return KW_BAD_INPUT;
    }
    if (sk_X509_CRL_push(stack, read) <= 0) {
        X509_CRL_free(read);
        return KW_NO_MEMORY;
    }
    return KW_OK;
}

static bool is_blank(BIO *bio)
{
    char *rest = NULL;
    long len = BIO_get_mem_data(bio, &rest);
    return kw_str_trim((kw_str){rest, (size_t)len}).len == 0;
}

static kw_status take_crls(kw_x509_crl_stack *stack, kw_span lists)
{
    if (lists.ptr[0] == DER_SEQUENCE) {
        const unsigned char *at = lists.ptr;
        KW_TRY(keep_crl(stack, d2i_X509_CRL(NULL, &at, (long)lists.len)));
        return at == &lists.ptr[lists.len] ? KW_OK : KW_BAD_INPUT;
    }
    KW_AUTO_PTR(BIO) bio = copy_of(lists);
    if (bio == NULL) {
        return KW_NO_MEMORY;
    }
    do {
        KW_TRY(keep_crl(stack, PEM_read_bio_X509_CRL(bio, NULL, no_passphrase, NULL)));
    } while (!is_blank(bio));
    return KW_OK;
}

kw_status kw_x509_read_crls(kw_x509_crl_stack **out, kw_span lists, kw_error *err)
{
    KW_REQUIRE(lists.len > 0 && lists.len <= INT_MAX, err, KW_BAD_INPUT, "an empty list");
    KW_AUTO_PTR(kw_x509_crl_stack) stack = sk_X509_CRL_new_null();
    KW_REQUIRE(stack != NULL, err, KW_NO_MEMORY, "reading revocation lists");
    (void)ERR_set_mark();
    kw_status st = take_crls(stack, lists);
    (void)ERR_pop_to_mark();
    KW_REQUIRE(st != KW_BAD_INPUT, err, st, "neither PEM nor DER revocation lists");
    KW_TRY_AT(err, st, "reading revocation lists");
    *out = stack;
    stack = NULL;
    return KW_OK;
}

bool kw_x509_read_time(kw_unix_s *out, const ASN1_TIME *time)
{
    struct tm at = {0};
    if (time == NULL || ASN1_TIME_to_tm(time, &at) != 1) {
        return false;
    }
    kw_date date = {
        .year = at.tm_year + 1900, .month = (uint8_t)(at.tm_mon + 1), .day = (uint8_t)at.tm_mday};
    if (!kw_date_is_valid(date)) {
        return false;
    }
    int64_t seconds = (int64_t)at.tm_hour * 3600 + (int64_t)at.tm_min * 60 + at.tm_sec;
    *out = kw_date_to_days(date) * SECONDS_PER_DAY + seconds;
    return true;
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
