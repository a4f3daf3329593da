/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/x509.h"

#include "crypto/x509_read.h"
#include "support/expect.h"

#include <openssl/x509v3.h>

enum {
    NOW = 1790000000,
    DAY = 86400
};

static kw_x509_request request_of(kw_x509_use use)
{
    return (kw_x509_request){
        .common_name = "peer.example", .use = use, .not_before = NOW, .days = 30};
}

static kw_x509_ca *make_ca(void)
{
    kw_x509_ca *ca = NULL;
    EXPECT_OK(kw_x509_ca_new(&ca, "test CA", NOW, 365, NULL));
    return ca;
}

static kw_x509_identity identity_of(const kw_x509_request *request)
{
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, request, NULL));
    kw_x509_identity identity;
    EXPECT_OK(kw_x509_identity_parse(&identity, kw_buf_view(&pair.certificate), NULL));
    return identity;
}

static void identity_parse__takes_uri_then_dns_then_key(void **state)
{
    (void)state;
    kw_x509_request request = request_of(KW_X509_CLIENT);
    request.names[0] = "IP:127.0.0.1";
    request.names[1] = "DNS:a.example";
    request.names[2] = "DNS:b.example";
    request.names[3] = "URI:spiffe://example/org-a";
    request.names[4] = "URI:spiffe://example/org-b";
    request.names_count = 5;
    kw_x509_identity identity = identity_of(&request);
    assert_int_equal(identity.kind, KW_X509_IDENTITY_URI);
    assert_string_equal(identity.text, "spiffe://example/org-a");
    request.names_count = 3;
    identity = identity_of(&request);
    assert_int_equal(identity.kind, KW_X509_IDENTITY_DNS);
    assert_string_equal(identity.text, "a.example");
}

static void identity_parse__never_takes_the_common_name(void **state)
{
    (void)state;
    kw_x509_request request = request_of(KW_X509_CLIENT);
    for (request.names_count = 0; request.names_count < 2; request.names_count++) {
        request.names[0] = "IP:127.0.0.1";
        kw_x509_identity identity = identity_of(&request);
        assert_int_equal(identity.kind, KW_X509_IDENTITY_SPKI);
        assert_memory_equal(identity.text, "sha256:", 7);
        assert_int_equal(strlen(identity.text), 7 + 64);
        assert_null(strstr(identity.text, "peer"));
    }
}

static void identity_parse__hashes_the_public_key(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = request_of(KW_X509_CLIENT);
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
    KW_AUTO_PTR(X509) certificate = NULL;
    EXPECT_OK(kw_x509_read(&certificate, kw_buf_view(&pair.certificate), NULL));
    /* The oracle is OpenSSL's own digest of the same structure. */
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(X509_get0_pubkey(certificate), &der);
    assert_true(len > 0);
    uint8_t wanted[32];
    assert_int_equal(EVP_Digest(der, (size_t)len, wanted, NULL, EVP_sha256(), NULL), 1);
    OPENSSL_free(der);
    kw_x509_identity identity;
    EXPECT_OK(kw_x509_identity_of(&identity, certificate, NULL));
    EXPECT_SPAN(KW_SPAN(identity.spki.bytes), KW_SPAN(wanted));
}

/* A certificate that carries one alternative name with just these bytes. */
static kw_status identity_with_name(int type, const char *bytes, size_t len)
{
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = request_of(KW_X509_CLIENT);
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
    KW_AUTO_PTR(X509) certificate = NULL;
    EXPECT_OK(kw_x509_read(&certificate, kw_buf_view(&pair.certificate), NULL));
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    assert_int_equal(ASN1_STRING_set(text, bytes, (int)len), 1);
    GENERAL_NAME_set0_value(name, type, text);
    assert_true(sk_GENERAL_NAME_push(names, name) > 0);
    assert_int_equal(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0), 1);
    GENERAL_NAMES_free(names);
    kw_x509_identity identity;
    return kw_x509_identity_of(&identity, certificate, NULL);
}

static void identity_of__refuses_names_that_could_deceive(void **state)
{
    (void)state;
    char longest[KW_X509_IDENTITY_BYTES_MAX + 1];
    memset(longest, 'a', sizeof longest);
    EXPECT_OK(identity_with_name(GEN_URI, longest, KW_X509_IDENTITY_BYTES_MAX));
    EXPECT_STATUS(identity_with_name(GEN_URI, longest, sizeof longest), KW_BAD_INPUT);
    EXPECT_OK(identity_with_name(GEN_DNS, "good.example", 12));
    EXPECT_STATUS(identity_with_name(GEN_DNS, "good.example\0.evil", 18), KW_BAD_INPUT);
    EXPECT_STATUS(identity_with_name(GEN_DNS, "", 0), KW_BAD_INPUT);
    EXPECT_STATUS(identity_with_name(GEN_URI, "spiffe://a b", 12), KW_BAD_INPUT);
    EXPECT_STATUS(identity_with_name(GEN_URI, "spiffe://a\n", 11), KW_BAD_INPUT);
    EXPECT_STATUS(identity_with_name(GEN_URI, "spiffe://\xc3\xa4", 11), KW_BAD_INPUT);
}

static void identity_parse__refuses_what_is_no_certificate(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "text", "-----BEGIN CERTIFICATE-----\n", "0\x03\x02\x01\x01",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_x509_identity identity;
        kw_unix_s end = 7;
        kw_span bytes = kw_span_of_str(kw_str_of(bad[i]));
        EXPECT_STATUS(kw_x509_identity_parse(&identity, bytes, NULL), KW_BAD_INPUT);
        EXPECT_STATUS(kw_x509_not_after(&end, bytes, NULL), KW_BAD_INPUT);
        assert_int_equal(end, 7);
    }
}

static void is_client__needs_the_extended_key_usage(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    static const kw_x509_use uses[] = {KW_X509_SERVER, KW_X509_CLIENT};
    for (size_t i = 0; i < KW_COUNT(uses); i++) {
        KW_AUTO(kw_x509_pair) pair = {0};
        kw_x509_request request = request_of(uses[i]);
        EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
        KW_AUTO_PTR(X509) certificate = NULL;
        EXPECT_OK(kw_x509_read(&certificate, kw_buf_view(&pair.certificate), NULL));
        assert_int_equal(kw_x509_is_client(certificate), uses[i] == KW_X509_CLIENT);
        assert_int_equal(kw_x509_is_server(certificate), uses[i] == KW_X509_SERVER);
    }
    KW_AUTO(kw_x509_pair) own = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &own, NULL));
    KW_AUTO_PTR(X509) certificate = NULL;
    EXPECT_OK(kw_x509_read(&certificate, kw_buf_view(&own.certificate), NULL));
    assert_false(kw_x509_is_client(certificate)); /* no extension: nothing */
    assert_false(kw_x509_is_server(certificate));
}

static void check_peer__wants_both_uses(void **state)
{
    (void)state;
    static const struct {
        kw_x509_use use;
        kw_status wanted;
    } rows[] = {{KW_X509_PEER, KW_OK}, {KW_X509_SERVER, KW_REFUSED}, {KW_X509_CLIENT, KW_REFUSED}};
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_x509_pair) pair = {0};
        kw_x509_request request = request_of(rows[i].use);
        EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
        EXPECT_STATUS(kw_x509_check_peer(kw_buf_view(&pair.certificate), NULL), rows[i].wanted);
    }
    KW_AUTO(kw_x509_pair) own = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &own, NULL));
    EXPECT_STATUS(kw_x509_check_peer(kw_buf_view(&own.certificate), NULL), KW_REFUSED);
    EXPECT_STATUS(kw_x509_check_peer((kw_span){0}, NULL), KW_BAD_INPUT);
}

static void not_after__is_the_end_that_was_asked_for(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_x509_ca) ca = make_ca();
    KW_AUTO(kw_x509_pair) pair = {0};
    kw_x509_request request = request_of(KW_X509_CLIENT);
    EXPECT_OK(kw_x509_ca_issue(ca, &pair, &request, NULL));
    kw_unix_s end = 0;
    EXPECT_OK(kw_x509_not_after(&end, kw_buf_view(&pair.certificate), NULL));
    assert_int_equal(end, NOW + 30 * DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_parse__takes_uri_then_dns_then_key),
        cmocka_unit_test(identity_parse__never_takes_the_common_name),
        cmocka_unit_test(identity_parse__hashes_the_public_key),
        cmocka_unit_test(identity_of__refuses_names_that_could_deceive),
        cmocka_unit_test(identity_parse__refuses_what_is_no_certificate),
        cmocka_unit_test(is_client__needs_the_extended_key_usage),
        cmocka_unit_test(check_peer__wants_both_uses),
        cmocka_unit_test(not_after__is_the_end_that_was_asked_for),
    };
    return cmocka_run_group_tests_name("crypto/x509", tests, NULL, NULL);
}
