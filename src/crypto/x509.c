/* SPDX-License-Identifier: Apache-2.0
 * Who a certificate names. Source: RFC 5280 sections 4.2.1.6 and 4.2.1.12, RFC 6125. */
#include "crypto/x509.h"

#include "codec/hex.h"
#include "crypto/hash.h"
#include "crypto/x509_read.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

KW_AUTO_PTR_DEFINE(GENERAL_NAMES);

/* OpenSSL fills a cache inside the certificate, under a lock of its own; what it says stays. */
static X509 *writable(const X509 *certificate)
{
    return (X509 *)(uintptr_t)certificate;
}

static kw_status hash_spki(kw_hash32 *out, const X509 *certificate, kw_error *err)
{
    unsigned char *der = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    KW_REQUIRE(len > 0, err, KW_BAD_INPUT, "the certificate has no public key");
    kw_sha256(out, (kw_span){der, (size_t)len});
    OPENSSL_free(der);
    return KW_OK;
}

static bool is_printable(kw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return true;
}

/* The first name of that type. False: there is none. */
static bool find_name(kw_span *out, const GENERAL_NAMES *names, int type)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int found = 0;
        const ASN1_IA5STRING *value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &found);
        if (found == type) {
            *out = (kw_span){ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)};
            return true;
        }
    }
    return false;
}

static kw_status put_name(kw_x509_identity *out, kw_span name, kw_error *err)
{
    KW_REQUIRE(name.len > 0 && name.len <= KW_X509_IDENTITY_BYTES_MAX && is_printable(name), err,
               KW_BAD_INPUT, "a name in the certificate is not 1 to %d printable characters",
               KW_X509_IDENTITY_BYTES_MAX);
    memcpy(out->text, name.ptr, name.len);
    out->text[name.len] = '\0';
    return KW_OK;
}

static void put_spki(kw_x509_identity *out)
{
    static const char prefix[] = "sha256:";
    const size_t prefix_len = sizeof prefix - 1;
    memcpy(out->text, prefix, prefix_len);
    kw_hex_encode_to(&out->text[prefix_len], KW_SPAN(out->spki.bytes));
    out->text[prefix_len + 2 * sizeof out->spki.bytes] = '\0';
}

/* The alternative names, or NULL without the extension. BAD_INPUT: it is malformed or doubled. */
static kw_status read_names(GENERAL_NAMES **out, const X509 *certificate, kw_error *err)
{
    const int is_absent = -1;
    int presence = 0;
    (void)ERR_set_mark();
    *out = X509_get_ext_d2i(certificate, NID_subject_alt_name, &presence, NULL);
    (void)ERR_pop_to_mark();
    KW_REQUIRE(*out != NULL || presence == is_absent, err, KW_BAD_INPUT,
               "the alternative names of the certificate are malformed");
    return KW_OK;
}

kw_status kw_x509_identity_of(kw_x509_identity *out, const X509 *certificate, kw_error *err)
{
    kw_x509_identity identity = {.kind = KW_X509_IDENTITY_SPKI};
    KW_TRY(hash_spki(&identity.spki, certificate, err));
    KW_AUTO_PTR(GENERAL_NAMES) names = NULL;
    KW_TRY(read_names(&names, certificate, err));
    kw_span name = {0};
    if (find_name(&name, names, GEN_URI)) {
        identity.kind = KW_X509_IDENTITY_URI;
        KW_TRY(put_name(&identity, name, err));
    } else if (find_name(&name, names, GEN_DNS)) {
        identity.kind = KW_X509_IDENTITY_DNS;
        KW_TRY(put_name(&identity, name, err));
    } else {
        put_spki(&identity);
    }
    *out = identity;
    return KW_OK;
}

kw_status kw_x509_identity_parse(kw_x509_identity *out, kw_span certificate, kw_error *err)
{
    KW_AUTO_PTR(X509) read = NULL;
    KW_TRY(kw_x509_read(&read, certificate, err));
    return kw_x509_identity_of(out, read, err);
}

/* Without the extension OpenSSL answers "everything"; we take it for nothing. */
static bool lists_use(const X509 *certificate, uint32_t use)
{
    X509 *c = writable(certificate);
    uint32_t flags = X509_get_extension_flags(c);
    return (flags & EXFLAG_INVALID) == 0 && (flags & EXFLAG_XKUSAGE) != 0 &&
           (X509_get_extended_key_usage(c) & use) != 0;
}

bool kw_x509_is_client(const X509 *certificate)
{
    return lists_use(certificate, XKU_SSL_CLIENT);
}

bool kw_x509_is_server(const X509 *certificate)
{
    return lists_use(certificate, XKU_SSL_SERVER);
}

kw_status kw_x509_check_peer(kw_span certificate, kw_error *err)
{
    KW_AUTO_PTR(X509) read = NULL;
    KW_TRY(kw_x509_read(&read, certificate, err));
    KW_REQUIRE(kw_x509_is_client(read) && kw_x509_is_server(read), err, KW_REFUSED,
               "the certificate is not for both ends of a connection: clientAuth and serverAuth");
    return KW_OK;
}

kw_status kw_x509_not_after(kw_unix_s *out, kw_span certificate, kw_error *err)
{
    KW_AUTO_PTR(X509) read = NULL;
    KW_TRY(kw_x509_read(&read, certificate, err));
    KW_REQUIRE(kw_x509_read_time(out, X509_get0_notAfter(read)), err, KW_BAD_INPUT,
               "the end of validity is malformed");
    return KW_OK;
}
