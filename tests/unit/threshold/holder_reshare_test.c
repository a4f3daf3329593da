/* SPDX-License-Identifier: Apache-2.0
 * An operator whose epochs are years apart, and that is asked for one; how many of them agree on it
 * shows tests/e2e/cluster_reshare_test.c. */
#include "threshold/holder.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/lone_operator.h"
#include "support/rarely.h"

static lone_operator lone;
static kw_holder *holder;

static void reshare_rarely(void)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_OPERATORS_ARENA_MAX);
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_cluster_rows rows = {0};
    EXPECT_OK(kw_file_read(&json, lone.cluster.text, NULL));
    EXPECT_OK(kw_json_decode(&rows, &arena, &kw_cluster_rows_schema, kw_buf_view(&json), NULL));
    rows.reshare_every = rarely(LONE_INTERVAL_S);
    kw_buf_clear(&json);
    EXPECT_OK(kw_json_encode(&json, &kw_cluster_rows_schema, &rows, KW_JSON_PLAIN));
    EXPECT_OK(kw_file_write_atomic(lone.cluster.text, kw_buf_view(&json), 0600, NULL));
}

static void run(void)
{
    EXPECT_OK(lone_operator_open(&lone, NULL));
    holder = kw_threshold_holder(lone.threshold);
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
}

static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    reshare_rarely();
    run();
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    return 0;
}

/* The boundary after the one that has come. */
static uint64_t next_boundary(void)
{
    int64_t now_s = kw_clock_now_ms(&lone.clock) / 1000;
    return ((uint64_t)now_s / LONE_INTERVAL_S + 1) * LONE_INTERVAL_S;
}

static void reshare__comes_when_it_was_asked_for(void **state)
{
    (void)state;
    uint32_t attempt = 9;
    lone_operator_pass(&lone, 1);
    uint64_t boundary = next_boundary();
    EXPECT_OK(kw_holder_reshare(holder, &attempt, boundary, NULL));
    assert_int_equal(attempt, 1);
    lone_operator_pass(&lone, 2);
    kw_holder_state now;
    kw_holder_look(holder, &now);
    assert_int_equal(now.epoch_timestamp, boundary);
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, boundary, NULL), KW_CONFLICT);
}

static void reshare__survives_a_restart(void **state)
{
    (void)state;
    uint32_t attempt = 9;
    lone_operator_pass(&lone, 1);
    EXPECT_OK(kw_holder_reshare(holder, &attempt, next_boundary(), NULL));
    lone_operator_close(&lone);
    run();
    lone_operator_pass(&lone, 2);
}

static void reshare__is_of_that_boundary_alone(void **state)
{
    (void)state;
    uint32_t attempt = 9;
    kw_holder_state now = {0};
    lone_operator_pass(&lone, 1);
    uint64_t boundary = next_boundary();
    EXPECT_OK(kw_holder_reshare(holder, &attempt, boundary + LONE_INTERVAL_S, NULL));
    (void)atomic_fetch_add(&lone.moved_ms, LONE_INTERVAL_S * 1000);
    while (now.boundary < boundary) {
        kw_holder_look(holder, &now);
    }
    assert_int_equal(now.boundary, boundary); /* it has begun, and nothing is made at it */
    lone_operator_pass(&lone, 2);
    kw_holder_look(holder, &now);
    assert_int_equal(now.epoch_timestamp, boundary + LONE_INTERVAL_S);
}

static void reshare__refuses_what_cannot_be(void **state)
{
    (void)state;
    uint32_t attempt = 9;
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, next_boundary(), NULL), KW_CONFLICT);
    lone_operator_pass(&lone, 1);
    uint64_t boundary = next_boundary();
    uint64_t past = boundary - LONE_INTERVAL_S;
    uint64_t far = boundary + (uint64_t)KW_RESHARES_AHEAD_MAX * LONE_INTERVAL_S;
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, boundary + 1, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, past, NULL), KW_CONFLICT);
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, far, NULL), KW_LIMIT);
    kw_holder_stop(holder);
    EXPECT_STATUS(kw_holder_reshare(holder, &attempt, boundary, NULL), KW_UNAVAILABLE);
    assert_int_equal(attempt, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reshare__comes_when_it_was_asked_for, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(reshare__survives_a_restart, make_world, drop_world),
        cmocka_unit_test_setup_teardown(reshare__is_of_that_boundary_alone, make_world, drop_world),
        cmocka_unit_test_setup_teardown(reshare__refuses_what_cannot_be, make_world, drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
