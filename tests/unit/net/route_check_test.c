/* SPDX-License-Identifier: Apache-2.0
 * A row that forgot something shuts the start. */
#include "net/route_check.h"

#include "support/expect.h"
#include "support/net_rows.h"

typedef struct item {
    kw_str id;
    kw_str note;
} item;
static const kw_field item_fields[] = {
    KW_FIELD(item, id, 32, KW_REQ | KW_PATH),
    KW_FIELD(item, note, 32, KW_REQ),
};
KW_SCHEMA(item, item_fields);

KW_HANDLER(put_item, kw_no_body, item)

static kw_status put_item(kw_request *request, kw_no_body *out, const item *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(out);
    KW_UNUSED(in);
    KW_UNUSED(err);
    return KW_OK;
}

static kw_route good_row(void)
{
    return (kw_route){.method = KW_PUT,
                      .path = "/v1/items/{id}",
                      KW_HANDLED_BY(put_item, kw_no_body, item),
                      .listener = KW_LISTENER_PUBLIC,
                      .permission = "test.item.write",
                      .body_bytes_max = 1024,
                      .rate = KW_RATE_READ,
                      .audit = KW_AUDIT_NONE,
                      .runs = KW_RUNS_INLINE,
                      .summary = "store an item"};
}

static kw_route get_row(const char *path)
{
    kw_route row = good_row();
    row.method = KW_GET;
    row.path = path;
    row.thunk = get_nothing_thunk;
    row.in = &kw_no_body_schema;
    row.body_bytes_max = 0;
    return row;
}

static void check__takes_complete_rows(void **state)
{
    (void)state;
    kw_route row = good_row();
    EXPECT_OK(kw_route_check(&row, NULL));
    row = get_row("/v1/a-b.c_d~e");
    EXPECT_OK(kw_route_check(&row, NULL));
    row.method = KW_POST;
    row.in = &kw_form_body_schema;
    row.body_bytes_max = 1;
    EXPECT_OK(kw_route_check(&row, NULL));
}

static void expect_refused(const kw_route *row, const char *word)
{
    kw_error err = {0};
    EXPECT_STATUS(kw_route_check(row, &err), KW_CONFIG);
    if (strstr(err.text, word) == NULL) {
        print_error("\"%s\" does not say \"%s\"\n", err.text, word);
        fail();
    }
}

static void check__names_what_was_forgotten(void **state)
{
    (void)state;
    kw_route row = good_row();
    row.method = KW_METHOD_NONE;
    expect_refused(&row, "method");
    row = good_row();
    row.path = NULL;
    expect_refused(&row, "path");
    row = good_row();
    row.thunk = NULL;
    expect_refused(&row, "handler");
    row = good_row();
    row.listener = KW_LISTENER_NONE;
    expect_refused(&row, "listener");
    row = good_row();
    row.permission = NULL;
    expect_refused(&row, "permission");
    row.permission = "";
    expect_refused(&row, "permission");
    row = good_row();
    row.rate = KW_RATE_NONE;
    expect_refused(&row, "rate");
    row = good_row();
    row.audit = NULL;
    expect_refused(&row, "audit");
    row = good_row();
    row.runs = KW_RUNS_NONE;
    expect_refused(&row, "thread");
    row = good_row();
    row.summary = NULL;
    expect_refused(&row, "summary");
    row = good_row();
    row.reply_fields[0] = "not a name";
    expect_refused(&row, "reply field");
}

static void check__refuses_odd_paths(void **state)
{
    (void)state;
    const char *const paths[] = {"",       "a",      "/",        "//",        "/a/", "/a//b",
                                 "/a b",   "/a%20b", "/a?b",     "/{",        "/{}", "/a{id}",
                                 "/{id}b", "/{i-d}", "/a/../b#", "/\xc3\xa9", "/{id"};
    for (size_t i = 0; i < KW_COUNT(paths); i++) {
        kw_route row = get_row(paths[i]);
        EXPECT_STATUS(kw_route_check(&row, NULL), KW_CONFIG);
    }
    kw_route deep = get_row("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17");
    EXPECT_STATUS(kw_route_check(&deep, NULL), KW_CONFIG);
}

static void check__compares_parameters_with_members(void **state)
{
    (void)state;
    kw_route row = good_row();
    row.path = "/v1/items";
    expect_refused(&row, "parameters");
    row.path = "/v1/items/{note}";
    expect_refused(&row, "parameters");
    row.path = "/v1/{id}/{other}";
    expect_refused(&row, "parameters");
}

static void check__compares_body_with_limit(void **state)
{
    (void)state;
    kw_route row = good_row();
    row.body_bytes_max = 0;
    expect_refused(&row, "body");
    row = good_row();
    row.method = KW_GET;
    expect_refused(&row, "body");
    row = get_row("/x");
    row.body_bytes_max = 10;
    expect_refused(&row, "body");
    row = get_row("/x");
    row.method = KW_POST;
    row.in = &kw_pull_body_schema;
    row.body_bytes_max = 10;
    expect_refused(&row, "pool");
    row.runs = KW_RUNS_ON_POOL;
    EXPECT_OK(kw_route_check(&row, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check__takes_complete_rows),
        cmocka_unit_test(check__names_what_was_forgotten),
        cmocka_unit_test(check__refuses_odd_paths),
        cmocka_unit_test(check__compares_parameters_with_members),
        cmocka_unit_test(check__compares_body_with_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
