/* SPDX-License-Identifier: Apache-2.0
 * Whole clusters: genesis and reshares with faults, crashes, churn and bad weather. Each run has
 * its own seed; KW_TEST_SEED with the seed of a failed run begins with that run. KW_SOAK: 100,000
 * sessions instead of 2,000, by a process for each processor, and new ones each night. One in a
 * hundred is of the full group. */
#include "kw_sim/expect_run.h"
#include "kw_sim/faults.h"
#include "kw_sim/jobs.h"
#include "os/thread.h"
#include "support/expect.h"
#include "support/toy_group.h"

#include <stdlib.h>

enum {
    SESSIONS = 2000,
    SOAK_SESSIONS = 100000,
    RUNS_OF_A_SCENARIO = 6,
    BLS_EVERY = 100,
    SHOWN_EVERY = 10000, /* sessions of all jobs */
};

typedef struct soak {
    uint64_t first; /* seed */
    uint64_t sessions;
    uint32_t jobs;
} soak;

/* A soak says how far it came, about. */
static void show_progress(const soak *given, uint64_t before, const sim_tally *t)
{
    uint64_t step = SHOWN_EVERY / given->jobs;
    uint64_t all = t->sessions * given->jobs;
    if (before / step != t->sessions / step) {
        print_message("some %llu of %llu sessions\n", (unsigned long long)all,
                      (unsigned long long)given->sessions);
    }
}

/* Every so manieth seed, until its part of the sessions is done; a violation ends it. */
static void run_some(sim_tally *t, uint32_t number, void *ctx)
{
    const soak *given = ctx;
    uint64_t wanted = (given->sessions + given->jobs - 1) / given->jobs;
    sim_pool pool = {0};
    for (uint64_t seed = given->first + number; t->sessions < wanted && t->violations == 0;
         seed += given->jobs) {
        bool is_full = seed % BLS_EVERY == 0;
        sim_options options = {
            .n_min = 4,
            .n_max = is_full ? 7 : 16,
            .group = is_full ? &kw_group_bls12_381 : &toy_group,
        };
        uint64_t before = t->sessions;
        sim_outcome outcome = sim_tally_run(t, &pool, &options, seed);
        if (number == 0) {
            show_progress(given, before, t);
        }
        if (outcome.violation[0] != '\0') {
            print_error("KW_TEST_SEED=%llu: %s\n", (unsigned long long)seed, outcome.violation);
        }
    }
    sim_pool_drop(&pool);
}

static void sessions__keep_what_is_promised(void **state)
{
    KW_UNUSED(state);
    bool is_soak = getenv("KW_SOAK") != NULL;
    soak given = {
        .first = random_fixed("sessions").state,
        .sessions = is_soak ? SOAK_SESSIONS : SESSIONS,
        .jobs = is_soak ? KW_MIN(kw_thread_cpu_count(), (unsigned)SIM_JOBS_MAX) : 1,
    };
    sim_tally t;
    assert_true(sim_jobs_run(&t, &(sim_jobs){given.jobs, run_some, &given}));
    print_message("%llu sessions, %llu epochs, %llu proofs of fraud, %llu violations, %.1f "
                  "sessions per second\n",
                  (unsigned long long)t.sessions, (unsigned long long)t.epochs,
                  (unsigned long long)t.proofs, (unsigned long long)t.violations,
                  sim_tally_rate(&t));
    assert_int_equal(t.violations, 0);
}

/* ---- scenarios ---- */
static void run_churn(sim_pool *pool, const char *name, sim_churn churn, const sim_fault *row)
{
    uint64_t first = random_fixed(name).state;
    sim_tally t = {0};
    for (uint64_t i = 0; i < RUNS_OF_A_SCENARIO; i++) {
        sim_options options = {
            .n_min = 4,
            .n_max = 12,
            .group = &toy_group,
            .boundaries = 4,
            .churn = churn,
            .is_quiet = row == NULL,
            .only = row,
        };
        sim_outcome outcome = expect_run(&t, pool, &options, first + i);
        assert_int_equal(outcome.epochs, 4);
    }
}

static void reshare__lets_members_leave_and_join(void **state)
{
    run_churn(*state, "leave and join", SIM_CHURN_SOME, NULL);
}

static void reshare__moves_to_a_disjoint_committee(void **state)
{
    run_churn(*state, "disjoint", SIM_CHURN_DISJOINT, NULL);
}

/* The pitfall: members that have one key in the old roster and another in the new one. */
static void reshare__goes_on_under_changed_signing_keys(void **state)
{
    run_churn(*state, "other keys", SIM_CHURN_KEYS, NULL);
}

/* The dealers that stay silent are opened; what they dealt stays in the sum. */
static void forced_reconstruction__does_not_change_the_key(void **state)
{
    static const sim_fault nothing = {.name = "nothing"};
    const sim_fault *silent = NULL;
    for (size_t i = 0; i < sim_faults_count; i++) {
        silent = strcmp(sim_faults[i].name, "silent extraction") == 0 ? &sim_faults[i] : silent;
    }
    uint64_t first = random_fixed("forced reconstruction").state;
    sim_tally t = {0};
    for (uint64_t i = 0; i < RUNS_OF_A_SCENARIO; i++) {
        sim_options options = {.n_min = 4,
                               .n_max = 10,
                               .suite = KW_SUITE_PEDERSEN,
                               .group = &toy_group,
                               .boundaries = 1,
                               .only = &nothing};
        sim_outcome spoken = expect_run(&t, *state, &options, first + i);
        options.only = silent;
        sim_outcome forced = expect_run(&t, *state, &options, first + i);
        assert_int_equal(forced.epochs, 1);
        assert_true(toy_group.g2_equal(&spoken.master, &forced.master));
    }
}

/* A large committee, a third of which is not there. */
static void run_large(sim_pool *pool, uint16_t n)
{
    sim_tally t = {0};
    sim_options options = {
        .n_min = n, .n_max = n, .group = &toy_group, .boundaries = 2, .is_short = true};
    sim_outcome outcome = expect_run(&t, pool, &options, random_fixed("large").state);
    assert_int_equal(outcome.epochs, 2);
    print_message("n = %u: %.1f s\n", n, (double)t.ns / 1e9);
}

static void sixty_four__complete_with_f_crashed(void **state)
{
    run_large(*state, 64);
}

static void hundred_and_twenty_eight__complete_with_f_crashed(void **state)
{
    if (getenv("KW_SOAK") == NULL) {
        skip();
    }
    run_large(*state, 128);
}

int main(void)
{
    sim_pool pool = {0};
    const struct CMUnitTest scenarios[] = {
        cmocka_unit_test_prestate(sessions__keep_what_is_promised, &pool),
        cmocka_unit_test_prestate(reshare__lets_members_leave_and_join, &pool),
        cmocka_unit_test_prestate(reshare__moves_to_a_disjoint_committee, &pool),
        cmocka_unit_test_prestate(reshare__goes_on_under_changed_signing_keys, &pool),
        cmocka_unit_test_prestate(forced_reconstruction__does_not_change_the_key, &pool),
        cmocka_unit_test_prestate(sixty_four__complete_with_f_crashed, &pool),
        cmocka_unit_test_prestate(hundred_and_twenty_eight__complete_with_f_crashed, &pool),
    };
    int failed = cmocka_run_group_tests(scenarios, NULL, NULL);
    sim_pool_drop(&pool);
    return failed;
}
