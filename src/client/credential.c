/* SPDX-License-Identifier: Apache-2.0
 * Client credentials. Secret inputs: API keys, tokens, the private key file. */
#include "client/credential.h"

#include "crypto/kdf.h"

void kw_client_credential_drop(kw_client_credential *credential)
{
    kw_secret_bytes_drop(&credential->api_key);
    kw_secret_bytes_drop(&credential->api_keys);
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

/* One line of visible ASCII from the file of `what`; the maximum of `out` bounds it. */
static kw_status read_line(kw_secret_bytes *out, const char *path, const char *what, kw_error *err)
{
    KW_TRY_AT(err, kw_secret_bytes_read_file(out, path, true, err), "reading the %s file", what);
    kw_span shape = kw_declassify_span(kw_secret_bytes_view(out),
                                       "whether it is visible ASCII is told to its owner");
    KW_REQUIRE(is_visible_ascii(shape), err, KW_BAD_INPUT,
               "the %s file does not hold one line of visible ASCII", what);
    return KW_OK;
}

static kw_status load_api_key(kw_client_credential *out, const char *path, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_CLIENT_API_KEY_BYTES_MAX);
    KW_TRY(read_line(&text, path, "API key", err));
    KW_TRY_AT(err, derive_cache_key(&out->cache_key, kw_secret_bytes_view(&text)),
              "deriving the cache key");
    KW_TRY_AT(err,
              kw_secret_bytes_append(&text, kw_secret_span_of((kw_span){(const uint8_t *)"", 1})),
              "reading the API key file");
    out->api_key = kw_secret_bytes_take(&text);
    return KW_OK;
}

kw_status kw_client_token_load(kw_secret_bytes *out, const char *path, kw_error *err)
{
    /* A line end beside the token is none of it. */
    KW_AUTO(kw_secret_bytes) text = kw_secret_bytes_init(KW_CLIENT_TOKEN_BYTES_MAX + 2);
    KW_TRY(read_line(&text, path, "token", err));
    KW_REQUIRE(text.len <= KW_CLIENT_TOKEN_BYTES_MAX, err, KW_LIMIT,
               "the token is longer than %d bytes", KW_CLIENT_TOKEN_BYTES_MAX);
    *out = kw_secret_bytes_take(&text);
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

/* ---- a key for each operator ---- */

static kw_str text_of(const kw_secret_bytes *keys)
{
    kw_span text = kw_declassify_span(kw_secret_bytes_view(keys),
                                      "its form, and which place a key is for, is its owner's");
    return (kw_str){(const char *)text.ptr, text.len};
}

static kw_status keep_line(kw_client_credential *out, kw_str line, kw_error *err)
{
    kw_str url = {0};
    kw_str key = {0};
    bool is_line = kw_str_split(line, ' ', &url, &key) &&
                   kw_str_starts_with(url, KW_STR("https://")) &&
                   is_visible_ascii(kw_span_of_str(url)) && is_visible_ascii(kw_span_of_str(key));
    KW_REQUIRE(is_line, err, KW_BAD_INPUT,
               "the API key file holds neither one key nor lines of https://host:port KEY");
    KW_REQUIRE(kw_client_credential_bearer_at(out, url) == NULL, err, KW_BAD_INPUT,
               "the API key file has two keys for %.*s", KW_STR_ARG(url));
    const kw_span parts[] = {kw_span_of_str(line), {(const uint8_t *)"", 1}};
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        KW_TRY_AT(err, kw_secret_bytes_append(&out->api_keys, kw_secret_span_of(parts[i])),
                  "reading the API key file");
    }
    return KW_OK;
}

kw_status kw_client_credential_load_each(kw_client_credential *out, const char *api_key_file,
                                         const char *client_key_file, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) file = kw_secret_bytes_init(KW_CLIENT_API_KEYS_BYTES_MAX);
    KW_AUTO(kw_client_credential)
    list = {.api_keys = kw_secret_bytes_init(KW_CLIENT_API_KEYS_BYTES_MAX + 1)};
    kw_str line = {0};
    kw_str rest = {0};
    if (api_key_file == NULL) {
        return kw_client_credential_load(out, NULL, client_key_file, err);
    }
    KW_TRY_AT(err, kw_secret_bytes_read_file(&file, api_key_file, true, err),
              "reading the API key file");
    if (!kw_str_split(text_of(&file), ' ', &line, &rest)) {
        return kw_client_credential_load(out, api_key_file, client_key_file, err);
    }
    rest = text_of(&file);
    for (bool has_more = true; has_more;) {
        has_more = kw_str_split(rest, '\n', &line, &rest);
        KW_TRY(keep_line(&list, line, err));
    }
    out->api_keys = kw_secret_bytes_take(&list.api_keys);
    return KW_OK;
}

const char *kw_client_credential_bearer_at(const kw_client_credential *credential, kw_str url)
{
    kw_str rest = text_of(&credential->api_keys);
    while (rest.len > 0) {
        kw_str line = {0};
        kw_str place = {0};
        kw_str key = {0};
        (void)kw_str_split(rest, '\0', &line, &rest);
        (void)kw_str_split(line, ' ', &place, &key);
        if (kw_str_equal(place, url)) {
            return key.ptr; /* up to the NUL behind its line */
        }
    }
    return kw_client_credential_bearer(credential);
}

/* ---- one key ---- */

const char *kw_client_credential_bearer(const kw_client_credential *credential)
{
    if (credential->api_key.len == 0) {
        return NULL;
    }
    kw_span text = kw_declassify_span(kw_secret_bytes_view(&credential->api_key),
                                      "it goes to the server inside TLS");
    return (const char *)text.ptr;
}
