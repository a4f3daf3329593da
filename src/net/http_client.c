/* SPDX-License-Identifier: Apache-2.0
 * HTTP calls one after the other, with retries. Secret inputs: the bearer token. */
#include "net/http_client.h"

#include "base/heap.h"
#include "codec/base64.h"
#include "net/http_attempt.h"
#include "os/clock.h"

enum {
    WAIT_SLICE_MS = 500,
};

struct kw_http_client {
    CURL *easy;
    kw_http_client_options options; /* texts are owned copies */
};

kw_status kw_http_client_setup(kw_error *err)
{
    KW_REQUIRE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, err, KW_LIMIT,
               "libcurl could not be started");
    return KW_OK;
}

kw_status kw_http_client_new(kw_http_client **out, const kw_http_client_options *options,
                             kw_error *err)
{
    KW_REQUIRE(options->backoff.attempts_max <= 1 || options->random != NULL, err, KW_BAD_INPUT,
               "retries need randomness");
    KW_AUTO_PTR(kw_http_client) client = kw_heap_new(1, sizeof *client);
    KW_REQUIRE(client != NULL, err, KW_NO_MEMORY, "no memory for an HTTP client");
    KW_TRY(kw_http_options_copy(&client->options, options, err));
    client->easy = curl_easy_init();
    KW_REQUIRE(client->easy != NULL, err, KW_NO_MEMORY, "no memory for an HTTP client");
    *out = client;
    client = NULL;
    return KW_OK;
}

void kw_http_client_free(kw_http_client *client)
{
    if (client == NULL) {
        return;
    }
    curl_easy_cleanup(client->easy);
    kw_http_options_drop(&client->options);
    kw_heap_free(client);
}

void kw_http_result_drop(kw_http_result *result)
{
    kw_buf_drop(&result->body);
    kw_buf_drop(&result->fields);
    *result = (kw_http_result){0};
}

kw_str kw_http_result_field(const kw_http_result *result, const char *name)
{
    kw_str rest = kw_buf_text(&result->fields);
    while (rest.len > 0) {
        kw_str line = {0};
        kw_str value = {0};
        (void)kw_str_split(rest, '\n', &line, &rest);
        if (kw_str_split(line, ':', &line, &value) && kw_str_equal(line, kw_str_of(name))) {
            return kw_str_trim(value);
        }
    }
    return (kw_str){0};
}

void kw_http_pin_format(char out[KW_HTTP_PIN_BYTES], const kw_hash32 *spki)
{
    static const char scheme[] = "sha256//";
    memcpy(out, scheme, sizeof scheme - 1);
    kw_base64_encode_to(out + sizeof scheme - 1, KW_SPAN(spki->bytes), KW_BASE64_STANDARD);
    out[KW_HTTP_PIN_BYTES - 1] = '\0';
}

/* ---- the call ---- */

static bool is_cancelled(const kw_http_call *call)
{
    return call->cancel != NULL && atomic_load(call->cancel);
}

/* Sleeps in slices, so that a cancelled call ends soon. */
static void wait_for(uint64_t wait_ms, const kw_http_call *call)
{
    while (wait_ms > 0 && !is_cancelled(call)) {
        uint64_t slice_ms = KW_MIN(wait_ms, (uint64_t)WAIT_SLICE_MS);
        kw_sleep_ms(slice_ms);
        wait_ms -= slice_ms;
    }
}

static uint64_t now_ms(void)
{
    return kw_monotonic_ns() / 1000000;
}

static bool may_repeat(const kw_http_attempt *now, kw_status st)
{
    bool is_idempotent = now->call->is_repeatable || now->call->method != KW_POST;
    bool has_answer = now->result->http != 0;
    if (now->has_streamed || (!has_answer && st != KW_NETWORK && st != KW_TIMED_OUT)) {
        return false;
    }
    return kw_backoff_is_retryable(now->result->http, is_idempotent);
}

static bool is_put_off(const kw_http_call *call, const kw_http_result *result)
{
    return call->method == KW_GET && result->has_retry_after &&
           (result->http == 429 || result->http == 503);
}

/* The wait before the next attempt; false: there is none. */
static bool plan_wait(uint64_t *out_ms, const kw_http_attempt *now, kw_status st, uint64_t spent_ms)
{
    /* On top of what a server asked for, so that those it told the same do not come together. */
    static const kw_backoff spread = {.base_ms = 250, .max_ms = 2000, .attempts_max = 10};
    const kw_http_client_options *options = now->options;
    const kw_http_result *result = now->result;
    if (result->attempts < options->backoff.attempts_max && may_repeat(now, st)) {
        *out_ms = kw_backoff_wait_ms(&options->backoff, result->attempts, result->retry_after_ms,
                                     options->random(options->random_ctx));
        return true;
    }
    if (now->call->patience_ms == 0 || result->attempts >= spread.attempts_max ||
        !is_put_off(now->call, result)) {
        return false;
    }
    *out_ms = result->retry_after_ms + kw_backoff_wait_ms(&spread, result->attempts, 0,
                                                          options->random(options->random_ctx));
    return spent_ms + *out_ms <= now->call->patience_ms;
}

kw_status kw_http_client_run(kw_http_client *client, kw_http_result *out, const kw_http_call *call,
                             kw_error *err)
{
    const kw_http_client_options *options = &client->options;
    KW_REQUIRE(call->patience_ms == 0 || options->random != NULL, err, KW_BAD_INPUT,
               "retries need randomness");
    uint64_t began_ms = now_ms();
    for (uint32_t attempts = 1;; attempts++) {
        kw_http_attempt now = {
            .options = options, .call = call, .result = out, .easy = client->easy};
        KW_TRY(kw_http_attempt_begin(&now, attempts, err));
        kw_status st = kw_http_attempt_end(&now, curl_easy_perform(now.easy), err);
        uint64_t wait_ms = 0;
        if (st == KW_OK || !plan_wait(&wait_ms, &now, st, now_ms() - began_ms)) {
            return st;
        }
        wait_for(wait_ms, call);
        KW_REQUIRE(!is_cancelled(call), err, KW_CANCELLED, "the call was cancelled");
    }
}
