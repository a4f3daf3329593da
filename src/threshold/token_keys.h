/* SPDX-License-Identifier: Apache-2.0
 * The keys of the issuer of tokens, from a file (a JWKS) that is read again when it changes. */
#ifndef KW_THRESHOLD_TOKEN_KEYS_H
#define KW_THRESHOLD_TOKEN_KEYS_H

#include "obs/log.h"
#include "threshold/token.h"

/* Borrowed, and outlives the keys. */
typedef struct kw_token_keys_options {
    const char *path;
    kw_str issuer; /* claim "iss" of every token */
    kw_log *log;   /* NULL: none */
} kw_token_keys_options;

/* Any thread. */
typedef struct kw_token_keys kw_token_keys;

/* CONFIG: a file that is no set of keys; else as kw_file_read. */
KW_MUST_USE kw_status kw_token_keys_open(kw_token_keys **out, const kw_token_keys_options *options,
                                         kw_error *err);

/* No request may be in flight. Takes NULL. */
void kw_token_keys_free(kw_token_keys *keys);
KW_AUTO_PTR_DEFINE(kw_token_keys);

/* As kw_token_verify, by the keys of the file; looks at the file when it did not for
 * KW_TOKEN_KEYS_LOOK_MS. */
KW_MUST_USE kw_status kw_token_keys_verify(kw_token_keys *keys, kw_json **out, kw_str token,
                                           kw_unix_s now, kw_error *err);

/* Takes over what the file has now. A file that cannot be used is told to the log, and the keys of
 * before stay. */
void kw_token_keys_look(kw_token_keys *keys);

#endif /* KW_THRESHOLD_TOKEN_KEYS_H */
