/* SPDX-License-Identifier: Apache-2.0
 * What a run is, before it begins: all of it follows from a seed and from what the caller fixed. */
#ifndef KW_TESTS_KW_SIM_PLAN_H
#define KW_TESTS_KW_SIM_PLAN_H

#include "support/sim_net.h"
#include "threshold/engine/roster/ids.h"

enum {
    SIM_BOUNDARIES_MAX = 8,
    SIM_NODES_MAX = 160, /* operators of a run, members of any of its rosters */
    SIM_ROWS_MAX = 3,    /* behaviours that one faulty operator mixes */
    SIM_DELTA_MS = 1000,
    SIM_TIGHT_S = 8,
    SIM_INTERVAL_S = 240, /* many faulty proposers in a row take long */
};

typedef struct sim_fault sim_fault;

/* How rosters change from boundary to boundary. */
typedef enum sim_churn {
    SIM_CHURN_SEEDED,
    SIM_CHURN_NONE,
    SIM_CHURN_SOME,     /* members leave and join, t changes with n */
    SIM_CHURN_DISJOINT, /* nobody stays */
    SIM_CHURN_KEYS,     /* all stay, honest ones change their signing keys */
} sim_churn;

/* What the caller fixes. */
typedef struct sim_options {
    uint16_t n_min; /* of the first roster */
    uint16_t n_max;
    uint8_t suite; /* 0: by the seed */
    uint8_t curve; /* of signatures; 0: Ed25519 in three quarters of the runs, else BN254 */
    const kw_group *group;
    const sim_fault *only; /* f operators do this, in calm weather, and nobody crashes */
    uint16_t boundaries;   /* 0: by the seed */
    sim_churn churn;
    bool is_quiet;  /* calm weather, nobody faulty, nobody crashes */
    bool is_traced; /* to standard error */
    bool is_short;  /* is_quiet, but f operators are dead */
} sim_options;

typedef enum sim_fate {
    SIM_HONEST,
    SIM_DEAD,   /* never says anything */
    SIM_FAULTY, /* does what its rows say */
} sim_fate;

typedef struct sim_part {
    sim_fate fate;
    int32_t skew_ms; /* of its clock */
    const sim_fault *rows[SIM_ROWS_MAX];
    size_t rows_count;
    uint16_t rekeyed_at; /* the boundary from which rosters have its second key; 0: none */
} sim_part;

/* Who is a member from a boundary on; operators by number. */
typedef struct sim_roster {
    uint16_t n;
    uint16_t members[SIM_NODES_MAX];
} sim_roster;

typedef struct sim_plan {
    uint64_t seed;
    const kw_group *group;
    uint8_t suite;
    uint8_t curve;
    uint16_t nodes; /* operators 0 .. nodes - 1 */
    uint16_t boundaries_count;
    sim_roster rosters[SIM_BOUNDARIES_MAX];
    sim_part parts[SIM_NODES_MAX];
    sim_weather weather;
    uint32_t crashes; /* how many of honest operators at most */
    bool is_traced;
    bool holds_extracts; /* the network keeps EXTRACTs back, of honest dealers too */
    bool is_tight;       /* sessions may last longer than the time between boundaries */
    bool has_pins;       /* operators were told the master key */
} sim_plan;

void sim_plan_draw(sim_plan *out, const sim_options *options, uint64_t seed);

/* Seconds between boundaries. */
static inline uint32_t sim_interval_s(const sim_plan *plan)
{
    return plan->is_tight ? SIM_TIGHT_S : SIM_INTERVAL_S;
}

/* Whether the rosters from boundary `b` on have the second key of an operator. */
bool sim_is_rekeyed(const sim_plan *plan, uint16_t node, uint16_t b);

bool sim_roster_has(const sim_roster *roster, uint16_t node);

#endif /* KW_TESTS_KW_SIM_PLAN_H */
