/* SPDX-License-Identifier: Apache-2.0
 * TLS 1.3 contexts: rules of hardening.md section 1. Client certificates are verified at the
 * handshake and again, against the present CAs and CRLs, when a ticket would resume a session. */
#include "net/tls.h"

#include "base/heap.h"
#include "net/limits.h"
#include "os/clock.h"
#include "os/file.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <string.h>

enum {
    OCSP_BYTES_MAX = 64 * 1024,
    CLIENT_CA_BYTES_MAX = 1024 * 1024,
    TICKET_KEYS_BYTES = 80 /* SSL_CTX_set_tlsext_ticket_keys of OpenSSL 3.0 */
};

struct kw_tls {
    _Atomic unsigned shares_count;
    SSL_CTX *ctx;
    kw_buf ocsp; /* DER response to staple; empty: none */
    bool has_crls;
    kw_x509_crls crls; /* what the store of ctx refuses by */
};

/* The text behind OpenSSL's first queued error, which is then forgotten with the others. */
static kw_status fail_tls(kw_error *err, const char *what, const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    kw_status st =
        kw_fail(err, KW_CONFIG, "%s %s: %s", what, file, reason == NULL ? "not accepted" : reason);
    ERR_clear_error();
    return st;
}

/* ---- verification ---- */

/* What OpenSSL leaves to us: an extended key usage must be there and say clientAuth, and the names
 * must be ones that we could call the peer by. */
static int on_verified(int is_ok, X509_STORE_CTX *verifying)
{
    if (!is_ok || X509_STORE_CTX_get_error_depth(verifying) != 0) {
        return is_ok;
    }
    const X509 *leaf = X509_STORE_CTX_get_current_cert(verifying);
    kw_x509_identity identity;
    if (!kw_x509_is_client(leaf)) {
        X509_STORE_CTX_set_error(verifying, X509_V_ERR_INVALID_PURPOSE);
        return 0;
    }
    if (kw_x509_identity_of(&identity, leaf, NULL) != KW_OK) {
        X509_STORE_CTX_set_error(verifying, X509_V_ERR_APPLICATION_VERIFICATION);
        return 0;
    }
    return 1;
}

static bool is_still_good(SSL *ssl, X509 *leaf)
{
    X509_STORE_CTX *verifying = X509_STORE_CTX_new();
    X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
    bool is_good = false;
    if (verifying != NULL && X509_STORE_CTX_init(verifying, store, leaf, NULL) == 1 &&
        X509_STORE_CTX_set_default(verifying, "ssl_client") == 1) {
        X509_STORE_CTX_set_verify_cb(verifying, on_verified);
        is_good = X509_verify_cert(verifying) == 1;
    }
    X509_STORE_CTX_free(verifying);
    ERR_clear_error();
    return is_good;
}

/* A ticket that does not resume is no failure: the full handshake follows, and judges. */
static SSL_TICKET_RETURN on_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                   size_t name_len, SSL_TICKET_STATUS status, void *ctx)
{
    KW_UNUSED(name);
    KW_UNUSED(name_len);
    KW_UNUSED(ctx);
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    X509 *leaf = SSL_SESSION_get0_peer(session);
    if (leaf != NULL && !is_still_good(ssl, leaf)) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

static int on_ticket_made(SSL *ssl, void *ctx)
{
    KW_UNUSED(ssl);
    KW_UNUSED(ctx);
    return 1;
}

/* ---- ALPN, OCSP ---- */

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                   const unsigned char *in, unsigned in_len, void *ctx)
{
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    KW_UNUSED(ssl);
    KW_UNUSED(ctx);
    unsigned char *chosen = NULL;
    int found = SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, in_len);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int on_status_asked(SSL *ssl, void *ctx)
{
    const kw_tls *tls = ctx;
    unsigned char *copy = OPENSSL_memdup(tls->ocsp.ptr, tls->ocsp.len);
    if (copy == NULL) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)tls->ocsp.len); /* takes the copy */
    return SSL_TLSEXT_ERR_OK;
}

/* ---- set-up ---- */

/* Configuration texts are not NUL-terminated by contract; paths for OpenSSL are. */
typedef struct path {
    char text[4096];
} path;

static kw_status path_of(path *out, kw_str text, kw_error *err)
{
    KW_REQUIRE(text.len > 0 && text.len < sizeof out->text, err, KW_CONFIG,
               "a file name of the listener is missing or too long");
    memcpy(out->text, text.ptr, text.len);
    out->text[text.len] = '\0';
    return KW_OK;
}

static kw_status load_own(SSL_CTX *ctx, const kw_listener_config *config, kw_error *err)
{
    path file;
    KW_TRY(path_of(&file, config->certificate_file, err));
    if (SSL_CTX_use_certificate_chain_file(ctx, file.text) != 1) {
        return fail_tls(err, "certificate", file.text);
    }
    KW_TRY(path_of(&file, config->key_file, err));
    kw_file_info info;
    KW_TRY_AT(err, kw_file_stat(&info, file.text, err), "looking at a key file");
    KW_REQUIRE(info.is_private, err, KW_CONFIG, "key %s: others may read it", file.text);
    if (SSL_CTX_use_PrivateKey_file(ctx, file.text, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        return fail_tls(err, "key", file.text);
    }
    return KW_OK;
}

static kw_status read_whole(kw_buf *out, const path *file, kw_error *err)
{
    kw_error why = {0};
    kw_status st = kw_file_read(out, file->text, &why);
    return st == KW_OK ? KW_OK : kw_fail(err, KW_CONFIG, "%s", why.text);
}

/* Lists that their issuer did not sign are found here and not at each handshake. */
static kw_status load_crls(kw_tls *tls, const kw_listener_config *config, kw_error *err)
{
    path file;
    KW_AUTO(kw_buf) authorities = kw_buf_init(CLIENT_CA_BYTES_MAX);
    KW_TRY(path_of(&file, config->client_ca_file, err));
    KW_TRY(read_whole(&authorities, &file, err));
    KW_AUTO(kw_buf) lists = kw_buf_init(KW_X509_CRL_BYTES_MAX);
    KW_TRY(path_of(&file, config->crl_file, err));
    KW_TRY(read_whole(&lists, &file, err));
    kw_clock clock = kw_clock_system();
    kw_error why = {0};
    kw_status st = kw_x509_crls_parse(&tls->crls, kw_buf_view(&lists), kw_buf_view(&authorities),
                                      kw_clock_now_ms(&clock) / 1000, &why);
    KW_REQUIRE(st == KW_OK || st == KW_NO_MEMORY, err, KW_CONFIG, "CRL %s: %s", file.text,
               why.text);
    KW_TRY_AT(err, st, "reading revocation lists");
    tls->has_crls = true;
    return kw_x509_crls_install(&tls->crls, SSL_CTX_get_cert_store(tls->ctx), err);
}

static kw_status load_client_rules(kw_tls *tls, const kw_listener_config *config, kw_error *err)
{
    SSL_CTX *ctx = tls->ctx;
    if (config->client_cert == KW_CLIENT_CERT_NONE) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
        return KW_OK;
    }
    path file;
    KW_TRY(path_of(&file, config->client_ca_file, err));
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(file.text);
    if (names == NULL || SSL_CTX_load_verify_file(ctx, file.text) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return fail_tls(err, "client CA", file.text);
    }
    SSL_CTX_set_client_CA_list(ctx, names); /* takes them */
    int mode = SSL_VERIFY_PEER;
    if (config->client_cert == KW_CLIENT_CERT_REQUIRED) {
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_CTX_set_verify(ctx, mode, on_verified);
    /* OpenSSL counts intermediate CAs only; ours is the depth of the root. */
    SSL_CTX_set_verify_depth(ctx, KW_NET_CHAIN_DEPTH_MAX - 1);
    X509_VERIFY_PARAM *store_rules = X509_STORE_get0_param(SSL_CTX_get_cert_store(ctx));
    X509_VERIFY_PARAM_set_depth(store_rules, KW_NET_CHAIN_DEPTH_MAX - 1);
    return config->crl_file.len > 0 ? load_crls(tls, config, err) : KW_OK;
}

static bool set_protocol(SSL_CTX *ctx)
{
    static const char suites[] =
        "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                 SSL_OP_NO_RENEGOTIATION | SSL_OP_CLEANSE_PLAINTEXT);
    /* The chain is what certificate_file holds: completing it from the client CAs would cost every
     * handshake a path search. Buffers are released by conn.c, when they are not wanted. */
    SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(ctx, suites) == 1 &&
           SSL_CTX_set1_groups_list(ctx, "X25519:P-256") == 1;
}

/* Tickets hold the whole state, so the server remembers nothing; the admin listener gives none. */
static bool set_resumption(SSL_CTX *ctx, kw_listener listener, const kw_tls *previous)
{
    const char *name = kw_listener_name(listener);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(ctx, KW_NET_TICKET_LIFETIME_S);
    if (SSL_CTX_set_session_id_context(ctx, (const unsigned char *)name, (unsigned)strlen(name)) !=
        1) {
        return false;
    }
    if (listener == KW_LISTENER_ADMIN) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        return SSL_CTX_set_num_tickets(ctx, 0) == 1;
    }
    unsigned char keys[TICKET_KEYS_BYTES];
    if (previous != NULL &&
        SSL_CTX_get_tlsext_ticket_keys(previous->ctx, keys, (long)sizeof keys) == 1) {
        (void)SSL_CTX_set_tlsext_ticket_keys(ctx, keys, (long)sizeof keys);
    }
    OPENSSL_cleanse(keys, sizeof keys);
    return SSL_CTX_set_num_tickets(ctx, 1) == 1 &&
           SSL_CTX_set_session_ticket_cb(ctx, on_ticket_made, on_ticket, NULL) == 1;
}

static kw_status load_staple(kw_tls *tls, kw_str name, kw_error *err)
{
    path file;
    KW_TRY(path_of(&file, name, err));
    KW_TRY_AT(err, kw_file_read(&tls->ocsp, file.text, err), "loading the OCSP response");
    SSL_CTX_set_tlsext_status_cb(tls->ctx, on_status_asked);
    SSL_CTX_set_tlsext_status_arg(tls->ctx, tls);
    return KW_OK;
}

kw_status kw_tls_new(kw_tls **out, const kw_listener_config *config, kw_listener listener,
                     const kw_tls *previous, kw_error *err)
{
    KW_AUTO_PTR(kw_tls) tls = kw_heap_new(1, sizeof *tls);
    if (tls == NULL) {
        return kw_fail(err, KW_NO_MEMORY, "no memory for a TLS context");
    }
    tls->shares_count = 1;
    tls->ocsp = kw_buf_init(OCSP_BYTES_MAX);
    tls->ctx = SSL_CTX_new(TLS_server_method());
    if (tls->ctx == NULL || !set_protocol(tls->ctx) ||
        !set_resumption(tls->ctx, listener, previous)) {
        return fail_tls(err, "TLS of listener", kw_listener_name(listener));
    }
    KW_TRY(load_own(tls->ctx, config, err));
    KW_TRY(load_client_rules(tls, config, err));
    if (config->ocsp_file.len > 0) {
        KW_TRY(load_staple(tls, config->ocsp_file, err));
    }
    *out = tls;
    tls = NULL;
    return KW_OK;
}

kw_tls *kw_tls_share(kw_tls *tls)
{
    if (tls != NULL) {
        (void)atomic_fetch_add(&tls->shares_count, 1);
    }
    return tls;
}

void kw_tls_free(kw_tls *tls)
{
    if (tls == NULL || atomic_fetch_sub(&tls->shares_count, 1) > 1) {
        return;
    }
    SSL_CTX_free(tls->ctx);
    kw_buf_drop(&tls->ocsp);
    kw_x509_crls_drop(&tls->crls);
    kw_heap_free(tls);
}

const kw_x509_crls *kw_tls_crls(const kw_tls *tls)
{
    return tls->has_crls ? &tls->crls : NULL;
}

/* ---- connections ---- */

SSL *kw_tls_accept(kw_tls *tls)
{
    SSL *ssl = SSL_new(tls->ctx);
    if (ssl != NULL) {
        SSL_set_accept_state(ssl);
    }
    return ssl;
}

bool kw_tls_peer(const SSL *ssl, kw_x509_identity *out)
{
    X509 *leaf = SSL_get0_peer_certificate(ssl);
    return leaf != NULL && SSL_get_verify_result(ssl) == X509_V_OK &&
           kw_x509_identity_of(out, leaf, NULL) == KW_OK;
}

bool kw_tls_chose_h2(const SSL *ssl)
{
    const unsigned char *name = NULL;
    unsigned len = 0;
    SSL_get0_alpn_selected(ssl, &name, &len);
    return len == 2 && memcmp(name, "h2", 2) == 0;
}
