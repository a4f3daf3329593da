/* SPDX-License-Identifier: Apache-2.0
 * Checks of a route row. */
#include "net/route_check.h"

#include "net/request.h"
#include "net/router.h"

#include <string.h>

static kw_status refuse(const kw_route *route, kw_error *err, const char *what)
{
    const char *method = kw_method_name(route->method);
    return kw_fail(err, KW_CONFIG, "route %s %s: %s", method == NULL ? "?" : method,
                   route->path == NULL ? "?" : route->path, what);
}

static bool is_name(const char *text, const char *also)
{
    return text != NULL && text[0] != '\0' && kw_str_is_made_of(kw_str_of(text), also);
}

/* Segments are literal (unreserved bytes only) or one whole {parameter}. */
static bool has_good_path(const kw_route *route)
{
    kw_str rest = kw_str_of(route->path);
    if (rest.len < 1 || rest.len > 256 || rest.ptr[0] != '/') {
        return false;
    }
    rest = (kw_str){rest.ptr + 1, rest.len - 1};
    size_t count = 0;
    for (bool has_more = true; has_more; count++) {
        kw_str segment = {0};
        kw_str tail = {0};
        has_more = kw_str_split(rest, '/', &segment, &tail);
        rest = tail;
        bool is_param = segment.len > 2 && segment.ptr[0] == '{';
        if (is_param && segment.ptr[segment.len - 1] == '}') {
            segment = (kw_str){segment.ptr + 1, segment.len - 2};
        }
        if (segment.len == 0 || !kw_str_is_made_of(segment, is_param ? "_" : "-._~")) {
            return false;
        }
    }
    return count <= KW_NET_SEGMENTS_MAX;
}

/* Each parameter is a KW_PATH member of `in`, and there are no others. */
static bool has_matching_params(const kw_route *route)
{
    size_t params = 0;
    size_t members = 0;
    kw_str rest = kw_str_of(route->path);
    kw_str name = {0};
    while (kw_path_next_param(&rest, &name)) {
        const kw_field *field = kw_field_find(route->in, name);
        if (field == NULL || (field->flags & KW_PATH) == 0) {
            return false;
        }
        params++;
    }
    for (size_t i = 0; i < route->in->count; i++) {
        members += (route->in->fields[i].flags & KW_PATH) != 0;
    }
    return params == members;
}

static bool has_special_body(const kw_schema *in)
{
    return in == &kw_form_body_schema || in == &kw_raw_body_schema || in == &kw_pull_body_schema;
}

static bool has_matching_limit(const kw_route *route)
{
    bool has_body = has_special_body(route->in) || kw_schema_has_body(route->in);
    bool may_have_body = route->method != KW_GET && route->method != KW_DELETE;
    return has_body == (route->body_bytes_max > 0) && (!has_body || may_have_body);
}

static bool has_good_reply_fields(const kw_route *route)
{
    for (size_t i = 0; i < KW_ROUTE_REPLY_FIELDS_MAX && route->reply_fields[i] != NULL; i++) {
        if (!is_name(route->reply_fields[i], "-")) {
            return false;
        }
    }
    return true;
}

kw_status kw_route_check(const kw_route *route, kw_error *err)
{
    const struct {
        bool holds;
        const char *what;
    } basics[] = {
        {route->method != KW_METHOD_NONE, "no method"},
        {route->path != NULL && has_good_path(route), "bad path"},
        {route->thunk != NULL && route->in != NULL && route->out != NULL, "no handler"},
        {route->listener != KW_LISTENER_NONE, "no listener"},
        {is_name(route->permission, "._-"), "no permission"},
        {route->rate != KW_RATE_NONE, "no rate"},
        {is_name(route->audit, "._-"), "no audit choice"},
        {route->runs != KW_RUNS_NONE, "no thread choice"},
        {route->summary != NULL && route->summary[0] != '\0', "no summary"},
        {has_good_reply_fields(route), "bad reply field"},
    };
    for (size_t i = 0; i < KW_COUNT(basics); i++) {
        if (!basics[i].holds) {
            return refuse(route, err, basics[i].what);
        }
    }
    if (!has_matching_params(route)) {
        return refuse(route, err, "path parameters and KW_PATH members differ");
    }
    if (!has_matching_limit(route)) {
        return refuse(route, err, "body and body_bytes_max contradict each other");
    }
    if (route->in == &kw_pull_body_schema && route->runs != KW_RUNS_ON_POOL) {
        return refuse(route, err, "a pulled body needs the pool");
    }
    return KW_OK;
}
