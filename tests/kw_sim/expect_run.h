/* SPDX-License-Identifier: Apache-2.0
 * Runs as test cases. */
#ifndef KW_TESTS_KW_SIM_EXPECT_RUN_H
#define KW_TESTS_KW_SIM_EXPECT_RUN_H

#include "kw_sim/tally.h"

/* A violation fails the test and prints the seed. */
sim_outcome expect_run(sim_tally *tally, sim_pool *pool, const sim_options *options, uint64_t seed);

#endif /* KW_TESTS_KW_SIM_EXPECT_RUN_H */
