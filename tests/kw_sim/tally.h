/* SPDX-License-Identifier: Apache-2.0
 * What many runs came to. */
#ifndef KW_TESTS_KW_SIM_TALLY_H
#define KW_TESTS_KW_SIM_TALLY_H

#include "kw_sim/world.h"

typedef struct sim_tally {
    uint64_t sessions;
    uint64_t epochs;
    uint64_t proofs;
    uint64_t violations;
    uint64_t ns;   /* wall time of the runs */
    uint64_t seed; /* of the last one */
} sim_tally;

/* One run, counted. */
sim_outcome sim_tally_run(sim_tally *tally, sim_pool *pool, const sim_options *options,
                          uint64_t seed);

double sim_tally_rate(const sim_tally *tally); /* sessions per second */

#endif /* KW_TESTS_KW_SIM_TALLY_H */
