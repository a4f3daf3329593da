/* SPDX-License-Identifier: Apache-2.0
 * Which epochs a node has shares of, which serve, and what is erased when. A table of states and
 * events, and nothing else: the caller keeps and erases.
 *
 *     DEALT -> PREPARED -> CERTIFIED -> ACTIVE -> RETIRED
 *
 * Each input changes the table: make kw_epochs_save durable before anything leaves that rests on
 * it (kw_epochs_may_send). Then kw_epochs_next until IDLE, and again at wake_at. A restart goes on
 * from the table that it finds. Times are Unix milliseconds. Source: threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_EPOCH_EPOCHS_H
#define KW_THRESHOLD_ENGINE_EPOCH_EPOCHS_H

#include "threshold/engine/epoch/certificate.h"

#define KW_EPOCHS_NEVER UINT64_MAX

typedef enum kw_epoch_state {
    KW_EPOCH_NONE = 0,  /* no such row */
    KW_EPOCH_DEALT,     /* a session goes on: its secrets are durable */
    KW_EPOCH_PREPARED,  /* the share is sealed on disk; COMMIT may say so */
    KW_EPOCH_CERTIFIED, /* the certificate is durable; without a share it stays here */
    KW_EPOCH_ACTIVE,    /* the share serves */
    KW_EPOCH_RETIRED,   /* the share is erased, or never was; dealings may still be kept */
} kw_epoch_state;

/* A session and the epoch that it made, or a certificate alone. */
typedef struct kw_epoch_row {
    kw_hash32 sid;
    uint64_t epoch;
    kw_epoch_state state;
    bool has_share;
    bool has_session;     /* its record: the session key, until there is a share */
    bool has_polynomials; /* in that record, until the epoch is certified: what this node deals */
    bool has_dealings;    /* DEALs and SHARES of D, for members that were cut off */
    uint16_t proven;      /* members whose COMMITs this node has seen */
    uint16_t wanted;      /* of them, before the epoch before may go: min(n, t + f) */
    uint64_t replaced_at; /* when the next epoch was certified here; NEVER; 0: it never was one */
} kw_epoch_row;

enum {
    /* Two certified epochs, one that waits for its dealings to go, and the candidates of the next
     * (KW_HANDOVER_CANDIDATES_MAX and the sessions that go on). */
    KW_EPOCHS_MAX = 24,
};

/* All-zero but for the grace is the table of a node that knows of nothing. */
typedef struct kw_epochs {
    uint64_t grace_ms; /* for which the epoch before still serves; one interval */
    uint16_t count;
    kw_epoch_row rows[KW_EPOCHS_MAX]; /* in the order in which they came */
} kw_epochs;

/* A session begins. CONFLICT: it is known. REFUSED: its epoch is certified already, or another than
 * the next. LIMIT: too many candidates. */
KW_MUST_USE kw_status kw_epochs_deal(kw_epochs *epochs, const kw_hash32 *sid, uint64_t epoch);

/* The share of the session is sealed on disk; also long after the certificate, by a member that was
 * cut off. NOT_FOUND: no such session. BAD_STATE: it has one, or is retired. */
KW_MUST_USE kw_status kw_epochs_prepare(kw_epochs *epochs, const kw_hash32 *sid);

/* A session of which nothing but its row is durable: it may begin again. NOT_FOUND. BAD_STATE: it
 * is past DEALT. */
KW_MUST_USE kw_status kw_epochs_forget(kw_epochs *epochs, const kw_hash32 *sid);

/* The session has ended without an epoch. Its row stays until an epoch is certified, so that it
 * does not begin again. NOT_FOUND. BAD_STATE: its share is sealed, and others
 * count on it until the handover decides. */
KW_MUST_USE kw_status kw_epochs_abort(kw_epochs *epochs, const kw_hash32 *sid);

/* A certificate was checked: it wins, the other candidates of its epoch and before are lost. A node
 * that missed epochs goes on from here. CONFLICT: another certificate of this epoch. END: known.
 * REFUSED: older than the newest. LIMIT: the table is full. */
KW_MUST_USE kw_status kw_epochs_certify(kw_epochs *epochs, const kw_candidate *candidate,
                                        uint64_t now);

/* More members of a certified epoch have proven their shares; fewer than known is ignored.
 * NOT_FOUND. */
KW_MUST_USE kw_status kw_epochs_prove(kw_epochs *epochs, uint64_t epoch, uint16_t proven);

typedef enum kw_epochs_act {
    KW_EPOCHS_IDLE,
    KW_EPOCHS_ACTIVATE,       /* `epoch` serves from now on, beside the one before */
    KW_EPOCHS_ERASE_SHARE,    /* of the session `sid`; it serves no more */
    KW_EPOCHS_ERASE_SESSION,  /* its record with all its secrets */
    KW_EPOCHS_RENEW_SESSION,  /* the same; what goes on to wait for a share is recorded again */
    KW_EPOCHS_ERASE_DEALINGS, /* its messages */
} kw_epochs_act;

typedef struct kw_epochs_action {
    kw_epochs_act act;
    kw_hash32 sid;
    uint64_t epoch;
} kw_epochs_action;

/* The next thing to do at `now`. Carry it out, then make the table durable: what a crash leaves
 * undone is asked for again after the restart, and may be done twice. */
void kw_epochs_next(kw_epochs *epochs, kw_epochs_action *out, uint64_t now);

/* When to call kw_epochs_next at the latest; NEVER. */
uint64_t kw_epochs_wake_at(const kw_epochs *epochs);

/* The state of a session's epoch; NONE. */
kw_epoch_state kw_epochs_state_of(const kw_epochs *epochs, const kw_hash32 *sid);

/* The newest certified epoch; 0: none. */
uint64_t kw_epochs_newest(const kw_epochs *epochs);

/* The newest epoch whose share answers requests; 0: none. */
uint64_t kw_epochs_active(const kw_epochs *epochs);

/* Whether the durable state allows a message of this type in the session: DEALT is durable before
 * its DEAL leaves, PREPARED before its COMMIT. */
bool kw_epochs_may_send(const kw_epochs *epochs, const kw_hash32 *sid, kw_message_type type);

/* Appends the table. LIMIT, NO_MEMORY: as kw_buf. */
KW_MUST_USE kw_status kw_epochs_save(const kw_epochs *epochs, kw_buf *out);

/* The table of a record. BAD_INPUT: not such a record. */
KW_MUST_USE kw_status kw_epochs_resume(kw_epochs *out, kw_span record);

#endif /* KW_THRESHOLD_ENGINE_EPOCH_EPOCHS_H */
