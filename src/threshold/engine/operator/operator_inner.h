/* SPDX-License-Identifier: Apache-2.0
 * What the files of an operator share. */
#ifndef KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_INNER_H
#define KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_INNER_H

#include "threshold/engine/operator/operator.h"

bool kw_operator_is_self(const kw_operator *op, const kw_address *address);

/* Appends to the agenda; the action is zeroed but for its kind. */
kw_operator_action *kw_operator_plan(kw_operator *op, kw_operator_act act);

/* Plans a record, or that all records of a scope go. Bytes live until the agenda is empty.
 * CT: leaks lengths. */
void kw_operator_plan_record(kw_operator *op, kw_record_kind kind, const kw_hash32 *scope,
                             const kw_hash32 *id, kw_secret_span bytes);
void kw_operator_plan_erasure(kw_operator *op, kw_record_kind kind, const kw_hash32 *scope);

/* Plans the records of own messages, one for each letter. */
KW_MUST_USE kw_status kw_operator_plan_letters(kw_operator *op, const kw_hash32 *scope,
                                               const kw_letter *const *letters, size_t count);

/* What is asked of the members of the boundary's roster, one after the other. */
void kw_operator_ask_all(kw_operator *op, uint64_t epoch);

/* Whether a member may make us ask for one more certificate since the last boundary; counts it. */
bool kw_operator_may_ask(kw_operator *op, const kw_address *from);

/* ---- sessions ---- */
KW_MUST_USE kw_status kw_operator_slot_open(kw_operator *op, const kw_sid_fields *fields,
                                            const kw_roster *roster_new, uint64_t now);

/* The record of a session was erased, with its key: plans another one, without secrets, so that a
 * restart still serves members that were cut off. Not while secrets are left: then its COMMIT plans
 * one. Without effect when there is no room: then a restart serves less. */
void kw_operator_slot_keep(kw_operator *op, const kw_hash32 *sid);

/* The epoch of a session is certified, its record erased: plans another one, with no more secrets
 * than the session key of who still waits for its share. When there is no room, a restart serves
 * less, and the next reshare gives the share. */
void kw_operator_slot_renew(kw_operator *op, const kw_hash32 *sid);

/* Goes on from a record of a session, and its durable messages. CT: leaks lengths. */
KW_MUST_USE kw_status kw_operator_slot_resume(kw_operator *op, const kw_operator_record *record,
                                              kw_authenticated_list own, uint64_t now);

/* Forgets a session whose messages nobody needs any more. */
void kw_operator_slot_end(kw_operator *op, const kw_hash32 *sid);

void kw_operator_slot_drop(kw_operator_slot *slot);

/* The session with that sid; NULL. */
kw_operator_slot *kw_operator_slot_of(kw_operator *op, const kw_hash32 *sid);

/* Gives the session up, unless its share is sealed: then only its messages are not at hand. */
KW_MUST_USE kw_status kw_operator_slot_give_up(kw_operator *op, kw_operator_slot *slot);

/* Plans the session's record, which is in op->record until the agenda is empty.
 * CT: leaks lengths. */
KW_MUST_USE kw_status kw_operator_slot_plan_record(kw_operator *op, const kw_operator_slot *slot);

/* Plans that a proof of fraud is filed. REFUSED: it does not convict. */
KW_MUST_USE kw_status kw_operator_plan_evidence(kw_operator *op, const kw_operator_slot *slot,
                                                const kw_session_evidence *evidence);

/* Plans what a session wants to do; false: nothing. */
bool kw_operator_slot_step(kw_operator *op, kw_operator_slot *slot, uint64_t now);

/* ---- epochs ---- */
/* The newest certificate's; else what is known before genesis; NULL: nothing yet. */
const kw_head *kw_operator_head(const kw_operator *op);

/* What is known before genesis: its roster, if it is that of the configuration; else REFUSED. */
KW_MUST_USE kw_status kw_operator_know_genesis(kw_operator *op, const kw_roster *roster);

/* Members live in the arena. LIMIT. */
KW_MUST_USE kw_status kw_operator_copy_roster(kw_roster *out, kw_arena *arena,
                                              const kw_roster *from);

/* Forms the session that the last boundary asks for, and begins it, unless it runs. */
KW_MUST_USE kw_status kw_operator_form(kw_operator *op, uint64_t now);

/* A sid that this operator formed: it may vote for what its session makes. */
void kw_operator_note_formed(kw_operator *op, const kw_hash32 *sid);

/* Plans the record of the table of epochs. */
KW_MUST_USE kw_status kw_operator_plan_epochs(kw_operator *op);

/* More members have proven shares of an epoch. */
KW_MUST_USE kw_status kw_operator_note_proven(kw_operator *op, const kw_candidate *candidate);

/* Activates and erases what the table of epochs says; false: nothing. */
bool kw_operator_epochs_step(kw_operator *op, uint64_t now);

/* Takes a certificate that this operator made as the newest. */
KW_MUST_USE kw_status kw_operator_adopt(kw_operator *op, kw_span file, uint64_t now);

/* The share that a session made; NULL. */
kw_operator_share *kw_operator_share_of(kw_operator *op, const kw_hash32 *sid);

/* Keeps a share, in the place of the oldest when there is no room. */
kw_operator_share *kw_operator_share_keep(kw_operator *op, const kw_operator_slot *slot);

/* Plans its record. */
KW_MUST_USE kw_status kw_operator_plan_share(kw_operator *op, const kw_operator_share *share);

/* Hands a candidate to the handover. */
KW_MUST_USE kw_status kw_operator_offer(kw_operator *op, const kw_candidate *candidate,
                                        uint64_t now);

/* Forgets it. */
void kw_operator_share_drop(kw_operator_share *share);

/* Plans that the share goes, and forgets it. */
void kw_operator_share_erase(kw_operator *op, kw_operator_share *share);

/* ---- records ---- */
KW_MUST_USE kw_status kw_operator_resume_era(kw_operator *op, const kw_operator_record *record);
KW_MUST_USE kw_status kw_operator_resume_share(kw_operator *op, const kw_operator_record *record);

/* ---- the handover of the epoch after the head ---- */
/* Goes on from the last record, if it has one. Without effect when it runs, or no head is known. */
KW_MUST_USE kw_status kw_operator_handover_begin(kw_operator *op, uint64_t now);
/* CORRUPT: of another handover than the one after the head. */
KW_MUST_USE kw_status kw_operator_handover_resume(kw_operator *op, const kw_operator_record *record,
                                                  uint64_t now);
bool kw_operator_handover_is_addressed(const kw_operator *op, const kw_message_header *header);
const kw_authenticated *kw_operator_handover_message(const kw_operator *op, const kw_hash32 *hash);
KW_MUST_USE kw_status kw_operator_handover_take(kw_operator *op, const kw_authenticated *message,
                                                const kw_address *from, uint64_t now);
KW_MUST_USE kw_status kw_operator_take_candidate(kw_operator *op, kw_span file, uint64_t now);
bool kw_operator_handover_step(kw_operator *op, uint64_t now);
uint64_t kw_operator_handover_wake_at(const kw_operator *op);
/* Another certificate is the newest: forgets it, and plans that its records go. */
void kw_operator_handover_end(kw_operator *op);
void kw_operator_handover_drop(kw_operator *op);

#endif /* KW_THRESHOLD_ENGINE_OPERATOR_OPERATOR_INNER_H */
