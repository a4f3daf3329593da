/* SPDX-License-Identifier: Apache-2.0
 * Certificate revocation lists: read, checked against the authorities that sign them, and made one
 * set of serial numbers. Source: RFC 5280 section 5. */
#ifndef KW_CRYPTO_X509_CRL_H
#define KW_CRYPTO_X509_CRL_H

#include "base/buf.h"
#include "base/utc.h"

struct x509_store_st;     /* OpenSSL's X509_STORE */
struct stack_st_X509_CRL; /* and its STACK_OF(X509_CRL) */

#define KW_X509_CRL_BYTES_MAX (8 << 20) /* of all lists together, as DER or PEM */
#define KW_X509_REVOKED_MAX   65536     /* entries of all lists together */

/* A serial number in its one spelling: lower-case hexadecimal digits of its value, 1 to 40, without
 * leading zeros. It is positive and has at most 20 bytes (RFC 5280 section 4.1.2.2). */
typedef struct kw_x509_serial {
    char text[41]; /* NUL-terminated */
} kw_x509_serial;

/* The serial number of a DER or PEM certificate. BAD_INPUT: no certificate, or a number that is
 * not positive or too long. NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_serial_of(kw_x509_serial *out, kw_span certificate, kw_error *err);

/* One certificate that its issuer took back. */
typedef struct kw_x509_revoked {
    kw_x509_serial serial;
    kw_unix_s at;
} kw_x509_revoked;

/* What lists say. All-zero is empty. Immutable once read; then for any thread. */
typedef struct kw_x509_crls {
    kw_x509_revoked *items; /* owned; ascending by serial, none twice: the earliest moment counts,
                               also where two issuers used the same number */
    size_t count;
    kw_unix_s next_update;           /* the earliest of the lists: from then on they are too old */
    struct stack_st_X509_CRL *lists; /* owned; for kw_x509_crls_install */
} kw_x509_crls;

void kw_x509_crls_drop(kw_x509_crls *crls);

/* Reads all lists of a file, PEM texts that follow each other or one DER. Each must be signed by a
 * certificate of `authorities` (PEM) that bears its issuer's name and may sign lists, have begun at
 * `now`, and say when the next comes. One that is too old is still taken: what it revokes stays
 * revoked, and the caller sees next_update. BAD_INPUT: anything else, also bytes behind the last
 * list, a critical extension (parts, differences and lists about others' certificates have one), an
 * entry that takes a revocation back. LIMIT: too many bytes or entries. NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_crls_parse(kw_x509_crls *out, kw_span lists, kw_span authorities,
                                         kw_unix_s now, kw_error *err);

/* True when that certificate is revoked. */
bool kw_x509_crls_has(const kw_x509_crls *crls, const kw_x509_serial *serial);

/* From now on `store` refuses what the lists revoke, and certificates of issuers without a list
 * that is current. NO_MEMORY. */
KW_MUST_USE kw_status kw_x509_crls_install(const kw_x509_crls *crls, struct x509_store_st *store,
                                           kw_error *err);

#endif /* KW_CRYPTO_X509_CRL_H */
