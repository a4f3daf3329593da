/* SPDX-License-Identifier: Apache-2.0
 * Certificates of a test, issued by the development CA into a temporary folder. */
#ifndef KW_TESTS_SUPPORT_NET_CERTS_H
#define KW_TESTS_SUPPORT_NET_CERTS_H

#include "crypto/x509.h"
#include "support/tempdir.h"

/* The folder holds ca.pem and server.pem with server.key for localhost and 127.0.0.1. */
typedef struct net_certs {
    tempdir dir;
    kw_x509_ca *ca;
} net_certs;

net_certs net_certs_make(void);
void net_certs_drop(net_certs *certs);

/* Issues "<name>.pem" and "<name>.key" for `san` ("URI:spiffe://a/b"; NULL: none); valid from
 * `age_days` ago for 30 days. */
void net_certs_issue(net_certs *certs, const char *name, kw_x509_use use, const char *san,
                     int age_days);

/* Path of a file in the folder. */
tempdir_path net_certs_path(const net_certs *certs, const char *file);

/* SHA-256 of the SubjectPublicKeyInfo of a PEM file. */
kw_hash32 net_certs_spki(const char *certificate);

/* Runs the openssl program for what the CA cannot do; `argv` without its name, NULL-terminated. */
void net_certs_openssl(const char *const *argv);

#endif /* KW_TESTS_SUPPORT_NET_CERTS_H */
