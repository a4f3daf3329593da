/* SPDX-License-Identifier: Apache-2.0
 * Certificates: who a peer is, and a development CA that issues them (P-256, PEM). */
#ifndef KW_CRYPTO_X509_H
#define KW_CRYPTO_X509_H

#include "base/buf.h"
#include "base/utc.h"
#include "crypto/secret.h"
#include "crypto/x509_crl.h"

struct x509_st; /* OpenSSL's X509, so that net/ can hand in what TLS gives it */

typedef enum kw_x509_identity_kind {
    KW_X509_IDENTITY_SPKI, /* no usable name: sha256:<64 hex> of the public key */
    KW_X509_IDENTITY_DNS,
    KW_X509_IDENTITY_URI,
} kw_x509_identity_kind;

#define KW_X509_IDENTITY_BYTES_MAX 255

/* Who a certificate names: its first URI name, else its first DNS name, else its key's hash. The
 * common name is never used. */
typedef struct kw_x509_identity {
    kw_x509_identity_kind kind;
    char text[KW_X509_IDENTITY_BYTES_MAX + 1]; /* NUL-terminated, printable ASCII */
    kw_hash32 spki;                            /* SHA-256 of the SubjectPublicKeyInfo */
} kw_x509_identity;

/* BAD_INPUT: a name that is empty, too long or not printable ASCII spoils the certificate. */
KW_MUST_USE kw_status kw_x509_identity_of(kw_x509_identity *out, const struct x509_st *certificate,
                                          kw_error *err);

/* The same from DER or PEM text (the first certificate of it). BAD_INPUT: neither. */
KW_MUST_USE kw_status kw_x509_identity_parse(kw_x509_identity *out, kw_span certificate,
                                             kw_error *err);

/* True when the extended key usage lists clientAuth / serverAuth; one without the extension lists
 * nothing. */
bool kw_x509_is_client(const struct x509_st *certificate);
bool kw_x509_is_server(const struct x509_st *certificate);

/* That the first certificate of a PEM is for both ends of a connection: clientAuth and serverAuth.
 * REFUSED: it is not. BAD_INPUT as above. */
KW_MUST_USE kw_status kw_x509_check_peer(kw_span certificate, kw_error *err);

/* End of validity in Unix seconds. BAD_INPUT as above. */
KW_MUST_USE kw_status kw_x509_not_after(kw_unix_s *out, kw_span certificate, kw_error *err);

/* A certificate and its private key, both PEM. */
typedef struct kw_x509_pair {
    kw_buf certificate;
    kw_secret_bytes key;
} kw_x509_pair;

void kw_x509_pair_drop(kw_x509_pair *pair);

/* That a private key is the one of a certificate, the first of its PEM. BAD_INPUT: it is not, or
 * one of them is malformed.
 * CT: no: OpenSSL's PEM reader looks values up; for files of our own, not for strangers'. */
KW_MUST_USE kw_status kw_x509_pair_check(kw_span certificate, kw_secret_span key, kw_error *err);

typedef enum kw_x509_use {
    KW_X509_SERVER, /* serverAuth */
    KW_X509_CLIENT, /* clientAuth */
    KW_X509_PEER,   /* both: one of many that call each other */
} kw_x509_use;

#define KW_X509_NAMES_MAX 16

typedef struct kw_x509_request {
    const char *common_name; /* for people only, 1..64 bytes */
    kw_x509_use use;
    const char *names[KW_X509_NAMES_MAX]; /* "DNS:localhost", "IP:127.0.0.1", "URI:spiffe://a/b" */
    size_t names_count;
    kw_unix_s not_before;
    uint32_t days;
} kw_x509_request;

/* A development CA: signs what it is asked to, path length 0. One thread at a time. */
typedef struct kw_x509_ca kw_x509_ca;

/* Makes a new one. BAD_INPUT: the name. INTERNAL: OpenSSL failed. */
KW_MUST_USE kw_status kw_x509_ca_new(kw_x509_ca **out, const char *common_name,
                                     kw_unix_s not_before, uint32_t days, kw_error *err);

/* Opens one from its two PEM texts. BAD_INPUT: malformed, or the key is not the certificate's.
 * CT: no: OpenSSL's PEM reader looks values up; for files of our own, not for strangers'. */
KW_MUST_USE kw_status kw_x509_ca_open(kw_x509_ca **out, kw_span certificate, kw_secret_span key,
                                      kw_error *err);
void kw_x509_ca_free(kw_x509_ca *ca); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_x509_ca);

/* Its own certificate and key as PEM. `out` is all-zero before. */
KW_MUST_USE kw_status kw_x509_ca_export(const kw_x509_ca *ca, kw_x509_pair *out, kw_error *err);

/* Issues a certificate for a new key. `out` is all-zero before. BAD_INPUT: a name without a known
 * prefix, too many, no days. */
KW_MUST_USE kw_status kw_x509_ca_issue(const kw_x509_ca *ca, kw_x509_pair *out,
                                       const kw_x509_request *request, kw_error *err);

/* What a revocation list is to say. */
typedef struct kw_x509_crl_request {
    const kw_x509_revoked *items; /* in any order, none twice */
    size_t count;
    kw_unix_s this_update; /* its number too, so that a later list has a higher one */
    uint32_t days;         /* until the next */
} kw_x509_crl_request;

/* Signs a revocation list, appended to `out` as PEM. BAD_INPUT: a serial that is no number, or
 * no days. LIMIT, NO_MEMORY. INTERNAL: OpenSSL failed. */
KW_MUST_USE kw_status kw_x509_ca_sign_crl(const kw_x509_ca *ca, kw_buf *out,
                                          const kw_x509_crl_request *request, kw_error *err);

#endif /* KW_CRYPTO_X509_H */
