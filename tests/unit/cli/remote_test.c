/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/remote.h"

#include "support/expect.h"
#include "support/remote_world.h"

typedef struct thing {
    kw_str name;
} thing;
static const kw_field thing_fields[] = {KW_FIELD(thing, name, 64, KW_REQ)};
KW_SCHEMA(thing, thing_fields);

static kw_remote *open_remote(const remote_world *world, tempdir_path *ca, tempdir_path *key)
{
    *ca = tempdir_join(&world->dir, "ca.pem");
    *key = tempdir_join(&world->dir, "api.key");
    kw_remote_options options = {.server = kw_str_of(tls_peer_url(world->peer)),
                                 .ca = kw_str_of(ca->text),
                                 .api_key_file = kw_str_of(key->text)};
    kw_remote *remote = NULL;
    EXPECT_OK(kw_remote_open(&remote, &options, NULL));
    return remote;
}

static kw_status call(const remote_world *world, thing *out, kw_arena *arena, kw_error *err)
{
    tempdir_path ca;
    tempdir_path key;
    KW_AUTO_PTR(kw_remote) remote = open_remote(world, &ca, &key);
    thing in = {KW_STR("mine")};
    kw_remote_request request = {.method = KW_POST,
                                 .path = KW_STR("/v1/things"),
                                 .in = &thing_schema,
                                 .in_object = &in,
                                 .out = &thing_schema,
                                 .out_object = out,
                                 .arena = arena};
    return kw_remote_call(remote, &request, err);
}

static void call__sends_and_reads_typed_bodies(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK("{\"name\":\"yours\"}"));
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    thing out = {0};
    EXPECT_OK(call(&world, &out, &arena, NULL));
    EXPECT_STR(out.name, "yours");
    remote_world_expect_request(&world, "POST /v1/things HTTP/1.1\r\n");
    remote_world_expect_request(&world, "\r\n\r\n{\"name\":\"mine\"}");
    remote_world_remove(&world);
}

static void call__takes_the_status_that_the_refusal_names(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        kw_status wanted;
    } cases[] = {{REMOTE_REFUSAL("503", "audit_unavailable"), KW_AUDIT_UNAVAILABLE},
                 {REMOTE_REFUSAL("503", "nonsense"), KW_BUSY},
                 {REMOTE_REFUSAL("409", "bad_state"), KW_BAD_STATE},
                 {"HTTP/1.1 404 No\r\nConnection: close\r\n\r\nplain", KW_NOT_FOUND},
                 {REMOTE_OK("{\"name\":7}"), KW_PEER_REFUSED},
                 {REMOTE_OK("[]"), KW_PEER_REFUSED}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        remote_world world = remote_world_make(cases[i].answer);
        KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
        thing out = {0};
        kw_error err = {0};
        EXPECT_STATUS(call(&world, &out, &arena, &err), cases[i].wanted);
        assert_int_equal(err.status, cases[i].wanted);
        assert_int_equal(out.name.len, 0);
        remote_world_remove(&world);
    }
}

static void get_secret__appends_and_url_joins(void **state)
{
    (void)state;
    remote_world world = remote_world_make(REMOTE_OK("secret"));
    tempdir_path ca;
    tempdir_path key;
    KW_AUTO_PTR(kw_remote) remote = open_remote(&world, &ca, &key);
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(64);
    EXPECT_OK(kw_remote_get_secret(remote, &body, "/keys", NULL));
    assert_int_equal(body.len, 6);
    KW_AUTO(kw_arena) arena = kw_arena_init(4096);
    kw_str url = {0};
    EXPECT_OK(kw_remote_url(remote, &arena, &url, KW_STR("/a?b"), NULL));
    assert_true(kw_str_ends_with(url, KW_STR("/a?b")));
    assert_string_equal(kw_remote_bearer(remote), "kwk1_test");
    assert_non_null(kw_remote_http(remote));
    remote_world_remove(&world);
}

static void open__wants_a_server_and_one_credential(void **state)
{
    (void)state;
    const kw_remote_options cases[] = {
        {.api_key_file = KW_STR("k")},
        {.server = KW_STR("http://a:1"), .api_key_file = KW_STR("k")},
        {.server = KW_STR("https://a:1/"), .api_key_file = KW_STR("k")},
        {.server = KW_STR("https://a:1")},
        {.server = KW_STR("https://a:1"), .cert = KW_STR("c")},
        {.server = KW_STR("https://a:1"), .api_key_file = KW_STR("k"), .cert_key = KW_STR("c")},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_remote *remote = NULL;
        EXPECT_STATUS(kw_remote_open(&remote, &cases[i], NULL), KW_USAGE);
        assert_null(remote);
    }
    kw_remote *remote = NULL;
    kw_remote_options missing = {.server = KW_STR("https://a:1"),
                                 .api_key_file = KW_STR("/nonexistent/key")};
    EXPECT_STATUS(kw_remote_open(&remote, &missing, NULL), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call__sends_and_reads_typed_bodies),
        cmocka_unit_test(call__takes_the_status_that_the_refusal_names),
        cmocka_unit_test(get_secret__appends_and_url_joins),
        cmocka_unit_test(open__wants_a_server_and_one_credential),
    };
    return cmocka_run_group_tests_name("cli/remote", tests, NULL, NULL);
}
