/* SPDX-License-Identifier: Apache-2.0
 * Building neutral responses: refusals as problem+json, and the lines behind hints. */
#include "net/reply.h"

#include "codec/json.h"

#include <stdio.h>

enum {
    CACHE_CONTROL_BYTES_MAX = 64
};

const kw_reply_line kw_reply_fixed[3] = {
    {.name = {"x-content-type-options", 22}, .value = {"nosniff", 7}},
    {.name = {"strict-transport-security", 25}, .value = {"max-age=31536000", 16}},
    {.name = {"content-security-policy", 23}, .value = {"default-src 'none'", 18}},
};

void kw_reply_add(kw_reply *reply, kw_str name, kw_str value)
{
    if (value.len == 0) {
        return;
    }
    KW_ASSERT(reply->lines_count < KW_COUNT(reply->lines));
    reply->lines[reply->lines_count++] = (kw_reply_line){.name = name, .value = value};
}

kw_str kw_reply_decimal(char room[KW_DECIMAL_BYTES], uint64_t number)
{
    size_t at = KW_DECIMAL_BYTES;
    do {
        room[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (kw_str){room + at, KW_DECIMAL_BYTES - at};
}

static void add_number(kw_reply *reply, kw_arena *arena, kw_str name, uint64_t number)
{
    char digits[KW_DECIMAL_BYTES];
    kw_str text = {0};
    if (kw_arena_copy_str(arena, &text, kw_reply_decimal(digits, number)) == KW_OK) {
        kw_reply_add(reply, name, text);
    }
}

static void add_allow(kw_reply *reply, kw_arena *arena, uint32_t allowed)
{
    char text[64];
    size_t len = 0;
    text[0] = '\0';
    for (kw_method m = KW_GET; m <= KW_DELETE; m++) {
        if ((allowed & 1U << m) != 0) {
            const char *names = m == KW_GET ? "GET, HEAD" : kw_method_name(m);
            int more = snprintf(text + len, sizeof text - len, "%s%s", len == 0 ? "" : ", ", names);
            len += more > 0 ? (size_t)more : 0;
        }
    }
    kw_str copy = {0};
    if (kw_arena_copy_str(arena, &copy, kw_str_of(text)) == KW_OK) {
        kw_reply_add(reply, KW_STR("allow"), copy);
    }
}

/* {"type","title","status","code","request_id"}: all from closed lists, nothing of the cause. */
static kw_status write_problem(kw_arena *arena, kw_span *out, const kw_refusal *refusal)
{
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    const char *name = kw_status_name(refusal->status);
    char type[64];
    (void)snprintf(type, sizeof type, "urn:keyward:status:%s", name);
    kw_json_writer w = kw_json_writer_to(&text);
    kw_json_open_object(&w);
    kw_json_write_key(&w, KW_STR("type"));
    kw_json_write_str(&w, kw_str_of(type));
    kw_json_write_key(&w, KW_STR("title"));
    kw_json_write_str(&w, kw_str_of(kw_status_text(refusal->status)));
    kw_json_write_key(&w, KW_STR("status"));
    kw_json_write_i64(&w, kw_status_http(refusal->status));
    kw_json_write_key(&w, KW_STR("code"));
    kw_json_write_str(&w, kw_str_of(name));
    kw_json_write_key(&w, KW_STR("request_id"));
    kw_json_write_str(&w, (kw_str){refusal->id.text, sizeof refusal->id.text});
    kw_json_close_object(&w);
    KW_TRY(kw_json_write_end(&w));
    return kw_arena_copy_span(arena, out, kw_buf_view(&text));
}

void kw_reply_refuse(kw_reply *out, kw_arena *arena, const kw_refusal *refusal)
{
    *out =
        (kw_reply){.http = kw_status_http(refusal->status), .has_body = true, .has_length = true};
    KW_ASSERT(out->http >= 400);
    if (write_problem(arena, &out->bytes, refusal) == KW_OK) {
        kw_reply_add(out, KW_STR("content-type"), KW_STR("application/problem+json"));
    }
    out->length = out->bytes.len;
    kw_reply_add(out, KW_STR("cache-control"), KW_STR("no-store"));
    uint32_t retry_s = refusal->retry_after_s;
    if (retry_s == 0 && kw_status_is_retryable(refusal->status)) {
        retry_s = 1;
    }
    if (retry_s > 0) {
        add_number(out, arena, KW_STR("retry-after"), retry_s);
    }
    if (refusal->status == KW_RATE_LIMITED && refusal->rate_remaining >= 0) {
        add_number(out, arena, KW_STR("ratelimit-remaining"), (uint64_t)refusal->rate_remaining);
    }
    if (refusal->status == KW_UNAUTHENTICATED) {
        kw_reply_add(out, KW_STR("www-authenticate"), KW_STR("Bearer realm=\"keyward\""));
    }
    if (refusal->status == KW_METHOD_NOT_ALLOWED) {
        add_allow(out, arena, refusal->allowed);
    }
}

/* "private, max-age=300, immutable" and the like; "no-store" also when there is no room. */
static kw_str cache_control_of(kw_arena *arena, const kw_reply_hints *hints)
{
    char digits[KW_DECIMAL_BYTES];
    const kw_str parts[] = {hints->is_public ? KW_STR("public") : KW_STR("private"),
                            KW_STR(", max-age="), kw_reply_decimal(digits, hints->max_age_s),
                            hints->is_immutable ? KW_STR(", immutable") : KW_STR("")};
    char *text = hints->is_cacheable ? kw_arena_new(arena, CACHE_CONTROL_BYTES_MAX, 1) : NULL;
    if (text == NULL) {
        return KW_STR("no-store");
    }
    size_t len = 0;
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        KW_ASSERT(parts[i].len <= CACHE_CONTROL_BYTES_MAX - len);
        memcpy(text + len, parts[i].ptr, parts[i].len);
        len += parts[i].len;
    }
    return (kw_str){text, len};
}

void kw_reply_hint(kw_reply *reply, kw_arena *arena, const kw_reply_hints *hints)
{
    kw_reply_add(reply, KW_STR("cache-control"), cache_control_of(arena, hints));
    kw_reply_add(reply, KW_STR("location"), hints->location);
    char *etag = hints->etag.len > 0 ? kw_arena_new(arena, hints->etag.len + 2, 1) : NULL;
    if (etag != NULL) {
        etag[0] = '"';
        memcpy(etag + 1, hints->etag.ptr, hints->etag.len);
        etag[hints->etag.len + 1] = '"';
        kw_reply_add(reply, KW_STR("etag"), (kw_str){etag, hints->etag.len + 2});
    }
}

const char *kw_http_phrase(int http)
{
    static const struct {
        int http;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < KW_COUNT(phrases); i++) {
        if (phrases[i].http == http) {
            return phrases[i].phrase;
        }
    }
    return "Status";
}
