/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/service_keys.h"

#include "base/heap.h"
#include "emtp/engine/manifest.h"
#include "emtp/schema.h"
#include "support/emtp_world.h"
#include "support/expect.h"

#include <stdio.h>

static const kw_guard_actor officer = {.id = {"officer", 7},
                                       .method = KW_AUTH_CERTIFICATE,
                                       .roles = KW_ROLE_BIT(KW_ROLE_CRYPTO_OFFICER)};

/* A key service in its world. */
typedef struct bench {
    emtp_world world;
    kw_emtp_rule rule;
    bool test_key;
    kw_error err; /* of the last opening */
    kw_emtp_stream *stream;
    kw_emtp_key_service *service;
} bench;

static kw_status open_service(bench *b)
{
    kw_emtp_stream_options options = {.name = KW_EMTP_STREAM_KEYS,
                                      .media_type = "text/sequence",
                                      .is_expiring = true,
                                      .monotonic = kw_clock_monotonic()};
    EXPECT_OK(kw_store_migrate(b->world.store, KW_EMTP_AREA, kw_emtp_migrations,
                               kw_emtp_migrations_count, NULL));
    EXPECT_OK(kw_emtp_stream_new(&b->stream, &options, NULL));
    kw_emtp_key_rules rules = {.rule = b->rule,
                               .ahead_s = KW_EMTP_CREATE_AHEAD_S,
                               .test_key = b->test_key,
                               .public_url = KW_STR("https://keys.example")};
    kw_emtp_key_ports ports = {.store = b->world.store,
                               .sealer = b->world.sealer,
                               .rng = &b->world.rng,
                               .audit = kw_guard_audit(b->world.guard),
                               .stream = b->stream};
    return kw_emtp_key_service_open(&b->service, &rules, &ports, emtp_world_now(&b->world),
                                    &b->err);
}

static void close_service(bench *b)
{
    kw_emtp_key_service_free(b->service);
    kw_emtp_stream_free(b->stream);
    b->service = NULL;
    b->stream = NULL;
}

static bench *bench_of(void **state, const char *now)
{
    bench *b = kw_heap_new(1, sizeof *b);
    assert_non_null(b);
    emtp_world_make(&b->world, state, now);
    b->rule = (kw_emtp_rule){.cadence = KW_EMTP_MONTHLY, .overlap = 1};
    EXPECT_OK(open_service(b));
    return b;
}

static void bench_free(bench *b)
{
    close_service(b);
    emtp_world_remove(&b->world);
    kw_heap_free(b);
}

static void tick_at(bench *b, const char *now)
{
    emtp_world_turn(&b->world, now);
    kw_emtp_key_change change = {0};
    EXPECT_OK(kw_emtp_keys_tick(b->service, &change, emtp_world_now(&b->world), NULL));
    assert_true(change.next > emtp_world_now(&b->world));
}

/* The kids of the answer, which must also be what its body decodes to. */
static void expect_kids(bench *b, const char *wanted)
{
    kw_emtp_key_answer *answer = kw_emtp_keys_answer(b->service, emtp_world_now(&b->world));
    assert_non_null(answer);
    assert_string_equal(answer->kids, wanted);
    KW_AUTO(kw_emtp_key_set) set = {.count = 0};
    EXPECT_OK(kw_emtp_key_set_decode(&set, kw_secret_bytes_view(&answer->body),
                                     b->test_key ? KW_EMTP_ALLOW_TEST_KEY : 0, NULL));
    kw_str rest = kw_str_of(wanted);
    for (size_t i = 0; i < set.count; i++) {
        kw_str kid = {0};
        (void)kw_str_split(rest, ' ', &kid, &rest);
        assert_true(kw_str_equal(kid, kw_emtp_kid_text(&set.items[i].kid)));
    }
    assert_int_equal(rest.len, 0);
    kw_emtp_key_answer_release(answer);
}

static int64_t count(bench *b, const char *sql)
{
    return stores_number(b->world.store, sql);
}

static void service_open__makes_two_epochs(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    expect_kids(b, "2026-01 2025-12");
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_stream_rows"), 2);
    assert_int_equal(count(b, "SELECT value FROM emtp_counters WHERE name = 'change'"), 1);
    bench_free(b);
}

static void service_open__keeps_keys_over_a_restart(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    kw_emtp_key_answer *before = kw_emtp_keys_answer(b->service, emtp_world_now(&b->world));
    close_service(b);
    emtp_world_restart(&b->world);
    EXPECT_OK(open_service(b));
    kw_emtp_key_answer *after = kw_emtp_keys_answer(b->service, emtp_world_now(&b->world));
    assert_string_equal(before->etag, after->etag);
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&after->body), "a test"),
                kw_declassify_span(kw_secret_bytes_view(&before->body), "a test"));
    kw_emtp_key_answer_release(before);
    kw_emtp_key_answer_release(after);
    bench_free(b);
}

/* A test run's store: only the switch opens it, until its key is revoked. */
static void service_open__serves_the_test_key_with_the_switch_only(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    close_service(b);
    b->test_key = true;
    EXPECT_OK(open_service(b));
    expect_kids(b, "2026-01 2025-12 test-2026-01");
    KW_AUTO(kw_secret_bytes) json = {0};
    KW_AUTO(kw_emtp_manifest) manifest = {0};
    EXPECT_OK(kw_emtp_keys_manifest(b->service, &json, KW_EMTP_TEST_KID, emtp_world_now(&b->world),
                                    NULL));
    kw_secret_span text = kw_secret_bytes_view(&json);
    EXPECT_STATUS(kw_emtp_manifest_decode(&manifest, text, 0, NULL), KW_REFUSED);
    EXPECT_OK(kw_emtp_manifest_decode(&manifest, text, KW_EMTP_ALLOW_TEST_KEY, NULL));
    assert_true(kw_emtp_is_test_key(&manifest.key));
    close_service(b);
    b->test_key = false;
    EXPECT_STATUS(open_service(b), KW_REFUSED);
    assert_non_null(strstr(b->err.text, "emtp.test_key"));
    close_service(b);
    b->test_key = true;
    EXPECT_OK(open_service(b));
    kw_emtp_key_change change = {0};
    EXPECT_OK(kw_emtp_keys_revoke(b->service, &change, KW_EMTP_TEST_KID, &officer,
                                  emtp_world_now(&b->world), NULL));
    assert_string_equal(change.kid.text, "");
    close_service(b);
    b->test_key = false;
    EXPECT_OK(open_service(b));
    expect_kids(b, "2026-01 2025-12");
    bench_free(b);
}

static void keys_tick__rotates_at_the_boundary(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    tick_at(b, "2026-01-25T00:00:00Z"); /* creates ahead */
    expect_kids(b, "2026-01 2025-12");
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_keys"), 3);
    tick_at(b, "2026-01-31T23:59:59Z");
    expect_kids(b, "2026-01 2025-12");
    /* Before the tick of the new epoch its answer is there already. */
    emtp_world_turn(&b->world, "2026-02-01T00:00:00Z");
    expect_kids(b, "2026-02 2026-01");
    tick_at(b, "2026-02-01T00:00:00Z");
    expect_kids(b, "2026-02 2026-01");
    /* The ended key left the stream, and its bytes the store. */
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_stream_rows"), 4);
    assert_int_equal(count(b, "SELECT is_listed FROM emtp_keys WHERE kid = '2025-12'"), 0);
    assert_int_equal(count(b, "SELECT COUNT(*) FROM store_sealed WHERE kind = 'emtp_keys'"), 2);
    bench_free(b);
}

static void keys_answer__is_none_when_the_clock_runs_ahead(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    emtp_world_turn(&b->world, "2026-05-01T00:00:00Z");
    assert_null(kw_emtp_keys_answer(b->service, emtp_world_now(&b->world)));
    emtp_world_turn(&b->world, "2026-01-09T00:00:00Z"); /* nor before it was made */
    assert_null(kw_emtp_keys_answer(b->service, emtp_world_now(&b->world)));
    tick_at(b, "2026-05-01T00:00:00Z");
    expect_kids(b, "2026-05 2026-04");
    bench_free(b);
}

static void keys_revoke__replaces_the_current_key(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    emtp_world_turn(&b->world, "2026-01-20T10:11:12Z");
    kw_emtp_key_change change = {0};
    EXPECT_OK(kw_emtp_keys_revoke(b->service, &change, KW_STR("2026-01"), &officer,
                                  emtp_world_now(&b->world), NULL));
    assert_string_equal(change.kid.text, "2026-01.1");
    assert_true(change.has_new_rows);
    expect_kids(b, "2026-01.1 2025-12");
    EXPECT_STATUS(kw_emtp_keys_revoke(b->service, &change, KW_STR("2026-01"), &officer,
                                      emtp_world_now(&b->world), NULL),
                  KW_GONE);
    EXPECT_STATUS(kw_emtp_keys_revoke(b->service, &change, KW_STR("2026-07"), &officer,
                                      emtp_world_now(&b->world), NULL),
                  KW_NOT_FOUND);
    EXPECT_OK(kw_emtp_keys_revoke(b->service, &change, KW_STR("2025-12"), &officer,
                                  emtp_world_now(&b->world), NULL));
    assert_string_equal(change.kid.text, "");
    expect_kids(b, "2026-01.1");
    bench_free(b);
}

static void keys_rotate__serves_old_and_new(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    kw_emtp_key_change change = {0};
    EXPECT_OK(kw_emtp_keys_rotate(b->service, &change, &officer, emtp_world_now(&b->world), NULL));
    assert_string_equal(change.kid.text, "2026-01.1");
    expect_kids(b, "2026-01.1 2026-01 2025-12");
    for (size_t i = 0; i < KW_EMTP_LIVE_KEYS_MAX; i++) {
        kw_status st =
            kw_emtp_keys_rotate(b->service, &change, &officer, emtp_world_now(&b->world), NULL);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_LIMIT);
            break;
        }
    }
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_keys"), KW_EMTP_LIVE_KEYS_MAX);
    bench_free(b);
}

static void keys_manifest__knows_the_life_of_a_key(void **state)
{
    bench *b = bench_of(state, "2026-01-26T00:00:00Z");
    static const struct {
        const char *kid;
        kw_status wanted;
    } cases[] = {{"2026-01", KW_OK},
                 {"2025-12", KW_OK},
                 {"2026-02", KW_NOT_FOUND}, /* made ahead, not begun */
                 {"2026-03", KW_NOT_FOUND},
                 {"", KW_NOT_FOUND}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        KW_AUTO(kw_secret_bytes) json = {0};
        EXPECT_STATUS(kw_emtp_keys_manifest(b->service, &json, kw_str_of(cases[i].kid),
                                            emtp_world_now(&b->world), NULL),
                      cases[i].wanted);
        if (cases[i].wanted == KW_OK) {
            KW_AUTO(kw_emtp_manifest) manifest = {0};
            EXPECT_OK(kw_emtp_manifest_decode(&manifest, kw_secret_bytes_view(&json), 0, NULL));
            assert_string_equal(manifest.kid.text, cases[i].kid);
        }
    }
    tick_at(b, "2026-02-01T00:00:00Z");
    KW_AUTO(kw_secret_bytes) json = {0};
    EXPECT_STATUS(kw_emtp_keys_manifest(b->service, &json, KW_STR("2025-12"),
                                        emtp_world_now(&b->world), NULL),
                  KW_GONE);
    bench_free(b);
}

static void service__serves_two_keys_through_24_rotations(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    for (int month = 0; month < 24; month++) {
        kw_unix_s now = emtp_world_now(&b->world);
        kw_unix_s next = kw_emtp_epoch_shift(&b->rule, kw_emtp_epoch_start(&b->rule, now), 1);
        atomic_store(&b->world.time.at, (next - 1) * 1000);
        kw_emtp_key_change change = {0};
        EXPECT_OK(kw_emtp_keys_tick(b->service, &change, next - 1, NULL));
        for (kw_unix_s at = next - 1; at <= next + 1; at++) {
            kw_emtp_key_answer *answer = kw_emtp_keys_answer(b->service, at);
            assert_non_null(answer);
            assert_non_null(strchr(answer->kids, ' ')); /* two at least */
            kw_emtp_key_answer_release(answer);
        }
        atomic_store(&b->world.time.at, next * 1000);
        EXPECT_OK(kw_emtp_keys_tick(b->service, &change, next, NULL));
    }
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_keys"), 26);
    bench_free(b);
}

static void service__survives_a_missed_rotation(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    close_service(b);
    emtp_world_turn(&b->world, "2026-04-03T00:00:00Z");
    emtp_world_restart(&b->world);
    EXPECT_OK(open_service(b));
    expect_kids(b, "2026-04 2026-03");
    bench_free(b);
}

static void service__refuses_without_entropy_and_goes_on_serving(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    b->world.seeded.fail_after = b->world.seeded.requests; /* from now on */
    emtp_world_turn(&b->world, "2026-01-26T00:00:00Z");
    kw_emtp_key_change change = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_emtp_keys_tick(b->service, &change, emtp_world_now(&b->world), &err),
                  KW_ENTROPY_FAILURE);
    assert_int_equal(err.status, KW_ENTROPY_FAILURE);
    expect_kids(b, "2026-01 2025-12");
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_keys"), 2);
    b->world.seeded.fail_after = 0;
    tick_at(b, "2026-01-26T00:00:01Z");
    assert_int_equal(count(b, "SELECT COUNT(*) FROM emtp_keys"), 3);
    bench_free(b);
}

/* Another node did the change: this one takes it over at its next tick. */
static void keys_tick__takes_over_changes_of_other_nodes(void **state)
{
    bench *b = bench_of(state, "2026-01-10T08:00:00Z");
    bench other = {.world = b->world, .rule = b->rule};
    EXPECT_OK(open_service(&other));
    kw_emtp_key_change change = {0};
    EXPECT_OK(kw_emtp_keys_revoke(other.service, &change, KW_STR("2026-01"), &officer,
                                  emtp_world_now(&b->world), NULL));
    expect_kids(b, "2026-01 2025-12");
    tick_at(b, "2026-01-10T08:00:01Z");
    expect_kids(b, "2026-01.1 2025-12");
    close_service(&other);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_open__makes_two_epochs),
        cmocka_unit_test(service_open__keeps_keys_over_a_restart),
        cmocka_unit_test(service_open__serves_the_test_key_with_the_switch_only),
        cmocka_unit_test(keys_tick__rotates_at_the_boundary),
        cmocka_unit_test(keys_answer__is_none_when_the_clock_runs_ahead),
        cmocka_unit_test(keys_revoke__replaces_the_current_key),
        cmocka_unit_test(keys_rotate__serves_old_and_new),
        cmocka_unit_test(keys_manifest__knows_the_life_of_a_key),
        cmocka_unit_test(service__serves_two_keys_through_24_rotations),
        cmocka_unit_test(service__survives_a_missed_rotation),
        cmocka_unit_test(service__refuses_without_entropy_and_goes_on_serving),
        cmocka_unit_test(keys_tick__takes_over_changes_of_other_nodes),
    };
    return STORES_RUN_ON_BOTH(tests);
}
