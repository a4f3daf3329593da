/* SPDX-License-Identifier: Apache-2.0
 * What the parts of a session do for each other. Only session*.c and their tests include this. A
 * session is worked on by rules: each looks at the state and does one thing, or nothing. */
#ifndef KW_THRESHOLD_ENGINE_SESSION_SESSION_PARTS_H
#define KW_THRESHOLD_ENGINE_SESSION_SESSION_PARTS_H

#include "threshold/engine/message/author.h"
#include "threshold/engine/session/session_state.h"

/* ---- session.c, session_take.c ---- */
/* Ends the session: memory, randomness or the signer failed. */
void session_fail(kw_session *s);
/* The rank of the member with that index in the new roster. */
uint16_t session_rank_of(const kw_session *s, uint16_t new_index);
/* The index of a letter's sender in the new roster; 0: it is not there. */
uint16_t session_member_of(const kw_session *s, const kw_letter *letter);
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
/* Before it is kept: whether it says something. REFUSED: no suite that is spoken here, or no proof;
 * else as kw_message_decode. */
KW_MUST_USE kw_status session_check_hello(const kw_session *s, const session_arrival *arrival);
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
/* The ECHOs collected that the set of a PROPOSE leaves out, all of which are here; in the scratch
 * arena. False: no memory to tell. */
bool session_list_wanted(const kw_session *s, kw_hash_list *out, const kw_hash32 *proposal);

/* ---- session_vote.c ---- */
/* What was read of a PROPOSE; NULL: it is none, or malformed, or `letter` is NULL. */
const session_vote *session_read_proposal(const kw_letter *letter);
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
/* A dealing of D, by its place there; the place of a dealer, D's size: it is not there. */
const session_deal *session_decided_deal(const kw_session *s, uint16_t at);
uint16_t session_find_decided(const kw_session *s, uint16_t dealer);
/* Whether an EXTRACT beyond the second of its sender is wanted and holds. */
bool session_is_extract_due(kw_session *s, const session_arrival *arrival);
/* Whether the commitments in G2 of all of D are known, extracted or opened. */
bool session_has_all_extracts(const kw_session *s);
void session_start_extracts(kw_session *s, uint64_t now);
bool session_run_extracts(kw_session *s, uint64_t now);
uint64_t session_extracts_wake_at(const kw_session *s);

/* ---- session_open.c ---- */
KW_MUST_USE kw_status session_open_init(kw_session *s, kw_span record);
/* From when on missing EXTRACTs are opened. */
uint64_t session_opens_at(const kw_session *s);
bool session_run_open(kw_session *s, uint64_t now);
/* Opens what enough shares are here for; false: nothing new. */
bool session_open_dealers(kw_session *s);

/* ---- session_finish.c ---- */
KW_MUST_USE kw_status session_finish_init(kw_session *s);
/* D is known, in suite 2 with all commitments in G2: the polynomial, the share. */
void session_finish(kw_session *s);
bool session_run_preparing(kw_session *s, uint64_t now);
bool session_run_commits(kw_session *s, uint64_t now);

#endif /* KW_THRESHOLD_ENGINE_SESSION_SESSION_PARTS_H */
