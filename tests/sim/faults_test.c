/* SPDX-License-Identifier: Apache-2.0
 * Each behaviour of threshold.md section 10 alone, by f members in a synchronous network: every
 * epoch completes, and what section 9 can prove of them is proven. The cases have the names of the
 * behaviours. */
#include "kw_sim/expect_run.h"
#include "kw_sim/faults.h"
#include "support/expect.h"
#include "support/toy_group.h"

enum {
    RUNS = 6,
    BOUNDARIES = 3,
    FAULTS_MAX = 64,
};

typedef struct alone {
    sim_pool *pool;
    const sim_fault *row;
} alone;

static void epochs_complete_and_proofs_follow(void **state)
{
    const alone *given = *state;
    uint64_t first = random_fixed(given->row->name).state;
    sim_tally t = {0};
    for (uint64_t i = 0; i < RUNS; i++) {
        sim_options options = {
            .n_min = 4,
            .n_max = 10,
            .suite = (uint8_t)(1 + i % 2),
            .group = &toy_group,
            .only = given->row,
            .boundaries = BOUNDARIES,
        };
        sim_outcome outcome = expect_run(&t, given->pool, &options, first + i);
        assert_int_equal(outcome.epochs, BOUNDARIES);
    }
    assert_true(given->row->proof == 0 || t.proofs > 0);
}

int main(void)
{
    sim_pool pool = {0};
    alone given[FAULTS_MAX];
    struct CMUnitTest tests[FAULTS_MAX] = {{0}};
    KW_ASSERT(sim_faults_count <= FAULTS_MAX);
    for (size_t i = 0; i < sim_faults_count; i++) {
        given[i] = (alone){&pool, &sim_faults[i]};
        tests[i] = (struct CMUnitTest){.name = sim_faults[i].name,
                                       .test_func = epochs_complete_and_proofs_follow,
                                       .initial_state = &given[i]};
    }
    int failed = _cmocka_run_group_tests("behaviours", tests, sim_faults_count, NULL, NULL);
    sim_pool_drop(&pool);
    return failed;
}
