/* SPDX-License-Identifier: Apache-2.0
 * Verdicts on signatures, each computed once a run: every member of a cluster asks about the same
 * bytes. What a member signs waits here until somebody asks, and is then verified in one batch with
 * what waits beside it. */
#ifndef KW_TESTS_KW_SIM_VERDICTS_H
#define KW_TESTS_KW_SIM_VERDICTS_H

#include "base/arena.h"
#include "support/seeded_rng.h"
#include "threshold/engine/roster/peer.h"

typedef struct sim_verdict {
    const kw_peer_scheme *scheme; /* NULL: the slot is free */
    kw_peer_key key;
    kw_hash32 hash;
    kw_peer_signature signature;
    bool is_known;
    uint8_t ok;
} sim_verdict;

typedef struct sim_verdicts {
    sim_verdict *slots; /* owned; open addressing */
    size_t capacity;    /* a power of two */
    size_t count;
    size_t *waiting; /* owned; slots whose verdict nobody has asked for */
    size_t waiting_count;
    seeded_rng weights;
    uint64_t asked;
    uint64_t computed;
} sim_verdicts;

sim_verdicts sim_verdicts_new(uint64_t seed);
void sim_verdicts_drop(sim_verdicts *verdicts);

/* A claim that somebody will ask about. */
void sim_verdicts_expect(sim_verdicts *verdicts, const kw_peer_claim *claim);

/* ok[i] is 1 or 0. */
void sim_verdicts_give(sim_verdicts *verdicts, uint8_t *ok, const kw_peer_claim *claims, size_t n);

#endif /* KW_TESTS_KW_SIM_VERDICTS_H */
