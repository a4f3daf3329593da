/* SPDX-License-Identifier: Apache-2.0
 * The members of one session, hand in hand: what one sends, all have at once or after a short
 * delay, unless the test stands between. Time passes only when nobody has anything to do. */
#ifndef KW_TESTS_SUPPORT_SESSION_WORLD_H
#define KW_TESTS_SUPPORT_SESSION_WORLD_H

#include "support/peers.h"
#include "support/seeded_rng.h"
#include "threshold/engine/session/session.h"

enum {
    SESSION_WORLD_MAX = 24, /* members of both rosters */
    SESSION_WORLD_DELTA_MS = 800,
    SESSION_WORLD_BOUNDARY_S = 1700000000,
    SESSION_WORLD_EVIDENCE_MAX = 16,
};

struct session_world;

typedef struct session_told {
    uint8_t number;
    kw_address culprit;
    kw_authenticated messages[4];
    uint8_t messages_count;
} session_told;

typedef struct session_member {
    struct session_world *world;
    peer peer;
    uint16_t old_index;
    uint16_t new_index;
    bool is_up;
    kw_session *session; /* NULL: never started, or crashed */
    kw_session_setup setup;
    seeded_rng rng;
    kw_arena lasting;
    kw_arena secret;
    kw_arena scratch;
    kw_group_secret source; /* share of the old epoch */
    /* what became durable */
    kw_secret_bytes record;
    kw_authenticated own[64];
    size_t own_count;
    kw_authenticated kept[6 * SESSION_WORLD_MAX]; /* of others */
    size_t kept_count;
    bool is_sealed;
    /* what it said */
    bool has_aborted;
    unsigned candidates;
    unsigned pulls;
    session_told told[SESSION_WORLD_EVIDENCE_MAX];
    size_t told_count;
    kw_group_secret share;
} session_member;

typedef struct session_parcel {
    uint16_t from; /* place in members, + 1 */
    uint16_t to;
    uint64_t at_ms; /* arrives then */
    kw_authenticated message;
} session_parcel;

/* False: the message is lost. May change it, in memory of the world's arena. */
typedef bool (*session_gate)(struct session_world *world, session_parcel *parcel);

/* Stands around each call of a member's engine. */
typedef void (*session_trouble)(struct session_world *world, const session_member *member,
                                bool is_inside);

typedef struct session_world_options {
    const kw_group *group;
    uint8_t suite;
    uint16_t n_old; /* 0: genesis */
    uint16_t n_new;
    uint16_t shared; /* members of both rosters */
    uint16_t t_old;  /* 0: the default */
    uint16_t t_new;
    uint64_t seed;
} session_world_options;

typedef struct session_world {
    session_world_options options;
    kw_arena arena;
    seeded_rng rng;
    kw_roster roster_old;
    kw_roster roster_new;
    kw_quorum quorum;
    kw_sid_fields fields;
    kw_hash32 cluster_id;
    kw_group_g1 h;
    kw_group_secret *old_secret; /* t_old coefficients */
    kw_group_g2 *old_polynomial;
    session_member members[SESSION_WORLD_MAX];
    size_t members_count;
    session_parcel *queue; /* on their way */
    size_t queue_count;
    uint64_t delay_max_ms; /* each takes 0..this; different delays reorder */
    uint64_t now;
    session_gate gate;
    void *gate_ctx;
    session_trouble trouble; /* NULL: nothing may fail. Else who fails comes back at once */
    unsigned falls;          /* how often somebody did */
    unsigned steps;          /* SENDs so far */
    unsigned crash_at;       /* the step at which its member crashes; 0: none */
    bool crashes_unsent;     /* durable, but nobody got it */
    uint64_t resume_at;      /* when it comes back */
    size_t crashed;
} session_world;

/* Members are made and none has started. */
void session_world_open(session_world *w, const session_world_options *options);
void session_world_drop(session_world *w);

/* Starts a member at the present time. */
void session_world_start(session_world *w, size_t at);
void session_world_start_all(session_world *w);

/* Forgets everything of a member that is not durable. */
void session_world_crash(session_world *w, size_t at);
void session_world_resume(session_world *w, size_t at);

/* Puts a message on its way to one member, or to all others (SESSION_WORLD_MAX). */
void session_world_post(session_world *w, size_t from, size_t to, const kw_authenticated *message);

/* Until nobody has anything to do before `until_ms`. */
void session_world_run(session_world *w, uint64_t until_ms);

/* Milliseconds of so many Delta after the boundary. */
uint64_t session_world_at(double deltas);

session_member *session_world_member(session_world *w, const kw_address *address);

/* All members of the new roster in `mask` (bits by place in members; 0: all) have the same
 * candidate, and their shares are those of its polynomial, whose secret any t of them give; in a
 * reshare it is the old one. */
void expect_epoch(session_world *w, uint32_t mask);

/* Nobody told of any deed. */
void expect_no_evidence(const session_world *w);

#endif /* KW_TESTS_SUPPORT_SESSION_WORLD_H */
