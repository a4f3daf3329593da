/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/x509.h"

#include "base/heap.h"
#include "crypto/x509_read.h"
#include "support/expect.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

enum {
    NOW = 1790000000,
    DAY = 86400
};

static kw_x509_ca *make_ca(void)
{
    kw_x509_ca *ca = NULL;
    EXPECT_OK(kw_x509_ca_new(&ca, "test CA", NOW, 365, NULL));
    return ca;
}

static X509 *read_certificate(const kw_x509_pair *pair)
{
    X509 *certificate = NULL;
    EXPECT_OK(kw_x509_read(&certificate, kw_buf_view(&pair->certificate), NULL));
    return certificate;
}

/* OpenSSL's verdict, X509_V_OK or an error, under its strictest rules. */
static int verdict_of(const kw_x509_ca *ca, X509 *certificate, int purpose, kw_unix_s at)
{
    KW_AUTO(kw_x509_pair) own = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &own, NULL));
    KW_AUTO_PTR(X509) root = read_certificate(&own);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_add_cert(store, root), 1);
    assert_int_equal(X509_STORE_CTX_init(ctx, store, certificate, NULL), 1);
    X509_STORE_CTX_set_purpose(ctx, purpose);
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)at);
    (void)X509_verify_cert(ctx);
    int verdict = X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return verdict;
}

static kw_x509_request server_request(void)
{
    return (kw_x509_request){.common_name = "server",
                             .use = KW_X509_SERVER,
                             .names = {"DNS:localhost", "IP:127.0.0.1", "IP:::1"},
                             .names_count = 3,
                             .not_before = NOW,
                             .days = 30};
}

static void issue__makes_certificates_that_openssl_accepts(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = server_request();
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
    KW_AUTO_PTR(X509) certificate = read_certificate(&pair);
    assert_int_equal(verdict_of(ca, certificate, X509_PURPOSE_SSL_SERVER, NOW + DAY), X509_V_OK);
    assert_int_equal(X509_check_host(certificate, "localhost", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(certificate, "127.0.0.1", 0), 1);
    assert_int_equal(X509_check_ip_asc(certificate, "::1", 0), 1);
    assert_int_equal(X509_check_host(certificate, "server", 0, 0, NULL), 0);
    KW_AUTO_PTR(EVP_PKEY) key = NULL;
    EXPECT_OK(kw_x509_read_key(&key, kw_secret_bytes_view(&pair.key), NULL));
    assert_int_equal(X509_check_private_key(certificate, key), 1);
}

static void issue__makes_certificates_for_one_use_and_time(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO_PTR(kw_x509_ca) other = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = server_request();
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
    KW_AUTO_PTR(X509) certificate = read_certificate(&pair);
    assert_int_equal(verdict_of(ca, certificate, X509_PURPOSE_SSL_CLIENT, NOW + DAY),
                     X509_V_ERR_INVALID_PURPOSE);
    assert_int_equal(verdict_of(ca, certificate, X509_PURPOSE_SSL_SERVER, NOW + 31 * DAY),
                     X509_V_ERR_CERT_HAS_EXPIRED);
    assert_int_equal(verdict_of(ca, certificate, X509_PURPOSE_SSL_SERVER, NOW - DAY),
                     X509_V_ERR_CERT_NOT_YET_VALID);
    assert_int_not_equal(verdict_of(other, certificate, X509_PURPOSE_SSL_SERVER, NOW + DAY),
                         X509_V_OK);
}

static void open__goes_on_with_an_exported_ca(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) own = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &own, NULL));
    KW_AUTO_PTR(kw_x509_ca) again = NULL;
    EXPECT_OK(kw_x509_ca_open(&again, kw_buf_view(&own.certificate), kw_secret_bytes_view(&own.key),
                              NULL));
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = server_request();
    EXPECT_OK(kw_x509_ca_issue(again, &pair, &request, NULL));
    KW_AUTO_PTR(X509) certificate = read_certificate(&pair);
    assert_int_equal(verdict_of(ca, certificate, X509_PURPOSE_SSL_SERVER, NOW + DAY), X509_V_OK);
}

static void open__refuses_strange_keys_and_leaf_certificates(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO_PTR(kw_x509_ca) other = make_ca();
    KW_AUTO(kw_x509_pair) own = {0};
    KW_AUTO(kw_x509_pair) others = {0};
    KW_AUTO(kw_x509_pair) leaf = {0};
    kw_x509_request request = server_request();
    EXPECT_OK(kw_x509_ca_export(ca, &own, NULL));
    EXPECT_OK(kw_x509_ca_export(other, &others, NULL));
    EXPECT_OK(kw_x509_ca_issue(ca, &leaf, &request, NULL));
    kw_x509_ca *none = NULL;
    EXPECT_STATUS(kw_x509_ca_open(&none, kw_buf_view(&own.certificate),
                                  kw_secret_bytes_view(&others.key), NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_ca_open(&none, kw_buf_view(&leaf.certificate),
                                  kw_secret_bytes_view(&leaf.key), NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_ca_open(&none, kw_buf_view(&own.certificate),
                                  kw_secret_span_of((kw_span){0}), NULL),
                  KW_BAD_INPUT);
    assert_null(none);
    assert_int_equal(ERR_peek_error(), 0);
}

static void pair_check__takes_the_key_of_the_certificate(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    KW_AUTO(kw_x509_pair) one = {0};
    KW_AUTO(kw_x509_pair) other = {0};
    EXPECT_OK(kw_x509_ca_new(&ca, "test", 0, 1, NULL));
    EXPECT_OK(kw_x509_ca_export(ca, &one, NULL));
    const kw_x509_request request = {.common_name = "leaf",
                                     .use = KW_X509_PEER,
                                     .names = {"DNS:a"},
                                     .names_count = 1,
                                     .days = 1};
    EXPECT_OK(kw_x509_ca_issue(ca, &other, &request, NULL));
    EXPECT_OK(
        kw_x509_pair_check(kw_buf_view(&one.certificate), kw_secret_bytes_view(&one.key), NULL));
    EXPECT_OK(kw_x509_pair_check(kw_buf_view(&other.certificate), kw_secret_bytes_view(&other.key),
                                 NULL));
    EXPECT_STATUS(
        kw_x509_pair_check(kw_buf_view(&one.certificate), kw_secret_bytes_view(&other.key), NULL),
        KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_pair_check(kw_buf_view(&one.certificate), (kw_secret_span){0}, NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_pair_check((kw_span){0}, kw_secret_bytes_view(&one.key), NULL),
                  KW_BAD_INPUT);
}

static void issue__refuses_bad_requests(void **state)
{
    (void)state;
    static const char *const bad[] = {"localhost", "DNS:",      "IP:localhost",
                                      "IP:1.2.3",  "email:a@b", "dns:localhost",
                                      "URI:",      "",          "RID:1.2.3"};
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_x509_request request = server_request();
        request.names[1] = bad[i];
        EXPECT_STATUS(kw_x509_ca_issue(ca, &pair, &request, NULL), KW_BAD_INPUT);
    }
    kw_x509_request request = server_request();
    request.names_count = KW_X509_NAMES_MAX + 1;
    EXPECT_STATUS(kw_x509_ca_issue(ca, &pair, &request, NULL), KW_BAD_INPUT);
    request = server_request();
    request.days = 0;
    EXPECT_STATUS(kw_x509_ca_issue(ca, &pair, &request, NULL), KW_BAD_INPUT);
    request = server_request();
    request.common_name = "";
    EXPECT_STATUS(kw_x509_ca_issue(ca, &pair, &request, NULL), KW_BAD_INPUT);
    assert_null(pair.certificate.ptr);
    assert_null(pair.key.secret);
    kw_x509_ca *none = NULL;
    EXPECT_STATUS(kw_x509_ca_new(&none, "", NOW, 1, NULL), KW_BAD_INPUT);
}

/* A comma or a newline in a name is data, not another extension. */
static void issue__does_not_read_names_as_configuration(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = server_request();
    request.names[0] = "DNS:a.example,DNS:evil.example";
    request.names_count = 1;
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
    KW_AUTO_PTR(X509) certificate = read_certificate(&pair);
    assert_int_equal(X509_check_host(certificate, "evil.example", 0, 0, NULL), 0);
    kw_x509_identity identity;
    EXPECT_OK(kw_x509_identity_of(&identity, certificate, NULL));
    assert_string_equal(identity.text, "a.example,DNS:evil.example");
}

static void ca__reports_missing_memory(void **state)
{
    (void)state;
    kw_x509_ca *none = NULL;
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_x509_ca_new(&none, "test CA", NOW, 1, NULL), KW_NO_MEMORY);
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_x509_ca_export(ca, &pair, NULL), KW_NO_MEMORY);
    assert_null(pair.certificate.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pair_check__takes_the_key_of_the_certificate),
        cmocka_unit_test(issue__makes_certificates_that_openssl_accepts),
        cmocka_unit_test(issue__makes_certificates_for_one_use_and_time),
        cmocka_unit_test(open__goes_on_with_an_exported_ca),
        cmocka_unit_test(open__refuses_strange_keys_and_leaf_certificates),
        cmocka_unit_test(issue__refuses_bad_requests),
        cmocka_unit_test(issue__does_not_read_names_as_configuration),
        cmocka_unit_test(ca__reports_missing_memory),
    };
    return cmocka_run_group_tests_name("crypto/x509_ca", tests, NULL, NULL);
}
