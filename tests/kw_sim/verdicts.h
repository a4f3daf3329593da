/* SPDX-License-Identifier: Apache-2.0
 * Verdicts on signatures, each computed at most once a run: every member of a cluster asks about
 * the same bytes. What an operator's own key made in this run is good without a computation; one in
 * so many of them is verified all the same, and must be good. What waits for its verdict is
 * verified in one batch when somebody asks. */
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
    bool is_made; /* in this run by the key's owner */
    uint8_t ok;
} sim_verdict;

typedef struct sim_verdicts sim_verdicts;

/* A scheme whose verdicts come from the table and whose keys are checked once a process. */
typedef struct sim_scheme {
    kw_peer_scheme row; /* first: an engine knows only this */
    const kw_peer_scheme *real;
    sim_verdicts *verdicts;
} sim_scheme;

enum {
    SIM_SCHEMES = 2, /* Ed25519 and BN254 */
};

struct sim_verdicts {
    sim_verdict *slots; /* owned; open addressing */
    size_t capacity;    /* a power of two */
    size_t count;
    size_t *waiting; /* owned; slots without a verdict */
    size_t waiting_count;
    seeded_rng weights;
    uint64_t made;
    uint64_t computed;
    sim_scheme wrapped[SIM_SCHEMES];
    const kw_peer_scheme *rows[SIM_SCHEMES];
    kw_peer_schemes schemes; /* for engines: what these accept */
};

/* Stays where it is: its schemes point to it. */
void sim_verdicts_open(sim_verdicts *verdicts, uint64_t seed);
void sim_verdicts_drop(sim_verdicts *verdicts);

/* A claim that the owner of its key has just signed. */
void sim_verdicts_made(sim_verdicts *verdicts, const kw_peer_claim *claim);

/* The signature that was made for a claim but for its own; false: none. Both schemes make the same
 * one each time. */
bool sim_verdicts_recall(const sim_verdicts *verdicts, kw_peer_signature *out,
                         const kw_peer_claim *claim);

/* ok[i] is 1 or 0. */
void sim_verdicts_give(sim_verdicts *verdicts, uint8_t *ok, const kw_peer_claim *claims, size_t n);

#endif /* KW_TESTS_KW_SIM_VERDICTS_H */
