/* SPDX-License-Identifier: Apache-2.0
 * A cluster on a toy group, for fuzzing: what operators must never do ends the program. One of them
 * is faulty: it signs what the caller wants, beside what its engine says. */
#ifndef KW_FUZZ_STAGE_OPERATOR_STAGE_H
#define KW_FUZZ_STAGE_OPERATOR_STAGE_H

#include "kw_sim/disk.h"
#include "support/seeded_rng.h"

enum {
    CLUSTER_PLACES = 5, /* the rosters are 0 to 3 and 1 to 4 */
    CLUSTER_ROSTER = 4,
    CLUSTER_FAULTY = 2, /* in both */
    CLUSTER_DELTA_MS = 100,
    CLUSTER_INTERVAL_S = 20,
    CLUSTER_START_S = 1000, /* the boundary before the first */
    CLUSTER_SAID_MAX = 2048,
    CLUSTER_EPOCHS_MAX = 16,
    CLUSTER_ACTIONS_MAX = 1 << 14, /* of one moment */
};

enum { /* bits of a mode */
    CLUSTER_IS_FELDMAN = 1,
    CLUSTER_MOVES = 2,   /* its members change with each boundary */
    CLUSTER_IS_CALM = 4, /* what was said has come before time goes on, and nobody falls */
};

typedef struct cluster_actor {
    kw_address address;
    kw_operator *engine; /* owned; never NULL between calls */
    kw_operator_setup setup;
    seeded_rng seeded;
    kw_rng rng;
    sim_disk disk;
    size_t heard; /* of what was said */
} cluster_actor;

typedef struct cluster_utterance {
    kw_authenticated message;
    uint8_t from;   /* place */
    bool is_posted; /* to everybody; else it is only here */
} cluster_utterance;

typedef struct cluster {
    kw_arena arena;
    uint8_t mode;
    kw_roster rosters[2];
    kw_config_fields config;
    cluster_actor actors[CLUSTER_PLACES];
    cluster_utterance said[CLUSTER_SAID_MAX];
    size_t said_count;
    bool is_mute; /* what the faulty one's engine says is not posted */
    uint64_t boundary_s;
    uint16_t boundaries;
    uint64_t now;
    kw_hash32 hashes[CLUSTER_EPOCHS_MAX]; /* of certificates, by epoch; zeros: none */
} cluster;

/* Operators that know nothing, and no boundary has come. */
void cluster_open(cluster *c, uint8_t mode);
void cluster_close(cluster *c);

/* The next boundary, when it comes for all. */
static inline uint64_t cluster_next_ms(const cluster *c)
{
    return (c->boundary_s + CLUSTER_INTERVAL_S) * 1000;
}

void cluster_begin(cluster *c);

/* Signs as that operator and notes it; posted unless it is the faulty one, and mute. */
cluster_utterance *cluster_say(cluster *c, kw_span payload, uint8_t from);

/* That operator delivers a message, or a file. */
void cluster_hear(cluster *c, uint8_t to, const kw_authenticated *message, uint8_t from);
void cluster_show(cluster *c, uint8_t to, kw_span file, uint8_t from);

/* Delivers all that is on its way to an operator; false: nothing. */
bool cluster_post(cluster *c, uint8_t to);

/* Until nobody has anything to do. */
void cluster_drain(cluster *c);

void cluster_wait(cluster *c, uint64_t until_ms);

/* The operator falls and starts again, from the records of its disk or from others. */
KW_MUST_USE kw_status cluster_restart(cluster *c, uint8_t at, const kw_operator_record *records,
                                      size_t count);
void cluster_restart_well(cluster *c, uint8_t at);

/* In calm weather each boundary has led to an epoch, and all members have its certificate. */
void cluster_finish(cluster *c);

#endif /* KW_FUZZ_STAGE_OPERATOR_STAGE_H */
