/* SPDX-License-Identifier: Apache-2.0
 * A session of four on a toy group, for fuzzing: what members must never do ends the program. One
 * of them is faulty: it signs what the caller wants, beside what its engine says. */
#ifndef KW_FUZZ_STAGE_SESSION_STAGE_H
#define KW_FUZZ_STAGE_SESSION_STAGE_H

#include "support/seeded_rng.h"
#include "threshold/engine/session/session.h"

enum {
    STAGE_PLACES = 5, /* the rosters are 0 to 3, and of a reshare 1 to 4 */
    STAGE_ROSTER = 4,
    STAGE_T = 3,
    STAGE_FAULTY = 2, /* in both */
    STAGE_DELTA_MS = 80,
    STAGE_BOUNDARY_S = 1000,
    STAGE_SAID_MAX = 1024,
    STAGE_RECORD_BYTES = 1 << 20,
    STAGE_ACTIONS_MAX = 8192, /* of one moment */
};

enum { /* bits of a mode */
    STAGE_IS_FELDMAN = 1,
    STAGE_IS_RESHARE = 2,
    STAGE_IS_CALM = 4, /* what was said has come before time goes on */
};

typedef struct stage_actor {
    kw_address address;
    kw_session *session; /* never NULL between calls */
    kw_session_setup setup;
    seeded_rng rng;
    kw_arena lasting;
    kw_arena secrets;
    kw_arena scratch;
    kw_group_secret source; /* share of the old epoch */
    kw_secret_bytes record; /* the last one */
    size_t heard;           /* of what was said */
} stage_actor;

typedef struct stage_utterance {
    kw_authenticated message;
    uint8_t from;   /* place */
    bool is_posted; /* to everybody; else it is only here */
} stage_utterance;

typedef struct stage {
    kw_arena arena;
    uint8_t mode;
    kw_roster roster_old;
    kw_roster roster_new;
    kw_group_g2 polynomial_old[STAGE_T];
    kw_session_setup setup; /* what all have alike */
    stage_actor actors[STAGE_PLACES];
    size_t actors_count;
    stage_utterance said[STAGE_SAID_MAX];
    size_t said_count;
    bool is_mute; /* what the faulty one's engine says is not posted */
    uint64_t now;
    bool has_digest;
    kw_hash32 digest; /* of the first candidate */
} stage;

/* Everybody has begun. */
void stage_open(stage *w, uint8_t mode);
void stage_close(stage *w);

/* Signs as that member and notes it; posted unless it is the faulty one, and mute. */
stage_utterance *stage_say(stage *w, kw_span payload, uint8_t from);

/* That member delivers a message. */
void stage_hear(stage *w, uint8_t to, const kw_authenticated *message, uint8_t from);

/* Delivers all that is on its way to a member; false: nothing. */
bool stage_post(stage *w, uint8_t to);

/* Until nobody has anything to do. */
void stage_drain(stage *w);

void stage_wait(stage *w, uint64_t until_ms);

/* The member begins again from a record, and all that it signed. */
KW_MUST_USE kw_status stage_resume(stage *w, uint8_t at, kw_secret_span record);

/* In calm weather every honest member of the new roster has the same candidate in the end. */
void stage_finish(stage *w);

#endif /* KW_FUZZ_STAGE_SESSION_STAGE_H */
