/* SPDX-License-Identifier: Apache-2.0
 * OpenAPI 3.1.0 from route tables. Source: spec.openapis.org/oas/v3.1.0. */
#include "net/openapi.h"

#include "codec/json_schema.h"
#include "net/request.h"
#include "net/router.h"

static void put(kw_json_writer *w, const char *name, const char *value)
{
    kw_json_write_key(w, kw_str_of(name));
    kw_json_write_str(w, kw_str_of(value));
}

static void open_member(kw_json_writer *w, const char *name)
{
    kw_json_write_key(w, kw_str_of(name));
    kw_json_open_object(w);
}

/* ---- parts of an operation ---- */

/* "get_v1_items_id" for GET /v1/items/{id}: unique because paths and methods are. */
static void write_operation_id(kw_json_writer *w, const kw_route *route)
{
    char id[300];
    size_t len = 0;
    for (const char *at = kw_method_name(route->method); *at != '\0'; at++) {
        id[len++] = (char)(*at | 0x20);
    }
    for (const char *at = route->path; *at != '\0' && len < sizeof id - 1; at++) {
        if (*at != '{' && *at != '}') {
            bool is_word = kw_str_is_made_of((kw_str){at, 1}, "");
            id[len++] = is_word ? *at : '_';
        }
    }
    kw_json_write_key(w, KW_STR("operationId"));
    kw_json_write_str(w, (kw_str){id, len});
}

static void write_parameter(kw_json_writer *w, const kw_field *field)
{
    bool is_in_path = (field->flags & KW_PATH) != 0;
    kw_json_open_object(w);
    put(w, "name", field->name);
    put(w, "in", is_in_path ? "path" : "query");
    kw_json_write_key(w, KW_STR("required"));
    kw_json_write_bool(w, is_in_path || (field->flags & KW_REQ) != 0);
    if (field->help != NULL) {
        put(w, "description", field->help);
    }
    kw_json_write_key(w, KW_STR("schema"));
    kw_json_schema_write_field(w, field);
    kw_json_close_object(w);
}

static void write_parameters(kw_json_writer *w, const kw_schema *in)
{
    kw_json_write_key(w, KW_STR("parameters"));
    kw_json_open_array(w);
    for (size_t i = 0; i < in->count; i++) {
        if ((in->fields[i].flags & (KW_PATH | KW_QUERY)) != 0) {
            write_parameter(w, &in->fields[i]);
        }
    }
    kw_json_close_array(w);
}

/* {"content": {media type: {"schema": ...}}}; a NULL schema is a string of bytes. */
static void write_content(kw_json_writer *w, const char *media_type, const kw_schema *schema)
{
    open_member(w, "content");
    open_member(w, media_type);
    kw_json_write_key(w, KW_STR("schema"));
    if (schema != NULL) {
        kw_json_schema_write(w, schema);
    } else {
        kw_json_open_object(w);
        put(w, "type", "string");
        kw_json_close_object(w);
    }
    kw_json_close_object(w);
    kw_json_close_object(w);
}

static void write_request_body(kw_json_writer *w, const kw_route *route)
{
    if (route->body_bytes_max == 0) {
        return;
    }
    bool is_form = route->in == &kw_form_body_schema;
    bool is_json = kw_schema_has_body(route->in);
    open_member(w, "requestBody");
    kw_json_write_key(w, KW_STR("required"));
    kw_json_write_bool(w, true);
    kw_json_write_key(w, KW_STR("x-keyward-bytes-max"));
    kw_json_write_u64(w, route->body_bytes_max);
    write_content(w,
                  is_json   ? "application/json"
                  : is_form ? "application/x-www-form-urlencoded"
                            : "application/octet-stream",
                  is_json ? route->in : NULL);
    kw_json_close_object(w);
}

static void write_reply_fields(kw_json_writer *w, const kw_route *route)
{
    if (route->reply_fields[0] == NULL) {
        return;
    }
    open_member(w, "headers");
    for (size_t i = 0; i < KW_ROUTE_REPLY_FIELDS_MAX && route->reply_fields[i] != NULL; i++) {
        open_member(w, route->reply_fields[i]);
        open_member(w, "schema");
        put(w, "type", "string");
        kw_json_close_object(w);
        kw_json_close_object(w);
    }
    kw_json_close_object(w);
}

static void write_responses(kw_json_writer *w, const kw_route *route)
{
    bool is_empty = route->out == &kw_no_body_schema;
    bool is_json = !is_empty && route->out->count > 0;
    open_member(w, "responses");
    open_member(w, is_empty ? "204" : "200");
    put(w, "description", "success");
    write_reply_fields(w, route);
    if (!is_empty) {
        write_content(w, is_json ? "application/json" : "*/*", is_json ? route->out : NULL);
    }
    kw_json_close_object(w);
    open_member(w, "default");
    put(w, "$ref", "#/components/responses/Problem");
    kw_json_close_object(w);
    kw_json_close_object(w);
}

static const char *rate_name(kw_rate rate)
{
    switch (rate) {
    case KW_RATE_NONE:
        return "none";
    case KW_RATE_READ:
        return "read";
    case KW_RATE_CRYPTO:
        return "crypto";
    case KW_RATE_ADMIN:
        return "admin";
    case KW_RATE_HEAVY:
        return "heavy";
    case KW_RATE_FREE:
        return "free";
    }
    return "none";
}

static void write_operation(kw_json_writer *w, const kw_route *route)
{
    static const char *const lower[] = {"", "get", "post", "put", "patch", "delete"};
    open_member(w, lower[route->method]);
    write_operation_id(w, route);
    put(w, "summary", route->summary);
    put(w, "x-keyward-listener", kw_listener_name(route->listener));
    put(w, "x-keyward-permission", route->permission);
    put(w, "x-keyward-rate", rate_name(route->rate));
    put(w, "x-keyward-audit", route->audit);
    write_parameters(w, route->in);
    write_request_body(w, route);
    write_responses(w, route);
    kw_json_close_object(w);
}

/* ---- the document ---- */

/* Row number `n` over all mounts; NULL behind the last. */
static const kw_route *row_at(const kw_mount *mounts, size_t mounts_count, size_t n)
{
    for (size_t m = 0; m < mounts_count; m++) {
        if (n < mounts[m].routes_count) {
            return &mounts[m].routes[n];
        }
        n -= mounts[m].routes_count;
    }
    return NULL;
}

static bool is_same_path(const kw_route *a, const kw_route *b)
{
    return kw_str_equal(kw_str_of(a->path), kw_str_of(b->path));
}

/* True when an earlier row has the same path (and, when asked, the same method: one document cannot
 * tell two listeners apart, the first row speaks). */
static bool is_repeated(const kw_mount *mounts, size_t count, size_t n, bool with_method)
{
    const kw_route *row = row_at(mounts, count, n);
    for (size_t i = 0; i < n; i++) {
        const kw_route *earlier = row_at(mounts, count, i);
        if (is_same_path(earlier, row) && (!with_method || earlier->method == row->method)) {
            return true;
        }
    }
    return false;
}

static void write_paths(kw_json_writer *w, const kw_mount *mounts, size_t count)
{
    open_member(w, "paths");
    for (size_t n = 0; row_at(mounts, count, n) != NULL; n++) {
        const kw_route *first = row_at(mounts, count, n);
        if (is_repeated(mounts, count, n, false)) {
            continue;
        }
        open_member(w, first->path);
        for (size_t i = n; row_at(mounts, count, i) != NULL; i++) {
            const kw_route *row = row_at(mounts, count, i);
            if (is_same_path(first, row) && !is_repeated(mounts, count, i, true)) {
                write_operation(w, row);
            }
        }
        kw_json_close_object(w);
    }
    kw_json_close_object(w);
}

/* The same members as reply.c writes. */
typedef struct problem {
    kw_str type;
    kw_str title;
    uint16_t status;
    kw_str code;
    kw_str request_id;
} problem;

static const kw_field problem_fields[] = {
    KW_FIELD(problem, type, 64, KW_REQ),
    KW_FIELD(problem, title, 128, KW_REQ),
    KW_FIELD(problem, status, 599, KW_REQ, .min = 400),
    KW_FIELD(problem, code, 64, KW_REQ, .help = "lower-case name of the status table"),
    KW_FIELD(problem, request_id, 24, KW_REQ, .min = 24, .help = "as in X-Request-Id"),
};
KW_SCHEMA(problem, problem_fields);

static void write_components(kw_json_writer *w)
{
    open_member(w, "components");
    open_member(w, "responses");
    open_member(w, "Problem");
    put(w, "description", "a refusal (RFC 9457)");
    write_content(w, "application/problem+json", &problem_schema);
    kw_json_close_object(w);
    kw_json_close_object(w);
    open_member(w, "securitySchemes");
    open_member(w, "bearer");
    put(w, "type", "http");
    put(w, "scheme", "bearer");
    kw_json_close_object(w);
    open_member(w, "certificate");
    put(w, "type", "mutualTLS");
    kw_json_close_object(w);
    kw_json_close_object(w);
    kw_json_close_object(w);
}

static void write_security(kw_json_writer *w)
{
    static const char *const schemes[] = {"bearer", "certificate"};
    kw_json_write_key(w, KW_STR("security"));
    kw_json_open_array(w);
    for (size_t i = 0; i < KW_COUNT(schemes); i++) {
        kw_json_open_object(w);
        kw_json_write_key(w, kw_str_of(schemes[i]));
        kw_json_open_array(w);
        kw_json_close_array(w);
        kw_json_close_object(w);
    }
    kw_json_close_array(w);
}

kw_status kw_openapi_write(kw_buf *out, const kw_mount *mounts, size_t mounts_count,
                           const char *version)
{
    kw_json_writer w = kw_json_writer_to(out);
    kw_json_open_object(&w);
    put(&w, "openapi", "3.1.0");
    open_member(&w, "info");
    put(&w, "title", "Keyward");
    put(&w, "version", version);
    open_member(&w, "license");
    put(&w, "name", "Apache License 2.0");
    put(&w, "identifier", "Apache-2.0");
    kw_json_close_object(&w);
    kw_json_close_object(&w);
    write_security(&w);
    write_paths(&w, mounts, mounts_count);
    write_components(&w);
    kw_json_close_object(&w);
    return kw_json_write_end(&w);
}
