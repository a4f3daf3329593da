/* SPDX-License-Identifier: Apache-2.0
 * Runs that are shared out among processes. */
#include "kw_sim/jobs.h"
#include "support/expect.h"

#include <unistd.h>

enum {
    JOBS = 3,
    DYING = 1,
};

static void count(sim_tally *t, uint32_t number, void *ctx)
{
    KW_UNUSED(ctx);
    t->sessions = 10 + number;
    t->epochs = 1;
    t->proofs = number;
    t->violations = number == 2;
}

static void count_and_die(sim_tally *t, uint32_t number, void *ctx)
{
    count(t, number, ctx);
    t->seed = 4711;
    if (number == DYING) {
        _exit(3);
    }
}

static void jobs__are_summed(void **state)
{
    KW_UNUSED(state);
    sim_tally t;
    assert_true(sim_jobs_run(&t, &(sim_jobs){JOBS, count, NULL}));
    assert_int_equal(t.sessions, 10 + 11 + 12);
    assert_int_equal(t.epochs, JOBS);
    assert_int_equal(t.proofs, 3);
    assert_int_equal(t.violations, 1);
    assert_true(sim_jobs_run(&t, &(sim_jobs){1, count, NULL}));
    assert_int_equal(t.sessions, 10);
}

static void jobs__of_which_one_dies_are_not_whole(void **state)
{
    KW_UNUSED(state);
    sim_tally t;
    assert_false(sim_jobs_run(&t, &(sim_jobs){JOBS, count_and_die, NULL}));
    assert_int_equal(t.sessions, 10 + 11 + 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs__are_summed),
        cmocka_unit_test(jobs__of_which_one_dies_are_not_whole),
    };
    return cmocka_run_group_tests_name("sim/jobs", tests, NULL, NULL);
}
