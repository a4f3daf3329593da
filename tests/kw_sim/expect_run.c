/* SPDX-License-Identifier: Apache-2.0
 * Runs as test cases. */
#include "kw_sim/expect_run.h"

#include "support/expect.h"

sim_outcome expect_run(sim_tally *tally, sim_pool *pool, const sim_options *options, uint64_t seed)
{
    sim_outcome outcome = sim_tally_run(tally, pool, options, seed);
    if (outcome.violation[0] != '\0') {
        print_error("KW_TEST_SEED=%llu: %s\n", (unsigned long long)seed, outcome.violation);
        fail();
    }
    return outcome;
}
