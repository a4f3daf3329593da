/* SPDX-License-Identifier: Apache-2.0
 * Version 4 signatures.
 * Secret inputs: the secret access key and what is derived from it. */
#include "store/s3/sigv4.h"

#include "codec/hex.h"
#include "crypto/hmac.h"

enum {
    CANONICAL_BYTES_MAX = 64 * 1024,
    DATE_CHARS = 8, /* of the time: the day */
};

static const char algorithm[] = "AWS4-HMAC-SHA256";

void kw_sigv4_time(char out[KW_SIGV4_TIME_BYTES], kw_unix_s at_s)
{
    char text[KW_RFC3339_BYTES];
    kw_utc_format(text, at_s);
    size_t len = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c != '-' && *c != ':') {
            out[len++] = *c;
        }
    }
    out[len] = '\0';
}

static kw_status append_names(kw_buf *out, const kw_sigv4_request *request)
{
    for (size_t i = 0; i < request->fields_count; i++) {
        KW_TRY(kw_buf_append_format(out, "%s%s", i == 0 ? "" : ";", request->fields[i].name));
    }
    return KW_OK;
}

/* The canonical request, of which the signature is made. */
static kw_status append_canonical(kw_buf *out, const kw_sigv4_request *request)
{
    KW_TRY(kw_buf_append_format(out, "%s\n%.*s\n%.*s\n", request->method, KW_STR_ARG(request->path),
                                KW_STR_ARG(request->query)));
    for (size_t i = 0; i < request->fields_count; i++) {
        KW_TRY(kw_buf_append_format(out, "%s:%s\n", request->fields[i].name,
                                    request->fields[i].value));
    }
    KW_TRY(kw_buf_append_byte(out, '\n'));
    KW_TRY(append_names(out, request));
    KW_TRY(kw_buf_append_byte(out, '\n'));
    return kw_hex_encode(out, KW_SPAN(request->payload.bytes));
}

/* key, then each part under the hash before it. */
static void derive(kw_hash32 *out, kw_secret_span key, const kw_str *parts, size_t count)
{
    kw_hash32 step; /* as secret as the key, until the last one */
    for (size_t i = 0; i < count; i++) {
        kw_hmac_sha256(&step, key, kw_span_of_str(parts[i]));
        *out = step;
        key = kw_secret_span_of(KW_SPAN(out->bytes));
    }
    kw_wipe(&step, sizeof step);
}

kw_status kw_sigv4_sign(kw_buf *out, const kw_sigv4_scope *scope, kw_secret_span key,
                        const kw_sigv4_request *request)
{
    KW_AUTO(kw_buf) text = kw_buf_init(CANONICAL_BYTES_MAX);
    KW_AUTO(kw_buf) place = kw_buf_init(CANONICAL_BYTES_MAX); /* day/region/service/aws4_request */
    char at[KW_SIGV4_TIME_BYTES];
    kw_sigv4_time(at, request->at_s);
    const kw_str day = {at, DATE_CHARS};
    KW_TRY(kw_buf_append_format(&place, "%.*s/%s/%s/aws4_request", KW_STR_ARG(day), scope->region,
                                scope->service));
    KW_TRY(append_canonical(&text, request));
    kw_hash32 hash;
    kw_sha256(&hash, kw_buf_view(&text));
    kw_buf_clear(&text);
    KW_TRY(kw_buf_append_format(&text, "%s\n%s\n%.*s\n", algorithm, at,
                                KW_STR_ARG(kw_buf_text(&place))));
    KW_TRY(kw_hex_encode(&text, KW_SPAN(hash.bytes)));

    const kw_str parts[] = {day, kw_str_of(scope->region), kw_str_of(scope->service),
                            KW_STR("aws4_request"), kw_buf_text(&text)};
    kw_hash32 signature;
    derive(&signature, key, parts, KW_COUNT(parts));
    KW_TRY(kw_buf_append_format(out, "%s Credential=%s/%.*s,SignedHeaders=", algorithm,
                                scope->access_key, KW_STR_ARG(kw_buf_text(&place))));
    KW_TRY(append_names(out, request));
    KW_TRY(kw_buf_append_str(out, KW_STR(",Signature=")));
    return kw_hex_encode(out, KW_SPAN(signature.bytes));
}
