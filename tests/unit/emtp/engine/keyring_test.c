/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/keyring.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/keyring_sim.h"

#include <stdio.h>

static kw_unix_s at(const char *text)
{
    kw_unix_s moment = 0;
    assert_true(kw_utc_parse(&moment, kw_str_of(text)));
    return moment;
}

static int new_sim(void **state)
{
    keyring_sim *sim = kw_heap_new(1, sizeof *sim);
    assert_non_null(sim);
    sim->rule = (kw_emtp_rule){.cadence = KW_EMTP_MONTHLY, .overlap = 1};
    sim->ahead_s = KW_EMTP_CREATE_AHEAD_S;
    *state = sim;
    return 0;
}

static int free_sim(void **state)
{
    kw_heap_free(*state);
    return 0;
}

/* The served kids with a space between. */
static void expect_served(const keyring_sim *sim, kw_unix_s now, const char *wanted)
{
    size_t order[KEYRING_SIM_KEYS_MAX];
    size_t count = kw_emtp_keys_served(order, keyring_sim_keys(sim), now);
    char got[512] = "";
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        int more = snprintf(got + len, sizeof got - len, "%s%s", i == 0 ? "" : " ",
                            sim->keys[order[i]].kid.text);
        len += (size_t)more;
    }
    assert_string_equal(got, wanted);
}

static void keys_missing__makes_previous_and_current_at_the_first_start(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    assert_int_equal(sim->keys_count, 2);
    expect_served(sim, sim->now, "2026-01 2025-12");
    assert_int_equal(sim->keys[0].expires_at, at("2026-02-01T00:00:00Z"));
    assert_int_equal(sim->keys[1].expires_at, at("2026-03-01T00:00:00Z"));
}

static void keys_missing__creates_the_next_key_ahead_and_hides_it(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-24T23:59:59Z"));
    assert_int_equal(sim->keys_count, 2);
    keyring_sim_run_to(sim, at("2026-01-25T00:00:00Z"));
    assert_int_equal(sim->keys_count, 3);
    keyring_sim_run_to(sim, at("2026-01-31T23:59:59Z"));
    expect_served(sim, sim->now, "2026-01 2025-12");
    assert_int_equal(sim->rows_count, 2);
    keyring_sim_run_to(sim, at("2026-02-01T00:00:00Z"));
    expect_served(sim, sim->now, "2026-02 2026-01");
    assert_int_equal(sim->rows_count, 3);
}

static void key_replacement__follows_a_revoked_current_key(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    keyring_sim_revoke(sim, at("2026-01-20T10:11:12Z"), KW_STR("2026-01"));
    expect_served(sim, sim->now, "2026-01.1 2025-12");
    assert_int_equal(sim->keys[2].window.not_before, at("2026-01-20T10:11:12Z"));
    assert_int_equal(sim->keys[2].window.not_after, at("2026-02-01T00:00:00Z"));
    assert_int_equal(sim->keys[2].expires_at, at("2026-03-01T00:00:00Z"));
    assert_int_equal(sim->rows_count, 4);
    assert_int_equal(sim->rows[2].action, '-');
    assert_int_equal(sim->rows[3].action, '+');
    keyring_sim_revoke(sim, at("2026-01-21T00:00:00Z"), KW_STR("2026-01.1"));
    expect_served(sim, sim->now, "2026-01.2 2025-12");
}

static void key_replacement__is_not_due_for_an_ended_key(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    keyring_sim_revoke(sim, at("2026-01-15T00:00:00Z"), KW_STR("2025-12"));
    expect_served(sim, sim->now, "2026-01");
    assert_int_equal(sim->keys_count, 2);
    /* C17: a revoked key counts, so a restart makes no other. */
    keyring_sim_stop(sim, at("2026-01-16T00:00:00Z"));
    keyring_sim_start(sim, at("2026-01-17T00:00:00Z"));
    assert_int_equal(sim->keys_count, 2);
}

static void key_replacement__of_a_key_not_begun_begins_with_it(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-26T00:00:00Z"));
    keyring_sim_revoke(sim, at("2026-01-27T00:00:00Z"), KW_STR("2026-02"));
    assert_int_equal(sim->rows_count, 2); /* neither was ever listed */
    keyring_sim_run_to(sim, at("2026-02-01T00:00:00Z"));
    expect_served(sim, sim->now, "2026-02.1 2026-01");
}

static void key_renewal__stands_beside_the_old_key(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    keyring_sim_renew(sim, at("2026-01-12T00:00:00Z"));
    keyring_sim_renew(sim, at("2026-01-12T00:00:00Z"));
    expect_served(sim, sim->now, "2026-01.2 2026-01.1 2026-01 2025-12");
    /* Revoking one of them makes no further key. */
    keyring_sim_revoke(sim, at("2026-01-13T00:00:00Z"), KW_STR("2026-01"));
    expect_served(sim, sim->now, "2026-01.2 2026-01.1 2025-12");
    keyring_sim_revoke(sim, at("2026-01-13T00:00:00Z"), KW_STR("2026-01.2"));
    keyring_sim_revoke(sim, at("2026-01-13T00:00:00Z"), KW_STR("2026-01.1"));
    expect_served(sim, sim->now, "2026-01.3 2025-12");
    keyring_sim_run_to(sim, at("2026-02-01T00:00:00Z"));
    expect_served(sim, sim->now, "2026-02 2026-01.3");
}

static void keys_max_age__ends_at_the_next_change(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    kw_emtp_keys keys = keyring_sim_keys(sim);
    assert_int_equal(kw_emtp_keys_max_age(&sim->rule, keys, at("2026-01-10T08:00:00Z")), 300);
    assert_int_equal(kw_emtp_keys_max_age(&sim->rule, keys, at("2026-01-31T23:55:00Z")), 300);
    assert_int_equal(kw_emtp_keys_max_age(&sim->rule, keys, at("2026-01-31T23:55:01Z")), 299);
    assert_int_equal(kw_emtp_keys_max_age(&sim->rule, keys, at("2026-01-31T23:59:59Z")), 1);
    assert_int_equal(kw_emtp_keys_hold_until(&sim->rule, keys, at("2026-01-10T08:00:00Z")),
                     at("2026-02-01T00:00:00Z"));
    keyring_sim_revoke(sim, at("2026-01-26T00:00:00Z"),
                       KW_STR("2026-02")); /* its heir begins then */
    assert_int_equal(kw_emtp_keys_hold_until(&sim->rule, keyring_sim_keys(sim), sim->now),
                     at("2026-02-01T00:00:00Z"));
}

/* Every second of two hours around each boundary, and hourly between, shows at least two keys. */
static void run_24_rotations(keyring_sim *sim, int64_t slack_s)
{
    kw_unix_s start = sim->now;
    for (int epoch = 0; epoch < 24; epoch++) {
        kw_unix_s end =
            kw_emtp_epoch_shift(&sim->rule, kw_emtp_epoch_start(&sim->rule, sim->now), 1);
        while (sim->now < end + slack_s) {
            size_t order[KEYRING_SIM_KEYS_MAX];
            assert_true(kw_emtp_keys_served(order, keyring_sim_keys(sim), sim->now) >= 2);
            bool is_near = sim->now >= end - 3600;
            keyring_sim_run_to(sim, sim->now + (is_near ? 1 : 3600 - sim->now % 3600));
        }
    }
    assert_true(sim->now > kw_emtp_epoch_shift(&sim->rule, start, 12));
}

static void keyring__serves_two_keys_through_24_rotations(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    run_24_rotations(sim, 3600);
    assert_int_equal(sim->keys_count, 26);
    static const kw_emtp_rule others[] = {
        {.cadence = KW_EMTP_WEEKLY, .overlap = 1},
        {.cadence = KW_EMTP_DAILY, .overlap = 3},
        {.cadence = KW_EMTP_CUSTOM, .period_s = 7200, .overlap = 2},
    };
    for (size_t i = 0; i < KW_COUNT(others); i++) {
        sim->keys_count = 0;
        sim->rows_count = 0;
        sim->rule = others[i];
        keyring_sim_start(sim, at("2026-12-20T08:00:00Z"));
        run_24_rotations(sim, 60);
    }
}

static void keyring__survives_a_missed_rotation(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    keyring_sim_stop(sim, at("2026-01-20T00:00:00Z"));
    keyring_sim_start(sim, at("2026-04-03T00:00:00Z"));
    expect_served(sim, sim->now, "2026-04 2026-03");
    keyring_sim_stop(sim, at("2026-04-30T00:00:00Z"));
    keyring_sim_start(sim, at("2026-05-01T00:00:01Z"));
    expect_served(sim, sim->now, "2026-05 2026-04");
    run_24_rotations(sim, 3600);
}

static void keyring__serves_two_keys_through_an_early_revocation(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    keyring_sim_revoke(sim, at("2026-01-10T08:00:00Z"), KW_STR("2026-01"));
    expect_served(sim, sim->now, "2026-01.1 2025-12");
    run_24_rotations(sim, 3600);
}

static void keys_served__is_empty_outside_all_windows(void **state)
{
    keyring_sim *sim = *state;
    keyring_sim_start(sim, at("2026-01-10T08:00:00Z"));
    expect_served(sim, at("2025-11-30T23:59:59Z"), "");
    expect_served(sim, at("2026-02-28T23:59:59Z"), "2026-01");
    expect_served(sim, at("2026-03-01T00:00:00Z"), "");
    assert_int_equal(kw_emtp_keys_find(keyring_sim_keys(sim), KW_STR("2026-0")), 2);
    assert_int_equal(kw_emtp_keys_find(keyring_sim_keys(sim), KW_STR("2025-12")), 0);
}

#define KEYRING_TEST(name) cmocka_unit_test_setup_teardown(name, new_sim, free_sim)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYRING_TEST(keys_missing__makes_previous_and_current_at_the_first_start),
        KEYRING_TEST(keys_missing__creates_the_next_key_ahead_and_hides_it),
        KEYRING_TEST(key_replacement__follows_a_revoked_current_key),
        KEYRING_TEST(key_replacement__is_not_due_for_an_ended_key),
        KEYRING_TEST(key_replacement__of_a_key_not_begun_begins_with_it),
        KEYRING_TEST(key_renewal__stands_beside_the_old_key),
        KEYRING_TEST(keys_max_age__ends_at_the_next_change),
        KEYRING_TEST(keyring__serves_two_keys_through_24_rotations),
        KEYRING_TEST(keyring__survives_a_missed_rotation),
        KEYRING_TEST(keyring__serves_two_keys_through_an_early_revocation),
        KEYRING_TEST(keys_served__is_empty_outside_all_windows),
    };
    return cmocka_run_group_tests_name("emtp/engine/keyring", tests, NULL, NULL);
}
