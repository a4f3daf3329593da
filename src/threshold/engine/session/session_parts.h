/* SPDX-License-Identifier: Apache-2.0
 * What the parts of a session share. Only session*.c and their tests include this. A session is
 * worked on by rules: each looks at the state and does one thing, or nothing. */
#ifndef KW_THRESHOLD_ENGINE_SESSION_SESSION_PARTS_H
#define KW_THRESHOLD_ENGINE_SESSION_SESSION_PARTS_H

#include "threshold/engine/message/author.h"
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

/* ---- state ---- */
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

/* ---- session.c ---- */
/* Ends the session: memory, randomness or the signer failed. */
void session_fail(kw_session *s);
/* The rank of the member with that index in the new roster. */
uint16_t session_rank_of(const kw_session *s, uint16_t new_index);
uint64_t session_deadline(const kw_session *s, unsigned deltas);
/* The first body of a type from a member; NULL. */
const kw_letter *session_letter(const kw_session *s, uint16_t rank, kw_message_type type);
/* Whether all members of the new roster that are expected have sent that type. */
bool session_have_all(const kw_session *s, kw_message_type type);
bool session_is_same(const kw_hash32 *a, const kw_hash32 *b);
bool session_is_none(const kw_hash32 *hash);
/* Wants a message of that type that the member of that rank has; 0: anybody. */
void session_want(kw_session *s, const kw_hash32 *id, kw_message_type type, uint16_t holder,
                  uint64_t now);
/* Takes a message of a known sender; own ones, too. */
KW_MUST_USE kw_status session_receive(kw_session *s, kw_letter **out,
                                      const kw_authenticated *message, uint16_t from, uint64_t now);

/* A message on its way into the mailbox. */
typedef struct session_arrival {
    const kw_authenticated *message;
    kw_letter_place place;
    uint16_t from; /* who brought it; 0: nobody in particular */
} session_arrival;

/* Decodes in this arena. */
KW_MUST_USE kw_status session_read_body(const kw_session *s, kw_message *out, kw_arena *arena,
                                        const session_arrival *arrival);

/* All of a session but its HELLO; records are those of the two agreements, empty at first. */
KW_MUST_USE kw_status session_make(kw_session **out, const kw_session_setup *setup,
                                   kw_span set_record, kw_span open_record);

/* ---- session_say.c ---- */
/* Signs the own message, takes it and puts it into the outbox; fails the session otherwise, and
 * says why: as the signer, LIMIT. */
KW_MUST_USE kw_status session_try_say(kw_session *s, kw_message *message, const kw_hash32 *sid,
                                      uint64_t now);
/* The same; false: the session has failed. */
bool session_say(kw_session *s, kw_message *message, const kw_hash32 *sid, uint64_t now);
void session_relay(kw_session *s, const kw_letter *letter);
/* Nonces and keys. False: the session has failed. */
bool session_draw(kw_session *s, kw_group_secret *out);

/* ---- session_answers.c ---- */
KW_MUST_USE kw_status session_answers_init(kw_session *s);
/* A member brought an own message that was known. */
void session_note_laggard(kw_session *s, const kw_letter *letter);
bool session_run_answers(kw_session *s, uint64_t now);
bool session_run_ask(kw_session *s, uint64_t now);
bool session_run_resend(kw_session *s, uint64_t now);
uint64_t session_answers_wake_at(const kw_session *s);

/* ---- session_keep.c ---- */
KW_MUST_USE kw_status session_keep_init(kw_session *s);
/* What one member may send: two bodies of everything, and votes in so many views. */
size_t session_sender_bytes(const kw_session *s);
/* What one member may have kept of others beyond that, by naming it. */
size_t session_named_bytes(const kw_session *s);
/* Puts a message into the mailbox, at the cost of its sender or of who named it. OK, CONFLICT: it
 * is to be read; else as kw_mailbox_add. */
KW_MUST_USE kw_status session_keep(kw_session *s, kw_letter **out, const session_arrival *arrival);

/* ---- session_durable.c ---- */
/* KEEP: the next letters of others that are to be durable; false: all are. */
bool session_next_durable(kw_session *s, kw_session_action *out);
/* They were, before a restart. */
void session_note_durable(kw_session *s);
bool session_is_durable(const kw_session *s);

/* ---- session_evidence.c ---- */
KW_MUST_USE kw_status session_evidence_init(kw_session *s);
/* Queues it, unless enough of this kind is known of the culprit. */
void session_report_deed(kw_session *s, const kw_session_evidence *evidence);
bool session_next_report(kw_session *s, kw_session_action *out);

/* ---- readers: OK sets letter->read ---- */
KW_MUST_USE kw_status session_read_hello(kw_session *s, kw_letter *letter, const kw_message *m,
                                         uint64_t now);
KW_MUST_USE kw_status session_read_deal(kw_session *s, kw_letter *letter, const kw_message *m,
                                        uint64_t now);
KW_MUST_USE kw_status session_read_shares(kw_session *s, kw_letter *letter, const kw_message *m,
                                          uint64_t now);
KW_MUST_USE kw_status session_read_have(kw_session *s, kw_letter *letter, const kw_message *m,
                                        uint64_t now);
KW_MUST_USE kw_status session_read_echo(kw_session *s, kw_letter *letter, const kw_message *m,
                                        uint64_t now);
KW_MUST_USE kw_status session_read_vote(kw_session *s, kw_letter *letter, const kw_message *m,
                                        uint64_t now);
KW_MUST_USE kw_status session_read_extract(kw_session *s, kw_letter *letter, const kw_message *m,
                                           uint64_t now);
KW_MUST_USE kw_status session_read_opened(kw_session *s, kw_letter *letter, const kw_message *m,
                                          uint64_t now);
KW_MUST_USE kw_status session_read_commit(kw_session *s, kw_letter *letter, const kw_message *m,
                                          uint64_t now);

/* ---- session_hello.c ---- */
KW_MUST_USE kw_status session_hello_init(kw_session *s);
/* Draws the session key. ENTROPY_FAILURE, LIMIT, as the signer: the session has failed. */
KW_MUST_USE kw_status session_say_hello(kw_session *s, uint64_t now);
bool session_run_hellos(kw_session *s, uint64_t now);
bool session_run_bundle(kw_session *s, uint64_t now);

/* ---- session_deal.c ---- */
KW_MUST_USE kw_status session_deal_init(kw_session *s);
void session_deal_out(kw_session *s, uint64_t now);
void session_forget_polynomials(kw_session *s);
/* The body of a DEAL; NULL: not here, or malformed. */
session_deal *session_deal_of(const kw_session *s, uint16_t dealer, const kw_hash32 *hash);
/* The only DEAL of a dealer; NULL: none, or two bodies of DEAL or SHARES are known. */
session_deal *session_single_deal(const kw_session *s, uint16_t dealer);
bool session_is_double(const kw_session *s, uint16_t dealer);
/* A dealing with a bad share for this member, the one of its own HAVE if it is bad; NULL: none. */
const session_deal *session_bad_deal(const kw_session *s, uint16_t dealer);
/* Goes on with the checks of all dealings that wait for this HELLO. */
void session_judge_waiting(kw_session *s, const kw_hash32 *hello, uint64_t now);
/* Goes on with the checks of a dealing, and asks `holder` for what it lacks. */
void session_seek_dealing(kw_session *s, uint16_t dealer, const kw_hash32 *hash, uint16_t holder,
                          uint64_t now);
bool session_run_dealings(kw_session *s, uint64_t now);

/* ---- session_echo.c ---- */
KW_MUST_USE kw_status session_echo_init(kw_session *s);
/* Asks for the SHARES of a dealing those whose HAVE names it. */
void session_ask_namers(kw_session *s, const session_deal *deal, uint64_t now);
bool session_run_judging(kw_session *s, uint64_t now);
bool session_run_echoes(kw_session *s, uint64_t now);
/* Judges a complaint about a dealing that is sound here. */
void session_judge_complaint(kw_session *s, const kw_letter *echo, const session_deal *deal);

/* All ECHOs that are here, two of a member at most, in the order of a set; room for 2 n. */
size_t session_list_echoes(const kw_session *s, kw_echo_ref *out);

/* ---- session_set.c ---- */
KW_MUST_USE kw_status session_set_init(kw_session *s, kw_span record);
bool session_run_set(kw_session *s, uint64_t now);
/* The PROPOSE with this id, else another one of the value, which is its name: after a restart the
 * one that a record names may not be here. NULL: there is none. */
const session_vote *session_proposal(const kw_session *s, const kw_hash32 *id,
                                     const kw_hash32 *value);
/* Does what an agreement wants; false: it wants nothing. */
bool session_drive(kw_session *s, kw_agreement *agreement, uint64_t now);
/* Gives a vote to its agreement, also one that is known. */
KW_MUST_USE kw_status session_take_vote(kw_session *s, const kw_letter *letter, uint16_t from,
                                        uint64_t now);

/* ---- session_extract.c ---- */
KW_MUST_USE kw_status session_open_init(kw_session *s, kw_span record);
/* Whether an EXTRACT beyond the second of its sender is wanted and holds. */
bool session_is_extract_due(kw_session *s, const session_arrival *arrival);
void session_start_extracts(kw_session *s, uint64_t now);
bool session_run_extracts(kw_session *s, uint64_t now);
bool session_run_open(kw_session *s, uint64_t now);
uint64_t session_extracts_wake_at(const kw_session *s);

/* ---- session_finish.c ---- */
KW_MUST_USE kw_status session_finish_init(kw_session *s);
/* D is known, in suite 2 with all commitments in G2: the polynomial, the share. */
void session_finish(kw_session *s);
bool session_run_preparing(kw_session *s, uint64_t now);
bool session_run_commits(kw_session *s, uint64_t now);

#endif /* KW_THRESHOLD_ENGINE_SESSION_SESSION_PARTS_H */
