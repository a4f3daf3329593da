/* SPDX-License-Identifier: Apache-2.0
 * One instance of Tendermint consensus (arXiv 1807.04938, algorithm 1) on a 32-byte value, as
 * threshold.md section 5 changes it and docs/adr/0019 explains. What a value stands for is the
 * caller's: the dealer set, the dealers to open, the next epoch. A pure state machine: messages and
 * moments go in, actions come out.
 *
 *     kw_agreement_take(&a, &receipt, &message, from);   for each message, the own ones too
 *     do {
 *         kw_agreement_next(&a, &action, now);           after each change, and at wake_at
 *     } while (act on it, action.act != KW_AGREEMENT_IDLE);
 *
 * It goes on after DECIDED: members that lag behind are answered until the caller drops it.
 *
 * Messages outside the engine are bytes with a hash. The caller keeps those that it took, for the
 * certificate, for members that lack them, and as evidence; it drops what a receipt calls spare
 * and, when a view has ended, what kw_agreement_needs no longer. So a member, however many bodies
 * it signs, costs two PREVOTEs in each of KW_AGREEMENT_VIEWS_AHEAD + 1 views, two PRECOMMITs in
 * each view that was reached, three PROPOSEs in each that it proposed in, and one of each in each
 * kw_agreement_proof.
 *
 * Moments are Unix milliseconds: deadlines go into records, so the clock must survive a restart.
 * One that was set back delays nothing by more than a timeout. */
#ifndef KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_H
#define KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_H

#include "base/buf.h"
#include "threshold/engine/agreement/ballots.h"

#define KW_AGREEMENT_NEVER UINT64_MAX

typedef enum kw_agreement_verdict {
    KW_AGREEMENT_REFUSED, /* this proposal can never be accepted */
    KW_AGREEMENT_LACKING, /* something that it names is not here yet */
    KW_AGREEMENT_HELD,    /* acceptable, and held in full */
} kw_agreement_verdict;

/* What a value is. The functions are pure as far as the agreement sees; answers may change between
 * calls, REFUSED and HELD never. */
typedef struct kw_agreement_port {
    void *ctx;
    /* Judges a proposal by its list, which the caller finds by `id`; also after the decision, when
     * the list of what was decided is not known: another list may come under the same value. */
    kw_agreement_verdict (*judge)(void *ctx, const kw_agreement_message *proposal);
    /* False if a proposal that is HELD leaves out what a fresh one must contain. */
    bool (*is_fresh)(void *ctx, const kw_agreement_message *proposal);
    /* Own proposal; false: none yet. The caller keeps its list. */
    bool (*offer)(void *ctx, kw_hash32 *value);
} kw_agreement_port;

typedef struct kw_agreement_setup {
    kw_hash32 iid;     /* the sid field of the messages */
    kw_quorum quorum;  /* of the roster that votes */
    uint16_t self;     /* own index; 0: an onlooker, who learns what was decided */
    uint32_t delta_ms; /* at least 1 */
    kw_arena *arena;   /* with a maximum; dies after the agreement */
    kw_agreement_port port;
} kw_agreement_setup;

/* Votes of one kind, view and value, enough to convince anyone. */
typedef struct kw_agreement_proof {
    uint16_t count;
    uint16_t *senders; /* [n] */
    kw_hash32 *ids;    /* [n] */
} kw_agreement_proof;

typedef enum kw_agreement_step {
    KW_AGREEMENT_PROPOSING,
    KW_AGREEMENT_PREVOTED,
    KW_AGREEMENT_PRECOMMITTED,
} kw_agreement_step;

/* What a restart needs. Private. */
typedef struct kw_agreement_state {
    bool has_entered;
    bool has_proposed; /* in `view` */
    bool is_decided;
    uint32_t view;
    kw_agreement_step step;
    uint64_t deadline[KW_AGREEMENT_PRECOMMITTED + 1]; /* timeouts of the view; NEVER: not running */
    kw_agreement_proof entry;                         /* precommits that ended the view before */
    uint32_t locked_view;                             /* NO_VIEW: none; so for the next one */
    uint32_t valid_view;
    kw_hash32 locked;
    kw_hash32 valid;
    kw_hash32 valid_source; /* the PROPOSE with its list */
    kw_agreement_proof valid_proof;
    uint32_t decided_view;
    kw_hash32 decided;
    kw_hash32 decided_source; /* zeros: no PROPOSE with its list is known */
    kw_agreement_proof certificate;
} kw_agreement_state;

/* Private. One thread at a time. */
typedef struct kw_agreement {
    kw_agreement_setup setup;
    kw_agreement_state state;
    kw_ballots ballots;
    bool is_told;      /* DECIDED was given out */
    bool owes_proof;   /* a PROPOSE with a valid view left; its prevotes follow */
    uint16_t proposer; /* in proposer_view; 0: not asked yet */
    uint32_t proposer_view;
    uint64_t resend_at;
    uint64_t *answer_at;           /* [n]: not before this moment */
    bool *asks;                    /* [n]: goes on though we decided */
    kw_agreement_message *brought; /* [n + 1], by deliverer: newest PROPOSE of what was decided */
    kw_hash32 *bundle;             /* ids of a RELAY */
} kw_agreement;

typedef enum kw_agreement_act {
    KW_AGREEMENT_IDLE, /* nothing before the next message or kw_agreement_wake_at */
    /* Make the body of `send` and sign it; make the message and kw_agreement_save durable in one
     * transaction; then send it to all, and take it. */
    KW_AGREEMENT_SEND,
    /* Send the messages `ids` again, in one piece. Before DECIDED and after it. */
    KW_AGREEMENT_RELAY,
    /* Once, and once more after a restart: kw_agreement_decision_of tells. Make it durable with
     * kw_agreement_save. */
    KW_AGREEMENT_DECIDED,
} kw_agreement_act;

typedef struct kw_agreement_action {
    kw_agreement_act act;
    kw_agreement_message send; /* `id` unset */
    /* SEND of a PROPOSE: the message whose list it repeats, zeros: that of `offer`. SEND of a
     * PREVOTE with `wants`: the proposal that was not fresh; the body lists what it leaves out. */
    kw_hash32 source;
    bool wants;
    uint16_t to;          /* RELAY: to this member only; 0: to all */
    const kw_hash32 *ids; /* RELAY: valid until the next call */
    uint32_t ids_count;
} kw_agreement_action;

typedef struct kw_agreement_decision {
    uint32_t view;
    kw_hash32 value;
    /* A PROPOSE of the value that the port HELD; zeros: none yet, and the engine asks the others
     * for one. Look again when kw_agreement_next is IDLE. An onlooker must ask by itself. */
    kw_hash32 source;
    const kw_agreement_proof *certificate; /* b PRECOMMITs of that view for the value, by sender */
} kw_agreement_decision;

/* Who proposes in a view: 1 + keccak256(iid || u32 view) mod n. */
uint16_t kw_agreement_proposer(const kw_hash32 *iid, uint16_t n, uint32_t view);

/* A maximum for the arena that no agreement of this roster reaches: all views, each member voting
 * and f of them twice. What is used grows with the views that were reached. */
size_t kw_agreement_arena_bytes(const kw_quorum *quorum);

/* Of it, what one member can cause alone: views that nobody else has reached, and a second vote of
 * both kinds in all. */
size_t kw_agreement_member_bytes(const kw_quorum *quorum);

/* An agreement that has not begun: it takes messages, and gives out nothing but DECIDED. LIMIT:
 * the arena is too small. */
KW_MUST_USE kw_status kw_agreement_init(kw_agreement *out, const kw_agreement_setup *setup);

/* Begins view 0; without effect when it has begun. */
void kw_agreement_enter(kw_agreement *agreement, uint64_t now);

/* Takes a message that the member `from` delivered (0: nobody in particular), who need not be its
 * sender. `out` is always written. The message is kept after OK: new, and after CONFLICT: the
 * sender signed another body for this kind and view, which is evidence (FP3); there `out` says
 * which one, and what may be dropped instead, perhaps the message itself. Not kept after END:
 * known; LIMIT: too far ahead, it comes again, or the arena is full; REFUSED: a PROPOSE of another
 * than the proposer; BAD_INPUT: out of range. */
KW_MUST_USE kw_status kw_agreement_take(kw_agreement *agreement, kw_ballot_receipt *out,
                                        const kw_agreement_message *message, uint16_t from);

/* Whether the agreement may yet name this message: in a RELAY, in a proof, or as a source. Never
 * again when it is false. */
bool kw_agreement_needs(const kw_agreement *agreement, const kw_agreement_message *message);

/* The next thing to do at `now`. To be called until IDLE after messages, at wake_at, and when the
 * port's answers may have changed. Of one kind and view it sends one message, and none of which it
 * took an own one. */
void kw_agreement_next(kw_agreement *agreement, kw_agreement_action *out, uint64_t now);

/* When to call kw_agreement_next at the latest; NEVER. */
uint64_t kw_agreement_wake_at(const kw_agreement *agreement);

/* False while nothing is decided. */
bool kw_agreement_decision_of(const kw_agreement *agreement, kw_agreement_decision *out);

/* Appends what must be durable before the last action leaves. LIMIT, NO_MEMORY: as kw_buf. */
KW_MUST_USE kw_status kw_agreement_save(const kw_agreement *agreement, kw_buf *out);

/* Hashes of the messages that this member needs again after a restart: its own of the view, and
 * those that the record names. Returns how many; `out` is valid until the next call. */
size_t kw_agreement_rests_on(const kw_agreement *agreement, const kw_hash32 **out);

/* Goes on from a record, in the place of kw_agreement_init. Then take the own messages that were
 * durable, and those that the record names, before anything else; what else was received comes
 * again. Record and own message are of one transaction: an older record, of a database that was
 * restored, say, does not know of votes that left. Those that are taken after all are not signed
 * twice, and their lock holds; others would be. BAD_INPUT: not a record of this roster's size.
 * LIMIT: the arena is too small. */
KW_MUST_USE kw_status kw_agreement_resume(kw_agreement *out, const kw_agreement_setup *setup,
                                          kw_span record);

#endif /* KW_THRESHOLD_ENGINE_AGREEMENT_AGREEMENT_H */
