/* SPDX-License-Identifier: Apache-2.0
 * One PKCS#11 token with its user logged in, and secrets on it: private data objects under a name.
 * A secret is read into memory to be used, for tokens know none of our curves; what the token gives
 * is a place that copies of disks do not reach and that erases. Source: PKCS#11 v2.40. */
#ifndef KW_HSM_HSM_H
#define KW_HSM_HSM_H

#include "crypto/secret.h"

enum {
    KW_HSM_LABEL_BYTES_MAX = 32, /* PKCS#11 has no longer ones */
    KW_HSM_PIN_BYTES_MAX = 255,
    KW_HSM_NAME_BYTES_MAX = 128,
    KW_HSM_SECRET_BYTES_MAX = 4096,
    KW_HSM_SLOTS_MAX = 64,      /* of one module that are looked at */
    KW_HSM_OBJECTS_MAX = 16384, /* that are listed at once */
};

/* One thread at a time. */
typedef struct kw_hsm kw_hsm;

typedef struct kw_hsm_options {
    const char *module;   /* path of the vendor's library */
    const char *label;    /* of the token */
    const char *pin_path; /* private file: the user's PIN without one newline at its end */
} kw_hsm_options;

/* Loads the module, looks for the token, logs in. UNAVAILABLE: the module cannot be loaded or
 * started. NOT_FOUND: it has no token of this label. CONFLICT: it has two. SEALED: the PIN is wrong
 * or locked, or its file is missing or not private. CONFIG: no label, or too long a one. NO_MEMORY,
 * IO. CT: leaks the length of the PIN and whether it was right. */
KW_MUST_USE kw_status kw_hsm_open(kw_hsm **out, const kw_hsm_options *options, kw_error *err);

/* Logs out. Takes NULL. */
void kw_hsm_free(kw_hsm *hsm);
KW_AUTO_PTR_DEFINE(kw_hsm);

/* The calls below, besides what they say: UNAVAILABLE: the token was pulled or does not answer.
 * FORBIDDEN: it is write-protected. NO_SPACE: it is full. BAD_INPUT: a name of no or more than
 * KW_HSM_NAME_BYTES_MAX bytes. NO_MEMORY, IO. */

/* Puts a new secret. CONFLICT: there is one of this name. LIMIT: longer than
 * KW_HSM_SECRET_BYTES_MAX. CT: leaks the length. */
KW_MUST_USE kw_status kw_hsm_put(kw_hsm *hsm, kw_str name, kw_secret_span secret, kw_error *err);

/* Appends the secret to `out`. NOT_FOUND. CORRUPT: two objects have this name. LIMIT: it does not
 * fit. CT: leaks the length. */
KW_MUST_USE kw_status kw_hsm_get(kw_hsm *hsm, kw_secret_bytes *out, kw_str name, kw_error *err);

/* The token erases it. NOT_FOUND: there is none. */
KW_MUST_USE kw_status kw_hsm_destroy(kw_hsm *hsm, kw_str name, kw_error *err);

/* Calls `each` with the name of every secret whose name begins so, in no order; it may not use the
 * token. LIMIT: more than KW_HSM_OBJECTS_MAX. What `each` returns but OK ends it. */
KW_MUST_USE kw_status kw_hsm_list(kw_hsm *hsm, kw_str prefix,
                                  kw_status (*each)(void *ctx, kw_str name), void *ctx,
                                  kw_error *err);

#endif /* KW_HSM_HSM_H */
