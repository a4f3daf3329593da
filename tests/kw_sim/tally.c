/* SPDX-License-Identifier: Apache-2.0
 * Counting runs. */
#include "kw_sim/tally.h"

#include "os/clock.h"

sim_outcome sim_tally_run(sim_tally *tally, sim_pool *pool, const sim_options *options,
                          uint64_t seed)
{
    sim_outcome outcome;
    tally->seed = seed;
    uint64_t began = kw_monotonic_ns();
    sim_world_run(&outcome, pool, options, seed);
    tally->ns += kw_monotonic_ns() - began;
    tally->sessions += outcome.sessions;
    tally->epochs += outcome.epochs;
    tally->proofs += outcome.proofs;
    tally->violations += outcome.violation[0] != '\0';
    return outcome;
}

double sim_tally_rate(const sim_tally *tally)
{
    return (double)tally->sessions * 1e9 / (double)KW_MAX(tally->ns, UINT64_C(1));
}
