/* SPDX-License-Identifier: Apache-2.0
 * Client credentials. Secret inputs: the API key, the private key file. */
#include "client/credential.h"

#include "crypto/kdf.h"

void kw_client_credential_drop(kw_client_credential *credential)
{
    kw_secret_bytes_drop(&credential->api_key);
    kw_secret_key_free(credential->cache_key);
    credential->cache_key = NULL;
}

static kw_status derive_cache_key(kw_secret_key **out, kw_secret_span credential)
{
    KW_AUTO(kw_secret32) key = {{0}};
    kw_hkdf_sha256(&key, credential, (kw_span){0}, KW_STR("keyward/client-cache/v1"));
    return kw_secret_key_new(out, &key);
}

static bool is_visible_ascii(kw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
            return false;
        }
    }
    return text.len > 0;
}

static kw_status load_api_key(kw_client_credential *out, const char *path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_CLIENT_API_KEY_BYTES_MAX);
    KW_TRY_AT(err, kw_secret_bytes_read_file(&text, path, true, err), "reading the API key file");
    kw_span shape = kw_declassify_span(kw_secret_bytes_view(&text),
                                       "whether it is visible ASCII is told to its owner");
    KW_REQUIRE(is_visible_ascii(shape), err, KW_BAD_INPUT,
               "the API key file does not hold one line of visible ASCII");
    KW_TRY_AT(err, derive_cache_key(&out->cache_key, kw_secret_bytes_view(&text)),
              "deriving the cache key");
    KW_TRY_AT(err,
              kw_secret_bytes_append(&text, kw_secret_span_of((kw_span){(const uint8_t *)"", 1})),
              "reading the API key file");
    out->api_key = kw_secret_bytes_take(&text);
    return KW_OK;
}

kw_status kw_client_credential_load(kw_client_credential *out, const char *api_key_file,
                                    const char *client_key_file, kw_error *err)
{
    KW_ASSERT(out->cache_key == NULL);
    if (api_key_file != NULL) {
        return load_api_key(out, api_key_file, err);
    }
    KW_REQUIRE(client_key_file != NULL, err, KW_BAD_INPUT,
               "no credential: give an API key file, or a client certificate and its key");
    KW_AUTO(kw_secret_bytes) pem = kw_secret_bytes_init(KW_CLIENT_KEY_FILE_BYTES_MAX);
    KW_TRY_AT(err, kw_secret_bytes_read_file(&pem, client_key_file, false, err),
              "reading the client key file");
    KW_TRY_AT(err, derive_cache_key(&out->cache_key, kw_secret_bytes_view(&pem)),
              "deriving the cache key");
    return KW_OK;
}

const char *kw_client_credential_bearer(const kw_client_credential *credential)
{
    if (credential->api_key.len == 0) {
        return NULL;
    }
    kw_span text = kw_declassify_span(kw_secret_bytes_view(&credential->api_key),
                                      "it goes to the server inside TLS");
    return (const char *)text.ptr;
}
