/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/x509_read.h"

#include "crypto/x509.h"
#include "support/expect.h"

#include <openssl/err.h>

enum {
    NOW = 1790000000
};

static kw_x509_pair make_pair(void)
{
    KW_AUTO_PTR(kw_x509_ca) ca = NULL;
    EXPECT_OK(kw_x509_ca_new(&ca, "test CA", NOW, 365, NULL));
    kw_x509_pair pair = {0};
    EXPECT_OK(kw_x509_ca_export(ca, &pair, NULL));
    return pair;
}

static void read__takes_pem_and_der(void **state)
{
    (void)state;
    KW_AUTO(kw_x509_pair) pair = make_pair();
    KW_AUTO_PTR(X509) from_pem = NULL;
    EXPECT_OK(kw_x509_read(&from_pem, kw_buf_view(&pair.certificate), NULL));
    unsigned char *der = NULL;
    int len = i2d_X509(from_pem, &der);
    assert_true(len > 0);
    KW_AUTO_PTR(X509) from_der = NULL;
    EXPECT_OK(kw_x509_read(&from_der, (kw_span){der, (size_t)len}, NULL));
    assert_int_equal(X509_cmp(from_pem, from_der), 0);
    KW_AUTO_PTR(EVP_PKEY) key = NULL;
    EXPECT_OK(kw_x509_read_key(&key, kw_secret_bytes_view(&pair.key), NULL));
    assert_int_equal(X509_check_private_key(from_pem, key), 1);
    OPENSSL_free(der);
}

static void read__refuses_cut_and_trailing_der(void **state)
{
    (void)state;
    KW_AUTO(kw_x509_pair) pair = make_pair();
    KW_AUTO_PTR(X509) certificate = NULL;
    EXPECT_OK(kw_x509_read(&certificate, kw_buf_view(&pair.certificate), NULL));
    unsigned char *der = NULL;
    int len = i2d_X509(certificate, &der);
    assert_true(len > 0);
    KW_AUTO(kw_buf) longer = kw_buf_init(4096);
    EXPECT_OK(kw_buf_append(&longer, (kw_span){der, (size_t)len}));
    EXPECT_OK(kw_buf_append_byte(&longer, 0));
    X509 *none = NULL;
    EXPECT_STATUS(kw_x509_read(&none, kw_buf_view(&longer), NULL), KW_BAD_INPUT);
    for (size_t cut = 0; cut < (size_t)len; cut++) {
        EXPECT_STATUS(kw_x509_read(&none, (kw_span){der, cut}, NULL), KW_BAD_INPUT);
    }
    assert_null(none);
    OPENSSL_free(der);
}

static void read_key__refuses_what_is_no_key(void **state)
{
    (void)state;
    KW_AUTO(kw_x509_pair) pair = make_pair();
    EVP_PKEY *none = NULL;
    static const char encrypted[] =
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
        "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n"
        "-----END EC PRIVATE KEY-----\n";
    EXPECT_STATUS(kw_x509_read_key(&none, kw_secret_span_of(KW_SPAN(encrypted)), NULL),
                  KW_BAD_INPUT); /* without asking the terminal */
    EXPECT_STATUS(kw_x509_read_key(&none, kw_secret_span_of(kw_buf_view(&pair.certificate)), NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read_key(&none, kw_secret_span_of((kw_span){0}), NULL), KW_BAD_INPUT);
    assert_null(none);
}

/* TLS code on this thread would take a left-over error for its own. */
static void read__leaves_no_error_behind(void **state)
{
    (void)state;
    X509 *none = NULL;
    ERR_clear_error();
    EXPECT_STATUS(kw_x509_read(&none, kw_span_of_str(KW_STR("0 is no certificate")), NULL),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read(&none, kw_span_of_str(KW_STR("nor is this")), NULL), KW_BAD_INPUT);
    assert_int_equal(ERR_peek_error(), 0);
}

static void read_all__takes_every_certificate(void **state)
{
    (void)state;
    KW_AUTO(kw_x509_pair) one = make_pair();
    KW_AUTO(kw_x509_pair) two = make_pair();
    KW_AUTO(kw_buf) bundle = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append(&bundle, kw_buf_view(&one.certificate)));
    EXPECT_OK(kw_buf_append_str(&bundle, KW_STR("# the next\n")));
    EXPECT_OK(kw_buf_append(&bundle, kw_buf_view(&two.certificate)));
    KW_AUTO_PTR(kw_x509_stack) stack = NULL;
    EXPECT_OK(kw_x509_read_all(&stack, kw_buf_view(&bundle), NULL));
    assert_int_equal(sk_X509_num(stack), 2);
    kw_x509_stack *none = NULL;
    EXPECT_STATUS(kw_x509_read_all(&none, (kw_span){0}, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read_all(&none, kw_span_of_str(KW_STR("nothing")), NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read_all(&none, (kw_span){bundle.ptr, (1 << 20) + 1}, NULL),
                  KW_BAD_INPUT);
    assert_null(none);
    assert_int_equal(ERR_peek_error(), 0);
}

static void read_crls__refuses_what_is_no_list(void **state)
{
    (void)state;
    KW_AUTO(kw_x509_pair) pair = make_pair();
    kw_x509_crl_stack *none = NULL;
    EXPECT_STATUS(kw_x509_read_crls(&none, (kw_span){0}, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read_crls(&none, kw_span_of_str(KW_STR(" \n")), NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read_crls(&none, kw_span_of_str(KW_STR("0 no DER")), NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_x509_read_crls(&none, kw_buf_view(&pair.certificate), NULL), KW_BAD_INPUT);
    assert_null(none);
    assert_int_equal(ERR_peek_error(), 0);
}

static void read_time__takes_moments_that_exist(void **state)
{
    (void)state;
    static const struct {
        const char *text; /* YYMMDDhhmmssZ or YYYYMMDDhhmmssZ */
        bool is_one;
        kw_unix_s at;
    } cases[] = {{"700101000000Z", true, 0},
                 {"20260131235959Z", true, 1769903999},
                 {"19000101000000Z", true, -2208988800},
                 {"260230000000Z", false, 0},
                 {"26013", false, 0},
                 {"", false, 0}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        ASN1_TIME *time = ASN1_STRING_type_new(strlen(cases[i].text) > 13 ? V_ASN1_GENERALIZEDTIME
                                                                          : V_ASN1_UTCTIME);
        assert_int_equal(ASN1_STRING_set(time, cases[i].text, -1), 1);
        kw_unix_s at = 0;
        assert_int_equal(kw_x509_read_time(&at, time), cases[i].is_one);
        assert_int_equal(at, cases[i].at);
        ASN1_STRING_free(time);
    }
    kw_unix_s at = 0;
    assert_false(kw_x509_read_time(&at, NULL));
    ERR_clear_error();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__takes_pem_and_der),
        cmocka_unit_test(read__refuses_cut_and_trailing_der),
        cmocka_unit_test(read_key__refuses_what_is_no_key),
        cmocka_unit_test(read__leaves_no_error_behind),
        cmocka_unit_test(read_all__takes_every_certificate),
        cmocka_unit_test(read_crls__refuses_what_is_no_list),
        cmocka_unit_test(read_time__takes_moments_that_exist),
    };
    return cmocka_run_group_tests_name("crypto/x509_read", tests, NULL, NULL);
}
