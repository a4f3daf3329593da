/* SPDX-License-Identifier: Apache-2.0
 * What handlers may ask of their request. */
#include "net/request.h"

#include "net/exchange.h"
#include "net/quality.h"

/* Handlers see the first member of the exchange. */
static kw_exchange *exchange_of(kw_request *request)
{
    return (kw_exchange *)(void *)request;
}

/* One member of If-None-Match against ours, by weak comparison (RFC 9110 section 8.8.3.2). */
static bool is_same_tag(kw_str given, kw_str etag)
{
    if (kw_str_equal(given, KW_STR("*"))) {
        return true;
    }
    if (kw_str_starts_with(given, KW_STR("W/"))) {
        given = (kw_str){given.ptr + 2, given.len - 2};
    }
    return given.len == etag.len + 2 && given.ptr[0] == '"' && given.ptr[given.len - 1] == '"' &&
           kw_str_equal((kw_str){given.ptr + 1, etag.len}, etag);
}

bool kw_request_is_current(kw_request *request, kw_str etag)
{
    KW_ASSERT(etag.len > 0 && etag.len <= 64 && kw_str_is_made_of(etag, "._-"));
    request->reply.etag = etag;
    kw_str rest = exchange_of(request)->head.value[KW_HTTP_HEAD_IF_NONE_MATCH];
    kw_str given = {0};
    while (kw_list_next(&rest, &given)) {
        if (is_same_tag(given, etag)) {
            request->reply.is_not_modified = true;
            return true;
        }
    }
    return false;
}

/* How well an Accept element fits a media type: 3 exact, 2 type and any subtype, 1 anything, 0
 * not. */
static int fit_of(kw_str range, kw_str media_type)
{
    kw_str type = {0};
    kw_str subtype = {0};
    (void)kw_str_split(media_type, '/', &type, &subtype);
    if (kw_str_equal_nocase(range, media_type)) {
        return 3;
    }
    if (kw_str_equal(range, KW_STR("*/*"))) {
        return 1;
    }
    bool is_any = range.len == type.len + 2 && kw_str_ends_with(range, KW_STR("/*"));
    return is_any && kw_str_equal_nocase((kw_str){range.ptr, type.len}, type) ? 2 : 0;
}

static int accepted_quality(kw_str accept, kw_str media_type)
{
    int best_fit = 0;
    int quality = 0;
    kw_str item = {0};
    while (kw_list_next(&accept, &item)) {
        kw_str range = {0};
        int range_quality = kw_quality_split(item, &range);
        int fit = fit_of(range, media_type);
        if (fit > best_fit) {
            best_fit = fit;
            quality = range_quality;
        }
    }
    return quality;
}

kw_status kw_request_choose(const kw_request *request, size_t *out, const char *const *offered,
                            size_t offered_count, kw_error *err)
{
    const kw_exchange *x = (const kw_exchange *)(const void *)request;
    kw_str accept = x->head.value[KW_HTTP_HEAD_ACCEPT];
    if (accept.len == 0) {
        *out = 0;
        return KW_OK;
    }
    int best = 0;
    for (size_t i = 0; i < offered_count; i++) {
        int quality = accepted_quality(accept, kw_str_of(offered[i]));
        if (quality > best) {
            best = quality;
            *out = i;
        }
    }
    return best > 0 ? KW_OK : kw_fail(err, KW_NOT_ACCEPTABLE, "no offered media type is accepted");
}

static bool is_field_value(kw_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < 0x20 || value.ptr[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

kw_status kw_reply_field(kw_request *request, const char *name, kw_str value)
{
    kw_exchange *x = exchange_of(request);
    const char *const *declared = request->route->reply_fields;
    size_t i = 0;
    while (i < KW_ROUTE_REPLY_FIELDS_MAX && declared[i] != NULL && strcmp(declared[i], name) != 0) {
        i++;
    }
    KW_ASSERT(i < KW_ROUTE_REPLY_FIELDS_MAX && declared[i] != NULL);
    if (!is_field_value(value)) {
        return KW_BAD_INPUT;
    }
    kw_str copy = {0};
    kw_str lower = {0};
    KW_TRY(kw_arena_copy_str(request->arena, &copy, value));
    KW_TRY(kw_arena_copy_str(request->arena, &lower, kw_str_of(name)));
    char *letters = (char *)(uintptr_t)lower.ptr; /* our own copy, not yet seen by anyone */
    for (size_t k = 0; k < lower.len; k++) {
        letters[k] =
            (char)(letters[k] >= 'A' && letters[k] <= 'Z' ? letters[k] | 0x20 : letters[k]);
    }
    kw_reply_add(&x->reply, lower, copy);
    return KW_OK;
}

kw_status kw_request_read(kw_request *request, kw_mspan out, size_t *out_got, kw_error *err)
{
    kw_exchange *x = exchange_of(request);
    KW_ASSERT(request->route->in == &kw_pull_body_schema);
    KW_TRY_AT(err, kw_inflow_pull(&x->inflow, out, out_got), "reading the body");
    if (*out_got > 0 && atomic_fetch_add(&x->taken_bytes, *out_got) == 0) {
        kw_loop_post(x->loop, &x->taken_mail);
    }
    return KW_OK;
}
