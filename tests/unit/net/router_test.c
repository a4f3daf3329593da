/* SPDX-License-Identifier: Apache-2.0
 * Matching and decoding of paths and queries. */
#include "net/router.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/net_rows.h"

typedef struct pick {
    kw_str id;
    kw_str part;
    uint32_t n;
} pick;
static const kw_field pick_fields[] = {
    KW_FIELD(pick, id, 8, KW_REQ | KW_PATH),
    KW_FIELD(pick, part, 8, KW_REQ | KW_PATH),
    KW_FIELD(pick, n, 10, KW_QUERY, .fallback = "4"),
};
KW_SCHEMA(pick, pick_fields);

KW_HANDLER(get_pick, kw_no_body, pick)

static kw_status get_pick(kw_request *request, kw_no_body *out, const pick *in, kw_error *err)
{
    KW_UNUSED(request);
    KW_UNUSED(out);
    KW_UNUSED(in);
    KW_UNUSED(err);
    return KW_OK;
}

#define ROW(verb, where, name, In, group)                                       \
    {                                                                           \
        .method = (verb), .path = (where), KW_HANDLED_BY(name, kw_no_body, In), \
        .listener = (group), .permission = "test.a.b", .rate = KW_RATE_READ,    \
        .audit = KW_AUDIT_NONE, .runs = KW_RUNS_INLINE, .summary = "test"       \
    }

static const kw_route routes[] = {
    ROW(KW_GET, "/keys", get_nothing, kw_no_body, KW_LISTENER_PUBLIC),
    ROW(KW_DELETE, "/keys", get_nothing, kw_no_body, KW_LISTENER_PUBLIC),
    ROW(KW_GET, "/keys", get_nothing, kw_no_body, KW_LISTENER_ADMIN),
    ROW(KW_GET, "/a/{id}/b/{part}", get_pick, pick, KW_LISTENER_PUBLIC),
};

static kw_router *make_router(void)
{
    static int context;
    const kw_mount mount = {routes, KW_COUNT(routes), &context};
    kw_router *router = NULL;
    EXPECT_OK(kw_router_new(&router, &mount, 1, NULL));
    return router;
}

static kw_status match(const kw_router *router, kw_routed *out, kw_method method, const char *path)
{
    return kw_router_match(router, out, KW_LISTENER_PUBLIC, method, kw_str_of(path));
}

static void match__finds_rows_by_listener_method_and_path(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_router) router = make_router();
    kw_routed found = {0};
    EXPECT_OK(match(router, &found, KW_GET, "/keys"));
    assert_ptr_equal(found.route, &routes[0]);
    assert_non_null(found.context);
    EXPECT_OK(match(router, &found, KW_DELETE, "/keys"));
    assert_ptr_equal(found.route, &routes[1]);
    EXPECT_OK(kw_router_match(router, &found, KW_LISTENER_ADMIN, KW_GET, KW_STR("/keys")));
    assert_ptr_equal(found.route, &routes[2]);
    EXPECT_OK(match(router, &found, KW_GET, "/a/x/b/y%20z"));
    assert_ptr_equal(found.route, &routes[3]);
    EXPECT_STR(found.params[0], "x");
    EXPECT_STR(found.params[1], "y%20z");
}

static void match__tells_absent_from_wrong_method(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_router) router = make_router();
    kw_routed found = {0};
    EXPECT_STATUS(match(router, &found, KW_POST, "/keys"), KW_METHOD_NOT_ALLOWED);
    assert_int_equal(found.allowed, 1U << KW_GET | 1U << KW_DELETE);
    assert_null(found.route);
    EXPECT_STATUS(match(router, &found, KW_POST, "/a/x/b/y"), KW_METHOD_NOT_ALLOWED);
    assert_int_equal(found.allowed, 1U << KW_GET);
    const char *const absent[] = {"",        "/",          "/Keys",     "/keys/",   "//keys",
                                  "/./keys", "/x/../keys", "/%6beys",   "keys",     "/keys/x",
                                  "/a//b/y", "/a/x/b/",    "/a/x/b/y/", "/a/x/c/y", "/a/x/b"};
    for (size_t i = 0; i < KW_COUNT(absent); i++) {
        EXPECT_STATUS(match(router, &found, KW_GET, absent[i]), KW_NOT_FOUND);
    }
    EXPECT_STATUS(kw_router_match(router, &found, KW_LISTENER_PEER, KW_GET, KW_STR("/keys")),
                  KW_NOT_FOUND);
}

static kw_status decode(pick *out, kw_arena *arena, const char *path, const char *query)
{
    KW_AUTO_PTR(kw_router) router = make_router();
    kw_routed found = {0};
    EXPECT_OK(match(router, &found, KW_GET, path));
    return kw_routed_decode(&found, out, arena, kw_str_of(query), NULL);
}

static void decode__fills_path_and_query_members(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    pick in = {0};
    EXPECT_OK(decode(&in, &arena, "/a/x%41+/b/y", "n=7"));
    EXPECT_STR(in.id, "xA+");
    EXPECT_STR(in.part, "y");
    assert_int_equal(in.n, 7);
    EXPECT_OK(decode(&in, &arena, "/a/x/b/y", ""));
    assert_int_equal(in.n, 4);
}

static void decode__refuses_bad_values(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(65536);
    const struct {
        const char *path;
        const char *query;
    } cases[] = {{"/a/x/b/y", "n=11"},     {"/a/x/b/y", "n=1&n=2"}, {"/a/x/b/y", "m=1"},
                 {"/a/x/b/y", "id=z"},     {"/a/x/b/y", "n=-1"},    {"/a/x/b/y", "n="},
                 {"/a/123456789/b/y", ""}, {"/a/%2F/b/y", ""},      {"/a/%zz/b/y", ""},
                 {"/a/%00/b/y", ""},       {"/a/%ff/b/y", ""}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        pick in = {0};
        EXPECT_STATUS(decode(&in, &arena, cases[i].path, cases[i].query), KW_BAD_INPUT);
    }
}

static void new__refuses_rows_that_compete(void **state)
{
    (void)state;
    const kw_route twice[] = {routes[0], routes[0]};
    const kw_route shapes[] = {routes[3], routes[3]};
    const kw_mount same = {twice, 2, NULL};
    const kw_mount alike = {shapes, 2, NULL};
    kw_router *router = NULL;
    EXPECT_STATUS(kw_router_new(&router, &same, 1, NULL), KW_CONFIG);
    EXPECT_STATUS(kw_router_new(&router, &alike, 1, NULL), KW_CONFIG);
    const kw_route broken[] = {{.method = KW_GET, .path = "/x"}};
    const kw_mount bad = {broken, 1, NULL};
    EXPECT_STATUS(kw_router_new(&router, &bad, 1, NULL), KW_CONFIG);
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_router_new(&router, &same, 1, NULL), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_null(router);
}

static void params__are_listed_in_order(void **state)
{
    (void)state;
    kw_str rest = KW_STR("/a/{id}/b/{part}");
    kw_str name = {0};
    assert_true(kw_path_next_param(&rest, &name));
    EXPECT_STR(name, "id");
    assert_true(kw_path_next_param(&rest, &name));
    EXPECT_STR(name, "part");
    assert_false(kw_path_next_param(&rest, &name));
    assert_false(kw_schema_has_body(&pick_schema));
    assert_false(kw_schema_has_body(&kw_no_body_schema));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match__finds_rows_by_listener_method_and_path),
        cmocka_unit_test(match__tells_absent_from_wrong_method),
        cmocka_unit_test(decode__fills_path_and_query_members),
        cmocka_unit_test(decode__refuses_bad_values),
        cmocka_unit_test(new__refuses_rows_that_compete),
        cmocka_unit_test(params__are_listed_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
