/* SPDX-License-Identifier: Apache-2.0
 * Processes that count in memory which they share with their parent, so that it knows what one was
 * at when it died. */
#include "kw_sim/jobs.h"

#include "os/clock.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(sim_tally *sum, const sim_tally *more)
{
    sum->sessions += more->sessions;
    sum->epochs += more->epochs;
    sum->proofs += more->proofs;
    sum->violations += more->violations;
}

static pid_t start(const sim_jobs *jobs, sim_tally *tally, uint32_t number)
{
    (void)fflush(NULL); /* else the child would write it once more */
    pid_t pid = fork();
    if (pid == 0) {
        jobs->work(tally, number, jobs->ctx);
        _exit(0);
    }
    return pid;
}

/* The next process that ends, whichever it is: who died is told at once. */
static bool await_one(const pid_t *pids, const sim_tally *tallies, uint32_t count)
{
    int status = 0;
    pid_t pid = wait(&status);
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return true;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (pids[i] == pid) {
            (void)fprintf(stderr, "seed %llu: the process died\n",
                          (unsigned long long)tallies[i].seed);
        }
    }
    return false;
}

static bool run_many(sim_tally *sum, const sim_jobs *jobs)
{
    pid_t pids[SIM_JOBS_MAX];
    size_t bytes = jobs->count * sizeof(sim_tally);
    sim_tally *tallies =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED) {
        return false;
    }
    bool is_whole = true;
    for (uint32_t i = 0; i < jobs->count; i++) {
        pids[i] = start(jobs, &tallies[i], i);
    }
    for (uint32_t i = 0; i < jobs->count; i++) {
        is_whole = await_one(pids, tallies, jobs->count) && is_whole;
    }
    for (uint32_t i = 0; i < jobs->count; i++) {
        add(sum, &tallies[i]);
    }
    (void)munmap(tallies, bytes);
    return is_whole;
}

bool sim_jobs_run(sim_tally *out, const sim_jobs *jobs)
{
    sim_tally sum = {0};
    bool is_whole = true;
    uint64_t began = kw_monotonic_ns();
    KW_ASSERT(jobs->count >= 1 && jobs->count <= SIM_JOBS_MAX);
    if (jobs->count == 1) {
        jobs->work(&sum, 0, jobs->ctx);
    } else {
        is_whole = run_many(&sum, jobs);
    }
    sum.ns = kw_monotonic_ns() - began;
    *out = sum;
    return is_whole;
}
