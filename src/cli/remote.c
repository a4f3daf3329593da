/* SPDX-License-Identifier: Apache-2.0
 * Calls to a daemon. Secret inputs: the API key. */
#include "cli/remote.h"

#include "base/heap.h"
#include "codec/form.h"
#include "codec/json.h"
#include "net/problem.h"
#include "os/clock.h"

enum {
    ANSWER_BYTES_MAX = 4 << 20,
    BODY_BYTES_MAX = 256 << 10,
    PATIENCE_MS = 10000,
    ID_BYTES_MAX = 1024, /* encoded */
};

struct kw_remote {
    kw_client_credential credential;
    kw_http_client *http;
    kw_str server; /* borrowed from the options */
};

/* The clock's lowest digits are random enough to spread clients. */
static uint64_t spread(void *ctx)
{
    KW_UNUSED(ctx);
    return kw_monotonic_ns() * UINT64_C(0x9e3779b97f4a7c15);
}

static const char *text_or_null(kw_str text)
{
    return text.len == 0 ? NULL : text.ptr;
}

static kw_status fill(kw_remote *remote, const kw_remote_options *options, kw_error *err)
{
    KW_REQUIRE(options->server.len > 0, err, KW_USAGE, "--server is missing");
    KW_REQUIRE(kw_str_starts_with(options->server, KW_STR("https://")) &&
                   !kw_str_ends_with(options->server, KW_STR("/")),
               err, KW_USAGE, "--server is not https://host:port");
    KW_REQUIRE(options->api_key_file.len > 0 || options->cert.len > 0, err, KW_USAGE,
               "give --api-key-file, or --cert and --cert-key");
    KW_REQUIRE((options->cert.len > 0) == (options->cert_key.len > 0), err, KW_USAGE,
               "--cert and --cert-key go together");
    remote->server = options->server;
    KW_TRY(kw_client_credential_load(&remote->credential, text_or_null(options->api_key_file),
                                     text_or_null(options->cert_key), err));
    kw_http_client_options http = {
        .ca_file = text_or_null(options->ca),
        .pinned_spki = text_or_null(options->pin),
        .certificate_file = text_or_null(options->cert),
        .key_file = text_or_null(options->cert_key),
        .body_bytes_max = ANSWER_BYTES_MAX,
        .random = spread,
    };
    KW_TRY_AT(err, kw_http_client_setup(err), "starting the HTTP client");
    KW_TRY_AT(err, kw_http_client_new(&remote->http, &http, err), "starting the HTTP client");
    return KW_OK;
}

kw_status kw_remote_open(kw_remote **out, const kw_remote_options *options, kw_error *err)
{
    KW_AUTO_PTR(kw_remote) remote = kw_heap_new(1, sizeof *remote);
    KW_REQUIRE(remote != NULL, err, KW_NO_MEMORY, "no memory for a connection");
    KW_TRY(fill(remote, options, err));
    *out = remote;
    remote = NULL;
    return KW_OK;
}

void kw_remote_free(kw_remote *remote)
{
    if (remote != NULL) {
        kw_http_client_free(remote->http);
        kw_client_credential_drop(&remote->credential);
        kw_heap_free(remote);
    }
}

kw_status kw_remote_url(kw_remote *remote, kw_arena *arena, kw_str *out_url, kw_str path,
                        kw_error *err)
{
    KW_TRY_AT(
        err,
        kw_arena_format(arena, out_url, "%.*s%.*s", KW_STR_ARG(remote->server), KW_STR_ARG(path)),
        "building a URL");
    return KW_OK;
}

kw_http_client *kw_remote_http(kw_remote *remote)
{
    return remote->http;
}

const char *kw_remote_bearer(const kw_remote *remote)
{
    return kw_client_credential_bearer(&remote->credential);
}

/* The server's own words in place of ours, when it sent any. */
static kw_status explain(kw_status st, const kw_http_result *result, kw_arena *arena, kw_error *err)
{
    kw_problem told = {.words = {0}};
    if (!kw_problem_read(&told, arena, result)) {
        return st;
    }
    return kw_fail(err, kw_problem_status(&told, result, st),
                   "the server refuses: %.*s (%.*s, request %.*s)", KW_STR_ARG(told.words),
                   KW_STR_ARG(told.code), KW_STR_ARG(told.request_id));
}

static kw_status take_bytes(void *ctx, kw_span bytes)
{
    kw_secret_bytes *answer = ctx;
    return kw_secret_bytes_append(answer, kw_secret_span_of(bytes));
}

static kw_status run(kw_remote *remote, kw_http_result *result, const kw_remote_request *request,
                     kw_span body, kw_error *err)
{
    kw_str url = {0};
    KW_TRY(kw_remote_url(remote, request->arena, &url, request->path, err));
    /* An answer may show a new API key: it stays in secret memory until it is decoded. */
    KW_AUTO(kw_secret_bytes) answer = kw_secret_bytes_init(ANSWER_BYTES_MAX);
    kw_http_call call = {
        .method = request->method,
        .url = url.ptr,
        .bearer = kw_remote_bearer(remote),
        .media_type = request->in == NULL ? NULL : "application/json",
        .body = body,
        .patience_ms = PATIENCE_MS,
        .on_bytes = take_bytes,
        .ctx = &answer,
    };
    kw_status st = kw_http_client_run(remote->http, result, &call, err);
    if (st != KW_OK) {
        return explain(st, result, request->arena, err);
    }
    if (request->out == NULL) {
        return KW_OK;
    }
    kw_span json = kw_declassify_span(kw_secret_bytes_view(&answer),
                                      "the caller asked for it and decides what is shown");
    kw_status decoded =
        kw_json_decode(request->out_object, request->arena, request->out, json, err);
    KW_TRY_AT(err, decoded == KW_OK ? KW_OK : KW_PEER_REFUSED, "reading the server's answer");
    return KW_OK;
}

kw_status kw_remote_call(kw_remote *remote, const kw_remote_request *request, kw_error *err)
{
    KW_AUTO(kw_buf) body = kw_buf_init(BODY_BYTES_MAX);
    if (request->in != NULL) {
        KW_TRY_AT(err, kw_json_encode(&body, request->in, request->in_object, KW_JSON_PLAIN),
                  "writing the request");
    }
    kw_http_result result = {0};
    kw_status st = run(remote, &result, request, kw_buf_view(&body), err);
    kw_http_result_drop(&result);
    return st;
}

kw_status kw_remote_page(kw_arena *arena, kw_str *out, const char *path, kw_str after)
{
    KW_AUTO(kw_buf) encoded = kw_buf_init(ID_BYTES_MAX);
    if (after.len == 0) {
        *out = kw_str_of(path);
        return KW_OK;
    }
    KW_TRY(kw_url_encode(&encoded, after));
    return kw_arena_format(arena, out, "%s?after=%.*s", path, KW_STR_ARG(kw_buf_text(&encoded)));
}

kw_status kw_remote_object(kw_arena *arena, kw_str *out, const char *before, kw_str id,
                           const char *behind)
{
    KW_AUTO(kw_buf) encoded = kw_buf_init(ID_BYTES_MAX);
    KW_TRY(kw_url_encode(&encoded, id));
    return kw_arena_format(arena, out, "%s%.*s%s", before, KW_STR_ARG(kw_buf_text(&encoded)),
                           behind);
}

kw_status kw_remote_get_secret(kw_remote *remote, kw_secret_bytes *out, const char *path,
                               kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(8192);
    kw_str url = {0};
    KW_TRY(kw_remote_url(remote, &arena, &url, kw_str_of(path), err));
    const kw_client_question question = {url.ptr, &remote->credential, PATIENCE_MS};
    kw_client_fetched fetched = {0};
    return kw_client_fetch(remote->http, out, &fetched, &question, err);
}
