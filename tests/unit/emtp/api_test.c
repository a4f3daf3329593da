/* SPDX-License-Identifier: Apache-2.0
 * Routes for clients. */
#include "emtp/api.h"

#include "emtp/api_types.h"
#include "emtp/engine/manifest.h"
#include "emtp/service_participants.h"
#include "net/route_check.h"
#include "support/emtp_desk.h"
#include "support/expect.h"

static const kw_no_body nothing = {0};

static void routes__are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < kw_emtp_routes_count; i++) {
        EXPECT_OK(kw_route_check(&kw_emtp_routes[i], NULL));
        assert_int_equal(kw_emtp_routes[i].listener, KW_LISTENER_PUBLIC);
    }
}

static void get_keys__gives_the_served_keys(void **state)
{
    emtp_desk desk;
    kw_raw_reply reply;
    emtp_desk_make(&desk, state, "2026-01-31T23:59:00Z", NULL);
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/keys", &reply, &nothing));
    assert_string_equal(reply.media_type, "application/json");
    assert_false(reply.may_compress);
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    EXPECT_OK(kw_emtp_key_set_decode(&set, kw_secret_span_of(reply.bytes), 0, NULL));
    assert_int_equal(set.count, 2);
    const kw_request *request = &desk.x->request;
    assert_true(request->reply.is_cacheable);
    assert_false(request->reply.is_public);
    assert_int_equal(request->reply.max_age_s, 60);
    EXPECT_STR(request->audit.object, "2026-01 2025-12");
    reply.release(reply.owner);
    emtp_desk_remove(&desk);
}

static void get_keys__knows_the_version_a_caller_has(void **state)
{
    emtp_desk desk;
    kw_raw_reply reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/keys", &reply, &nothing));
    char etag[80] = "\"";
    memcpy(etag + 1, desk.x->request.reply.etag.ptr, desk.x->request.reply.etag.len);
    etag[desk.x->request.reply.etag.len + 1] = '"';
    reply.release(reply.owner);
    desk.x->head.value[KW_HTTP_HEAD_IF_NONE_MATCH] = kw_str_of(etag);
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/keys", &reply, &nothing));
    assert_true(desk.x->request.reply.is_not_modified);
    reply.release(reply.owner);
    emtp_desk_remove(&desk);
}

static void get_keys__is_refused_while_the_clock_runs_ahead(void **state)
{
    emtp_desk desk;
    kw_raw_reply reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    emtp_world_turn(&desk.world, "2026-06-01T00:00:00Z");
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/keys", &reply, &nothing), KW_UNAVAILABLE);
    assert_int_equal(desk.err.status, KW_UNAVAILABLE);
    assert_null(reply.release);
    kw_unix_ms next_ms = 0;
    EXPECT_OK(kw_emtp_tick(desk.emtp, &next_ms, NULL));
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/keys", &reply, &nothing));
    reply.release(reply.owner);
    emtp_desk_remove(&desk);
}

static void get_manifest__is_json_or_a_row(void **state)
{
    emtp_desk desk;
    kw_raw_reply reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_emtp_kid_path path = {.kid = KW_STR("2026-01")};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/manifests/{kid}", &reply, &path));
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    EXPECT_OK(kw_emtp_manifest_decode(&manifest, kw_secret_span_of(reply.bytes), 0, NULL));
    assert_string_equal(manifest.kid.text, "2026-01");
    reply.release(reply.owner);

    desk.x->head.value[KW_HTTP_HEAD_ACCEPT] = KW_STR("text/sequence");
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/manifests/{kid}", &reply, &path));
    kw_str row = kw_str_of_span(reply.bytes);
    assert_true(kw_str_starts_with(row, KW_STR("1\t2026-01-10T08:00:00Z\t+\t2026-01\t{\"kid\"")));
    assert_true(kw_str_ends_with(row, KW_STR("}\n")));
    reply.release(reply.owner);

    desk.x->head.value[KW_HTTP_HEAD_ACCEPT] = KW_STR("text/html");
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/manifests/{kid}", &reply, &path),
                  KW_NOT_ACCEPTABLE);
    desk.x->head.value[KW_HTTP_HEAD_ACCEPT] = KW_STR("");
    path.kid = KW_STR("2026-02");
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/manifests/{kid}", &reply, &path),
                  KW_NOT_FOUND);
    emtp_desk_remove(&desk);
}

static void get_info_and_code__describe_the_server(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_emtp_info info;
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/info", &info, &nothing));
    EXPECT_STR(info.profiles.items[1], "v1-ref");
    assert_int_equal(info.cadence, KW_EMTP_MONTHLY);
    assert_int_equal(info.stream_key.len, 32);

    kw_emtp_code_manifest code;
    kw_emtp_code_path path = {.language = KW_STR("javascript"), .version = KW_STR(KW_VERSION)};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/code/{language}/{version}", &code, &path));
    EXPECT_STR(code.source_url, "https://k.example/v1/emtp/code/js/" KW_VERSION "/source");
    kw_raw_reply source;
    EXPECT_OK(
        emtp_desk_call(&desk, KW_GET, "/v1/emtp/code/{language}/{version}/source", &source, &path));
    assert_true(source.bytes.len > 1000);
    path.version = KW_STR("9.9.9");
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/code/{language}/{version}", &code, &path),
                  KW_NOT_FOUND);
    emtp_desk_remove(&desk);
}

static void stp_keys__streams_and_names_its_end(void **state)
{
    emtp_desk desk;
    kw_stream_reply reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_emtp_stream_params params = {.hold = 0};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/keys", &reply, &params));
    assert_non_null(strstr(reply.media_type, "schema=emtp_key_distribution"));
    uint8_t window[4096];
    kw_pull_slot slot = {.out = KW_MSPAN(window)};
    assert_int_equal(reply.pull(reply.source, &slot), KW_PULL_DATA);
    static const char first[] =
        "1\t2026-01-10T08:00:00Z\t+\thttps://k.example/v1/emtp/manifests/2025-12\t"
        "2026-02-01T00:00:00Z\n";
    assert_memory_equal(window, first, sizeof first - 1);
    reply.closed(reply.source);
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/code", &reply, &params));
    reply.closed(reply.source);
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/match", &reply, &params),
                  KW_NOT_FOUND); /* no registry */
    assert_null(reply.closed);
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/crl", &reply, &params), KW_NOT_FOUND);
    assert_null(reply.closed);
    emtp_desk_remove(&desk);
}

static void be_registry(kw_emtp_config *config)
{
    config->registry = true;
}

static void stp_match__is_the_callers_own(void **state)
{
    emtp_desk desk;
    kw_stream_reply reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", be_registry);
    kw_emtp_stream_params params = {.hold = 0};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/match", &reply, &params));
    assert_non_null(strstr(reply.media_type, "schema=registry_match_stream"));
    kw_emtp_stream *own = NULL;
    EXPECT_OK(
        kw_emtp_registry_stream(kw_emtp_registry_of(desk.emtp), &own, KW_STR("clinic"), NULL));
    assert_int_equal(kw_emtp_stream_followers(own), 1);
    reply.closed(reply.source);
    emtp_desk_remove(&desk);
}

static void stp_crl__names_revoked_certificates(void **state)
{
    emtp_desk desk;
    kw_stream_reply reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", be_registry);
    kw_x509_revoked item = {.serial = {"4ab"}, .at = moment("2026-01-09T10:11:12Z")};
    EXPECT_OK(kw_emtp_take_crls(desk.emtp, &(kw_x509_crls){.items = &item, .count = 1}, NULL));
    kw_emtp_stream_params params = {.hold = 0};
    EXPECT_OK(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/crl", &reply, &params));
    assert_string_equal(reply.media_type, "text/sequence; charset=utf-8; schema=crl; version=1");
    uint8_t window[4096];
    kw_pull_slot slot = {.out = KW_MSPAN(window)};
    assert_int_equal(reply.pull(reply.source, &slot), KW_PULL_DATA);
    static const char first[] = "1\t2026-01-10T08:00:00Z\t+\t4ab\t2026-01-09T10:11:12Z\n";
    assert_memory_equal(window, first, sizeof first - 1);
    assert_int_equal(slot.got, sizeof first - 1);
    reply.closed(reply.source);
    emtp_desk_remove(&desk);
}

static void notify__checks_the_sender(void **state)
{
    emtp_desk desk;
    kw_no_body reply;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    static const struct {
        const char *text;
        kw_status wanted;
    } cases[] = {{"", KW_OK},
                 {"surl=https://a.example/t", KW_FORBIDDEN}, /* no host is registered */
                 {"surl=http://a.example/t", KW_BAD_INPUT},
                 {"surl=https://a/&surl=https://a/", KW_BAD_INPUT},
                 {"full_name=x", KW_BAD_INPUT}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_form_body body = {.text = kw_str_of(cases[i].text)};
        EXPECT_STATUS(emtp_desk_call(&desk, KW_POST, "/v1/emtp/notify", &reply, &body),
                      cases[i].wanted);
        if (cases[i].wanted != KW_OK) {
            assert_int_equal(desk.err.status, cases[i].wanted);
        }
    }
    emtp_desk_remove(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes__are_complete),
        cmocka_unit_test(get_keys__gives_the_served_keys),
        cmocka_unit_test(get_keys__knows_the_version_a_caller_has),
        cmocka_unit_test(get_keys__is_refused_while_the_clock_runs_ahead),
        cmocka_unit_test(get_manifest__is_json_or_a_row),
        cmocka_unit_test(get_info_and_code__describe_the_server),
        cmocka_unit_test(stp_keys__streams_and_names_its_end),
        cmocka_unit_test(stp_match__is_the_callers_own),
        cmocka_unit_test(stp_crl__names_revoked_certificates),
        cmocka_unit_test(notify__checks_the_sender),
    };
    return cmocka_run_group_tests_name("emtp/api", tests, stores_setup_sqlite, stores_teardown);
}
