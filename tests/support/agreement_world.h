/* SPDX-License-Identifier: Apache-2.0
 * A roster that runs one agreement on virtual time: honest members with engine, durable record and
 * crashes; faulty ones that send what they like. It watches what must never happen. */
#ifndef KW_TESTS_SUPPORT_AGREEMENT_WORLD_H
#define KW_TESTS_SUPPORT_AGREEMENT_WORLD_H

#include "base/buf.h"
#include "support/sim_net.h"
#include "threshold/engine/agreement/agreement.h"

enum {
    AGREEMENT_WORLD_MEMBERS_MAX = 16,
    AGREEMENT_WORLD_DELTA_MS = 100,
};

/* A value stands for a set of ECHOs, one bit for each member; it can be read from its bytes. */
typedef uint32_t echo_mask;

typedef struct world_message {
    kw_agreement_message message; /* its place in the table is in its id */
    echo_mask wanted;
    bool is_hollow; /* its list is made up, under a value that is not; in a handover */
} world_message;

/* What one delivery brings: messages, or ECHOs. */
typedef struct world_parcel {
    uint32_t first; /* of `lines` */
    uint32_t count;
    echo_mask echoes;
} world_parcel;

typedef enum world_fate {
    WORLD_HONEST,
    WORLD_DEAD,
    WORLD_SILENT,
    WORLD_FAULTY
} world_fate;

typedef struct world_member {
    struct agreement_world *world;
    uint16_t index;
    world_fate fate;
    bool is_up;
    bool has_decided;
    bool has_list; /* of what was decided */
    kw_agreement engine;
    kw_arena arena;
    kw_agreement_setup setup;
    uint64_t wake_at;
    /* durable */
    kw_buf record;
    kw_buf own; /* u32 places of messages signed */
    echo_mask held;
    echo_mask collected; /* when the collection ended */
} world_member;

typedef struct agreement_world_options {
    uint16_t n;
    bool is_handover; /* no rule of freshness, no least number of ECHOs; more members may be dead */
    bool is_hunt;     /* f accomplices, everything held, half of the messages lost: hard on locks */
} agreement_world_options;

typedef struct agreement_world {
    agreement_world_options options;
    random_source random;
    sim_net net;
    kw_quorum quorum;
    kw_hash32 iid;
    world_member members[AGREEMENT_WORLD_MEMBERS_MAX + 1]; /* by index; 0 unused */
    world_message *messages;
    size_t messages_count;
    size_t messages_capacity;
    world_parcel *parcels;
    size_t parcels_count;
    size_t parcels_capacity;
    uint32_t *lines;
    size_t lines_count;
    size_t lines_capacity;
    uint32_t crashes_left;
    uint32_t mischief_left; /* times that faulty members may still do something */
    bool has_accomplices;   /* these vote for all that they hear of */
    uint32_t undecided;     /* honest members without a decision and its list */
    bool has_decision;
    kw_hash32 decision;
    uint32_t decided_view_max;
    const char *violation; /* NULL: none */
} agreement_world;

/* Runs a world of that seed to its end; NULL, or what was violated. `views` gets the highest view
 * that decided. */
const char *agreement_world_run(const agreement_world_options *options, uint64_t seed,
                                uint32_t *views);

/* For the faulty members. */
uint32_t agreement_world_add(agreement_world *world, const kw_agreement_message *message,
                             echo_mask wanted);
void agreement_world_post(agreement_world *world, uint16_t from, uint16_t to, uint32_t place);
kw_hash32 agreement_world_value(echo_mask echoes);
echo_mask agreement_world_echoes(const kw_hash32 *value);

/* What a faulty member does when somebody has said something; it hears everything at once. */
void agreement_faulty_hear(agreement_world *world, uint16_t self, uint32_t place);

#endif /* KW_TESTS_SUPPORT_AGREEMENT_WORLD_H */
