/* SPDX-License-Identifier: Apache-2.0
 * AWS Signature Version 4 in the Authorization field. Source: AWS, "Signature Calculations for the
 * Authorization Header: Transferring Payload in a Single Chunk" (Amazon S3 API Reference). */
#ifndef KW_STORE_S3_SIGV4_H
#define KW_STORE_S3_SIGV4_H

#include "base/buf.h"
#include "base/utc.h"
#include "crypto/secret.h"
#include "net/http_client.h"

/* "20130524T000000Z" and a NUL. */
#define KW_SIGV4_TIME_BYTES 17

/* The value of x-amz-date. */
void kw_sigv4_time(char out[KW_SIGV4_TIME_BYTES], kw_unix_s at_s);

/* Whose key it is and what it is for. Texts are NUL-terminated and borrowed. */
typedef struct kw_sigv4_scope {
    const char *access_key;
    const char *region;  /* "us-east-1" */
    const char *service; /* "s3" */
} kw_sigv4_scope;

typedef struct kw_sigv4_request {
    const char *method;
    kw_str path;  /* as in the URL: percent-encoded, begins with "/" */
    kw_str query; /* as in the URL: percent-encoded, sorted by name, each with a "=" */
    const kw_http_field *fields; /* that are signed, host among them; lower-case names, sorted */
    size_t fields_count;
    kw_hash32 payload; /* SHA-256 of the body */
    kw_unix_s at_s;
} kw_sigv4_request;

/* Appends the value of the Authorization field. `key`: "AWS4" and the secret access key.
 * LIMIT, NO_MEMORY. CT: constant time in the key, leaks its length. */
KW_MUST_USE kw_status kw_sigv4_sign(kw_buf *out, const kw_sigv4_scope *scope, kw_secret_span key,
                                    const kw_sigv4_request *request);

#endif /* KW_STORE_S3_SIGV4_H */
