/* SPDX-License-Identifier: Apache-2.0
 * Reading refusals. */
#include "net/problem.h"

#include "codec/json.h"

typedef struct body {
    kw_str type;
    kw_str title;
    kw_str detail;
    kw_str code;
    kw_str request_id;
    int status;
} body;

static const kw_field body_fields[] = {
    KW_FIELD(body, type, 256, 0), KW_FIELD(body, title, 256, 0),     KW_FIELD(body, detail, 256, 0),
    KW_FIELD(body, code, 64, 0),  KW_FIELD(body, request_id, 64, 0), KW_FIELD(body, status, 999, 0),
};
KW_SCHEMA(body, body_fields);

bool kw_problem_read(kw_problem *out, kw_arena *arena, const kw_http_result *result)
{
    body told = {.status = 0};
    if (result->http < 400 ||
        kw_json_decode(&told, arena, &body_schema, kw_buf_view(&result->body), NULL) != KW_OK) {
        return false;
    }
    *out = (kw_problem){.words = told.detail.len > 0 ? told.detail : told.title,
                        .code = told.code,
                        .request_id = told.request_id};
    return true;
}

kw_status kw_problem_status(const kw_problem *problem, const kw_http_result *result, kw_status st)
{
    kw_status named = st;
    bool is_named = problem->code.len > 0 && kw_status_of_name(&named, problem->code.ptr);
    return is_named && kw_status_http(named) == result->http ? named : st;
}
