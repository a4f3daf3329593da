/* SPDX-License-Identifier: Apache-2.0
 * Certificates and keys from bytes, as OpenSSL's objects. Private to crypto/. */
#ifndef KW_CRYPTO_X509_READ_H
#define KW_CRYPTO_X509_READ_H

#include "base/error.h"
#include "crypto/secret.h"

#include <openssl/bio.h>
#include <openssl/x509.h>

KW_AUTO_PTR_DEFINE(X509);
KW_AUTO_PTR_DEFINE(EVP_PKEY);
KW_AUTO_PTR_DEFINE(BIO);

/* From DER or PEM (its first certificate). The caller frees. BAD_INPUT, NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_read(X509 **out, kw_span certificate, kw_error *err);

/* From PEM without a passphrase. The caller frees. BAD_INPUT, NO_MEMORY. CT: leaks the length. */
KW_MUST_USE kw_status kw_x509_read_key(EVP_PKEY **out, kw_secret_span key, kw_error *err);

#endif /* KW_CRYPTO_X509_READ_H */
