/* SPDX-License-Identifier: Apache-2.0
 * Certificates, revocation lists and keys from bytes, as OpenSSL's objects. Private to crypto/. */
#ifndef KW_CRYPTO_X509_READ_H
#define KW_CRYPTO_X509_READ_H

#include "base/error.h"
#include "base/utc.h"
#include "crypto/secret.h"

#include <openssl/bio.h>
#include <openssl/x509.h>

KW_AUTO_PTR_DEFINE(X509);
KW_AUTO_PTR_DEFINE(EVP_PKEY);
KW_AUTO_PTR_DEFINE(BIO);

/* Each owns what it holds. */
typedef STACK_OF(X509) kw_x509_stack;
typedef STACK_OF(X509_CRL) kw_x509_crl_stack;

static inline void kw_x509_stack_free(kw_x509_stack *stack)
{
    sk_X509_pop_free(stack, X509_free);
}
KW_AUTO_PTR_DEFINE(kw_x509_stack);

static inline void kw_x509_crl_stack_free(kw_x509_crl_stack *stack)
{
    sk_X509_CRL_pop_free(stack, X509_CRL_free);
}
KW_AUTO_PTR_DEFINE(kw_x509_crl_stack);

/* From DER or PEM (its first certificate). The caller frees. BAD_INPUT, NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_read(X509 **out, kw_span certificate, kw_error *err);

/* All certificates of PEM texts that follow each other, at least one. BAD_INPUT: none, or not 1
 * byte to 1 MiB. NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_read_all(kw_x509_stack **out, kw_span certificates, kw_error *err);

/* All lists of PEM texts that follow each other, with nothing but white space behind the last; or
 * the one list that is a DER. BAD_INPUT, NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_read_crls(kw_x509_crl_stack **out, kw_span lists, kw_error *err);

/* Unix seconds of a time (RFC 5280 section 4.1.2.5). False: it is malformed, or there is none. */
KW_MUST_USE bool kw_x509_read_time(kw_unix_s *out, const ASN1_TIME *time);

/* From PEM without a passphrase. The caller frees. BAD_INPUT, NO_MEMORY.
 * CT: no: OpenSSL's PEM reader looks values up. */
KW_MUST_USE kw_status kw_x509_read_key(EVP_PKEY **out, kw_secret_span key, kw_error *err);

#endif /* KW_CRYPTO_X509_READ_H */
