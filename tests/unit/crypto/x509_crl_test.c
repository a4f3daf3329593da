/* SPDX-License-Identifier: Apache-2.0
 * Revocation lists: what is taken, and each way in which a list is none. */
#include "crypto/x509_crl.h"

#include "crypto/x509.h"
#include "crypto/x509_read.h"
#include "support/expect.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum {
    NOW = 1790000000,
    DAY = 86400
};

/* An authority and what checks its lists. */
typedef struct bench {
    kw_x509_ca *ca;
    kw_x509_pair own;
    EVP_PKEY *key;
} bench;

static void bench_drop(bench *b)
{
    EVP_PKEY_free(b->key);
    kw_x509_pair_drop(&b->own);
    kw_x509_ca_free(b->ca);
}

static bench bench_make(const char *name)
{
    bench b = {0};
    EXPECT_OK(kw_x509_ca_new(&b.ca, name, NOW - 10 * DAY, 365, NULL));
    EXPECT_OK(kw_x509_ca_export(b.ca, &b.own, NULL));
    EXPECT_OK(kw_x509_read_key(&b.key, kw_secret_bytes_view(&b.own.key), NULL));
    return b;
}

static kw_x509_revoked revoked(const char *serial, kw_unix_s at)
{
    kw_x509_revoked entry = {.at = at};
    (void)snprintf(entry.serial.text, sizeof entry.serial.text, "%s", serial);
    return entry;
}

/* Appends a list of these entries that begins at NOW - 1 day and lives 7 days. */
static void sign(const bench *b, kw_buf *out, const kw_x509_revoked *items, size_t count)
{
    kw_x509_crl_request request = {
        .items = items, .count = count, .this_update = NOW - DAY, .days = 7};
    EXPECT_OK(kw_x509_ca_sign_crl(b->ca, out, &request, NULL));
}

static kw_status parse(const bench *b, kw_x509_crls *out, kw_span lists)
{
    kw_error err = {0};
    kw_status st = kw_x509_crls_parse(out, lists, kw_buf_view(&b->own.certificate), NOW, &err);
    assert_int_equal(err.status, st);
    assert_int_equal(ERR_peek_error(), 0);
    return st;
}

static kw_status verdict(const bench *b, kw_span lists)
{
    KW_AUTO(kw_x509_crls) crls = {0};
    return parse(b, &crls, lists);
}

/* The DER of the first PEM list. */
static kw_buf der_of(const kw_buf *pem)
{
    KW_AUTO_PTR(kw_x509_crl_stack) lists = NULL;
    EXPECT_OK(kw_x509_read_crls(&lists, kw_buf_view(pem), NULL));
    unsigned char *der = NULL;
    int len = i2d_X509_CRL(sk_X509_CRL_value(lists, 0), &der);
    assert_true(len > 0);
    kw_buf out = kw_buf_init(1 << 20);
    EXPECT_OK(kw_buf_append(&out, (kw_span){der, (size_t)len}));
    OPENSSL_free(der);
    return out;
}

static void crls_parse__gives_sorted_serials_and_moments(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    const kw_x509_revoked items[] = {revoked("ff", NOW - 5), revoked("0a", NOW - 6),
                                     revoked("100", NOW - 7),
                                     revoked("7fffffffffffffffffffffffffffffffffffffff", NOW - 8)};
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    sign(&b, &pem, items, KW_COUNT(items));
    KW_AUTO(kw_buf) der = der_of(&pem);
    const kw_span forms[] = {kw_buf_view(&pem), kw_buf_view(&der)};
    for (size_t i = 0; i < KW_COUNT(forms); i++) {
        KW_AUTO(kw_x509_crls) crls = {0};
        EXPECT_OK(parse(&b, &crls, forms[i]));
        assert_int_equal(crls.count, 4);
        assert_string_equal(crls.items[0].serial.text, "100");
        assert_string_equal(crls.items[1].serial.text, items[3].serial.text);
        assert_string_equal(crls.items[2].serial.text, "a"); /* no leading zero */
        assert_string_equal(crls.items[3].serial.text, "ff");
        assert_int_equal(crls.items[0].at, NOW - 7);
        assert_int_equal(crls.next_update, NOW + 6 * DAY);
        assert_true(kw_x509_crls_has(&crls, &crls.items[2].serial));
        assert_true(kw_x509_crls_has(&crls, &items[0].serial));
        assert_false(kw_x509_crls_has(&crls, &(kw_x509_serial){"0a"}));
        assert_false(kw_x509_crls_has(&crls, &(kw_x509_serial){"fff"}));
    }
}

static void crls_parse__takes_lists_of_several_authorities(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA 1");
    KW_AUTO(bench) other = bench_make("CA 2");
    const kw_x509_revoked first[] = {revoked("1", NOW - 5), revoked("2", NOW - 5)};
    const kw_x509_revoked second[] = {revoked("2", NOW - 9), revoked("3", NOW - 5)};
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append_str(&pem, KW_STR("words of a person\n")));
    sign(&b, &pem, first, 2);
    sign(&other, &pem, second, 2);
    EXPECT_OK(kw_buf_append_str(&pem, KW_STR(" \r\n\n")));
    EXPECT_STATUS(verdict(&b, kw_buf_view(&pem)), KW_BAD_INPUT); /* the second is a stranger's */
    KW_AUTO(kw_buf) both = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append(&both, kw_buf_view(&other.own.certificate)));
    EXPECT_OK(kw_buf_append(&both, kw_buf_view(&b.own.certificate)));
    KW_AUTO(kw_x509_crls) crls = {0};
    EXPECT_OK(kw_x509_crls_parse(&crls, kw_buf_view(&pem), kw_buf_view(&both), NOW, NULL));
    assert_int_equal(crls.count, 3);
    assert_string_equal(crls.items[1].serial.text, "2");
    assert_int_equal(crls.items[1].at, NOW - 9); /* the earliest */
}

static void crls_parse__takes_an_empty_and_an_old_list(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    sign(&b, &pem, NULL, 0);
    KW_AUTO(kw_x509_crls) crls = {0};
    EXPECT_OK(kw_x509_crls_parse(&crls, kw_buf_view(&pem), kw_buf_view(&b.own.certificate),
                                 NOW + 30 * DAY, NULL));
    assert_int_equal(crls.count, 0);
    assert_int_equal(crls.next_update, NOW + 6 * DAY); /* which the caller compares */
    kw_x509_crls_drop(&crls);
    EXPECT_STATUS(kw_x509_crls_parse(&crls, kw_buf_view(&pem), kw_buf_view(&b.own.certificate),
                                     NOW - 2 * DAY, NULL),
                  KW_BAD_INPUT); /* it has not begun */
    assert_null(crls.items);
}

static void crls_parse__refuses_other_signers(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(bench) namesake = bench_make("CA");
    KW_AUTO(bench) stranger = bench_make("stranger");
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    const kw_x509_revoked item = revoked("1", NOW - 5);
    sign(&b, &pem, &item, 1);
    EXPECT_OK(verdict(&b, kw_buf_view(&pem)));
    EXPECT_STATUS(verdict(&namesake, kw_buf_view(&pem)), KW_BAD_INPUT); /* bad signature */
    EXPECT_STATUS(verdict(&stranger, kw_buf_view(&pem)), KW_BAD_INPUT); /* wrong issuer */

    /* Both namesakes are authorities, as while one follows the other. */
    KW_AUTO(kw_buf) both = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append(&both, kw_buf_view(&namesake.own.certificate)));
    EXPECT_OK(kw_buf_append(&both, kw_buf_view(&b.own.certificate)));
    KW_AUTO(kw_x509_crls) crls = {0};
    EXPECT_OK(kw_x509_crls_parse(&crls, kw_buf_view(&pem), kw_buf_view(&both), NOW, NULL));
    EXPECT_STATUS(
        kw_x509_crls_parse(&crls, kw_buf_view(&pem), kw_span_of_str(KW_STR("none")), NOW, NULL),
        KW_BAD_INPUT);
}

/* A leaf with the authority's name and key usage of a leaf signs nothing. */
static void crls_parse__refuses_a_signer_that_is_no_authority(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_x509_pair) leaf = {0};
    kw_x509_request request = {
        .common_name = "CA", .use = KW_X509_CLIENT, .not_before = NOW - DAY, .days = 10};
    EXPECT_OK(kw_x509_ca_issue(b.ca, &leaf, &request, NULL));
    KW_AUTO_PTR(EVP_PKEY) key = NULL;
    EXPECT_OK(kw_x509_read_key(&key, kw_secret_bytes_view(&leaf.key), NULL));
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    sign(&b, &pem, NULL, 0);
    KW_AUTO_PTR(kw_x509_crl_stack) lists = NULL;
    EXPECT_OK(kw_x509_read_crls(&lists, kw_buf_view(&pem), NULL));
    X509_CRL *list = sk_X509_CRL_value(lists, 0);
    assert_true(X509_CRL_sign(list, key, EVP_sha256()) > 0);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509_CRL(bio, list), 1);
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    KW_AUTO(kw_x509_crls) crls = {0};
    EXPECT_STATUS(kw_x509_crls_parse(&crls, (kw_span){(uint8_t *)text, (size_t)len},
                                     kw_buf_view(&leaf.certificate), NOW, NULL),
                  KW_BAD_INPUT);
    BIO_free(bio);
}

static void crls_parse__refuses_every_cut_and_what_follows(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    const kw_x509_revoked item = revoked("1", NOW - 5);
    sign(&b, &pem, &item, 1);
    KW_AUTO(kw_buf) der = der_of(&pem);
    for (size_t len = 0; len < der.len; len++) {
        EXPECT_STATUS(verdict(&b, (kw_span){der.ptr, len}), KW_BAD_INPUT);
    }
    for (size_t len = 0; len + 1 < pem.len; len++) { /* without the last LF it is whole */
        EXPECT_STATUS(verdict(&b, (kw_span){pem.ptr, len}), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_buf_append_byte(&der, 0));
    EXPECT_STATUS(verdict(&b, kw_buf_view(&der)), KW_BAD_INPUT);
    size_t whole = pem.len;
    static const char *const behind[] = {"x", "-----BEGIN X509 CRL-----\n", "\n\nwords\n"};
    for (size_t i = 0; i < KW_COUNT(behind); i++) {
        pem.len = whole;
        EXPECT_OK(kw_buf_append_str(&pem, kw_str_of(behind[i])));
        EXPECT_STATUS(verdict(&b, kw_buf_view(&pem)), KW_BAD_INPUT);
    }
    EXPECT_STATUS(verdict(&b, kw_buf_view(&b.own.certificate)), KW_BAD_INPUT); /* another object */
}

static void crls_parse__refuses_every_changed_byte(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    const kw_x509_revoked item = revoked("12345678", NOW - 5);
    sign(&b, &pem, &item, 1);
    KW_AUTO(kw_buf) der = der_of(&pem);
    for (size_t i = 0; i < der.len; i++) {
        der.ptr[i] ^= 1;
        EXPECT_STATUS(verdict(&b, kw_buf_view(&der)), KW_BAD_INPUT);
        der.ptr[i] ^= 1;
    }
    EXPECT_OK(verdict(&b, kw_buf_view(&der)));
}

static void crls_parse__refuses_too_much(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_buf) pem = kw_buf_init(KW_X509_CRL_BYTES_MAX + 1);
    kw_x509_revoked *items = calloc(KW_X509_REVOKED_MAX + 1, sizeof *items);
    assert_non_null(items);
    for (unsigned i = 0; i <= KW_X509_REVOKED_MAX; i++) {
        (void)snprintf(items[i].serial.text, sizeof items[i].serial.text, "%x", i + 1);
        items[i].at = NOW - 5;
    }
    sign(&b, &pem, items, KW_X509_REVOKED_MAX + 1);
    EXPECT_STATUS(verdict(&b, kw_buf_view(&pem)), KW_LIMIT);
    pem.len = 0;
    sign(&b, &pem, items, KW_X509_REVOKED_MAX);
    EXPECT_OK(verdict(&b, kw_buf_view(&pem)));
    free(items);
    pem.len = 0;
    EXPECT_OK(kw_buf_reserve(&pem, KW_X509_CRL_BYTES_MAX + 1));
    memset(pem.ptr, ' ', KW_X509_CRL_BYTES_MAX + 1);
    EXPECT_STATUS(verdict(&b, (kw_span){pem.ptr, KW_X509_CRL_BYTES_MAX + 1}), KW_LIMIT);
    EXPECT_STATUS(verdict(&b, (kw_span){pem.ptr, KW_X509_CRL_BYTES_MAX}), KW_BAD_INPUT);
}

/* ---- lists that the development CA does not write ---- */

static X509_CRL *begin_list(const bench *b)
{
    X509_CRL *list = X509_CRL_new();
    KW_AUTO_PTR(X509) ca = NULL;
    EXPECT_OK(kw_x509_read(&ca, kw_buf_view(&b->own.certificate), NULL));
    ASN1_TIME *at = ASN1_TIME_set(NULL, NOW - DAY);
    ASN1_TIME *next = ASN1_TIME_set(NULL, NOW + DAY);
    assert_int_equal(X509_CRL_set_version(list, 1), 1);
    assert_int_equal(X509_CRL_set_issuer_name(list, X509_get_subject_name(ca)), 1);
    assert_int_equal(X509_CRL_set1_lastUpdate(list, at), 1);
    assert_int_equal(X509_CRL_set1_nextUpdate(list, next), 1);
    ASN1_TIME_free(at);
    ASN1_TIME_free(next);
    return list;
}

static X509_REVOKED *add_number(X509_CRL *list, int64_t value, kw_unix_s at)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_TIME *moment = ASN1_TIME_set(NULL, (time_t)at);
    assert_int_equal(ASN1_INTEGER_set_int64(serial, value), 1);
    assert_int_equal(X509_REVOKED_set_serialNumber(entry, serial), 1);
    assert_int_equal(X509_REVOKED_set_revocationDate(entry, moment), 1);
    assert_int_equal(X509_CRL_add0_revoked(list, entry), 1);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(moment);
    return entry;
}

/* Signs, and frees the list. */
static kw_status sign_and_parse(const bench *b, X509_CRL *list, kw_x509_crls *out)
{
    assert_true(X509_CRL_sign(list, b->key, EVP_sha256()) > 0);
    unsigned char *der = NULL;
    int len = i2d_X509_CRL(list, &der);
    assert_true(len > 0);
    X509_CRL_free(list);
    kw_status st = parse(b, out, (kw_span){der, (size_t)len});
    OPENSSL_free(der);
    return st;
}

static void crls_parse__keeps_the_earliest_of_a_serial(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_x509_crls) crls = {0};
    X509_CRL *list = begin_list(&b);
    (void)add_number(list, 5, NOW - 10);
    (void)add_number(list, 5, NOW - 20);
    (void)add_number(list, 4, NOW - 5);
    (void)add_number(list, 5, NOW - 15);
    EXPECT_OK(sign_and_parse(&b, list, &crls));
    assert_int_equal(crls.count, 2);
    assert_string_equal(crls.items[1].serial.text, "5");
    assert_int_equal(crls.items[1].at, NOW - 20);
}

static void crls_parse__refuses_numbers_that_are_none(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_x509_crls) crls = {0};
    static const int64_t values[] = {0, -1, -300};
    for (size_t i = 0; i < KW_COUNT(values); i++) {
        X509_CRL *list = begin_list(&b);
        (void)add_number(list, values[i], NOW - 10);
        EXPECT_STATUS(sign_and_parse(&b, list, &crls), KW_BAD_INPUT);
    }
    X509_CRL *list = begin_list(&b);
    X509_REVOKED *entry = add_number(list, 1, NOW - 10);
    BIGNUM *value = NULL;
    assert_int_equal(BN_hex2bn(&value, "010000000000000000000000000000000000000000"), 42);
    ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(value, NULL); /* 21 bytes */
    assert_int_equal(X509_REVOKED_set_serialNumber(entry, serial), 1);
    EXPECT_STATUS(sign_and_parse(&b, list, &crls), KW_BAD_INPUT);
    ASN1_INTEGER_free(serial);
    BN_free(value);
    assert_null(crls.items);
}

static void crls_parse__refuses_what_changes_the_meaning(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_x509_crls) crls = {0};
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    assert_int_equal(ASN1_INTEGER_set_int64(number, 1), 1);
    X509_CRL *list = begin_list(&b);
    assert_int_equal(X509_CRL_add1_ext_i2d(list, NID_delta_crl, number, 1, 0), 1);
    EXPECT_STATUS(sign_and_parse(&b, list, &crls), KW_BAD_INPUT);
    list = begin_list(&b);
    assert_int_equal(X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0), 1);
    EXPECT_OK(sign_and_parse(&b, list, &crls)); /* not critical */
    kw_x509_crls_drop(&crls);
    ASN1_INTEGER_free(number);

    static const struct {
        long reason;
        int is_critical;
        kw_status wanted;
    } cases[] = {{CRL_REASON_KEY_COMPROMISE, 0, KW_OK},
                 {CRL_REASON_CERTIFICATE_HOLD, 0, KW_OK},
                 {CRL_REASON_KEY_COMPROMISE, 1, KW_BAD_INPUT},
                 {CRL_REASON_REMOVE_FROM_CRL, 0, KW_BAD_INPUT}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
        assert_int_equal(ASN1_ENUMERATED_set(reason, cases[i].reason), 1);
        list = begin_list(&b);
        X509_REVOKED *entry = add_number(list, 9, NOW - 1);
        assert_int_equal(
            X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, cases[i].is_critical, 0), 1);
        EXPECT_STATUS(sign_and_parse(&b, list, &crls), cases[i].wanted);
        kw_x509_crls_drop(&crls);
        ASN1_ENUMERATED_free(reason);
    }
}

static void crls_parse__refuses_a_list_without_its_end(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_x509_crls) crls = {0};
    X509_CRL *whole = begin_list(&b);
    X509_CRL *list = X509_CRL_new();
    assert_int_equal(X509_CRL_set_issuer_name(list, X509_CRL_get_issuer(whole)), 1);
    assert_int_equal(X509_CRL_set1_lastUpdate(list, X509_CRL_get0_lastUpdate(whole)), 1);
    X509_CRL_free(whole);
    EXPECT_STATUS(sign_and_parse(&b, list, &crls), KW_BAD_INPUT);
}

static void serial_of__is_that_of_the_list(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_x509_pair) leaf = {0};
    kw_x509_request request = {
        .common_name = "a", .use = KW_X509_CLIENT, .not_before = NOW - DAY, .days = 10};
    EXPECT_OK(kw_x509_ca_issue(b.ca, &leaf, &request, NULL));
    kw_x509_revoked item = {.at = NOW - 3};
    EXPECT_OK(kw_x509_serial_of(&item.serial, kw_buf_view(&leaf.certificate), NULL));
    assert_int_equal(strlen(item.serial.text), 32);
    assert_null(strpbrk(item.serial.text, "ABCDEF"));
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    sign(&b, &pem, &item, 1);
    KW_AUTO(kw_x509_crls) crls = {0};
    EXPECT_OK(parse(&b, &crls, kw_buf_view(&pem)));
    assert_true(kw_x509_crls_has(&crls, &item.serial));
    EXPECT_STATUS(kw_x509_serial_of(&item.serial, kw_buf_view(&pem), NULL), KW_BAD_INPUT);
}

static int verdict_in(X509_STORE *store, X509 *certificate, kw_unix_s at)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_CTX_init(ctx, store, certificate, NULL), 1);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)at);
    (void)X509_verify_cert(ctx);
    int found = X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    return found;
}

static void crls_install__makes_a_store_refuse(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    kw_x509_request request = {
        .common_name = "a", .use = KW_X509_CLIENT, .not_before = NOW - DAY, .days = 30};
    kw_x509_pair pairs[2] = {0};
    kw_x509_revoked item = {.at = NOW - 3};
    X509 *certificates[2] = {NULL, NULL};
    for (size_t i = 0; i < 2; i++) {
        EXPECT_OK(kw_x509_ca_issue(b.ca, &pairs[i], &request, NULL));
        EXPECT_OK(kw_x509_read(&certificates[i], kw_buf_view(&pairs[i].certificate), NULL));
    }
    EXPECT_OK(kw_x509_serial_of(&item.serial, kw_buf_view(&pairs[1].certificate), NULL));
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    sign(&b, &pem, &item, 1);
    KW_AUTO(kw_x509_crls) crls = {0};
    EXPECT_OK(parse(&b, &crls, kw_buf_view(&pem)));
    KW_AUTO_PTR(X509) root = NULL;
    EXPECT_OK(kw_x509_read(&root, kw_buf_view(&b.own.certificate), NULL));
    X509_STORE *store = X509_STORE_new();
    assert_int_equal(X509_STORE_add_cert(store, root), 1);
    assert_int_equal(verdict_in(store, certificates[1], NOW), X509_V_OK);
    EXPECT_OK(kw_x509_crls_install(&crls, store, NULL));
    assert_int_equal(verdict_in(store, certificates[0], NOW), X509_V_OK);
    assert_int_equal(verdict_in(store, certificates[1], NOW), X509_V_ERR_CERT_REVOKED);
    assert_int_equal(verdict_in(store, certificates[0], NOW + 7 * DAY), X509_V_ERR_CRL_HAS_EXPIRED);
    X509_STORE_free(store);
    for (size_t i = 0; i < 2; i++) {
        X509_free(certificates[i]);
        kw_x509_pair_drop(&pairs[i]);
    }
}

static void sign_crl__refuses_what_is_no_list(void **state)
{
    (void)state;
    KW_AUTO(bench) b = bench_make("CA");
    KW_AUTO(kw_buf) pem = kw_buf_init(1 << 16);
    static const char *const serials[] = {"", "x", "12x", " 1", "1 "};
    for (size_t i = 0; i < KW_COUNT(serials); i++) {
        const kw_x509_revoked item = revoked(serials[i], NOW);
        kw_error err = {0};
        kw_x509_crl_request request = {.items = &item, .count = 1, .this_update = NOW, .days = 1};
        EXPECT_STATUS(kw_x509_ca_sign_crl(b.ca, &pem, &request, &err), KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
    kw_x509_crl_request request = {.this_update = NOW};
    EXPECT_STATUS(kw_x509_ca_sign_crl(b.ca, &pem, &request, NULL), KW_BAD_INPUT);
    KW_AUTO(kw_buf) small = kw_buf_init(16);
    request.days = 1;
    EXPECT_STATUS(kw_x509_ca_sign_crl(b.ca, &small, &request, NULL), KW_LIMIT);
    assert_int_equal(pem.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crls_parse__gives_sorted_serials_and_moments),
        cmocka_unit_test(crls_parse__takes_lists_of_several_authorities),
        cmocka_unit_test(crls_parse__takes_an_empty_and_an_old_list),
        cmocka_unit_test(crls_parse__refuses_other_signers),
        cmocka_unit_test(crls_parse__refuses_a_signer_that_is_no_authority),
        cmocka_unit_test(crls_parse__refuses_every_cut_and_what_follows),
        cmocka_unit_test(crls_parse__refuses_every_changed_byte),
        cmocka_unit_test(crls_parse__refuses_too_much),
        cmocka_unit_test(crls_parse__keeps_the_earliest_of_a_serial),
        cmocka_unit_test(crls_parse__refuses_numbers_that_are_none),
        cmocka_unit_test(crls_parse__refuses_what_changes_the_meaning),
        cmocka_unit_test(crls_parse__refuses_a_list_without_its_end),
        cmocka_unit_test(serial_of__is_that_of_the_list),
        cmocka_unit_test(crls_install__makes_a_store_refuse),
        cmocka_unit_test(sign_crl__refuses_what_is_no_list),
    };
    return cmocka_run_group_tests_name("crypto/x509_crl", tests, NULL, NULL);
}
