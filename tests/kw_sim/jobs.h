/* SPDX-License-Identifier: Apache-2.0
 * Runs shared out among processes. */
#ifndef KW_TESTS_KW_SIM_JOBS_H
#define KW_TESTS_KW_SIM_JOBS_H

#include "kw_sim/tally.h"

enum {
    SIM_JOBS_MAX = 256,
};

/* What one process of `count` does; `number` is 0 .. count - 1. It tells violations by itself, on
 * standard error. */
typedef struct sim_jobs {
    uint32_t count;
    void (*work)(sim_tally *tally, uint32_t number, void *ctx);
    void *ctx;
} sim_jobs;

/* Sums the tallies; ns is the time that it took as a whole. False: a process died, and the seed of
 * its last run was told on standard error. With a count of 1 the work is done in this process. */
bool sim_jobs_run(sim_tally *out, const sim_jobs *jobs);

#endif /* KW_TESTS_KW_SIM_JOBS_H */
