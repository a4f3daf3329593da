/* SPDX-License-Identifier: Apache-2.0
 * Key refresh and cache. Secret inputs: the credential and the epoch keys. */
#include "client/keys.h"

#include "base/heap.h"
#include "client/cache.h"
#include "client/fetch.h"
#include "client/randomness.h"
#include "client/schedule.h"
#include "os/lock.h"

#include <stdio.h>

enum {
    URL_BYTES_MAX = 2048,
    PATH_BYTES_MAX = 4096,
    REQUEST_MS_DEFAULT = 10000,
    LOCK_WAIT_MORE_MS = 5000, /* than another process may ask the server */
};

struct kw_client_keys {
    kw_client_credential credential;
    kw_client_randomness randomness;
    kw_rng rng;
    kw_aead *aead;
    kw_http_client *http; /* NULL when offline */
    kw_clock clock;
    kw_client_keyset_rule rule;
    kw_client_keyset set;
    kw_unix_ms fetched_ms; /* of `set`; 0: there is none */
    kw_unix_ms next_ms;
    uint32_t request_ms; /* of one attempt, and of the patience with a server that asks for it */
    int64_t skew_s;
    uint32_t failures_count; /* in a row */
    char url[URL_BYTES_MAX];
    char keys_url[URL_BYTES_MAX];
    char cache_path[PATH_BYTES_MAX]; /* empty: memory only */
    char lock_path[PATH_BYTES_MAX];
};

/* Jitter spreads load and protects nothing: without randomness there is just none of it. */
static uint64_t jitter(const kw_client_keys *keys)
{
    uint64_t value = 0;
    kw_status st = kw_rng_fill(&keys->rng, (kw_mspan){(uint8_t *)&value, sizeof value});
    return st == KW_OK ? value : 0;
}

static uint64_t jitter_of_http(void *ctx)
{
    return jitter(ctx);
}

static kw_client_cache cache_of(const kw_client_keys *keys)
{
    return (kw_client_cache){.path = keys->cache_path,
                             .server_url = keys->url,
                             .aead = keys->aead,
                             .key = keys->credential.cache_key};
}

/* Checks an answer and puts it in place of the present keys, which stay when it is malformed. */
static kw_status adopt(kw_client_keys *keys, kw_secret_span body, kw_unix_ms fetched_ms,
                       kw_error *err)
{
    kw_client_keyset set = {0};
    KW_TRY(kw_client_keyset_decode(&set, body, &keys->rule, err));
    kw_client_keyset_drop(&keys->set);
    keys->set = set;
    keys->fetched_ms = fetched_ms;
    keys->failures_count = 0;
    keys->next_ms = kw_refresh_after_failure(fetched_ms, 1, 0, jitter(keys));
    if (set.count > 0) {
        const kw_emtp_window *window = &set.keys[0].window;
        keys->next_ms = kw_refresh_after_success(fetched_ms, window->not_before, window->not_after,
                                                 jitter(keys));
    }
    return KW_OK;
}

/* Takes what the cache holds when it is newer than ours. */
static kw_status load_cache(kw_client_keys *keys, kw_error *err)
{
    kw_client_cache cache = cache_of(keys);
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    kw_unix_ms fetched_ms = 0;
    KW_TRY(kw_client_cache_load(&cache, &body, &fetched_ms, err));
    bool is_newer = fetched_ms > keys->fetched_ms &&
                    fetched_ms <= kw_clock_now_ms(&keys->clock) + KW_REFRESH_HOURLY_MS;
    return is_newer ? adopt(keys, kw_secret_bytes_view(&body), fetched_ms, err) : KW_OK;
}

static kw_status copy_text(char *out, size_t size, const char *text, const char *suffix,
                           kw_error *err)
{
    int len = snprintf(out, size, "%s%s", text, suffix);
    KW_REQUIRE(len > 0 && (size_t)len < size, err, KW_BAD_INPUT, "a path or URL is too long");
    return KW_OK;
}

static kw_status open_http(kw_client_keys *keys, const kw_client_keys_options *options,
                           kw_error *err)
{
    if (options->is_offline) {
        return KW_OK;
    }
    kw_http_client_options http = {
        .ca_file = options->ca_file,
        .pinned_spki = options->pinned_spki,
        .certificate_file = options->client_cert_file,
        .key_file = options->client_cert_file == NULL ? NULL : options->client_key_file,
        .total_ms = keys->request_ms,
        .body_bytes_max = KW_CLIENT_ANSWER_BYTES_MAX,
        .random = jitter_of_http,
        .random_ctx = keys,
    };
    KW_TRY_AT(err, kw_http_client_setup(err), "starting the HTTP client");
    KW_TRY_AT(err, kw_http_client_new(&keys->http, &http, err), "starting the HTTP client");
    return KW_OK;
}

static kw_status open_randomness(kw_client_keys *keys, kw_error *err)
{
    KW_TRY(kw_client_randomness_open(&keys->randomness, err));
    keys->rng = kw_client_randomness_rng(&keys->randomness);
    KW_TRY_AT(err, kw_aead_new(&keys->aead, keys->rng), "opening the cipher");
    return KW_OK;
}

static kw_status open_parts(kw_client_keys *keys, const kw_client_keys_options *options,
                            kw_error *err)
{
    kw_str url = kw_str_of(options->server_url);
    KW_REQUIRE(kw_str_starts_with(url, KW_STR("https://")) && !kw_str_ends_with(url, KW_STR("/")),
               err, KW_BAD_INPUT, "the server URL is not https://host:port");
    keys->clock = options->clock;
    keys->rule = options->rule;
    keys->request_ms = options->timeout_ms == 0 ? REQUEST_MS_DEFAULT : options->timeout_ms;
    KW_TRY(copy_text(keys->url, sizeof keys->url, options->server_url, "", err));
    KW_TRY(copy_text(keys->keys_url, sizeof keys->keys_url, options->server_url, "/keys", err));
    KW_TRY(kw_client_credential_load(&keys->credential, options->api_key_file,
                                     options->client_key_file, err));
    KW_TRY(open_randomness(keys, err));
    KW_TRY(open_http(keys, options, err));
    if (options->cache_file == NULL) {
        return KW_OK;
    }
    KW_TRY(copy_text(keys->cache_path, sizeof keys->cache_path, options->cache_file, "", err));
    KW_TRY(copy_text(keys->lock_path, sizeof keys->lock_path, options->cache_file, ".lock", err));
    /* A cache that is missing, damaged or of another credential only costs a request. */
    kw_status st = load_cache(keys, NULL);
    return st == KW_NO_MEMORY ? kw_fail(err, st, "loading the key cache") : KW_OK;
}

kw_status kw_client_keys_open(kw_client_keys **out, const kw_client_keys_options *options,
                              kw_error *err)
{
    KW_AUTO_PTR(kw_client_keys) keys = kw_heap_new(1, sizeof *keys);
    KW_REQUIRE(keys != NULL, err, KW_NO_MEMORY, "no memory for a client");
    KW_TRY(open_parts(keys, options, err));
    *out = keys;
    keys = NULL;
    return KW_OK;
}

void kw_client_keys_free(kw_client_keys *keys)
{
    if (keys == NULL) {
        return;
    }
    kw_client_keyset_drop(&keys->set);
    kw_http_client_free(keys->http);
    kw_aead_free(keys->aead);
    kw_client_randomness_drop(&keys->randomness);
    kw_client_credential_drop(&keys->credential);
    kw_heap_free(keys);
}

static void note_server_time(kw_client_keys *keys, const kw_client_fetched *fetched)
{
    if (fetched->has_server_time) {
        keys->skew_s = fetched->server_time - kw_clock_now_ms(&keys->clock) / 1000;
    }
}

/* One request; its answer becomes ours and, when there is a cache, everybody's. */
static kw_status fetch_and_store(kw_client_keys *keys, kw_client_fetched *fetched,
                                 uint32_t patience_ms, kw_error *err)
{
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(KW_CLIENT_ANSWER_BYTES_MAX);
    const kw_client_question question = {keys->keys_url, &keys->credential, patience_ms};
    kw_status st = kw_client_fetch(keys->http, &body, fetched, &question, err);
    note_server_time(keys, fetched);
    KW_TRY_AT(err, st, "asking the key server");
    kw_unix_ms now_ms = kw_clock_now_ms(&keys->clock);
    st = adopt(keys, kw_secret_bytes_view(&body), now_ms, err);
    KW_TRY_AT(err, st == KW_BAD_INPUT ? KW_PEER_REFUSED : st, "checking the server's answer");
    if (keys->cache_path[0] == '\0') {
        return KW_OK;
    }
    kw_client_cache cache = cache_of(keys);
    return kw_client_cache_store(&cache, kw_secret_bytes_view(&body), now_ms, err);
}

static kw_status refresh_under_lock(kw_client_keys *keys, kw_client_fetched *fetched,
                                    uint32_t patience_ms, kw_error *err)
{
    KW_AUTO(kw_file_lock) lock = {0};
    if (keys->cache_path[0] != '\0') {
        uint64_t wait_ms = (uint64_t)keys->request_ms + patience_ms + LOCK_WAIT_MORE_MS;
        uint32_t bounded_ms = (uint32_t)KW_MIN(wait_ms, UINT32_MAX);
        KW_TRY_AT(err, kw_file_lock_take(&lock, keys->lock_path, bounded_ms, err),
                  "waiting for the key cache");
        kw_unix_ms before_ms = keys->fetched_ms;
        kw_status st = load_cache(keys, NULL);
        if (st == KW_OK && keys->fetched_ms > before_ms &&
            keys->next_ms > kw_clock_now_ms(&keys->clock)) {
            return KW_OK;
        }
    }
    return fetch_and_store(keys, fetched, patience_ms, err);
}

static kw_status refresh(kw_client_keys *keys, uint32_t patience_ms, kw_error *err)
{
    KW_REQUIRE(keys->http != NULL, err, KW_UNAVAILABLE, "the client is offline");
    kw_client_fetched fetched = {0};
    kw_status st = refresh_under_lock(keys, &fetched, patience_ms, err);
    if (st != KW_OK) {
        keys->failures_count += keys->failures_count < UINT32_MAX ? 1 : 0;
        keys->next_ms =
            kw_refresh_after_failure(kw_clock_now_ms(&keys->clock), keys->failures_count,
                                     fetched.retry_after_ms, jitter(keys));
    }
    return st;
}

kw_status kw_client_keys_refresh(kw_client_keys *keys, kw_error *err)
{
    return refresh(keys, keys->request_ms, err);
}

static bool has_usable_key(const kw_client_keys *keys, kw_unix_s now)
{
    for (size_t i = 0; i < keys->set.count; i++) {
        if (kw_client_key_is_usable(&keys->set.keys[i], now)) {
            return true;
        }
    }
    return false;
}

kw_status kw_client_keys_use(kw_client_keys *keys, const kw_client_keyset **out, kw_unix_s *out_now,
                             kw_error *err)
{
    kw_unix_ms now_ms = kw_clock_now_ms(&keys->clock);
    kw_status st = KW_OK;
    if (keys->http != NULL && now_ms >= keys->next_ms) {
        /* Who has keys does not wait for newer ones. */
        bool can_go_on = has_usable_key(keys, now_ms / 1000);
        st = refresh(keys, can_go_on ? 0 : keys->request_ms, err);
    }
    if (!has_usable_key(keys, now_ms / 1000)) {
        return st != KW_OK ? st : kw_fail(err, KW_UNAVAILABLE, "there is no usable key now");
    }
    *out = &keys->set;
    *out_now = now_ms / 1000;
    return KW_OK;
}

kw_unix_ms kw_client_keys_next_ms(const kw_client_keys *keys)
{
    return keys->next_ms;
}

int64_t kw_client_keys_skew_s(const kw_client_keys *keys)
{
    return keys->skew_s;
}
