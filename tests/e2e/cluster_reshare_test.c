/* SPDX-License-Identifier: Apache-2.0
 * Operators whose epochs are weeks apart make one when those who run them ask for it: each asks its
 * own operator, by its own certificate, for one boundary. */
#include "os/clock.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/rarely.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    HOUSES = 4, /* three of them make an epoch */
    INTERVAL_S = 8,
    AHEAD = 4, /* intervals: time for all to be asked, on a busy machine */
    TRIES = 6, /* sessions abort while the machine is busy */

    MADE = 0, /* verdicts of the command */
    NOT_MADE = 1,
    TOO_FEW = 2,
};

static committee *c;
static char master_key[193];

static void learn_key(void)
{
    static const char name[] = "\"masterPublicKey\":\"";
    process_result result = {0};
    const char *text = NULL;
    assert_int_equal(committee_get(c, 0, "/pubkey", &result), 200);
    EXPECT_OK(kw_buf_c_text(&result.out, &text));
    const char *found = strstr(text, name);
    assert_non_null(found);
    (void)snprintf(master_key, sizeof master_key, "%.192s", found + strlen(name));
    process_result_drop(&result);
}

static int set_up(void **state)
{
    (void)state;
    committee_plan plan = {.count = HOUSES,
                           .genesis = HOUSES,
                           .suite = 2,
                           .interval_s = INTERVAL_S,
                           .reshare_every = rarely(INTERVAL_S)};
    c = committee_make(&plan);
    for (uint32_t i = 0; i < HOUSES; i++) {
        committee_start(c, i);
    }
    committee_list(c, 0xf);
    for (uint32_t i = 0; i < HOUSES; i++) {
        (void)committee_wait_epoch(c, i, 1);
    }
    learn_key();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    committee_free(c);
    return 0;
}

static uint64_t boundary_ahead(void)
{
    kw_clock clock = kw_clock_system();
    return ((uint64_t)kw_clock_now_ms(&clock) / 1000 / INTERVAL_S + AHEAD) * INTERVAL_S;
}

/* Whoever runs house `at` asks it; `more`: further options. */
static int ask_as(process_result *result, uint32_t at, const char *who, uint64_t boundary,
                  const char *more)
{
    char when[KW_RFC3339_BYTES];
    const char *dir = c->houses[at]->dir.path;
    char paths[6][512];
    static const char *const names[] = {"cluster.json", "operators.json", "pki/peers.pem"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", dir, names[i]);
    }
    (void)snprintf(paths[3], sizeof paths[3], "%s/pki/%s.pem", dir, who);
    (void)snprintf(paths[4], sizeof paths[4], "%s/pki/%s.key", dir, who);
    kw_utc_format(when, (kw_unix_s)boundary);
    const char *const argv[] = {KW_BIN_DIR "/keyward",
                                "cluster",
                                "reshare",
                                "--json",
                                "--cluster",
                                paths[0],
                                "--operators",
                                paths[1],
                                "--ca",
                                paths[2],
                                "--master-key",
                                master_key,
                                "--boundary",
                                when,
                                "--admin",
                                c->houses[at]->admin_url,
                                "--cert",
                                paths[3],
                                "--cert-key",
                                paths[4],
                                more,
                                NULL};
    process_run(result, argv, (kw_str){0});
    return result->exit_code;
}

static void expect_says(const process_result *result, const char *text)
{
    if (memmem(result->out.ptr, result->out.len, text, strlen(text)) == NULL) {
        fail_msg("no %s in %.*s", text, (int)result->out.len, (const char *)result->out.ptr);
    }
}

/* All alone: the boundary passes, and nothing has changed. */
static void reshare__changes_nothing_when_one_is_asked(void **state)
{
    (void)state;
    process_result result = {0};
    assert_int_equal(ask_as(&result, 0, "officer", boundary_ahead(), NULL), NOT_MADE);
    expect_says(&result, "\"due\":false,\"taking_part\":1,\"needed\":3,\"epoch\":null,");
    for (uint32_t i = 0; i < HOUSES; i++) {
        assert_int_equal(committee_newest(c, i), 1);
        assert_int_equal(committee_get(c, i, "/pubkey", &result), 200); /* it still serves */
    }
    committee_expect_sound(c);
    process_result_drop(&result);
}

/* Three are asked, of which one restarts before the boundary; the fourth is not. */
static int reshare_once(process_result *result)
{
    uint64_t boundary = boundary_ahead();
    assert_int_equal(ask_as(result, 0, "officer", boundary, "--no-wait"), TOO_FEW);
    assert_int_equal(ask_as(result, 1, "officer", boundary, "--no-wait"), TOO_FEW);
    expect_says(result, "\"takes_part\":true,\"problem\":null");
    committee_restart(c, 1);
    return ask_as(result, 2, "officer", boundary, NULL);
}

static void reshare__makes_an_epoch_when_enough_are_asked(void **state)
{
    (void)state;
    process_result result = {0};
    int verdict = reshare_once(&result);
    for (int i = 1; i < TRIES && verdict == NOT_MADE; i++) {
        verdict = reshare_once(&result);
    }
    assert_int_equal(verdict, MADE);
    expect_says(&result, "\"epoch\":2,");
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(committee_wait_epoch(c, i, 2), 2);
    }
    committee_expect_sound(c);
    process_result_drop(&result);
}

static int post(house_who who, process_result *result, const char *body)
{
    char url[256];
    (void)snprintf(url, sizeof url, "%s/v1/threshold/reshare", c->houses[3]->admin_url);
    house_request request = {.who = who, .method = "POST", .url = url, .body = body};
    return house_call(c->houses[3], result, &request);
}

static void reshare__is_refused_to_others_and_at_other_times(void **state)
{
    (void)state;
    char body[128];
    process_result result = {0};
    uint64_t boundary = boundary_ahead();
    assert_int_equal(ask_as(&result, 3, "auditor", boundary, "--no-wait"), TOO_FEW);
    expect_says(&result, "\"takes_part\":false,\"problem\":\"forbidden\"");
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 "}", boundary);
    assert_int_equal(post(HOUSE_SECURITY, &result, body), 403);
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 "}", boundary + 1);
    assert_int_equal(post(HOUSE_OFFICER, &result, body), 400);
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 "}", boundary - 8 * INTERVAL_S);
    assert_int_equal(post(HOUSE_OFFICER, &result, body), 409);
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 "}", boundary + 99 * INTERVAL_S);
    assert_int_equal(post(HOUSE_OFFICER, &result, body), 422);
    assert_int_equal(post(HOUSE_OFFICER, &result, "{}"), 400);
    (void)snprintf(body, sizeof body, "{\"boundary\":%" PRIu64 ",\"attempt\":1}", boundary);
    assert_int_equal(post(HOUSE_OFFICER, &result, body), 400);
    house_run(c->houses[3], &result, 0, HOUSE_NOBODY,
              "audit show %/data/audit --action threshold.epoch.");
    expect_says(&result, "threshold.epoch.reshare_asked");
    process_result_drop(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reshare__changes_nothing_when_one_is_asked),
        cmocka_unit_test(reshare__makes_an_epoch_when_enough_are_asked),
        cmocka_unit_test(reshare__is_refused_to_others_and_at_other_times),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
