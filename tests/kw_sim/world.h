/* SPDX-License-Identifier: Apache-2.0
 * A cluster on virtual time: operators with engine, disk and clock, the network between them, and
 * what is watched. One world is one run: a genesis and some reshares. */
#ifndef KW_TESTS_KW_SIM_WORLD_H
#define KW_TESTS_KW_SIM_WORLD_H

#include "base/heap.h"
#include "kw_sim/disk.h"
#include "kw_sim/plan.h"
#include "kw_sim/pool.h"
#include "kw_sim/verdicts.h"

enum {
    SIM_EPOCHS_MAX = SIM_BOUNDARIES_MAX + 2,
    SIM_VIOLATION_TEXT_MAX = 256,
};

#define SIM_START_S UINT64_C(1800000000) /* Unix seconds of the first boundary */
#define SIM_LEAD_MS 1000                 /* virtual time before it */

/* What comes back to an operator as an alarm. */
enum {
    SIM_ALARM_WAKE,     /* its engine asked for it */
    SIM_ALARM_RESTART,  /* after a crash */
    SIM_ALARM_CRASH,    /* out of nothing */
    SIM_ALARM_BOUNDARY, /* and the ones behind it: by its number */
    SIM_ALARM_CHECK = SIM_ALARM_BOUNDARY + SIM_BOUNDARIES_MAX, /* before the next boundary */
    SIM_ALARM_RETRY = SIM_ALARM_CHECK + SIM_BOUNDARIES_MAX,    /* by place in retries */
};

typedef enum sim_parcel_kind {
    SIM_POST,        /* messages */
    SIM_REFUSAL,     /* 404 to a POST with a HELLO: `hash` is the answerer's newest certificate */
    SIM_GET_MESSAGE, /* by `hash` */
    SIM_GET_EPOCH,   /* `epoch`; 0: the newest */
    SIM_MESSAGE,     /* answer: messages, one */
    SIM_FILE,        /* answer: `bytes`, a certificate or a candidate */
    SIM_NO_EPOCH,    /* answer: there is none */
} sim_parcel_kind;

/* What travels; lives until the end of the run. */
typedef struct sim_parcel {
    sim_parcel_kind kind;
    kw_authenticated_list messages;
    kw_hash32 hash;
    uint64_t epoch;
    kw_span bytes;
    uint64_t until_ms; /* virtual; before it, what did not arrive is sent again */
} sim_parcel;

/* One message of a faulty operator's own on its way out. */
typedef struct sim_letter {
    const kw_authenticated *message;
    kw_message_header header;
    const uint16_t *to; /* nodes */
    size_t to_count;
    uint64_t until_ms;
} sim_letter;

/* Where a member signs one body only, and which it was. */
typedef struct sim_signed {
    kw_hash32 sid; /* the field of the header */
    uint8_t type;
    uint32_t view; /* of PROPOSE, PREVOTE, PRECOMMIT */
    kw_hash32 hash;
} sim_signed;

typedef struct sim_world sim_world;

/* A dealing that left in another form than its dealer's engine knows: what names the engine's is
 * changed to name the other, and the engine's is shown to nobody. */
typedef struct sim_mask {
    bool is_on;            /* false: the other dealing exists beside the engine's */
    kw_hash32 hidden[3];   /* hashes of DEAL and SHARES, and the root */
    kw_authenticated deal; /* what the others get */
    kw_authenticated shares;
} sim_mask;

/* What signs with one key of an operator. */
typedef struct sim_key {
    sim_world *world;
    const peer *peer; /* whose key it is */
} sim_key;

typedef struct sim_node {
    sim_world *world;
    uint16_t number; /* from 0; the network calls it number + 1 */
    const peer *peer;
    sim_key keys[2]; /* its first one, and the one that some change it to */
    sim_part part;
    bool is_up;
    bool has_begun;  /* some boundary had it as a member */
    bool is_awaited; /* a wake-up is under way */
    uint64_t wake_ms;
    uint64_t risen_ms;   /* virtual moment of the last restart; 0: none */
    kw_operator *engine; /* owned; NULL while it is down */
    kw_heap_meter meter; /* what its engine holds */
    size_t poured;       /* bytes that a flood of it sent to each of the others */
    seeded_rng rng;
    kw_rng rng_port;
    sim_disk disk;
    uint64_t bytes_sent;
    bool was_stale; /* at the last boundary: without the newest certificate or a share */
    uint32_t mischief_left;
    kw_authenticated old[KW_MESSAGE_SEAL + 1]; /* its last message of each type */
    sim_mask mask;
    sim_signed *signatures; /* owned; by an honest one */
    size_t signatures_count;
    size_t signatures_capacity;
    bool has_offended;               /* a faulty one did what a proof can tell */
    uint8_t convicted;               /* bit of each number of a proof that names it */
    bool has_served[SIM_EPOCHS_MAX]; /* by number: its share of that epoch */
    kw_group_secret_bytes served[SIM_EPOCHS_MAX];
} sim_node;

/* An epoch that some honest operator activated. */
typedef struct sim_epoch {
    bool is_known;
    kw_hash32 hash; /* of its certificate */
    uint16_t boundary;
} sim_epoch;

/* Sends that the network lost, to be tried again. */
typedef struct sim_retry {
    uint16_t from;
    uint16_t to;
    uint32_t parcel;
} sim_retry;

struct sim_world {
    sim_plan plan;
    random_source random;
    sim_net net;
    sim_pool *pool; /* borrowed */
    sim_verdicts verdicts;
    kw_arena arena; /* rosters, parcels */
    kw_cluster_fields cluster;
    kw_config_fields config;
    kw_hash32 cluster_id;
    kw_roster rosters[SIM_BOUNDARIES_MAX];
    uint16_t
        roster_at[SIM_BOUNDARIES_MAX]; /* which one a boundary has: without an epoch the first */
    sim_node *nodes;                   /* owned; plan.nodes of them */
    sim_parcel *parcels;
    size_t parcels_count;
    size_t parcels_capacity;
    sim_retry *retries;
    size_t retries_count;
    size_t retries_capacity;
    sim_epoch epochs[SIM_EPOCHS_MAX]; /* by number; 0 unused */
    uint64_t newest;                  /* epoch; 0: none */
    uint64_t newest_at_start;         /* of the boundary that runs */
    bool has_master;
    kw_group_g2 master;
    uint32_t crashes_left;
    uint32_t proofs;                        /* of fraud that were filed */
    char violation[SIM_VIOLATION_TEXT_MAX]; /* empty: none */
};

static inline const sim_roster *sim_members_at(const sim_world *world, uint16_t b)
{
    return &world->plan.rosters[world->roster_at[b]];
}

/* What became of a run. */
typedef struct sim_outcome {
    uint32_t sessions; /* boundaries that passed */
    uint32_t epochs;   /* certificates that were made */
    uint32_t proofs;   /* of fraud */
    kw_group_g2 master;
    size_t most_held; /* bytes of the heap, by the engine of an honest operator */
    size_t poured;    /* bytes of floods that each operator was sent */
    char violation[SIM_VIOLATION_TEXT_MAX];
} sim_outcome;

/* Runs the world of that seed to its end. */
void sim_world_run(sim_outcome *out, sim_pool *pool, const sim_options *options, uint64_t seed);

#endif /* KW_TESTS_KW_SIM_WORLD_H */
