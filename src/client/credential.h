/* SPDX-License-Identifier: Apache-2.0
 * What a client proves itself with, and the key of its cache, which is derived from it: a cache
 * opens for the holder of the credential and for nobody else. */
#ifndef KW_CLIENT_CREDENTIAL_H
#define KW_CLIENT_CREDENTIAL_H

#include "crypto/secret.h"

enum {
    KW_CLIENT_API_KEY_BYTES_MAX = 256,
    KW_CLIENT_API_KEYS_BYTES_MAX = 256 * 1024,
    KW_CLIENT_KEY_FILE_BYTES_MAX = 64 * 1024,
    KW_CLIENT_TOKEN_BYTES_MAX = 8192,
};

/* All-zero is empty; drop wipes. */
typedef struct kw_client_credential {
    kw_secret_bytes api_key;  /* text with a NUL behind it; empty when a certificate is used */
    kw_secret_bytes api_keys; /* "https://host:port KEY" with a NUL behind each; empty: no list */
    kw_secret_key *cache_key;
} kw_client_credential;

void kw_client_credential_drop(kw_client_credential *credential);

/* Reads `api_key_file` (one line), or, when it is NULL, `client_key_file` (only to derive the cache
 * key: the TLS layer reads it again). `out` is empty before.
 * BAD_INPUT: both are NULL, or the API key is empty or has a byte outside of visible ASCII.
 * FORBIDDEN: the file is not private. LIMIT, NOT_FOUND, IO, NO_MEMORY. CT: leaks lengths. */
KW_MUST_USE kw_status kw_client_credential_load(kw_client_credential *out, const char *api_key_file,
                                                const char *client_key_file, kw_error *err);

/* The same for a cluster. Each operator makes an API key of its own, so the file may hold lines
 * "https://host:port KEY", with the place that the key is for, instead of one key. BAD_INPUT also:
 * a line of another form, or two for one place. */
KW_MUST_USE kw_status kw_client_credential_load_each(kw_client_credential *out,
                                                     const char *api_key_file,
                                                     const char *client_key_file, kw_error *err);

/* The API key as a NUL-terminated text for an Authorization field; NULL without one. Secret. */
const char *kw_client_credential_bearer(const kw_client_credential *credential);

/* The one for the daemon at `url`, "https://host:port": of a list that in its line, NULL without
 * one; else as above. Secret. */
const char *kw_client_credential_bearer_at(const kw_client_credential *credential, kw_str url);

/* Reads a token of an identity provider: one line. `out` is empty before. Statuses as above. */
KW_MUST_USE kw_status kw_client_token_load(kw_secret_bytes *out, const char *path, kw_error *err);

#endif /* KW_CLIENT_CREDENTIAL_H */
