/* SPDX-License-Identifier: Apache-2.0
 * Processor time and bytes that one member spends on a session: key generation in both suites and
 * resharing, with all members up, with f silent, with f opened. JSON lines by phase; least and
 * median of the rounds; "ok": the median keeps the design's target. Arguments: words of names. */
#include "os/clock.h"
#include "threshold_dkg_bench/work.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 3,
    NS_PER_MS = 1000000,
};

static const dkg_session sessions[] = {
    {"suite=1", KW_SUITE_FELDMAN, false, DKG_ALL_UP},
    {"suite=1,crashed=f", KW_SUITE_FELDMAN, false, DKG_CRASHED},
    {"suite=2", KW_SUITE_PEDERSEN, false, DKG_ALL_UP},
    {"suite=2,crashed=f", KW_SUITE_PEDERSEN, false, DKG_CRASHED},
    {"suite=2,opened=f", KW_SUITE_PEDERSEN, false, DKG_OPENED},
    {"reshare", KW_SUITE_FELDMAN, true, DKG_ALL_UP},
    {"reshare,crashed=f", KW_SUITE_FELDMAN, true, DKG_CRASHED},
};

static const uint16_t sizes[] = {4, 7, 10, 15, 16, 32, 64, 128};

/* Milliseconds of a key generation, all up, in either suite. Source: threshold.md section 10. */
static const struct {
    uint16_t n;
    uint16_t ms;
} targets[] = {{7, 60}, {16, 150}, {64, 1200}, {128, 3500}};

/* Least and median of the rounds. */
typedef struct times {
    double least;
    double median;
} times;

static uint16_t target_ms(const dkg_work *w)
{
    bool has_one = !w->session->is_reshare && w->session->faults == DKG_ALL_UP;
    for (size_t i = 0; has_one && i < KW_COUNT(targets); i++) {
        if (targets[i].n == w->quorum.n) {
            return targets[i].ms;
        }
    }
    return 0;
}

static void print_times(const dkg_work *w, const char *phase, const times *ns)
{
    printf("{\"bench\":\"threshold/session/%s,n=%u,phase=%s\",\"ns_min\":%.0f,\"ns_med\":%.0f",
           w->session->name, w->quorum.n, phase, ns->least, ns->median);
}

static void print_sum(dkg_work *w, const times *ns)
{
    print_times(w, "all", ns);
    printf(",\"bytes_sent\":%zu", dkg_bytes_sent(w));
    const uint16_t ms = target_ms(w);
    if (ms != 0) {
        printf(",\"target_ms\":%u,\"ok\":%s", ms,
               ns->median <= (double)ms * NS_PER_MS ? "true" : "false");
    }
    printf("}\n");
    fflush(stdout);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static times measure(dkg_work *w, const dkg_phase *phase)
{
    double ns[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        kw_arena_reset(&w->round);
        uint64_t start = kw_thread_cpu_ns();
        phase->run(w);
        ns[round] = (double)(kw_thread_cpu_ns() - start);
    }
    qsort(ns, ROUNDS, sizeof *ns, ascending);
    return (times){ns[0], ns[ROUNDS / 2]};
}

static void run_session(dkg_work *w)
{
    times sum = {0, 0};
    for (size_t i = 0; i < DKG_PHASES; i++) {
        if (dkg_has(w->session, &dkg_phases[i])) {
            times ns = measure(w, &dkg_phases[i]);
            print_times(w, dkg_phases[i].name, &ns);
            printf("}\n");
            sum.least += ns.least;
            sum.median += ns.median;
        }
    }
    print_sum(w, &sum);
}

static bool is_asked(const dkg_session *s, uint16_t n, int argc, char **argv)
{
    char name[64];
    (void)snprintf(name, sizeof name, "threshold/session/%s,n=%u,", s->name, n);
    for (int i = 1; i < argc; i++) {
        if (strstr(name, argv[i]) != NULL) {
            return true;
        }
    }
    return argc < 2;
}

int main(int argc, char **argv)
{
    static dkg_work w;
    for (size_t i = 0; i < KW_COUNT(sessions); i++) {
        for (size_t k = 0; k < KW_COUNT(sizes); k++) {
            if (is_asked(&sessions[i], sizes[k], argc, argv)) {
                dkg_work_make(&w, &sessions[i], sizes[k]);
                run_session(&w);
                dkg_work_drop(&w);
            }
        }
    }
    return 0;
}
