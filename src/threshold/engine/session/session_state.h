/* SPDX-License-Identifier: Apache-2.0
 * All that a session knows. Only session*.c and their tests include this. */
#ifndef KW_THRESHOLD_ENGINE_SESSION_SESSION_STATE_H
#define KW_THRESHOLD_ENGINE_SESSION_SESSION_STATE_H

#include "threshold/engine/session/session.h"
#include "threshold/engine/session/session_reads.h"
#include "threshold/engine/session/wants.h"

enum {
    SESSION_OUTBOX_MAX = 4,
    SESSION_KEEP_AT_ONCE = 8,                   /* letters in one transaction */
    SESSION_DEEDS = 5,                          /* kinds of evidence */
    SESSION_DEED_MAX = 3,                       /* of a kind that are reported of one member */
    SESSION_PARTS_OF = KW_SESSION_DELTA_MS_MIN, /* rounds of asking in a Delta */
    SESSION_HELLO_END = 1,                      /* deadlines in Delta from the boundary */
    SESSION_DEAL_END = 2,
    SESSION_JUDGE_END = 5,
    SESSION_ECHO_END = 6,
};

typedef enum kw_session_phase {
    KW_SESSION_HELLOS,    /* until 1 Delta after the boundary, or all are in */
    KW_SESSION_DEALINGS,  /* until 2 Delta, or those of all who said HELLO */
    KW_SESSION_JUDGING,   /* until 5 Delta, or all dealings that others have are judged */
    KW_SESSION_ECHOES,    /* until 6 Delta, or those of all who said HELLO */
    KW_SESSION_SET,       /* agreeing on the dealer set */
    KW_SESSION_EXTRACTS,  /* suite 2: commitments in G2, of the dealers or opened */
    KW_SESSION_PREPARING, /* the new share is known and not sealed yet */
    KW_SESSION_COMMITS,   /* until the session is dropped */
    KW_SESSION_ENDED,     /* aborted */
} kw_session_phase;

typedef struct session_dealer {
    uint16_t rank;
    kw_hash32 had;        /* the DEAL that the own HAVE named; none: zeros */
    const kw_group_g2 *a; /* suite 2: extracted or opened commitments */
} session_dealer;

typedef struct session_report {
    kw_session_evidence evidence;
    struct session_report *next;
} session_report;

/* D of one value that is held in full. */
typedef struct session_dealings {
    kw_hash32 value;
    kw_dealing_ref *refs; /* [dealers] */
    uint16_t count;
    bool is_known;
} session_dealings;

struct kw_session {
    kw_session_setup setup;
    kw_hash32 sid;
    kw_hash32 open_id;
    kw_message_scope scope;
    kw_audience audience;
    const kw_roster *dealers_roster; /* the old one in a reshare, else the new one */
    uint16_t self;                   /* rank */
    uint16_t self_dealer;
    uint16_t self_new;
    uint64_t boundary_ms;
    kw_session_phase phase;
    bool owes_abort;
    uint64_t now; /* of the step at work, for ports */
    kw_mailbox mailbox;
    kw_wants wants;
    size_t *named_bytes;   /* [audience + 1]: bodies that were kept because this one named them */
    uint8_t durable_kinds; /* types whose letters KEEP has passed, in its own order */
    const kw_letter *durable_last;
    const kw_letter *durable[SESSION_KEEP_AT_ONCE];
    uint32_t *void_extracts; /* [audience + 1]: third EXTRACTs that it brought and do not hold */
    /* going out */
    const kw_letter *outbox[SESSION_OUTBOX_MAX];
    size_t outbox_count;
    const kw_letter **relay; /* room for relay_max */
    size_t relay_max;
    size_t relay_count;
    uint16_t relay_to;
    uint64_t resend_at;                  /* NEVER: nothing is to be sent again yet */
    uint32_t resend_deltas;              /* until then */
    bool *asks;                          /* [audience]: said again what we had: it lags behind */
    uint64_t *answer_at;                 /* [audience]: not before */
    uint16_t asked_in[KW_SESSION_ENDED]; /* ranks that were asked for what a phase lacks */
    session_report *reports;
    session_report *reports_end;
    uint8_t *deeds; /* [audience][SESSION_DEEDS] */
    /* secrets */
    bool has_key;
    kw_group_secret ek;
    bool has_polynomials;
    bool is_certified; /* kw_session_certified */
    kw_dealer_secrets polynomials;
    bool has_share;
    bool is_sealed;
    bool owes_prepared;
    kw_group_secret share;
    /* HELLO to ECHO */
    bool *is_early;    /* [audience]: HELLO before the middle of the phase */
    bool *is_expected; /* [audience]: HELLO before the end of the phase */
    bool has_bundled;
    session_dealer *dealers; /* [dealers] */
    kw_echo_ref *collected;  /* [2 n]: ECHOs when the collection ended */
    size_t collected_count;
    /* the set */
    kw_agreement set;
    kw_hash32 *offered; /* [2 n]: of the own proposal */
    uint16_t offered_count;
    session_dealings held; /* of the value judged last */
    bool has_set;
    uint64_t decided_at;
    session_dealings decided;
    /* opening */
    kw_agreement open;
    bool has_opened; /* X is decided */
    bool has_open_votes;
    uint16_t *opened; /* [f + 1]: X, at first as offered */
    uint16_t opened_count;
    uint16_t opened_tried; /* RECONSTRUCTs at the last attempt */
    bool *has_extract;     /* [decided.count] */
    /* finish */
    kw_group_g2 *polynomial; /* [t]; NULL: not known yet */
    kw_group_g2 *keys;       /* [n]: of the new shares */
    kw_hash32 digest;
    kw_authenticated *commits; /* [n] */
    uint16_t commits_count;    /* valid ones */
    uint16_t commits_new;      /* came since the last look, at most */
    uint16_t commits_told;
};

#endif /* KW_THRESHOLD_ENGINE_SESSION_SESSION_STATE_H */
