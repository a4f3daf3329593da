/* SPDX-License-Identifier: Apache-2.0
 * Revocation lists over OpenSSL's X509_CRL. Source: RFC 5280 sections 5.1 to 5.3. */
#include "crypto/x509_crl.h"

#include "base/heap.h"
#include "codec/hex.h"
#include "crypto/x509_read.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum {
    SERIAL_BYTES_MAX = 20
};

/* ---- serial numbers ---- */

static kw_status read_serial(kw_x509_serial *out, const ASN1_INTEGER *number, kw_error *err)
{
    kw_span value = {ASN1_STRING_get0_data(number), (size_t)ASN1_STRING_length(number)};
    while (value.len > 0 && value.ptr[0] == 0) {
        value = (kw_span){value.ptr + 1, value.len - 1};
    }
    KW_REQUIRE(ASN1_STRING_type(number) == V_ASN1_INTEGER && value.len > 0 &&
                   value.len <= SERIAL_BYTES_MAX,
               err, KW_BAD_INPUT, "a serial number is not positive or has more than %d bytes",
               SERIAL_BYTES_MAX);
    char digits[2 * SERIAL_BYTES_MAX];
    kw_hex_encode_to(digits, value);
    size_t zeros = digits[0] == '0' ? 1 : 0;
    *out = (kw_x509_serial){{0}};
    memcpy(out->text, &digits[zeros], 2 * value.len - zeros);
    return KW_OK;
}

kw_status kw_x509_serial_of(kw_x509_serial *out, kw_span certificate, kw_error *err)
{
    KW_AUTO_PTR(X509) read = NULL;
    KW_TRY(kw_x509_read(&read, certificate, err));
    return read_serial(out, X509_get0_serialNumber(read), err);
}

/* ---- one list ---- */

static bool may_sign_lists(X509 *authority)
{
    return X509_check_ca(authority) == 1 && (X509_get_key_usage(authority) & KU_CRL_SIGN) != 0;
}

static bool is_signed_by(X509_CRL *list, X509 *authority)
{
    EVP_PKEY *key = X509_get0_pubkey(authority);
    return key != NULL && may_sign_lists(authority) && X509_CRL_verify(list, key) == 1;
}

/* Authorities may share a name, as an old and a new one do. */
static kw_status check_signature(X509_CRL *list, const kw_x509_stack *authorities, kw_error *err)
{
    bool is_known = false;
    bool is_signed = false;
    (void)ERR_set_mark();
    for (int i = 0; i < sk_X509_num(authorities) && !is_signed; i++) {
        X509 *authority = sk_X509_value(authorities, i);
        if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority)) == 0) {
            is_known = true;
            is_signed = is_signed_by(list, authority);
        }
    }
    (void)ERR_pop_to_mark();
    KW_REQUIRE(is_known, err, KW_BAD_INPUT, "the issuer of a revocation list is none of the CAs");
    KW_REQUIRE(is_signed, err, KW_BAD_INPUT,
               "the signature of a revocation list is not that of its issuer");
    return KW_OK;
}

static kw_status check_times(const X509_CRL *list, kw_unix_s now, kw_unix_s *in_out_next,
                             kw_error *err)
{
    kw_unix_s begin = 0;
    kw_unix_s next = 0;
    KW_REQUIRE(kw_x509_read_time(&begin, X509_CRL_get0_lastUpdate(list)) && begin <= now, err,
               KW_BAD_INPUT, "a revocation list begins in the future, or at no time");
    KW_REQUIRE(kw_x509_read_time(&next, X509_CRL_get0_nextUpdate(list)), err, KW_BAD_INPUT,
               "a revocation list does not say when the next comes");
    *in_out_next = KW_MIN(*in_out_next, next);
    return KW_OK;
}

/* What is critical changes the meaning of the whole: RFC 5280 section 5.2. */
static bool has_critical(const STACK_OF(X509_EXTENSION) * extensions)
{
    for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++) {
        if (X509_EXTENSION_get_critical(sk_X509_EXTENSION_value(extensions, i)) != 0) {
            return true;
        }
    }
    return false;
}

/* ---- entries ---- */

/* OpenSSL takes such an entry for "not revoked"; only a list of differences may hold one. */
static bool takes_back(const X509_REVOKED *entry)
{
    (void)ERR_set_mark();
    int presence = 0;
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &presence, NULL);
    bool is_back = reason != NULL && ASN1_ENUMERATED_get(reason) == CRL_REASON_REMOVE_FROM_CRL;
    ASN1_ENUMERATED_free(reason);
    (void)ERR_pop_to_mark();
    return is_back;
}

static kw_status take_entry(kw_x509_revoked *out, const X509_REVOKED *entry, kw_error *err)
{
    KW_REQUIRE(!has_critical(X509_REVOKED_get0_extensions(entry)) && !takes_back(entry), err,
               KW_BAD_INPUT, "an entry of a revocation list is about more than its number");
    KW_REQUIRE(kw_x509_read_time(&out->at, X509_REVOKED_get0_revocationDate(entry)), err,
               KW_BAD_INPUT, "a revocation at no time");
    return read_serial(&out->serial, X509_REVOKED_get0_serialNumber(entry), err);
}

static kw_status take_entries(kw_x509_crls *crls, X509_CRL *list, kw_error *err)
{
    KW_REQUIRE(!has_critical(X509_CRL_get0_extensions(list)), err, KW_BAD_INPUT,
               "a revocation list has a critical extension");
    const STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(list);
    for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
        KW_TRY(take_entry(&crls->items[crls->count], sk_X509_REVOKED_value(entries, i), err));
        crls->count++;
    }
    return KW_OK;
}

static int by_serial_then_moment(const void *a, const void *b)
{
    const kw_x509_revoked *one = a;
    const kw_x509_revoked *two = b;
    int order = strcmp(one->serial.text, two->serial.text);
    return order != 0 ? order : (one->at > two->at) - (one->at < two->at);
}

/* Keeps the first of each number. */
static void sort_entries(kw_x509_crls *crls)
{
    qsort(crls->items, crls->count, sizeof *crls->items, by_serial_then_moment);
    size_t kept = 0;
    for (size_t i = 0; i < crls->count; i++) {
        if (kept == 0 ||
            strcmp(crls->items[kept - 1].serial.text, crls->items[i].serial.text) != 0) {
            crls->items[kept] = crls->items[i];
            kept++;
        }
    }
    crls->count = kept;
}

/* ---- all lists ---- */

static kw_status make_room(kw_x509_crls *crls, kw_error *err)
{
    size_t count = 0;
    for (int i = 0; i < sk_X509_CRL_num(crls->lists); i++) {
        int entries = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(sk_X509_CRL_value(crls->lists, i)));
        count += (size_t)KW_MAX(entries, 0); /* -1: a list without any */
    }
    KW_REQUIRE(count <= KW_X509_REVOKED_MAX, err, KW_LIMIT,
               "revocation lists have more than %d entries", KW_X509_REVOKED_MAX);
    crls->items = kw_heap_new(count + 1, sizeof *crls->items);
    KW_REQUIRE(crls->items != NULL, err, KW_NO_MEMORY, "no memory for revocation lists");
    return KW_OK;
}

kw_status kw_x509_crls_parse(kw_x509_crls *out, kw_span lists, kw_span authorities, kw_unix_s now,
                             kw_error *err)
{
    KW_REQUIRE(lists.len <= KW_X509_CRL_BYTES_MAX, err, KW_LIMIT,
               "revocation lists have more than %d bytes", KW_X509_CRL_BYTES_MAX);
    KW_AUTO(kw_x509_crls) crls = {.next_update = INT64_MAX};
    KW_AUTO_PTR(kw_x509_stack) signers = NULL;
    KW_TRY(kw_x509_read_all(&signers, authorities, err));
    KW_TRY(kw_x509_read_crls(&crls.lists, lists, err));
    KW_TRY(make_room(&crls, err));
    for (int i = 0; i < sk_X509_CRL_num(crls.lists); i++) {
        X509_CRL *list = sk_X509_CRL_value(crls.lists, i);
        KW_TRY(check_signature(list, signers, err));
        KW_TRY(check_times(list, now, &crls.next_update, err));
        KW_TRY(take_entries(&crls, list, err));
    }
    sort_entries(&crls);
    *out = crls;
    crls = (kw_x509_crls){0};
    return KW_OK;
}

void kw_x509_crls_drop(kw_x509_crls *crls)
{
    kw_x509_crl_stack_free(crls->lists);
    kw_heap_free(crls->items);
    *crls = (kw_x509_crls){0};
}

bool kw_x509_crls_has(const kw_x509_crls *crls, const kw_x509_serial *serial)
{
    size_t low = 0;
    size_t high = crls->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(crls->items[middle].serial.text, serial->text);
        if (order == 0) {
            return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}

kw_status kw_x509_crls_install(const kw_x509_crls *crls, X509_STORE *store, kw_error *err)
{
    for (int i = 0; i < sk_X509_CRL_num(crls->lists); i++) {
        if (X509_STORE_add_crl(store, sk_X509_CRL_value(crls->lists, i)) != 1) {
            ERR_clear_error();
            return kw_fail(err, KW_NO_MEMORY, "no memory for revocation lists");
        }
    }
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    return KW_OK;
}
