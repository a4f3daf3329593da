/* SPDX-License-Identifier: Apache-2.0
 * TLS 1.3 of a listener: keys, rules and verification behind one reference-counted handle. */
#ifndef KW_NET_TLS_H
#define KW_NET_TLS_H

#include "crypto/x509.h"
#include "crypto/x509_crl.h"
#include "net/config.h"
#include "net/route.h"

#include <openssl/ssl.h>

/* Immutable after kw_tls_new, except its reference count; any thread. */
typedef struct kw_tls kw_tls;

/* Loads what the listener's configuration names; revocation lists are checked by the system's
 * clock, which OpenSSL goes by at each handshake. `previous`, of the same listener before a reload,
 * hands its ticket keys on; NULL at first. CONFIG: a file is missing, malformed, readable by others
 * (the key), or does not fit, or a list is none of the client CAs' (kw_x509_crls_parse); the text
 * names it. NO_MEMORY. */
KW_MUST_USE kw_status kw_tls_new(kw_tls **out, const kw_listener_config *config,
                                 kw_listener listener, const kw_tls *previous, kw_error *err);

kw_tls *kw_tls_share(kw_tls *tls);

/* Gives a reference back. Takes NULL. */
void kw_tls_free(kw_tls *tls);

KW_AUTO_PTR_DEFINE(kw_tls);

/* What the listener's revocation lists say; NULL when it has none. As long as `tls`. */
const kw_x509_crls *kw_tls_crls(const kw_tls *tls);

/* A connection's state, in the server's role; NULL without memory. It keeps `tls` alive. */
KW_MUST_USE SSL *kw_tls_accept(kw_tls *tls);

/* Who the peer is; false when it gave no certificate. After the handshake. */
KW_MUST_USE bool kw_tls_peer(const SSL *ssl, kw_x509_identity *out);

/* True when ALPN chose HTTP/2. */
bool kw_tls_chose_h2(const SSL *ssl);

#endif /* KW_NET_TLS_H */
