/* SPDX-License-Identifier: Apache-2.0
 * Blobs in a bucket of any server that speaks the S3 API over TLS 1.3. There is no lock: one
 * process at a time removes and sweeps, and not what was put within the last two days. A bucket
 * that is not there is UNAVAILABLE, never "no such blob". */
#ifndef KW_STORE_S3_S3_H
#define KW_STORE_S3_S3_H

#include "crypto/secret.h"
#include "os/clock.h"
#include "store/blobs.h"

/* Texts are NUL-terminated and copied. */
typedef struct kw_s3_options {
    const char *url; /* of the bucket: "https://s3.example/bucket", "https://bucket.s3.example" */
    const char *region; /* "us-east-1" */
    const char *access_key;
    kw_secret_span secret_key; /* copied into guarded memory */
    const char *ca_file;       /* PEM; NULL = the system's */
    kw_clock clock;
    uint64_t (*random)(void *ctx); /* for the jitter of retries */
    void *random_ctx;
} kw_s3_options;

/* Makes no request. The caller owns `*out` (kw_blobs_free). BAD_INPUT: the URL is not https or has
 * a query or odd characters, or a text is missing or too long. NO_MEMORY. CT: leaks the length of
 * the secret key. */
KW_MUST_USE kw_status kw_blobs_open_s3(kw_blobs **out, const kw_s3_options *options, kw_error *err);

#endif /* KW_STORE_S3_S3_H */
