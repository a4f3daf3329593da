/* SPDX-License-Identifier: Apache-2.0
 * What a running operator shows those who watch it. */
#include "os/clock.h"
#include "store/store.h"
#include "support/committee.h"
#include "support/expect.h"

#include <stdio.h>

/* GET of the metrics listener; its HTTP status. */
static int get(committee *c, const char *path, process_result *result)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s%s", c->houses[0]->metrics_url, path);
    house_request request = {.who = HOUSE_NOBODY, .method = "GET", .url = url};
    return house_call(c->houses[0], result, &request);
}

/* The body holds the text. */
static void expect_shown(committee *c, const char *path, const char *wanted)
{
    process_result result = {0};
    const char *text = NULL;
    assert_int_equal(get(c, path, &result), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    if (strstr(text, wanted) == NULL) {
        fail_msg("no %s in %s", wanted, text);
    }
    process_result_drop(&result);
}

static void operator__shows_its_epoch(void **state)
{
    (void)state;
    committee_plan plan = {.count = 1, .genesis = 1, .suite = 2, .interval_s = 2};
    committee *c = committee_make(&plan);
    committee_start(c, 0);
    expect_shown(c, "/health", "\"condition\":\"outside\"");
    expect_shown(c, "/metrics", "\nkeyward_threshold_has_share 0\n");
    committee_list(c, 1);
    (void)committee_wait_epoch(c, 0, 2);
    expect_shown(c, "/health", "\"condition\":\"serving\"");
    expect_shown(c, "/health", "\"peers\":[]");
    expect_shown(c, "/ready", "\"ok\"");
    expect_shown(c, "/metrics", "\nkeyward_threshold_has_share 1\n");
    expect_shown(c, "/metrics", "\nkeyward_threshold_epoch_every_seconds 2\n");
    expect_shown(c, "/metrics", "\nkeyward_threshold_boundaries_total{code=\"ok\"} ");
    expect_shown(c, "/metrics", "\nkeyward_threshold_sessions_total{outcome=\"certified\"} ");
    expect_shown(c, "/metrics", "\nkeyward_threshold_phase_seconds_count{said=\"commit\"} ");
    expect_shown(c, "/metrics", "\nkeyward_listener_files_accepted 1\n");
    committee_free(c);
}

static void wait_until_ready_is(committee *c, int http)
{
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    process_result result = {0};
    while (get(c, "/ready", &result) != http) {
        assert_true(kw_monotonic_ns() < end_ns);
        kw_sleep_ms(20);
    }
    process_result_drop(&result);
}

/* Runs while nobody else can write to the database. */
static kw_status look_at_blocked(kw_tx *tx, void *ctx, kw_error *err)
{
    KW_UNUSED(tx);
    KW_UNUSED(err);
    committee *c = ctx;
    char url[256];
    process_result result = {0};
    wait_until_ready_is(c, 503);
    uint64_t end_ns = kw_monotonic_ns() + PROCESS_LIMIT_MS * UINT64_C(1000000);
    const char *text = "";
    while (strstr(text, "\"condition\":\"blocked\"") == NULL) { /* others write, too */
        assert_true(kw_monotonic_ns() < end_ns);
        assert_int_equal(get(c, "/health", &result), 200);
        EXPECT_OK(kw_buf_c_text(&result.out, &text));
    }
    expect_shown(c, "/metrics", "\nkeyward_threshold_store_is_blocked 1\n");
    assert_int_equal(get(c, "/ready", &result), 503);
    assert_int_equal(committee_get(c, 0, "/pubkey", &result), 200); /* its share still serves */
    (void)snprintf(url, sizeof url, "%s/v1/threshold/reshare", c->houses[0]->admin_url);
    house_request request = {
        .who = HOUSE_OFFICER, .method = "POST", .url = url, .body = "{\"boundary\":4102444800}"};
    assert_int_equal(house_call(c->houses[0], &result, &request), 503);
    process_result_drop(&result);
    return KW_OK;
}

static void operator__is_not_ready_while_its_store_is_blocked(void **state)
{
    (void)state;
    committee_plan plan = {.count = 1, .genesis = 1, .suite = 2, .interval_s = 2};
    committee *c = committee_make(&plan);
    kw_store *store = NULL;
    committee_start(c, 0);
    committee_list(c, 1);
    (void)committee_wait_epoch(c, 0, 1);
    tempdir_path path = house_path(c->houses[0], "data/keyward.db");
    const kw_store_options options = {.backend = KW_STORE_SQLITE, .where = path.text};
    EXPECT_OK(kw_store_open(&store, &options, NULL));
    EXPECT_OK(kw_store_write(store, look_at_blocked, c, NULL));
    wait_until_ready_is(c, 200); /* it goes on by itself */
    expect_shown(c, "/metrics", "\nkeyward_threshold_store_is_blocked 0\n");
    uint64_t epoch = committee_newest(c, 0);
    (void)committee_wait_epoch(c, 0, epoch + 1);
    expect_shown(c, "/health", "\"condition\":\"serving\"");
    committee_expect_sound(c);
    kw_store_free(store);
    committee_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operator__shows_its_epoch),
        cmocka_unit_test(operator__is_not_ready_while_its_store_is_blocked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
