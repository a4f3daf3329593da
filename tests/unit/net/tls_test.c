/* SPDX-License-Identifier: Apache-2.0
 * TLS rules of hardening.md section 1, over real handshakes. */
#include "net/tls.h"

#include "os/clock.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/net_server.h"
#include "support/wire_peer.h"

#include <stdio.h>

static net_server server;

static tempdir_path file_of(const char *name)
{
    return net_certs_path(&server.certs, name);
}

/* A CA configuration for the openssl program, for what the development CA does not issue. */
static void write_ca_config(void)
{
    char text[2048];
    int len = snprintf(text, sizeof text,
                       "[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index\ncrlnumber=%s/number\n"
                       "default_md=sha256\ndefault_crl_days=30\n"
                       "[client]\nextendedKeyUsage=clientAuth\n"
                       "subjectAltName=URI:spiffe://test/cut\n"
                       "[bare]\nextendedKeyUsage=clientAuth\n"
                       "[noeku]\nsubjectAltName=URI:spiffe://test/noeku\n",
                       server.certs.dir.path, server.certs.dir.path);
    EXPECT_OK(kw_file_write_atomic(file_of("ca.cnf").text,
                                   (kw_span){(const uint8_t *)text, (size_t)len}, 0600, NULL));
    EXPECT_OK(kw_file_write_atomic(file_of("index").text, (kw_span){0}, 0600, NULL));
    EXPECT_OK(
        kw_file_write_atomic(file_of("number").text, kw_span_of_str(KW_STR("01\n")), 0600, NULL));
}

/* Issues "<name>.pem" with openssl and a section of the configuration. */
static void issue_by_openssl(const char *name, const char *section, const char *common_name)
{
    char file[3][64];
    (void)snprintf(file[0], sizeof file[0], "%s.key", name);
    (void)snprintf(file[1], sizeof file[1], "%s.csr", name);
    (void)snprintf(file[2], sizeof file[2], "%s.pem", name);
    const char *request[] = {"req",
                             "-new",
                             "-newkey",
                             "ec",
                             "-pkeyopt",
                             "ec_paramgen_curve:P-256",
                             "-nodes",
                             "-subj",
                             common_name,
                             "-keyout",
                             file_of(file[0]).text,
                             "-out",
                             file_of(file[1]).text,
                             NULL};
    net_certs_openssl(request);
    const char *sign[] = {"x509",
                          "-req",
                          "-in",
                          file_of(file[1]).text,
                          "-CA",
                          file_of("ca.pem").text,
                          "-CAkey",
                          file_of("ca.key").text,
                          "-CAcreateserial",
                          "-days",
                          "5",
                          "-extfile",
                          file_of("ca.cnf").text,
                          "-extensions",
                          section,
                          "-out",
                          file_of(file[2]).text,
                          NULL};
    net_certs_openssl(sign);
}

static void write_crl(const char *revoked)
{
    if (revoked != NULL) {
        const char *revoke[] = {"ca",
                                "-config",
                                file_of("ca.cnf").text,
                                "-cert",
                                file_of("ca.pem").text,
                                "-keyfile",
                                file_of("ca.key").text,
                                "-revoke",
                                file_of(revoked).text,
                                NULL};
        net_certs_openssl(revoke);
    }
    const char *make[] = {"ca",
                          "-config",
                          file_of("ca.cnf").text,
                          "-cert",
                          file_of("ca.pem").text,
                          "-keyfile",
                          file_of("ca.key").text,
                          "-gencrl",
                          "-out",
                          file_of("crl.pem").text,
                          NULL};
    net_certs_openssl(make);
}

static tempdir_path crl_path;

static int start(void **state)
{
    (void)state;
    net_server_prepare(&server);
    write_ca_config();
    write_crl(NULL);
    crl_path = file_of("crl.pem");
    net_certs_issue(&server.certs, "good", KW_X509_CLIENT, "URI:spiffe://test/good", 1);
    net_certs_issue(&server.certs, "dns", KW_X509_CLIENT, "DNS:peer.example", 1);
    net_certs_issue(&server.certs, "plain", KW_X509_CLIENT, NULL, 1);
    net_certs_issue(&server.certs, "expired", KW_X509_CLIENT, "URI:spiffe://test/old", 90);
    net_certs_issue(&server.certs, "wrong", KW_X509_SERVER, "URI:spiffe://test/wrong", 1);
    issue_by_openssl("cut", "client", "/CN=cut");
    issue_by_openssl("noeku", "noeku", "/CN=noeku");
    server.listeners[KW_LISTENER_PUBLIC].crl_file = kw_str_of(crl_path.text);
    server.listeners[KW_LISTENER_ADMIN] = server.listeners[KW_LISTENER_PUBLIC];
    server.listeners[KW_LISTENER_ADMIN].client_cert = KW_CLIENT_CERT_REQUIRED;
    net_server_start(&server);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    net_server_stop(&server);
    return 0;
}

/* Does a request on `group` with that certificate; 0 when the server refuses the connection.
 * `out_peer` stays open when the caller wants it. */
static int request_as(wire_peer *peer, kw_listener group, const char *name, SSL_SESSION *session)
{
    char file[2][64];
    tempdir_path paths[2];
    wire_tls options = {.session = session};
    if (name != NULL) {
        (void)snprintf(file[0], sizeof file[0], "%s.pem", name);
        (void)snprintf(file[1], sizeof file[1], "%s.key", name);
        paths[0] = file_of(file[0]);
        paths[1] = file_of(file[1]);
        options.certificate = paths[0].text;
        options.key = paths[1].text;
    }
    wire_response response = {0};
    int status = 0;
    if (wire_connect_tls(peer, kw_server_port(server.server, group), &options) &&
        wire_send_text(peer, "GET /small HTTP/1.1\r\nHost: a\r\n\r\n") &&
        wire_read_response(peer, &response, false)) {
        status = response.status;
    }
    wire_response_drop(&response);
    return status;
}

static int status_as(kw_listener group, const char *name)
{
    wire_peer peer;
    int status = request_as(&peer, group, name, NULL);
    wire_close(&peer);
    return status;
}

static void peer__is_named_by_uri_then_dns_then_key(void **state)
{
    (void)state;
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, "good"), 200);
    assert_string_equal(server.gate.last_cert, "spiffe://test/good");
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, "dns"), 200);
    assert_string_equal(server.gate.last_cert, "peer.example");
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, "plain"), 200);
    assert_true(kw_str_starts_with(kw_str_of(server.gate.last_cert), KW_STR("sha256:")));
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, NULL), 200);
    assert_false(server.gate.last_had_cert);
}

static void certificate__that_breaks_a_rule_is_refused(void **state)
{
    (void)state;
    const char *const names[] = {"expired", "wrong", "noeku", "server"};
    unsigned before = server.gate.admitted;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        assert_int_equal(status_as(KW_LISTENER_PUBLIC, names[i]), 0);
    }
    assert_int_equal(server.gate.admitted, before);
}

static void certificate__of_another_ca_is_refused(void **state)
{
    (void)state;
    net_certs other = net_certs_make();
    net_certs_issue(&other, "stranger", KW_X509_CLIENT, "URI:spiffe://test/good", 1);
    tempdir_path certificate = net_certs_path(&other, "stranger.pem");
    tempdir_path key = net_certs_path(&other, "stranger.key");
    const wire_tls options = {.certificate = certificate.text, .key = key.text};
    wire_peer peer;
    bool is_open =
        wire_connect_tls(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC), &options) &&
        wire_read(&peer);
    assert_false(is_open);
    wire_close(&peer);
    net_certs_drop(&other);
}

static void required__certificate_must_be_there(void **state)
{
    (void)state;
    assert_int_equal(status_as(KW_LISTENER_ADMIN, NULL), 0);
    assert_int_equal(status_as(KW_LISTENER_ADMIN, "good"), 404); /* no such route there */
}

static void session__resumes_with_a_ticket(void **state)
{
    (void)state;
    wire_peer first;
    wire_peer second;
    assert_int_equal(request_as(&first, KW_LISTENER_PUBLIC, "good", NULL), 200);
    assert_non_null(first.ticket);
    assert_int_equal(request_as(&second, KW_LISTENER_PUBLIC, "good", first.ticket), 200);
    assert_int_equal(SSL_session_reused(second.ssl), 1);
    assert_string_equal(server.gate.last_cert, "spiffe://test/good");
    wire_close(&first);
    wire_close(&second);
}

static void session__of_one_listener_does_not_resume_on_another(void **state)
{
    (void)state;
    wire_peer first;
    wire_peer second;
    assert_int_equal(request_as(&first, KW_LISTENER_PUBLIC, "good", NULL), 200);
    (void)request_as(&second, KW_LISTENER_ADMIN, "good", first.ticket);
    assert_int_equal(SSL_session_reused(second.ssl), 0);
    wire_close(&first);
    wire_close(&second);
}

static void admin__gives_no_tickets(void **state)
{
    (void)state;
    wire_peer peer;
    assert_int_equal(request_as(&peer, KW_LISTENER_ADMIN, "good", NULL), 404);
    assert_null(peer.ticket);
    wire_close(&peer);
}

/* The rule that ordinary resumption breaks: the certificate is revoked after the ticket was
 * given. */
static void revoked__certificate_neither_connects_nor_resumes(void **state)
{
    (void)state;
    wire_peer first;
    wire_peer second;
    assert_int_equal(request_as(&first, KW_LISTENER_PUBLIC, "cut", NULL), 200);
    assert_non_null(first.ticket);
    write_crl("cut.pem");
    EXPECT_OK(kw_server_reload(server.server, server.listeners, NULL));
    assert_int_equal(kw_server_crls(server.server, KW_LISTENER_PUBLIC)->count, 1);
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, "cut"), 0);
    assert_int_equal(request_as(&second, KW_LISTENER_PUBLIC, "cut", first.ticket), 0);
    wire_close(&second);
    /* Others go on, and their tickets live through the reload. */
    assert_int_equal(request_as(&second, KW_LISTENER_PUBLIC, "good", NULL), 200);
    EXPECT_OK(kw_server_reload(server.server, server.listeners, NULL));
    wire_peer third;
    assert_int_equal(request_as(&third, KW_LISTENER_PUBLIC, "good", second.ticket), 200);
    assert_int_equal(SSL_session_reused(third.ssl), 1);
    wire_close(&first);
    wire_close(&second);
    wire_close(&third);
}

static void write_file(const char *name, const kw_buf *bytes)
{
    EXPECT_OK(kw_file_write_atomic(file_of(name).text, kw_buf_view(bytes), 0644, NULL));
}

/* Lists that are no longer, or not, the authority's are found at the reload, not by every client
 * that is then refused. */
static void reload__refuses_lists_that_are_not_the_authoritys(void **state)
{
    (void)state;
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    memcpy(listeners, server.listeners, sizeof listeners);
    net_certs other = net_certs_make(); /* an authority with the same name */
    KW_AUTO(kw_buf) list = kw_buf_init(4096);
    kw_clock clock = kw_clock_system();
    kw_x509_crl_request request = {.this_update = kw_clock_now_ms(&clock) / 1000 - 1, .days = 1};
    EXPECT_OK(kw_x509_ca_sign_crl(other.ca, &list, &request, NULL));
    write_file("stranger.crl", &list);
    list.len = 0;
    request.this_update += 3600;
    EXPECT_OK(kw_x509_ca_sign_crl(server.certs.ca, &list, &request, NULL));
    write_file("early.crl", &list);
    list.len /= 2;
    write_file("half.crl", &list);
    static const char *const names[] = {"stranger.crl", "early.crl", "half.crl", "absent.crl"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tempdir_path path = file_of(names[i]);
        kw_error err = {0};
        listeners[KW_LISTENER_PUBLIC].crl_file = kw_str_of(path.text);
        const kw_x509_crls *before = kw_server_crls(server.server, KW_LISTENER_PUBLIC);
        EXPECT_STATUS(kw_server_reload(server.server, listeners, &err), KW_CONFIG);
        assert_int_equal(err.status, KW_CONFIG);
        assert_ptr_equal(kw_server_crls(server.server, KW_LISTENER_PUBLIC), before);
        assert_int_equal(status_as(KW_LISTENER_PUBLIC, "good"), 200);
        assert_int_equal(status_as(KW_LISTENER_PUBLIC, "cut"), 0);
    }
    net_certs_drop(&other);
}

/* A list that is too old says nothing about who was revoked since: nobody is let in by it. */
static void reload__takes_an_old_list_and_refuses_everybody(void **state)
{
    (void)state;
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    memcpy(listeners, server.listeners, sizeof listeners);
    KW_AUTO(kw_buf) list = kw_buf_init(4096);
    kw_clock clock = kw_clock_system();
    kw_unix_s now = kw_clock_now_ms(&clock) / 1000;
    kw_x509_crl_request request = {.this_update = now - 3 * 86400, .days = 2};
    EXPECT_OK(kw_x509_ca_sign_crl(server.certs.ca, &list, &request, NULL));
    write_file("old.crl", &list);
    tempdir_path path = file_of("old.crl");
    listeners[KW_LISTENER_PUBLIC].crl_file = kw_str_of(path.text);
    EXPECT_OK(kw_server_reload(server.server, listeners, NULL));
    assert_true(kw_server_crls(server.server, KW_LISTENER_PUBLIC)->next_update <= now);
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, "good"), 0);
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, NULL), 200); /* with an API key, say */
    EXPECT_OK(kw_server_reload(server.server, server.listeners, NULL));
    assert_int_equal(status_as(KW_LISTENER_PUBLIC, "good"), 200);
}

static void crls__are_those_of_the_listener(void **state)
{
    (void)state;
    assert_non_null(kw_server_crls(server.server, KW_LISTENER_ADMIN));
    assert_null(kw_server_crls(server.server, KW_LISTENER_METRICS));
    kw_listener_config config = server.listeners[KW_LISTENER_PUBLIC];
    KW_AUTO_PTR(kw_tls) tls = NULL;
    EXPECT_OK(kw_tls_new(&tls, &config, KW_LISTENER_PUBLIC, NULL, NULL));
    assert_int_equal(kw_tls_crls(tls)->count, 1);
    kw_tls_free(tls);
    tls = NULL;
    config.crl_file = (kw_str){0};
    EXPECT_OK(kw_tls_new(&tls, &config, KW_LISTENER_PUBLIC, NULL, NULL));
    assert_null(kw_tls_crls(tls));
}

static bool connects(const wire_tls *options)
{
    wire_peer peer;
    bool is_up =
        wire_connect_tls(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC), options);
    wire_close(&peer);
    return is_up;
}

static void handshake__takes_tls_1_3_and_known_groups_and_protocols_only(void **state)
{
    (void)state;
    assert_true(connects(&(wire_tls){.groups = "X25519"}));
    assert_true(connects(&(wire_tls){.groups = "P-256"}));
    assert_true(connects(&(wire_tls){.alpn = ""}));
    assert_true(connects(&(wire_tls){.alpn = "h2"}));
    assert_false(connects(&(wire_tls){.version_max = TLS1_2_VERSION}));
    assert_false(connects(&(wire_tls){.groups = "P-384"}));
    assert_false(connects(&(wire_tls){.alpn = "http/1.0"}));
}

static kw_status load(const kw_listener_config *config, kw_error *err)
{
    kw_tls *tls = NULL;
    kw_status st = kw_tls_new(&tls, config, KW_LISTENER_PUBLIC, NULL, err);
    kw_tls_free(tls);
    return st;
}

static void new__names_the_file_that_is_wrong(void **state)
{
    (void)state;
    kw_error err = {0};
    kw_listener_config config = server.listeners[KW_LISTENER_PUBLIC];
    EXPECT_OK(load(&config, &err));
    const struct {
        size_t offset;
        const char *file;
    } cases[] = {{offsetof(kw_listener_config, certificate_file), "absent"},
                 {offsetof(kw_listener_config, certificate_file), "ca.cnf"},
                 {offsetof(kw_listener_config, key_file), "good.key"},
                 {offsetof(kw_listener_config, key_file), "server.pem"},
                 {offsetof(kw_listener_config, client_ca_file), "ca.cnf"},
                 {offsetof(kw_listener_config, crl_file), "ca.cnf"}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        tempdir_path path = file_of(cases[i].file);
        kw_listener_config bad = config;
        *(kw_str *)(void *)((char *)&bad + cases[i].offset) = kw_str_of(path.text);
        err = (kw_error){0};
        EXPECT_STATUS(load(&bad, &err), KW_CONFIG);
        assert_true(strlen(err.text) > 0);
    }
    kw_listener_config no_ca = config;
    no_ca.client_ca_file = (kw_str){0};
    EXPECT_STATUS(load(&no_ca, &err), KW_CONFIG);
    tempdir_path absent = file_of("absent");
    kw_listener_config no_staple = config;
    no_staple.ocsp_file = kw_str_of(absent.text);
    EXPECT_STATUS(load(&no_staple, &err), KW_NOT_FOUND);
}

/* Both ends in this thread, over a pair of memory BIOs. */
static void accept__shakes_hands_and_outlives_its_context(void **state)
{
    (void)state;
    kw_tls *tls = NULL;
    EXPECT_OK(
        kw_tls_new(&tls, &server.listeners[KW_LISTENER_PUBLIC], KW_LISTENER_PUBLIC, NULL, NULL));
    SSL *ours = kw_tls_accept(tls);
    assert_ptr_equal(kw_tls_share(tls), tls);
    kw_tls_free(tls);
    kw_tls_free(tls); /* the last reference: the connection keeps what it needs */
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *theirs = SSL_new(ctx);
    BIO *near_end = NULL;
    BIO *far_end = NULL;
    assert_int_equal(BIO_new_bio_pair(&near_end, 0, &far_end, 0), 1);
    SSL_set_bio(ours, near_end, near_end);
    SSL_set_bio(theirs, far_end, far_end);
    SSL_set_connect_state(theirs);
    assert_int_equal(SSL_set_alpn_protos(theirs, (const unsigned char *)"\x02h2", 3), 0);
    for (int i = 0; i < 10 && !SSL_is_init_finished(ours); i++) {
        (void)SSL_do_handshake(theirs);
        (void)SSL_do_handshake(ours);
    }
    kw_x509_identity identity;
    assert_true(SSL_is_init_finished(ours));
    assert_true(kw_tls_chose_h2(ours));
    assert_false(kw_tls_peer(ours, &identity)); /* it gave no certificate */
    /* What certificate_file holds, not completed from the client CAs. */
    assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(theirs)), 1);
    SSL_free(ours);
    SSL_free(theirs);
    SSL_CTX_free(ctx);
    assert_null(kw_tls_share(NULL));
}

static void new__refuses_a_key_that_others_may_read(void **state)
{
    (void)state;
    kw_error err = {0};
    KW_AUTO(kw_buf) key = kw_buf_init(65536);
    EXPECT_OK(kw_file_read(&key, file_of("server.key").text, NULL));
    tempdir_path path = file_of("open.key");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&key), 0644, NULL));
    kw_listener_config config = server.listeners[KW_LISTENER_PUBLIC];
    config.key_file = kw_str_of(path.text);
    EXPECT_STATUS(load(&config, &err), KW_CONFIG);
    assert_non_null(strstr(err.text, "read"));
}

static void staple__is_sent_to_who_asks(void **state)
{
    (void)state;
    tempdir_path path = file_of("ocsp.der");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("stapled bytes")), 0644, NULL));
    kw_listener_config listeners[KW_LISTENERS_COUNT];
    memcpy(listeners, server.listeners, sizeof listeners);
    listeners[KW_LISTENER_PUBLIC].ocsp_file = kw_str_of(path.text);
    EXPECT_OK(kw_server_reload(server.server, listeners, NULL));
    wire_peer peer;
    const wire_tls options = {.asks_staple = true};
    assert_true(
        wire_connect_tls(&peer, kw_server_port(server.server, KW_LISTENER_PUBLIC), &options));
    const unsigned char *staple = NULL;
    long len = SSL_get_tlsext_status_ocsp_resp(peer.ssl, &staple);
    EXPECT_STR(((kw_str){(const char *)staple, len < 0 ? 0 : (size_t)len}), "stapled bytes");
    wire_close(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer__is_named_by_uri_then_dns_then_key),
        cmocka_unit_test(certificate__that_breaks_a_rule_is_refused),
        cmocka_unit_test(certificate__of_another_ca_is_refused),
        cmocka_unit_test(required__certificate_must_be_there),
        cmocka_unit_test(session__resumes_with_a_ticket),
        cmocka_unit_test(session__of_one_listener_does_not_resume_on_another),
        cmocka_unit_test(admin__gives_no_tickets),
        cmocka_unit_test(revoked__certificate_neither_connects_nor_resumes),
        cmocka_unit_test(reload__refuses_lists_that_are_not_the_authoritys),
        cmocka_unit_test(reload__takes_an_old_list_and_refuses_everybody),
        cmocka_unit_test(crls__are_those_of_the_listener),
        cmocka_unit_test(handshake__takes_tls_1_3_and_known_groups_and_protocols_only),
        cmocka_unit_test(new__names_the_file_that_is_wrong),
        cmocka_unit_test(accept__shakes_hands_and_outlives_its_context),
        cmocka_unit_test(new__refuses_a_key_that_others_may_read),
        cmocka_unit_test(staple__is_sent_to_who_asks),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
