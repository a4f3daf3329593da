/* kw_x509_crls_parse, kw_x509_read_crls
 * SPDX-License-Identifier: Apache-2.0 */
#include "crypto/x509.h"
#include "crypto/x509_read.h"

enum {
    NOW = 1790000000
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* An authority of this run: no input bears its signature, and behind `resign` every one does. */
static struct {
    kw_x509_pair own;
    EVP_PKEY *key;
    X509 *certificate;
} authority;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    KW_UNUSED(argc);
    KW_UNUSED(argv);
    kw_x509_ca *ca = NULL;
    KW_ASSERT(kw_x509_ca_new(&ca, "fuzz CA", NOW - 86400, 365, NULL) == KW_OK);
    KW_ASSERT(kw_x509_ca_export(ca, &authority.own, NULL) == KW_OK);
    KW_ASSERT(kw_x509_read_key(&authority.key, kw_secret_bytes_view(&authority.own.key), NULL) ==
              KW_OK);
    KW_ASSERT(kw_x509_read(&authority.certificate, kw_buf_view(&authority.own.certificate), NULL) ==
              KW_OK);
    kw_x509_ca_free(ca);
    return 0;
}

static kw_status parse(kw_span lists)
{
    KW_AUTO(kw_x509_crls) crls = {0};
    kw_status st =
        kw_x509_crls_parse(&crls, lists, kw_buf_view(&authority.own.certificate), NOW, NULL);
    KW_ASSERT(st == KW_OK || st == KW_BAD_INPUT || st == KW_LIMIT);
    for (size_t i = 0; i < crls.count; i++) {
        const kw_x509_serial *serial = &crls.items[i].serial;
        KW_ASSERT(serial->text[0] != '0' && strlen(serial->text) >= 1);
        KW_ASSERT(strspn(serial->text, "0123456789abcdef") == strlen(serial->text));
        KW_ASSERT(i == 0 || strcmp(crls.items[i - 1].serial.text, serial->text) < 0);
        KW_ASSERT(kw_x509_crls_has(&crls, serial));
    }
    return st;
}

/* The same list with our name and signature, so that what stands behind the check is reached. */
static void resign(kw_span lists)
{
    KW_AUTO_PTR(kw_x509_crl_stack) stack = NULL;
    if (kw_x509_read_crls(&stack, lists, NULL) != KW_OK) {
        return;
    }
    X509_CRL *list = sk_X509_CRL_value(stack, 0);
    unsigned char *der = NULL;
    if (X509_CRL_set_issuer_name(list, X509_get_subject_name(authority.certificate)) == 1 &&
        X509_CRL_sign(list, authority.key, EVP_sha256()) > 0) {
        int len = i2d_X509_CRL(list, &der);
        if (len > 0) {
            (void)parse((kw_span){der, (size_t)len});
        }
    }
    OPENSSL_free(der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kw_span lists = {data, size};
    KW_ASSERT(parse(lists) != KW_OK);
    resign(lists);
    return 0;
}
