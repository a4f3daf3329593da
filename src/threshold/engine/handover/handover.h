/* SPDX-License-Identifier: Apache-2.0
 * From one epoch to the next, once for each certificate: of the candidates that sessions make, the
 * members of the outgoing roster decide for one, and t of them seal it with their shares; anybody
 * puts the certificate together. A pure state machine: candidates, messages and moments go in,
 * actions come out.
 *
 *     kw_handover_offer(h, &candidate, now);           each that a session made or somebody showed
 *     kw_handover_take(h, &message, from, now);        for each message of others
 *     do {
 *         kw_handover_next(h, &action, now);           after each change, and at wake_at
 *     } while (act on it, action.act != KW_HANDOVER_IDLE);
 *
 * A voter enters with its first candidate, or when f + 1 others vote: then an honest one holds a
 * candidate, and without our nil they might wait in a view for ever. Views go on across boundaries
 * until something is decided; nobody seals before. Times are Unix milliseconds. Source:
 * threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_HANDOVER_HANDOVER_H
#define KW_THRESHOLD_ENGINE_HANDOVER_HANDOVER_H

#include "threshold/engine/agreement/agreement.h"
#include "threshold/engine/message/mailbox.h"
#include "threshold/engine/epoch/succession.h"

#define KW_HANDOVER_NEVER UINT64_MAX

enum {
    /* Sessions that ended while nothing could be decided. None is ever dropped before: others may
     * be locked on it, and its shares must still be there when it wins. */
    KW_HANDOVER_CANDIDATES_MAX = 16,
    KW_HANDOVER_EVIDENCE_MAX = 8, /* equivocations not reported yet; further ones wait */
    /* Of kw_handover_save: all candidates, and what one view of 512 members rests on. */
    KW_HANDOVER_RECORD_BYTES_MAX =
        KW_HANDOVER_CANDIDATES_MAX * KW_THRESHOLD_CERTIFICATE_BYTES_MAX + (4 << 20),
};

/* Lives in the arena of its setup. One thread at a time. */
typedef struct kw_handover kw_handover;

/* What the member knows besides; pure as far as the handover sees. */
typedef struct kw_handover_port {
    void *ctx;
    /* Whether this operator formed the sid of the candidate, or can form it: the new roster is the
     * one that it reads for this boundary. It votes for no other. False may become true. */
    bool (*can_form)(void *ctx, const kw_candidate *candidate);
    /* The share that seals: of the outgoing epoch, at genesis that of the candidate. NULL: none. */
    const kw_group_secret *(*share)(void *ctx, const kw_candidate *decided);
} kw_handover_port;

/* Everything that pointers lead to outlives the handover. */
typedef struct kw_handover_setup {
    const kw_group *group;
    kw_head head;          /* the outgoing epoch, or what is known before genesis */
    kw_address self;       /* votes if it is in the head's roster, else looks on */
    kw_peer_signer signer; /* of its key in that roster; sign NULL: that is gone, and it looks on */
    kw_rng rng;
    uint32_t delta_ms; /* at least 1 */
    kw_handover_port port;
    kw_arena *lasting; /* with a maximum, kw_handover_memory_bytes */
    kw_arena *scratch; /* of a single step, reset at will; KW_THRESHOLD_CERTIFICATE_CHECK_MAX */
} kw_handover_setup;

typedef enum kw_handover_act {
    KW_HANDOVER_IDLE, /* nothing before the next message or kw_handover_wake_at */
    /* A new message of this member, signed: make kw_handover_save durable, then send it to every
     * member of the outgoing roster and of the candidates' rosters. It is taken already. */
    KW_HANDOVER_SEND,
    KW_HANDOVER_RELAY, /* send `letters` again, in one body */
    KW_HANDOVER_FETCH, /* ask `to` for the candidate `digest` (GET /message/{hash}) */
    KW_HANDOVER_ASK,   /* ask `to` for the certificate of this epoch (GET /epoch/{number}) */
    /* Two signed bodies for one place (FP3); again of the same sender until kw_handover_convict. */
    KW_HANDOVER_EVIDENCE,
    /* Make kw_handover_save durable: no other candidate can win any more. */
    KW_HANDOVER_DECIDED,
    KW_HANDOVER_CERTIFIED, /* once: `certificate` is whole */
} kw_handover_act;

/* Pointers are valid until the next call that takes the handover. */
typedef struct kw_handover_action {
    kw_handover_act act;
    uint16_t to; /* index in the outgoing roster; of SEND, and of RELAY 0: all */
    const kw_letter *const *letters; /* SEND: one; RELAY; EVIDENCE: two */
    size_t letters_count;
    kw_hash32 digest;
    const kw_certificate *certificate;
} kw_handover_action;

/* A maximum for the lasting arena. */
size_t kw_handover_memory_bytes(const kw_handover_setup *setup);

/* Of it, what one member can cause alone. A candidate takes q of them. */
size_t kw_handover_member_bytes(const kw_quorum *quorum);

/* Nothing is known yet. LIMIT: an arena is too small. REFUSED: the head has no valid threshold. */
KW_MUST_USE kw_status kw_handover_begin(kw_handover **out, const kw_handover_setup *setup);

/* Adds a candidate, or its COMMITs to those that are known; copies it. It has passed
 * kw_candidate_check and kw_candidate_prove, or a session made it.
 * OK: something was new. END: nothing was. REFUSED: not for the epoch after the head. LIMIT: there
 * are too many, or the arena is full. */
KW_MUST_USE kw_status kw_handover_offer(kw_handover *h, const kw_candidate *candidate,
                                        uint64_t now);

/* Whether a message with this header is one of the handover: a vote under its id, or a SEAL of its
 * epoch. */
bool kw_handover_is_addressed(const kw_handover *h, const kw_message_header *header);

/* Takes a message that the member `from` (index in the outgoing roster; 0: nobody in particular)
 * delivered, who need not be its sender. The caller has verified that the sender signed it. OK:
 * new, kept. END: known. CONFLICT: new, and another body for the same place is known: evidence
 * follows. NOT_FOUND: of another handover, or the sender does not vote. REFUSED: a proposal of
 * another than the proposer, a third SEAL. LIMIT: more than its sender may send, or too far ahead:
 * it comes again. Else what is wrong with its bytes (message.h). */
KW_MUST_USE kw_status kw_handover_take(kw_handover *h, const kw_authenticated *message,
                                       uint16_t from, uint64_t now);

/* The next thing to do at `now`, never less than before. Fails as the signer fails, with LIMIT when
 * an arena is full, with ENTROPY_FAILURE, with CORRUPT when its record was not its own; then go on
 * from the last record (kw_handover_resume). */
KW_MUST_USE kw_status kw_handover_next(kw_handover *h, kw_handover_action *out, uint64_t now);

/* The evidence that was given out stands: no more is wanted of the letter's sender. */
void kw_handover_convict(kw_handover *h, const kw_letter *letter);

/* When to call kw_handover_next at the latest; NEVER. */
uint64_t kw_handover_wake_at(const kw_handover *h);

/* Messages by their hash, candidates by their digest: what others ask for. NULL: not here. */
const kw_letter *kw_handover_find(const kw_handover *h, const kw_hash32 *hash);
const kw_candidate *kw_handover_candidate(const kw_handover *h, const kw_hash32 *digest);

/* The digest that won; NULL: nothing is decided. */
const kw_hash32 *kw_handover_winner(const kw_handover *h);

/* Appends all that a restart needs: candidates, locks, own messages and those that they rest on.
 * Not secret. LIMIT, NO_MEMORY: as kw_buf. */
KW_MUST_USE kw_status kw_handover_save(const kw_handover *h, kw_buf *out);

/* Goes on from the last record, in the place of kw_handover_begin. BAD_INPUT: not a record of this
 * handover. LIMIT: an arena is too small. `schemes`: of the rosters in it. */
KW_MUST_USE kw_status kw_handover_resume(kw_handover **out, const kw_handover_setup *setup,
                                         const kw_peer_schemes *schemes, kw_span record,
                                         uint64_t now);

#endif /* KW_THRESHOLD_ENGINE_HANDOVER_HANDOVER_H */
