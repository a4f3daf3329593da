/* SPDX-License-Identifier: Apache-2.0
 * Handlers called as net/ calls them: with decoded structs. */
#include "guard/api.h"

#include "codec/json.h"
#include "guard/guard.h"
#include "guard/state.h"
#include "net/request.h"

#include "support/expect.h"
#include "support/guard.h"

#include <stdio.h>

static guard_world world;
static kw_arena arena;

static int setup(void **state)
{
    (void)state;
    guard_world_make(&world);
    arena = kw_arena_init(1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    kw_arena_drop(&arena);
    guard_world_remove(&world);
    return 0;
}

static const kw_route *route_of(kw_method method, const char *path)
{
    for (size_t i = 0; i < kw_guard_admin_routes_count; i++) {
        const kw_route *route = &kw_guard_admin_routes[i];
        if (route->method == method && strcmp(route->path, path) == 0) {
            return route;
        }
    }
    fail_msg("no route %s", path);
    return NULL;
}

/* Calls a route as the security administrator with a JSON body and a path member; `out` (may be
 * NULL) gets the reply as JSON. */
static kw_status call(const kw_route *route, const char *path_value, const char *body, kw_buf *out)
{
    kw_guard_caller mine = {.roles = KW_ROLE_BIT(KW_ROLE_SECURITY_ADMIN),
                            .method = KW_AUTH_CERTIFICATE};
    kw_caller caller = {.id = KW_STR("uri:" GUARD_WORLD_ADMIN_URI), .identity = &mine};
    kw_request request = {
        .context = world.guard, .route = route, .caller = &caller, .arena = &arena};
    memcpy(request.id.text, "0123456789abcdef01234567", sizeof request.id.text);
    kw_error err = {0};
    void *in = kw_arena_new(&arena, 1, route->in->size);
    void *reply = kw_arena_new(&arena, 1, route->out->size);
    assert_true(in != NULL && reply != NULL);
    EXPECT_OK(kw_object_init(in, &arena, route->in));
    for (size_t i = 0; path_value != NULL && i < route->in->count; i++) {
        if ((route->in->fields[i].flags & KW_PATH) != 0) {
            KW_TRY(kw_field_set(in, &arena, &route->in->fields[i], kw_str_of(path_value), &err));
        }
    }
    if (body != NULL) {
        KW_TRY(kw_json_decode(in, &arena, route->in, kw_span_of_str(kw_str_of(body)), &err));
    }
    kw_status st = route->thunk(&request, reply, in, &err);
    assert_int_equal(err.status, st);
    if (st == KW_OK && out != NULL) {
        kw_buf_clear(out);
        EXPECT_OK(kw_json_encode(out, route->out, reply, KW_JSON_PLAIN));
    }
    return st;
}

static void expect_in(const kw_buf *text, const char *part)
{
    char copy[4096] = {0};
    memcpy(copy, text->ptr, KW_MIN(text->len, sizeof copy - 1));
    if (strstr(copy, part) == NULL) {
        print_error("%s lacks %s\n", copy, part);
        fail();
    }
}

static void identities__live_their_life(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
    const kw_route *add = route_of(KW_POST, "/v1/identities");
    const kw_route *get = route_of(KW_GET, "/v1/identities/{id}");
    const char body[] =
        "{\"id\":\"clinic-a\",\"tenant\":\"acme\",\"kind\":\"api_key\",\"roles\":[{\"role\":"
        "\"client\",\"expires\":\"2023-12-01T00:00:00Z\"}],\"networks\":[\"10.0.0.0/8\"]}";
    EXPECT_OK(call(add, NULL, body, NULL));
    EXPECT_STATUS(call(add, NULL, body, NULL), KW_CONFLICT);
    EXPECT_OK(call(get, "clinic-a", NULL, &out));
    expect_in(&out, "\"id\":\"clinic-a\"");
    expect_in(&out, "\"is_enabled\":true");
    expect_in(&out, "{\"role\":\"client\",\"expires\":\"2023-12-01T00:00:00Z\"}");
    expect_in(&out, "\"networks\":[\"10.0.0.0/8\"]");
    EXPECT_OK(call(route_of(KW_POST, "/v1/identities/{id}/disable"), "clinic-a", NULL, NULL));
    EXPECT_OK(call(get, "clinic-a", NULL, &out));
    expect_in(&out, "\"is_enabled\":false");
    EXPECT_OK(call(route_of(KW_POST, "/v1/identities/{id}/enable"), "clinic-a", NULL, NULL));
    EXPECT_OK(call(get, "clinic-a", NULL, &out));
    expect_in(&out, "\"is_enabled\":true");
    EXPECT_STATUS(call(get, "nobody", NULL, &out), KW_NOT_FOUND);
}

static void roles_and_networks__are_replaced(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
    EXPECT_OK(call(route_of(KW_POST, "/v1/identities"), NULL,
                   "{\"id\":\"m\",\"tenant\":\"t\",\"kind\":\"uri\",\"name\":\"spiffe://m\"}",
                   NULL));
    const kw_route *get = route_of(KW_GET, "/v1/identities/{id}");
    const kw_route *roles = route_of(KW_PUT, "/v1/identities/{id}/roles");
    const kw_route *networks = route_of(KW_PUT, "/v1/identities/{id}/networks");
    EXPECT_OK(call(roles, "m", "{\"role\":\"reader\",\"expires\":\"2024-01-01T00:00:00Z\"}", NULL));
    EXPECT_OK(call(networks, "m", "{\"networks\":[\"::1\",\"!10.0.0.0/8\"]}", NULL));
    EXPECT_OK(call(get, "m", NULL, &out));
    expect_in(&out, "\"role\":\"reader\"");
    expect_in(&out, "\"networks\":[\"::1/128\",\"!10.0.0.0/8\"]");
    EXPECT_OK(call(roles, "m", "{\"role\":\"reader\",\"expires\":\"1970-01-01T00:00:00Z\"}", NULL));
    EXPECT_OK(call(get, "m", NULL, &out));
    expect_in(&out, "\"roles\":[]");
    EXPECT_STATUS(
        call(roles, "m", "{\"role\":\"root\",\"expires\":\"2024-01-01T00:00:00Z\"}", NULL),
        KW_BAD_INPUT);
    EXPECT_STATUS(
        call(roles, "m", "{\"role\":\"auditor\",\"expires\":\"2024-01-01T00:00:00Z\"}", NULL),
        KW_FORBIDDEN);
    EXPECT_STATUS(call(networks, "m", "{\"networks\":[\"10.0.0.1/8\"]}", NULL), KW_BAD_INPUT);
    EXPECT_STATUS(call(networks, "nobody", "{\"networks\":[]}", NULL), KW_NOT_FOUND);
}

static void keys__are_shown_once(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
    EXPECT_OK(call(route_of(KW_POST, "/v1/identities"), NULL,
                   "{\"id\":\"m\",\"tenant\":\"t\",\"kind\":\"api_key\"}", NULL));
    const kw_route *issue = route_of(KW_POST, "/v1/identities/{id}/keys");
    EXPECT_OK(call(issue, "m", "{\"expires\":\"2024-01-01T00:00:00Z\"}", &out));
    expect_in(&out, "\"api_key\":\"kwk1_");
    char key_id[KW_API_KEY_ID_BYTES + 1] = {0};
    memcpy(key_id, out.ptr + sizeof "{\"id\":\"" - 1, KW_API_KEY_ID_BYTES);
    EXPECT_OK(call(route_of(KW_GET, "/v1/identities/{id}"), "m", NULL, &out));
    expect_in(&out, key_id);
    expect_in(&out, "\"is_revoked\":false");
    KW_ASSERT(memmem(out.ptr, out.len, "kwk1_", 5) == NULL);
    const kw_route *revoke = route_of(KW_POST, "/v1/apikeys/{key_id}/revoke");
    EXPECT_OK(call(revoke, key_id, NULL, NULL));
    EXPECT_OK(call(route_of(KW_GET, "/v1/identities/{id}"), "m", NULL, &out));
    expect_in(&out, "\"is_revoked\":true");
    EXPECT_STATUS(call(revoke, "0000000000", NULL, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(call(issue, "m", "{\"expires\":\"2023-01-01T00:00:00Z\"}", NULL), KW_BAD_INPUT);
    EXPECT_STATUS(call(issue, "m", "{\"expires\":\"2026-01-01T00:00:00Z\"}", NULL), KW_BAD_INPUT);
}

static void list__shows_pages(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
    EXPECT_OK(call(route_of(KW_GET, "/v1/identities"), NULL, NULL, &out));
    expect_in(&out, "\"id\":\"uri:" GUARD_WORLD_ADMIN_URI "\"");
    expect_in(&out, "\"is_configured\":true");
    expect_in(&out, "9999-12-31T23:59:59Z");
}

static void checkpoint__is_a_signed_note(void **state)
{
    (void)state;
    const kw_route *route = route_of(KW_GET, "/v1/audit/checkpoint");
    kw_caller caller = {0};
    kw_request request = {
        .context = world.guard, .route = route, .caller = &caller, .arena = &arena};
    kw_raw_reply reply = {0};
    kw_no_body in = {0};
    kw_error err = {0};
    EXPECT_OK(route->thunk(&request, &reply, &in, &err));
    assert_string_equal(reply.media_type, "text/plain; charset=utf-8");
    assert_true(kw_str_starts_with(kw_str_of_span(reply.bytes), KW_STR("n1/audit\n")));
}

static void actor_of__takes_what_the_gate_established(void **state)
{
    (void)state;
    kw_guard_caller mine = {.roles = 5, .method = KW_AUTH_CERTIFICATE, .address = {{9}}};
    kw_caller caller = {.id = KW_STR("a"), .tenant = KW_STR("t"), .identity = &mine};
    kw_request request = {.caller = &caller};
    memcpy(request.id.text, "0123456789abcdef01234567", sizeof request.id.text);
    kw_guard_actor actor = kw_guard_actor_of(&request);
    EXPECT_STR(actor.id, "a");
    EXPECT_STR(actor.tenant, "t");
    EXPECT_STR(actor.request_id, "0123456789abcdef01234567");
    assert_int_equal(actor.roles, 5);
    assert_int_equal(actor.method, KW_AUTH_CERTIFICATE);
    assert_int_equal(actor.address.bytes[0], 9);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(identities__live_their_life),  CASE(roles_and_networks__are_replaced),
        CASE(keys__are_shown_once),         CASE(list__shows_pages),
        CASE(checkpoint__is_a_signed_note), CASE(actor_of__takes_what_the_gate_established),
    };
    return cmocka_run_group_tests_name("guard/api", tests, NULL, NULL);
}
