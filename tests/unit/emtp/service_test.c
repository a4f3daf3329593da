/* SPDX-License-Identifier: Apache-2.0
 * The life of the domain. */
#include "emtp/service.h"

#include "base/heap.h"
#include "emtp/api_types.h"
#include "support/emtp_desk.h"
#include "support/expect.h"
#include "support/registry_desk.h"

static void emtp_start__publishes_keys_and_code(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    EXPECT_STR(kw_emtp_public_url(desk.emtp), "https://k.example");
    KW_AUTO(kw_buf) record = kw_buf_init(1024);
    EXPECT_OK(kw_emtp_stream_find(kw_emtp_stream_of(desk.emtp, KW_EMTP_STREAM_ID_KEYS), &record,
                                  KW_STR("https://k.example/v1/emtp/manifests/2026-01")));
    EXPECT_STR(kw_buf_text(&record), "2026-03-01T00:00:00Z");
    EXPECT_OK(kw_emtp_stream_find(kw_emtp_stream_of(desk.emtp, KW_EMTP_STREAM_ID_CODE), &record,
                                  KW_STR("c")));
    kw_emtp_key_answer *answer =
        kw_emtp_keys_answer(kw_emtp_key_service_of(desk.emtp), kw_emtp_now(desk.emtp));
    assert_non_null(answer);
    kw_emtp_key_answer_release(answer);
    assert_ptr_equal(kw_emtp_ports_of(desk.emtp)->store, desk.world.store);
    emtp_desk_remove(&desk);
}

static void emtp_start__keeps_the_key_of_its_streams(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_ed25519_public before = *kw_emtp_stream_key(desk.emtp);
    emtp_desk_restart(&desk);
    assert_memory_equal(&before, kw_emtp_stream_key(desk.emtp), sizeof before);
    emtp_desk_remove(&desk);
}

static void emtp_tick__says_when_something_is_due(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_unix_ms next_ms = 0;
    EXPECT_OK(kw_emtp_tick(desk.emtp, &next_ms, NULL));
    assert_int_equal(next_ms, moment("2026-01-25T00:00:00Z") * 1000); /* creation ahead */
    emtp_world_turn(&desk.world, "2026-01-25T00:00:00Z");
    EXPECT_OK(kw_emtp_tick(desk.emtp, &next_ms, NULL));
    assert_int_equal(next_ms, moment("2026-02-01T00:00:00Z") * 1000);
    emtp_desk_remove(&desk);
}

static void name_url(kw_emtp_config *config)
{
    config->public_url = KW_STR("https://keys.example:444");
}

static void emtp_start__prefers_the_configured_url(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", name_url);
    EXPECT_STR(kw_emtp_public_url(desk.emtp), "https://keys.example:444");
    EXPECT_STR(kw_emtp_config_of(desk.emtp)->public_url, "https://keys.example:444");
    emtp_desk_remove(&desk);
}

static void emtp_start__refuses_a_url_that_is_none(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    static const char *const urls[] = {"", "http://k.example", "https://k.example/", "k.example"};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_emtp *other = NULL;
        kw_error err = {0};
        EXPECT_OK(kw_emtp_new(&other, &desk.config, kw_emtp_ports_of(desk.emtp), NULL));
        EXPECT_STATUS(kw_emtp_start(other, kw_str_of(urls[i]), &err), KW_CONFIG);
        assert_int_equal(err.status, KW_CONFIG);
        kw_emtp_free(other);
    }
    emtp_desk_remove(&desk);
}

static void emtp_stop__closes_the_streams(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_emtp_stop(desk.emtp);
    kw_stream_reply reply;
    kw_emtp_stream_params params = {0};
    EXPECT_STATUS(emtp_desk_call(&desk, KW_GET, "/v1/emtp/stp/keys", &reply, &params),
                  KW_UNAVAILABLE);
    emtp_desk_remove(&desk);
}

static void be_registry(kw_emtp_config *config)
{
    config->registry = true;
}

/* Rows of the crl stream, as its readers see it. */
static uint64_t crl_rows(const emtp_desk *desk)
{
    kw_emtp_stream_head head = {0};
    kw_emtp_stream_head_of(kw_emtp_stream_of(desk->emtp, KW_EMTP_STREAM_ID_CRL), &head);
    return head.seq;
}

static void emtp_take_crls__is_for_registries(void **state)
{
    emtp_desk desk;
    kw_x509_revoked items[] = {{.serial = {"1"}, .at = 5}, {.serial = {"2"}, .at = 5}};
    const kw_x509_crls one = {.items = items, .count = 1};
    const kw_x509_crls both = {.items = items, .count = 2};
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    EXPECT_OK(kw_emtp_take_crls(desk.emtp, &one, NULL));
    assert_int_equal(crl_rows(&desk), 0);
    desk.config.registry = true;
    emtp_desk_restart(&desk);
    EXPECT_OK(kw_emtp_take_crls(desk.emtp, &one, NULL));
    assert_int_equal(crl_rows(&desk), 1);
    emtp_desk_restart(&desk);
    assert_int_equal(crl_rows(&desk), 1); /* before anybody gave it lists */
    EXPECT_OK(kw_emtp_take_crls(desk.emtp, &both, NULL));
    assert_int_equal(crl_rows(&desk), 2);
    emtp_desk_remove(&desk);
}

static void emtp_tick__sees_the_revocations_of_other_nodes(void **state)
{
    emtp_desk desk;
    kw_x509_revoked item = {.serial = {"1"}, .at = 5};
    kw_unix_ms next_ms = 0;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", be_registry);
    kw_emtp *other = NULL;
    EXPECT_OK(kw_emtp_new(&other, &desk.config, kw_emtp_ports_of(desk.emtp), NULL));
    EXPECT_OK(kw_emtp_start(other, KW_STR("https://k.example"), NULL));
    EXPECT_OK(kw_emtp_take_crls(other, &(kw_x509_crls){.items = &item, .count = 1}, NULL));
    kw_emtp_free(other);
    assert_int_equal(crl_rows(&desk), 0);
    EXPECT_OK(kw_emtp_tick(desk.emtp, &next_ms, NULL));
    assert_int_equal(crl_rows(&desk), 1);
    emtp_desk_remove(&desk);
}

static void emtp_new__refuses_what_does_not_fit(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_emtp *other = NULL;
    kw_emtp_config config = desk.config;
    config.cadence = KW_EMTP_CUSTOM;
    EXPECT_STATUS(kw_emtp_new(&other, &config, kw_emtp_ports_of(desk.emtp), NULL), KW_CONFIG);
    kw_emtp_ports ports = *kw_emtp_ports_of(desk.emtp);
    ports.sealer = NULL;
    EXPECT_STATUS(kw_emtp_new(&other, &desk.config, &ports, NULL), KW_SEALED);
    assert_null(other);
    emtp_desk_remove(&desk);
}

/* Every allocation of this thread fails once: an error comes back, nothing is lost or kept. */
static void emtp_new_and_start__survive_every_failed_allocation(void **state)
{
    emtp_desk desk;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    desk.config.registry = true;
    bool is_done = false;
    for (uint64_t nth = 1; !is_done; nth++) {
        assert_true(nth < 10000);
        kw_emtp *other = NULL;
        kw_error err = {0};
        kw_heap_fail_at(nth);
        kw_status st = kw_emtp_new(&other, &desk.config, kw_emtp_ports_of(desk.emtp), &err);
        if (st == KW_OK) {
            st = kw_emtp_start(other, KW_STR("https://k.example"), &err);
        }
        kw_heap_fail_at(0);
        kw_emtp_free(other);
        is_done = st == KW_OK;
        if (!is_done) {
            assert_int_equal(err.status, st);
            assert_true(st == KW_NO_MEMORY || st == KW_LIMIT);
        }
    }
    emtp_desk_remove(&desk);
}

static void keep_for_an_hour(kw_emtp_config *config)
{
    config->registry = true;
    config->stream_retention_s = 3600;
}

static void apply_rows(emtp_desk *desk, const char *of, unsigned seq, const char *nurl,
                       const char *digits)
{
    KW_AUTO(kw_buf) rows = kw_buf_init(4096);
    kw_emtp_applied applied = {0};
    registry_desk_add_row(&rows, seq, nurl, digits);
    EXPECT_OK(kw_emtp_registry_apply(kw_emtp_registry_of(desk->emtp), &applied, kw_str_of(of),
                                     kw_buf_text(&rows), NULL));
}

/* A payer and a hub that matched once: each match stream has a `+` and a `-` row. */
static void make_past_matches(emtp_desk *desk, void **state, void (*change)(kw_emtp_config *config))
{
    emtp_desk_make(desk, state, "2026-01-10T08:00:00Z", change);
    kw_emtp_registry *registry = kw_emtp_registry_of(desk->emtp);
    EXPECT_OK(kw_emtp_registry_announce(registry, KW_STR("payer"), KW_MATCH_PAYER,
                                        KW_STR("https://p.example/table"), NULL));
    EXPECT_OK(kw_emtp_registry_announce(registry, KW_STR("hub"), KW_MATCH_HUB,
                                        KW_STR("https://h.example/table"), NULL));
    apply_rows(desk, "payer", 1, "https://p/1", "1");
    apply_rows(desk, "hub", 1, "https://h/1", "1");
    apply_rows(desk, "hub", 2, "https://h/1", NULL);
}

/* Rows that go in so many calls; *out_most: the most of one call. */
static size_t tidy(emtp_desk *desk, int calls, size_t *out_most)
{
    size_t sum = 0;
    *out_most = 0;
    for (int i = 0; i < calls; i++) {
        size_t count = 0;
        EXPECT_OK(kw_emtp_tidy(desk->emtp, &count, NULL));
        sum += count;
        *out_most = KW_MAX(*out_most, count);
    }
    return sum;
}

static void emtp_tidy__compacts_all_streams_in_rounds(void **state)
{
    emtp_desk desk;
    size_t most = 0;
    make_past_matches(&desk, state, keep_for_an_hour);
    assert_int_equal(tidy(&desk, 4, &most), 0); /* too young */
    emtp_world_turn(&desk.world, "2026-01-10T08:59:59Z");
    assert_int_equal(tidy(&desk, 4, &most), 0); /* the next round has not begun */
    emtp_world_turn(&desk.world, "2026-01-10T09:00:01Z");
    assert_int_equal(tidy(&desk, 4, &most), 2);
    assert_int_equal(most, 1); /* one stream in a call */
    assert_int_equal(stores_number(desk.world.store, "SELECT COUNT(*) FROM emtp_stream_rows"
                                                     " WHERE stream = 'match/hub'"),
                     1);
    apply_rows(&desk, "hub", 3, "https://h/1", "1"); /* replaces two removals */
    emtp_world_turn(&desk.world, "2026-01-10T11:00:00Z");
    assert_int_equal(tidy(&desk, 4, &most), 2);
    /* A clock that ran ahead and was turned back. */
    emtp_world_turn(&desk.world, "2030-01-01T00:00:00Z");
    assert_int_equal(tidy(&desk, 4, &most), 0);
    emtp_world_turn(&desk.world, "2026-01-10T12:00:00Z");
    apply_rows(&desk, "hub", 4, "https://h/1", NULL);
    emtp_world_turn(&desk.world, "2026-01-10T13:00:01Z");
    assert_int_equal(tidy(&desk, 4, &most), 2);
    emtp_desk_remove(&desk);
}

static void emtp_tidy__keeps_all_by_default(void **state)
{
    emtp_desk desk;
    size_t most = 0;
    emtp_desk_make(&desk, state, "2026-01-10T08:00:00Z", NULL);
    kw_unix_ms next_ms = 0;
    emtp_world_turn(&desk.world, "2026-02-01T00:00:00Z");
    EXPECT_OK(kw_emtp_tick(desk.emtp, &next_ms, NULL));
    emtp_world_turn(&desk.world, "2099-01-01T00:00:00Z");
    assert_int_equal(tidy(&desk, 4, &most), 0);
    emtp_desk_remove(&desk);
}

static void emtp_tidy__goes_on_after_a_failure(void **state)
{
    emtp_desk desk;
    size_t count = 0;
    size_t most = 0;
    make_past_matches(&desk, state, keep_for_an_hour);
    emtp_world_turn(&desk.world, "2026-01-10T10:00:00Z");
    kw_heap_fail_at(1);
    EXPECT_STATUS(kw_emtp_tidy(desk.emtp, &count, NULL), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    assert_int_equal(tidy(&desk, 4, &most), 2); /* the others, and in the next round all */
    emtp_desk_remove(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_start__publishes_keys_and_code),
        cmocka_unit_test(emtp_start__keeps_the_key_of_its_streams),
        cmocka_unit_test(emtp_tick__says_when_something_is_due),
        cmocka_unit_test(emtp_start__prefers_the_configured_url),
        cmocka_unit_test(emtp_start__refuses_a_url_that_is_none),
        cmocka_unit_test(emtp_stop__closes_the_streams),
        cmocka_unit_test(emtp_take_crls__is_for_registries),
        cmocka_unit_test(emtp_tick__sees_the_revocations_of_other_nodes),
        cmocka_unit_test(emtp_new__refuses_what_does_not_fit),
        cmocka_unit_test(emtp_new_and_start__survive_every_failed_allocation),
        cmocka_unit_test(emtp_tidy__compacts_all_streams_in_rounds),
        cmocka_unit_test(emtp_tidy__keeps_all_by_default),
        cmocka_unit_test(emtp_tidy__goes_on_after_a_failure),
    };
    return cmocka_run_group_tests_name("emtp/service", tests, stores_setup_sqlite, stores_teardown);
}
