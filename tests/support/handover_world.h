/* SPDX-License-Identifier: Apache-2.0
 * A roster that hands over on virtual time: honest members with engine, durable record and crashes,
 * new members that look on, faulty ones that vote for everything and seal with wrong shares. It
 * watches what must never happen. */
#ifndef KW_TESTS_SUPPORT_HANDOVER_WORLD_H
#define KW_TESTS_SUPPORT_HANDOVER_WORLD_H

#include "support/epoch_desk.h"
#include "support/sim_net.h"
#include "threshold/engine/handover/handover.h"

enum {
    HANDOVER_WORLD_CANDIDATES_MAX = 3,
    HANDOVER_WORLD_MEMBERS_MAX = 2 * EPOCH_DESK_MEMBERS_MAX,
    HANDOVER_WORLD_DELTA_MS = 100,
};

typedef struct handover_world_options {
    const epoch_desk *desk;
    const desk_epoch *candidates[HANDOVER_WORLD_CANDIDATES_MAX]; /* for the same head */
    uint16_t candidates_count;
    bool is_calm; /* no faults of members or network: everybody certifies by itself */
} handover_world_options;

typedef struct handover_world_outcome {
    const char *violation; /* NULL: none */
    uint16_t certified;    /* members who put the certificate together themselves */
    uint16_t adopted;      /* who got it from others */
    uint16_t evidence;     /* equivocations that were reported */
    kw_hash32 hash;        /* of the certificate */
} handover_world_outcome;

/* Runs a world of that seed to its end. */
handover_world_outcome handover_world_run(const handover_world_options *options, uint64_t seed);

#endif /* KW_TESTS_SUPPORT_HANDOVER_WORLD_H */
