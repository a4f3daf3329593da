/* SPDX-License-Identifier: Apache-2.0
 * What an operator remembers over boundaries and restarts, and what it forgets. */
#include "threshold/holder_inner.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/lone_operator.h"

enum {
    DAYS_MS = 24 * 3600 * 1000,
};

static lone_operator lone;
static operator_rows two; /* operators 0, which runs, and 1, which is nowhere */
static tempdir_path list;

static void write_list(size_t count)
{
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    EXPECT_OK(kw_operators_encode(&json, (kw_operator_rows){two.items, count}));
    EXPECT_OK(kw_file_write_atomic(list.text, kw_buf_view(&json), 0600, NULL));
}

static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    operator_rows_make(&two, 2);
    list = tempdir_join(&lone.dir, "operators.json");
    lone.config.operators_file = kw_str_of(list.text);
    write_list(1);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    return 0;
}

static bool knows_other(void)
{
    kw_address address;
    return kw_holder_knows(kw_threshold_holder(lone.threshold), &address, &two.items[1].tls_spki);
}

static bool has_certificate(uint64_t epoch)
{
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_status st = kw_holder_certificate(kw_threshold_holder(lone.threshold), &file, epoch, NULL);
    assert_true(st == KW_OK || st == KW_NOT_FOUND);
    return st == KW_OK;
}

/* Turns the clock to the next boundary and waits until all that belongs to it was done. */
static void turn(void)
{
    kw_holder *h = kw_threshold_holder(lone.threshold);
    int64_t now_s = kw_clock_now_ms(&lone.clock) / 1000;
    uint64_t boundary = ((uint64_t)now_s / LONE_INTERVAL_S + 1) * LONE_INTERVAL_S;
    bool is_done = false;
    (void)atomic_fetch_add(&lone.moved_ms, LONE_INTERVAL_S * 1000);
    while (!is_done) {
        KW_AUTO(kw_locked) hold = kw_lock(&h->lock);
        is_done = h->boundary == boundary && h->is_tidy;
    }
}

static void restart(void)
{
    lone_operator_close(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
}

/* It is listed at two boundaries, and the operator restarts after it has left. */
static void tidy__keeps_the_place_of_who_left_over_a_restart(void **state)
{
    (void)state;
    lone_operator_pass(&lone, 1);
    write_list(2);
    turn();
    assert_true(knows_other());
    write_list(1);
    turn();
    assert_true(knows_other()); /* listed at the boundary before */
    restart();
    assert_true(knows_other()); /* before any list is read */
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    turn();
    turn();
    assert_false(knows_other()); /* in no epoch, and in no list for two boundaries */
    restart();
    assert_false(knows_other());
}

/* The list that goes on says nothing new: who left is not known for ever. */
static void boundary__forgets_who_left_when_the_list_goes_on(void **state)
{
    (void)state;
    lone_operator_pass(&lone, 1);
    write_list(2);
    turn();
    turn();
    assert_true(knows_other());
    write_list(1);
    turn();
    assert_true(knows_other()); /* listed at the boundary before */
    turn();
    assert_false(knows_other());
}

static void tidy__gives_old_certificates_until_they_are_forgotten(void **state)
{
    (void)state;
    for (uint64_t epoch = 1; epoch <= KW_OPERATOR_ERAS_MAX + 1; epoch++) {
        lone_operator_pass(&lone, epoch);
    }
    assert_true(has_certificate(1)); /* that the engine has no more */
    assert_false(has_certificate(KW_OPERATOR_ERAS_MAX + 2));
    (void)atomic_fetch_add(&lone.moved_ms, (int64_t)29 * DAYS_MS);
    lone_operator_pass(&lone, KW_OPERATOR_ERAS_MAX + 2);
    assert_true(has_certificate(1));
    (void)atomic_fetch_add(&lone.moved_ms, (int64_t)2 * DAYS_MS);
    lone_operator_pass(&lone, KW_OPERATOR_ERAS_MAX + 3);
    assert_false(has_certificate(1));
    assert_true(has_certificate(KW_OPERATOR_ERAS_MAX + 1)); /* of 29 days the newest */
    restart();
    assert_false(has_certificate(1));
    assert_true(has_certificate(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tidy__keeps_the_place_of_who_left_over_a_restart,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(boundary__forgets_who_left_when_the_list_goes_on,
                                        make_world, drop_world),
        cmocka_unit_test_setup_teardown(tidy__gives_old_certificates_until_they_are_forgotten,
                                        make_world, drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
