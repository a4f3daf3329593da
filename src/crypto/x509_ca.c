/* SPDX-License-Identifier: Apache-2.0
 * A development CA. Source: RFC 5280. Secret inputs: private keys. */
#include "crypto/x509.h"

#include "base/heap.h"
#include "crypto/x509_read.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

KW_AUTO_PTR_DEFINE(GENERAL_NAMES);
KW_AUTO_PTR_DEFINE(X509_CRL);

enum {
    VERSION_3 = 2,
    CRL_VERSION_2 = 1,
    SERIAL_BYTES = 16,
    SECONDS_PER_DAY = 86400,
    COMMON_NAME_BYTES_MAX = 64,
    PEM_BYTES_MAX = 64 * 1024,
};

struct kw_x509_ca {
    X509 *certificate; /* owned */
    EVP_PKEY *key;     /* owned */
};

void kw_x509_pair_drop(kw_x509_pair *pair)
{
    kw_buf_drop(&pair->certificate);
    kw_secret_bytes_drop(&pair->key);
}

void kw_x509_ca_free(kw_x509_ca *ca)
{
    if (ca != NULL) {
        X509_free(ca->certificate);
        EVP_PKEY_free(ca->key);
        kw_heap_free(ca);
    }
}

/* OpenSSL says no to what it should take: its queue is emptied, `what` tells where. */
static kw_status openssl_failed(kw_error *err, const char *what)
{
    ERR_clear_error();
    return kw_fail(err, KW_INTERNAL, "OpenSSL failed: %s", what);
}

/* 127 random bits and never zero (RFC 5280 section 4.1.2.2). */
static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        return false;
    }
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool is_set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return is_set;
}

static bool set_period(X509 *certificate, kw_unix_s not_before, uint32_t days)
{
    kw_unix_s not_after = not_before + (kw_unix_s)days * SECONDS_PER_DAY;
    return ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)not_before) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)not_after) != NULL;
}

static bool set_subject(X509 *certificate, const char *common_name)
{
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                      (const unsigned char *)common_name, -1, -1, 0) == 1;
}

/* Adds an extension in the words of OpenSSL's x509v3_config(5); `value` is one of our literals. */
static bool add_extension(X509 *certificate, const X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, (X509 *)(uintptr_t)issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool is_added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

/* What a certificate says before extensions and signature; for a new key of its own. */
static kw_status begin(X509 **out_certificate, EVP_PKEY **out_key, const kw_x509_request *request,
                       kw_error *err)
{
    size_t len = strlen(request->common_name);
    KW_REQUIRE(len > 0 && len <= COMMON_NAME_BYTES_MAX, err, KW_BAD_INPUT,
               "a common name has 1 to %d bytes", COMMON_NAME_BYTES_MAX);
    KW_REQUIRE(request->days > 0, err, KW_BAD_INPUT, "a certificate lives at least a day");
    KW_AUTO_PTR(EVP_PKEY) key = EVP_EC_gen("P-256");
    KW_AUTO_PTR(X509) certificate = X509_new();
    if (key == NULL || certificate == NULL || X509_set_version(certificate, VERSION_3) != 1 ||
        !set_serial(certificate) || !set_period(certificate, request->not_before, request->days) ||
        !set_subject(certificate, request->common_name) || X509_set_pubkey(certificate, key) != 1) {
        return openssl_failed(err, "beginning a certificate");
    }
    *out_certificate = certificate;
    *out_key = key;
    certificate = NULL;
    key = NULL;
    return KW_OK;
}

kw_status kw_x509_ca_new(kw_x509_ca **out, const char *common_name, kw_unix_s not_before,
                         uint32_t days, kw_error *err)
{
    const kw_x509_request request = {
        .common_name = common_name, .not_before = not_before, .days = days};
    KW_AUTO_PTR(kw_x509_ca) ca = kw_heap_new(1, sizeof *ca);
    KW_REQUIRE(ca != NULL, err, KW_NO_MEMORY, "making a CA");
    KW_TRY(begin(&ca->certificate, &ca->key, &request, err));
    X509 *own = ca->certificate;
    if (X509_set_issuer_name(own, X509_get_subject_name(own)) != 1 ||
        !add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(own, own, NID_subject_key_identifier, "hash") ||
        X509_sign(own, ca->key, EVP_sha256()) == 0) {
        return openssl_failed(err, "making a CA");
    }
    *out = ca;
    ca = NULL;
    return KW_OK;
}

static bool is_pair(const X509 *certificate, const EVP_PKEY *key)
{
    (void)ERR_set_mark();
    bool fits = X509_check_private_key(certificate, key) == 1;
    (void)ERR_pop_to_mark();
    return fits;
}

kw_status kw_x509_pair_check(kw_span certificate, kw_secret_span key, kw_error *err)
{
    KW_AUTO_PTR(X509) read = NULL;
    KW_AUTO_PTR(EVP_PKEY) secret = NULL;
    KW_TRY(kw_x509_read(&read, certificate, err));
    KW_TRY(kw_x509_read_key(&secret, key, err));
    KW_REQUIRE(is_pair(read, secret), err, KW_BAD_INPUT, "the key is not that of the certificate");
    return KW_OK;
}

kw_status kw_x509_ca_open(kw_x509_ca **out, kw_span certificate, kw_secret_span key, kw_error *err)
{
    KW_AUTO_PTR(kw_x509_ca) ca = kw_heap_new(1, sizeof *ca);
    KW_REQUIRE(ca != NULL, err, KW_NO_MEMORY, "opening a CA");
    KW_TRY(kw_x509_read(&ca->certificate, certificate, err));
    KW_TRY(kw_x509_read_key(&ca->key, key, err));
    KW_REQUIRE(is_pair(ca->certificate, ca->key), err, KW_BAD_INPUT,
               "the key is not that of the CA's certificate");
    KW_REQUIRE(X509_check_ca(ca->certificate) == 1, err, KW_BAD_INPUT,
               "the certificate is not that of a CA");
    *out = ca;
    ca = NULL;
    return KW_OK;
}

static kw_status write_certificate(kw_buf *out, X509 *certificate, kw_error *err)
{
    KW_AUTO_PTR(BIO) bio = BIO_new(BIO_s_mem());
    if (bio == NULL || PEM_write_bio_X509(bio, certificate) != 1) {
        return openssl_failed(err, "writing a certificate");
    }
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    *out = kw_buf_init(PEM_BYTES_MAX);
    KW_TRY_AT(err, kw_buf_append(out, (kw_span){(uint8_t *)text, (size_t)len}),
              "writing a certificate");
    return KW_OK;
}

/* A memory BIO wipes what it frees and what it grows out of. */
static kw_status write_key(kw_secret_bytes *out, EVP_PKEY *key, kw_error *err)
{
    KW_AUTO_PTR(BIO) bio = BIO_new(BIO_s_mem());
    if (bio == NULL || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1) {
        return openssl_failed(err, "writing a private key");
    }
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    *out = kw_secret_bytes_init(PEM_BYTES_MAX);
    KW_TRY_AT(err, kw_secret_bytes_append(out, (kw_secret_span){(uint8_t *)text, (size_t)len}),
              "writing a private key");
    return KW_OK;
}

static kw_status write_pair(kw_x509_pair *out, X509 *certificate, EVP_PKEY *key, kw_error *err)
{
    KW_AUTO(kw_x509_pair) pair = {0};
    KW_TRY(write_certificate(&pair.certificate, certificate, err));
    KW_TRY(write_key(&pair.key, key, err));
    *out = (kw_x509_pair){.certificate = kw_buf_take(&pair.certificate),
                          .key = kw_secret_bytes_take(&pair.key)};
    return KW_OK;
}

kw_status kw_x509_ca_export(const kw_x509_ca *ca, kw_x509_pair *out, kw_error *err)
{
    return write_pair(out, ca->certificate, ca->key, err);
}

/* "DNS:localhost" and its like. */
static kw_status parse_name(GENERAL_NAME **out, const char *name, kw_error *err)
{
    static const struct {
        kw_str prefix;
        int type;
    } kinds[] = {{{"DNS:", 4}, GEN_DNS}, {{"IP:", 3}, GEN_IPADD}, {{"URI:", 4}, GEN_URI}};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        if (!kw_str_starts_with(kw_str_of(name), kinds[i].prefix)) {
            continue;
        }
        const char *value = &name[kinds[i].prefix.len];
        KW_REQUIRE(value[0] != '\0', err, KW_BAD_INPUT, "%s is followed by a name", name);
        (void)ERR_set_mark();
        *out = a2i_GENERAL_NAME(NULL, NULL, NULL, kinds[i].type, value, 0);
        (void)ERR_pop_to_mark();
        KW_REQUIRE(*out != NULL, err, KW_BAD_INPUT, "%.100s is not a name", name);
        return KW_OK;
    }
    return kw_fail(err, KW_BAD_INPUT, "%.100s is not DNS:, IP: or URI: and a name", name);
}

static kw_status add_names(X509 *certificate, const kw_x509_request *request, kw_error *err)
{
    KW_REQUIRE(request->names_count <= KW_X509_NAMES_MAX, err, KW_BAD_INPUT, "too many names");
    if (request->names_count == 0) {
        return KW_OK;
    }
    KW_AUTO_PTR(GENERAL_NAMES) names = GENERAL_NAMES_new();
    KW_REQUIRE(names != NULL, err, KW_NO_MEMORY, "naming a certificate");
    for (size_t i = 0; i < request->names_count; i++) {
        GENERAL_NAME *name = NULL;
        KW_TRY(parse_name(&name, request->names[i], err));
        if (sk_GENERAL_NAME_push(names, name) == 0) {
            GENERAL_NAME_free(name);
            return kw_fail(err, KW_NO_MEMORY, "naming a certificate");
        }
    }
    if (X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) != 1) {
        return openssl_failed(err, "naming a certificate");
    }
    return KW_OK;
}

static const char *use_text(kw_x509_use use)
{
    switch (use) {
    case KW_X509_SERVER:
        return "serverAuth";
    case KW_X509_PEER:
        return "serverAuth,clientAuth";
    case KW_X509_CLIENT:
        return "clientAuth";
    }
    return "";
}

kw_status kw_x509_ca_issue(const kw_x509_ca *ca, kw_x509_pair *out, const kw_x509_request *request,
                           kw_error *err)
{
    KW_AUTO_PTR(X509) certificate = NULL;
    KW_AUTO_PTR(EVP_PKEY) key = NULL;
    KW_TRY(begin(&certificate, &key, request, err));
    KW_TRY(add_names(certificate, request, err));
    const X509 *issuer = ca->certificate;
    if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1 ||
        !add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
        !add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") ||
        !add_extension(certificate, issuer, NID_ext_key_usage, use_text(request->use)) ||
        !add_extension(certificate, issuer, NID_subject_key_identifier, "hash") ||
        !add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") ||
        X509_sign(certificate, ca->key, EVP_sha256()) == 0) {
        return openssl_failed(err, "issuing a certificate");
    }
    return write_pair(out, certificate, key, err);
}

/* ---- revocation lists ---- */

static ASN1_TIME *time_of(kw_unix_s at)
{
    return ASN1_TIME_set(NULL, (time_t)at);
}

static bool set_list_times(X509_CRL *list, const kw_x509_crl_request *request)
{
    ASN1_TIME *begin = time_of(request->this_update);
    ASN1_TIME *next = time_of(request->this_update + (kw_unix_s)request->days * SECONDS_PER_DAY);
    bool is_set = begin != NULL && next != NULL && X509_CRL_set1_lastUpdate(list, begin) == 1 &&
                  X509_CRL_set1_nextUpdate(list, next) == 1;
    ASN1_TIME_free(begin);
    ASN1_TIME_free(next);
    return is_set;
}

static bool set_list_number(X509_CRL *list, kw_unix_s this_update)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    bool is_set = number != NULL && ASN1_INTEGER_set_int64(number, this_update) == 1 &&
                  X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1;
    ASN1_INTEGER_free(number);
    return is_set;
}

/* False: no number, or no memory. */
static bool set_entry(X509_REVOKED *entry, const kw_x509_revoked *revoked)
{
    BIGNUM *value = NULL;
    int digits = BN_hex2bn(&value, revoked->serial.text);
    ASN1_INTEGER *serial = digits > 0 && (size_t)digits == strlen(revoked->serial.text)
                               ? BN_to_ASN1_INTEGER(value, NULL)
                               : NULL;
    ASN1_TIME *at = time_of(revoked->at);
    bool is_set = serial != NULL && at != NULL &&
                  X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
                  X509_REVOKED_set_revocationDate(entry, at) == 1;
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(at);
    BN_free(value);
    return is_set;
}

static kw_status add_entry(X509_CRL *list, const kw_x509_revoked *revoked, kw_error *err)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    KW_REQUIRE(entry != NULL, err, KW_NO_MEMORY, "making a revocation list");
    if (!set_entry(entry, revoked) || X509_CRL_add0_revoked(list, entry) != 1) {
        X509_REVOKED_free(entry);
        ERR_clear_error();
        return kw_fail(err, KW_BAD_INPUT, "%.40s is not a serial number", revoked->serial.text);
    }
    return KW_OK;
}

static kw_status write_list(kw_buf *out, X509_CRL *list, kw_error *err)
{
    KW_AUTO_PTR(BIO) bio = BIO_new(BIO_s_mem());
    if (bio == NULL || PEM_write_bio_X509_CRL(bio, list) != 1) {
        return openssl_failed(err, "writing a revocation list");
    }
    char *text = NULL;
    long len = BIO_get_mem_data(bio, &text);
    KW_TRY_AT(err, kw_buf_append(out, (kw_span){(uint8_t *)text, (size_t)len}),
              "writing a revocation list");
    return KW_OK;
}

kw_status kw_x509_ca_sign_crl(const kw_x509_ca *ca, kw_buf *out, const kw_x509_crl_request *request,
                              kw_error *err)
{
    KW_REQUIRE(request->days > 0, err, KW_BAD_INPUT, "a revocation list lives at least a day");
    KW_AUTO_PTR(X509_CRL) list = X509_CRL_new();
    if (list == NULL || X509_CRL_set_version(list, CRL_VERSION_2) != 1 ||
        X509_CRL_set_issuer_name(list, X509_get_subject_name(ca->certificate)) != 1 ||
        !set_list_times(list, request) || !set_list_number(list, request->this_update)) {
        return openssl_failed(err, "beginning a revocation list");
    }
    for (size_t i = 0; i < request->count; i++) {
        KW_TRY(add_entry(list, &request->items[i], err));
    }
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, ca->certificate, NULL, NULL, list, 0);
    X509_EXTENSION *key =
        X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
    bool is_signed = key != NULL && X509_CRL_add_ext(list, key, -1) == 1 &&
                     X509_CRL_sort(list) == 1 && X509_CRL_sign(list, ca->key, EVP_sha256()) > 0;
    X509_EXTENSION_free(key);
    return is_signed ? write_list(out, list, err)
                     : openssl_failed(err, "signing a revocation list");
}
