/* SPDX-License-Identifier: Apache-2.0
 * The contract of blobs on the S3 API.
 * Secret inputs: the secret access key. */
#include "store/s3/s3.h"

#include "base/heap.h"
#include "codec/form.h"
#include "codec/hex.h"
#include "crypto/hash.h"
#include "store/blobs_driver.h"
#include "store/s3/listing.h"
#include "store/s3/sigv4.h"

#include <stdio.h>

enum {
    URL_BYTES_MAX = 1024,
    NAME_BYTES_MAX = 256,
    SECRET_BYTES_MAX = 256,
    PAGES_MAX = 1 << 20,
    PAGE_BYTES_MAX = 4 << 20,
    QUERY_BYTES_MAX = 8 << 10,
    ATTEMPT_MS = 60000,
    RENEW_AFTER_S = 24 * 60 * 60, /* what is older is written again to be new */
};

typedef struct s3_blobs {
    kw_blobs base; /* first: a kw_blobs * is an s3_blobs * */
    kw_http_client *client;
    kw_secret_bytes key; /* "AWS4" and the secret access key */
    kw_clock clock;
    char origin[URL_BYTES_MAX]; /* "https://host:port" */
    char host[URL_BYTES_MAX];   /* as in the Host field */
    char path[URL_BYTES_MAX];   /* of the bucket: "/bucket" or "" */
    char region[NAME_BYTES_MAX];
    char access_key[NAME_BYTES_MAX];
} s3_blobs;

/* ---- requests ---- */

typedef struct s3_request {
    kw_method method;
    const char *key; /* NULL: the bucket itself */
    kw_str query;
    kw_span body;
} s3_request;

/* What goes out; the texts of `url` and `authorization` live in the buffers. */
typedef struct signed_request {
    kw_buf url;
    kw_buf authorization;
    char sha256[65];
    char at[KW_SIGV4_TIME_BYTES];
} signed_request;

static void signed_request_drop(signed_request *r)
{
    kw_buf_drop(&r->url);
    kw_buf_drop(&r->authorization);
}

static kw_status build(const s3_blobs *s3, signed_request *out, const s3_request *request)
{
    kw_hash32 payload;
    kw_sha256(&payload, request->body);
    kw_hex_encode_to(out->sha256, KW_SPAN(payload.bytes));
    kw_unix_s now_s = kw_clock_now_ms(&s3->clock) / 1000;
    kw_sigv4_time(out->at, now_s);

    KW_TRY(kw_buf_append_format(&out->url, "%s", s3->origin));
    size_t path_at = out->url.len;
    const char *slash = request->key != NULL || s3->path[0] == '\0' ? "/" : "";
    KW_TRY(kw_buf_append_format(&out->url, "%s%s%s", s3->path, slash,
                                request->key == NULL ? "" : request->key));
    size_t path_len = out->url.len - path_at;
    if (request->query.len > 0) {
        KW_TRY(kw_buf_append_format(&out->url, "?%.*s", KW_STR_ARG(request->query)));
    }
    const kw_http_field fields[] = {
        {"host", s3->host}, {"x-amz-content-sha256", out->sha256}, {"x-amz-date", out->at}};
    kw_sigv4_request canonical = {
        .method = kw_method_name(request->method),
        .path = {(const char *)out->url.ptr + path_at, path_len},
        .query = request->query,
        .fields = fields,
        .fields_count = KW_COUNT(fields),
        .payload = payload,
        .at_s = now_s,
    };
    kw_sigv4_scope scope = {s3->access_key, s3->region, "s3"};
    return kw_sigv4_sign(&out->authorization, &scope, kw_secret_bytes_view(&s3->key), &canonical);
}

/* A bucket that is gone must not read as a blob that is not there. */
static kw_status status_of(kw_status st, const kw_http_result *result, kw_error *err)
{
    kw_str code = kw_s3_error_code(kw_buf_text(&result->body));
    if (st == KW_NOT_FOUND && !kw_str_equal(code, KW_STR("NoSuchKey"))) {
        return kw_fail(err, KW_UNAVAILABLE, "the bucket answers %.*s",
                       KW_STR_ARG(code.len == 0 ? KW_STR("404") : code));
    }
    return code.len == 0 ? st : kw_error_at(err, st, "asking S3 (%.*s)", KW_STR_ARG(code));
}

static kw_status run(s3_blobs *s3, kw_http_result *out, const s3_request *request, kw_error *err)
{
    KW_AUTO(signed_request)
    r = {.url = kw_buf_init(4 * URL_BYTES_MAX + QUERY_BYTES_MAX),
         .authorization = kw_buf_init(4 * URL_BYTES_MAX)};
    const char *url = NULL;
    const char *authorization = NULL;
    KW_TRY_AT(err, build(s3, &r, request), "signing a request to S3");
    KW_TRY_AT(err, kw_buf_c_text(&r.url, &url), "signing a request to S3");
    KW_TRY_AT(err, kw_buf_c_text(&r.authorization, &authorization), "signing a request to S3");
    const kw_http_field fields[] = {
        {"x-amz-content-sha256", r.sha256}, {"x-amz-date", r.at}, {"Authorization", authorization}};
    kw_http_call call = {.method = request->method,
                         .url = url,
                         .fields = fields,
                         .fields_count = KW_COUNT(fields),
                         .body = request->body};
    kw_status st = kw_http_client_run(s3->client, out, &call, err);
    return st == KW_OK ? KW_OK : status_of(st, out, err);
}

static kw_status s3_write(kw_blobs *blobs, const char *key, kw_span bytes, kw_error *err)
{
    KW_AUTO(kw_http_result) result = {0};
    s3_request request = {.method = KW_PUT, .key = key, .body = bytes};
    return run((s3_blobs *)blobs, &result, &request, err);
}

static kw_status s3_read(kw_blobs *blobs, kw_buf *out, const char *key, kw_error *err)
{
    KW_AUTO(kw_http_result) result = {0};
    s3_request request = {.method = KW_GET, .key = key};
    KW_TRY(run((s3_blobs *)blobs, &result, &request, err));
    KW_TRY_AT(err, kw_buf_append(out, kw_buf_view(&result.body)), "reading %s", key);
    return KW_OK;
}

/* ---- listing ---- */

typedef struct page_query {
    const char *prefix;
    kw_str from; /* token of the page; empty: the first one */
    unsigned most;
} page_query;

/* Names in the order in which they are signed. */
static kw_status append_query(kw_buf *out, const page_query *page)
{
    if (page->from.len > 0) {
        KW_TRY(kw_buf_append_str(out, KW_STR("continuation-token=")));
        KW_TRY(kw_url_encode(out, page->from));
        KW_TRY(kw_buf_append_byte(out, '&'));
    }
    KW_TRY(kw_buf_append_format(out, "list-type=2&max-keys=%u&prefix=", page->most));
    return kw_url_encode(out, kw_str_of(page->prefix));
}

static kw_status fetch_page(s3_blobs *s3, kw_s3_listing *out, kw_arena *arena,
                            const page_query *page, kw_error *err)
{
    KW_AUTO(kw_http_result) result = {0};
    KW_AUTO(kw_buf) query = kw_buf_init(QUERY_BYTES_MAX);
    KW_TRY_AT(err, append_query(&query, page), "asking for a page of a bucket");
    s3_request request = {.method = KW_GET, .query = kw_buf_text(&query)};
    KW_TRY(run(s3, &result, &request, err));
    kw_status st = kw_s3_listing_parse(out, arena, kw_buf_text(&result.body));
    KW_REQUIRE(st == KW_OK, err, KW_PEER_REFUSED, "S3 gave a page that is none");
    return KW_OK;
}

static kw_blob_info info_of(const kw_s3_object *object)
{
    return (kw_blob_info){.bytes = object->bytes, .put_s = object->changed_s};
}

static kw_status visit_page(const kw_s3_listing *page, const kw_blob_key_visit *visit,
                            kw_error *err)
{
    for (size_t i = 0; i < page->count; i++) {
        kw_blob_info info = info_of(&page->objects[i]);
        KW_TRY(visit->see(visit->ctx, page->objects[i].key, &info, err));
    }
    return KW_OK;
}

static kw_status s3_list(kw_blobs *blobs, const char *prefix, const kw_blob_key_visit *visit,
                         kw_error *err)
{
    /* Two arenas: the token of a page lives while the next one is read. */
    KW_AUTO(kw_arena) even = kw_arena_init(PAGE_BYTES_MAX);
    KW_AUTO(kw_arena) odd = kw_arena_init(PAGE_BYTES_MAX);
    page_query query = {.prefix = prefix, .most = KW_S3_PAGE_MAX};
    for (unsigned pages = 0; pages < PAGES_MAX; pages++) {
        kw_arena *arena = pages % 2 == 0 ? &even : &odd;
        kw_s3_listing page;
        kw_arena_reset(arena);
        KW_TRY(fetch_page((s3_blobs *)blobs, &page, arena, &query, err));
        KW_TRY(visit_page(&page, visit, err));
        if (page.next.len == 0) {
            return KW_OK;
        }
        query.from = page.next;
    }
    return kw_fail(err, KW_LIMIT, "a bucket of more than %d pages", PAGES_MAX);
}

static kw_status s3_look(kw_blobs *blobs, kw_blob_info *out, const char *key, kw_error *err)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(PAGE_BYTES_MAX);
    kw_s3_listing page;
    page_query query = {.prefix = key, .most = 1}; /* a key is before all that it begins */
    KW_TRY(fetch_page((s3_blobs *)blobs, &page, &arena, &query, err));
    KW_REQUIRE(page.count > 0 && kw_str_equal(page.objects[0].key, kw_str_of(key)), err,
               KW_NOT_FOUND, "%s is not in the bucket", key);
    *out = info_of(&page.objects[0]);
    return KW_OK;
}

static kw_status s3_renew(kw_blobs *blobs, const char *key, uint64_t bytes, kw_error *err)
{
    const s3_blobs *s3 = (const s3_blobs *)blobs;
    kw_blob_info info;
    KW_TRY(s3_look(blobs, &info, key, err));
    bool is_new = kw_clock_now_ms(&s3->clock) / 1000 - info.put_s < RENEW_AFTER_S;
    KW_REQUIRE(info.bytes == bytes && is_new, err, KW_NOT_FOUND, "%s is to be written again", key);
    return KW_OK;
}

static kw_status s3_remove(kw_blobs *blobs, const char *key, kw_error *err)
{
    kw_blob_info info;
    KW_TRY(s3_look(blobs, &info, key, err)); /* S3 says nothing when there was none */
    KW_AUTO(kw_http_result) result = {0};
    s3_request request = {.method = KW_DELETE, .key = key};
    return run((s3_blobs *)blobs, &result, &request, err);
}

/* Objects of S3 appear whole: nobody leaves anything behind. */
static kw_status s3_tidy(kw_blobs *blobs, kw_unix_s before_s, kw_error *err)
{
    KW_UNUSED(blobs);
    KW_UNUSED(before_s);
    KW_UNUSED(err);
    return KW_OK;
}

static kw_status s3_lock(kw_blobs *blobs, kw_error *err)
{
    KW_UNUSED(blobs);
    KW_UNUSED(err);
    return KW_OK;
}

static void s3_unlock(kw_blobs *blobs)
{
    KW_UNUSED(blobs);
}

static void s3_close(kw_blobs *blobs)
{
    s3_blobs *s3 = (s3_blobs *)blobs;
    kw_http_client_free(s3->client);
    kw_secret_bytes_drop(&s3->key);
    kw_heap_free(s3);
}

/* ---- opening ---- */

static const kw_blobs_driver driver = {
    .write = s3_write,
    .renew = s3_renew,
    .read = s3_read,
    .look = s3_look,
    .remove = s3_remove,
    .list = s3_list,
    .tidy = s3_tidy,
    .lock = s3_lock,
    .unlock = s3_unlock,
    .close = s3_close,
};

/* A text that goes into a field of HTTP and into what is signed. */
static bool copy_name(char out[NAME_BYTES_MAX], const char *name)
{
    kw_str text = kw_str_of(name);
    if (text.len == 0 || text.len >= NAME_BYTES_MAX || !kw_str_is_made_of(text, "-_.+=/")) {
        return false;
    }
    memcpy(out, text.ptr, text.len + 1);
    return true;
}

static bool take_url(s3_blobs *s3, kw_str text)
{
    kw_url url;
    if (text.len >= URL_BYTES_MAX / 2 || kw_url_parse(&url, text) != KW_OK ||
        !kw_str_equal(url.scheme, KW_STR("https")) || url.query.len > 0 ||
        !kw_str_is_made_of(url.path, "/-_.~")) {
        return false;
    }
    while (kw_str_ends_with(url.path, KW_STR("/"))) {
        url.path.len--;
    }
    char port[8] = "";
    if (url.port != 0 && url.port != 443) { /* as libcurl writes the Host field */
        (void)snprintf(port, sizeof port, ":%u", url.port);
    }
    (void)snprintf(s3->host, sizeof s3->host, url.is_ipv6 ? "[%.*s]%s" : "%.*s%s",
                   KW_STR_ARG(url.host), port);
    (void)snprintf(s3->origin, sizeof s3->origin, "https://%.*s",
                   (int)(sizeof s3->origin - sizeof "https://"), s3->host);
    (void)snprintf(s3->path, sizeof s3->path, "%.*s", KW_STR_ARG(url.path));
    return true;
}

static kw_status take_options(s3_blobs *s3, const kw_s3_options *options, kw_error *err)
{
    KW_REQUIRE(take_url(s3, kw_str_of(options->url)), err, KW_BAD_INPUT,
               "the URL of a bucket is https://host[:port][/bucket]");
    KW_REQUIRE(copy_name(s3->region, options->region) &&
                   copy_name(s3->access_key, options->access_key),
               err, KW_BAD_INPUT, "S3 needs a region and an access key");
    KW_REQUIRE(options->secret_key.len > 0 && options->secret_key.len <= SECRET_BYTES_MAX, err,
               KW_BAD_INPUT, "S3 needs a secret access key");
    s3->clock = options->clock;
    s3->key = kw_secret_bytes_init(SECRET_BYTES_MAX + 4);
    KW_TRY_AT(err, kw_secret_bytes_append_str(&s3->key, KW_STR("AWS4")), "keeping the S3 key");
    KW_TRY_AT(err, kw_secret_bytes_append(&s3->key, options->secret_key), "keeping the S3 key");
    kw_http_client_options http = {.ca_file = options->ca_file,
                                   .total_ms = ATTEMPT_MS,
                                   .body_bytes_max = KW_BLOB_BYTES_MAX,
                                   .backoff = {.base_ms = 200, .max_ms = 5000, .attempts_max = 4},
                                   .random = options->random,
                                   .random_ctx = options->random_ctx};
    return kw_http_client_new(&s3->client, &http, err);
}

kw_status kw_blobs_open_s3(kw_blobs **out, const kw_s3_options *options, kw_error *err)
{
    KW_AUTO_PTR(kw_blobs) blobs = kw_heap_new(1, sizeof(s3_blobs));
    KW_REQUIRE(blobs != NULL, err, KW_NO_MEMORY, "opening a bucket");
    blobs->driver = &driver;
    KW_TRY(take_options((s3_blobs *)blobs, options, err));
    *out = blobs;
    blobs = NULL;
    return KW_OK;
}
