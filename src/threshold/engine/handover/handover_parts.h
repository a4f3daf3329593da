/* SPDX-License-Identifier: Apache-2.0
 * What the files of a handover share: its memory, and the steps that kw_handover_next takes. */
#ifndef KW_THRESHOLD_ENGINE_HANDOVER_HANDOVER_PARTS_H
#define KW_THRESHOLD_ENGINE_HANDOVER_HANDOVER_PARTS_H

#include "threshold/engine/handover/handover.h"

/* A SEAL; of a sender two at most. It is judged when the digest is known. */
typedef struct kw_handover_seal {
    const kw_letter *letter;
    uint16_t member; /* index in the outgoing roster */
    bool is_judged;
    bool is_good;
    kw_group_g1 share;
} kw_handover_seal;

/* A candidate that votes name and that is not here. */
typedef struct kw_handover_want {
    bool is_set;
    kw_hash32 digest;
    uint16_t first; /* who is asked first, and then those behind it */
    uint32_t tries;
    uint64_t ask_at;
} kw_handover_want;

struct kw_handover {
    kw_handover_setup setup;
    kw_hash32 iid;
    kw_quorum quorum; /* of the outgoing roster */
    uint16_t self;    /* index in it; 0: an onlooker */
    kw_mailbox mailbox;
    kw_agreement agreement;
    kw_candidate candidates[KW_HANDOVER_CANDIDATES_MAX];
    kw_authenticated *commits[KW_HANDOVER_CANDIDATES_MAX]; /* what theirs point to; room for all */
    size_t candidates_count;
    kw_handover_want want;
    kw_handover_seal *seals; /* [2n] */
    size_t seals_count;
    const kw_letter *own_seal; /* NULL: not sent */
    uint64_t seal_again_at;
    const kw_letter *evidence[2 * KW_HANDOVER_EVIDENCE_MAX];
    size_t evidence_count;
    bool *is_convicted;       /* [n]: evidence against it stands */
    uint32_t swept_view;      /* votes before it were dropped, but for those that are needed */
    const kw_letter **bundle; /* [2n + 4]: letters of an action */
    bool is_certified;
    bool is_told; /* CERTIFIED was given out */
    kw_certificate certificate;
    uint64_t ask_at; /* NEVER: nothing is known of a next epoch */
    uint32_t asked;
};

/* Everything but the agreement. LIMIT, REFUSED: as kw_handover_begin. */
KW_MUST_USE kw_status kw_handover_make(kw_handover **out, const kw_handover_setup *setup);

/* Makes, signs and takes a message of this member, and gives it out. Nothing is given out when it
 * has signed for this place before: in a time that its record does not know. */
KW_MUST_USE kw_status kw_handover_say(kw_handover *h, kw_handover_action *out,
                                      const kw_message *message, const kw_message_scope *scope);

/* Keeps a message whose place in the protocol is in order; `out` is the letter. Statuses of
 * kw_mailbox_add. */
KW_MUST_USE kw_status kw_handover_keep(kw_handover *h, kw_letter **out,
                                       const kw_letter_place *place,
                                       const kw_authenticated *message);

/* Whether the letter waits to be given out as evidence. */
bool kw_handover_is_evidence(const kw_handover *h, const kw_letter *letter);

/* The agreement's part: its port, messages in, actions out. */
KW_MUST_USE kw_status kw_handover_vote_begin(kw_handover *h);
KW_MUST_USE kw_status kw_handover_vote_resume(kw_handover *h, kw_span record);
KW_MUST_USE kw_status kw_handover_vote_take(kw_handover *h, const kw_authenticated *message,
                                            uint16_t sender, uint16_t from);
KW_MUST_USE kw_status kw_handover_vote_next(kw_handover *h, kw_handover_action *out, uint64_t now);

/* The SEALs' part: one of ours once it is decided, and the certificate of t good ones. */
KW_MUST_USE kw_status kw_handover_seal_take(kw_handover *h, const kw_authenticated *message,
                                            uint16_t sender);
KW_MUST_USE kw_status kw_handover_seal_next(kw_handover *h, kw_handover_action *out, uint64_t now);
KW_MUST_USE kw_status kw_handover_certify(kw_handover *h, kw_handover_action *out, uint64_t now);

/* Notes that a candidate is missed; `first` is a member that knows it. */
void kw_handover_miss(kw_handover *h, const kw_hash32 *digest, uint16_t first);

#endif /* KW_THRESHOLD_ENGINE_HANDOVER_HANDOVER_PARTS_H */
