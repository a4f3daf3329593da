/* SPDX-License-Identifier: Apache-2.0
 * What an honest operator holds while f others do what they must not: each behaviour of
 * threshold.md section 10, and a flood of every type of message. The cases have their names. */
#include "kw_sim/expect_run.h"
#include "kw_sim/floods.h"
#include "support/expect.h"
#include "support/peers.h"
#include "support/toy_group.h"
#include "threshold/engine/operator/operator_memory.h"

enum {
    MEMBERS = 7,
    BOUNDARIES = 3,
    SUITES = 2,
    CASES_MAX = 64,
    KIB = 1024,
    BLOCK_BYTES = 160 * KIB, /* by so much two honest runs may differ: a block of an arena */
    KEPT_OF_FLOOD = 8,       /* one byte in so many */
};

typedef struct case_of {
    sim_pool *pool;
    const sim_fault *row;
    const size_t *calm; /* [SUITES]: bytes that an operator holds while nothing is wrong */
    size_t *most;       /* of all cases */
} case_of;

static sim_outcome run(sim_pool *pool, const sim_fault *row, uint8_t suite)
{
    sim_tally t = {0};
    const sim_options options = {
        .n_min = MEMBERS,
        .n_max = MEMBERS,
        .suite = suite,
        .curve = PEER_ED25519,
        .group = &toy_group,
        .only = row,
        .boundaries = BOUNDARIES,
        .churn = SIM_CHURN_NONE,
    };
    return expect_run(&t, pool, &options, random_fixed("budget").state + suite);
}

/* What is promised is the worst that seven may ever meet; a flood of some megabytes does not reach
 * it, so most of that must be gone, too. */
static void operator__stays_under_its_budget(void **state)
{
    const case_of *given = *state;
    kw_quorum quorum;
    kw_operator_memory memory;
    EXPECT_OK(kw_quorum_of(&quorum, MEMBERS, KW_THRESHOLD_RATIO_DEFAULT));
    kw_operator_memory_of(&memory, &quorum);
    for (uint8_t suite = 1; suite <= SUITES; suite++) {
        sim_outcome outcome = run(given->pool, given->row, suite);
        size_t calm = given->calm[suite - 1];
        assert_int_equal(outcome.epochs, BOUNDARIES);
        assert_in_range(outcome.most_held, 1, memory.all);
        assert_in_range(outcome.most_held, 1, calm + quorum.f * memory.member + memory.work);
        size_t kept = outcome.poured / KEPT_OF_FLOOD;
        assert_in_range(outcome.most_held, 1, calm + BLOCK_BYTES + kept);
        *given->most = KW_MAX(*given->most, outcome.most_held);
    }
}

static size_t calm_of(sim_pool *pool, uint8_t suite)
{
    return run(pool, &sim_fault_none, suite).most_held;
}

int main(void)
{
    sim_pool pool = {0};
    const size_t calm[SUITES] = {calm_of(&pool, 1), calm_of(&pool, 2)};
    size_t most = 0;
    case_of given[CASES_MAX];
    struct CMUnitTest tests[CASES_MAX] = {{0}};
    size_t count = sim_faults_count + sim_floods_count;
    KW_ASSERT(count <= CASES_MAX);
    for (size_t i = 0; i < count; i++) {
        bool is_flood = i >= sim_faults_count;
        const sim_fault *row = is_flood ? &sim_floods[i - sim_faults_count] : &sim_faults[i];
        given[i] = (case_of){&pool, row, calm, &most};
        tests[i] = (struct CMUnitTest){.name = row->name,
                                       .test_func = operator__stays_under_its_budget,
                                       .initial_state = &given[i]};
    }
    int failed = _cmocka_run_group_tests("budgets", tests, count, NULL, NULL);
    print_message("an operator of %d: %zu KiB in suite 1, %zu in suite 2; %zu at most\n", MEMBERS,
                  calm[0] / KIB, calm[1] / KIB, most / KIB);
    sim_pool_drop(&pool);
    return failed;
}
