/* SPDX-License-Identifier: Apache-2.0
 * What the members of one agreement proposed and voted, view by view. Counts; decides nothing.
 * A message is known here by its hash: whoever signed or received it keeps the bytes. */
#ifndef KW_THRESHOLD_ENGINE_AGREEMENT_BALLOTS_H
#define KW_THRESHOLD_ENGINE_AGREEMENT_BALLOTS_H

#include "base/arena.h"
#include "base/span.h"
#include "threshold/engine/roster/quorum.h"

enum {
    /* Views of one agreement. A view lasts at least (1 + view / 2) Delta with B members present, so
     * this many take more than a million Delta: 60 days at 5 seconds. */
    KW_AGREEMENT_VIEWS_MAX = 2048,
    /* How far before the own view votes are kept; those of later views only show where members
     * are, and come again. */
    KW_AGREEMENT_VIEWS_AHEAD = 8,
};

#define KW_AGREEMENT_NO_VIEW UINT32_MAX

/* Also the types of threshold.md section 2. */
typedef enum kw_agreement_kind {
    KW_AGREEMENT_PROPOSE = 6,
    KW_AGREEMENT_PREVOTE = 7,
    KW_AGREEMENT_PRECOMMIT = 8,
} kw_agreement_kind;

/* A PROPOSE, PREVOTE or PRECOMMIT whose signature, instance and body are in order. */
typedef struct kw_agreement_message {
    kw_agreement_kind kind;
    uint16_t sender; /* index in the roster, 1..n */
    uint32_t view;
    uint32_t valid_view; /* PROPOSE: < view, or KW_AGREEMENT_NO_VIEW; else unused */
    kw_hash32 value;     /* votes: all zeros is nil */
    kw_hash32 id;        /* hash of the payload */
} kw_agreement_message;

/* One vote of one member. */
typedef struct kw_ballot {
    bool is_cast;
    kw_hash32 value;
    kw_hash32 id;
    struct kw_ballot *second; /* of an equivocator: the newest of its other votes; else NULL */
} kw_ballot;

/* Votes of one kind in one view. */
typedef struct kw_ballot_box {
    kw_ballot *ballots;  /* [n], by index - 1 */
    uint16_t cast_count; /* members that voted at all */
    bool has_winner;     /* `winner`, not nil, had b votes; it stays so */
    kw_hash32 winner;
} kw_ballot_box;

typedef struct kw_ballot_view {
    bool has_proposal;
    kw_agreement_message proposal; /* the first that came from the view's proposer */
    kw_hash32 second_proposal;     /* another one of it: evidence; none: zeros */
    kw_ballot_box prevotes;
    kw_ballot_box precommits;
} kw_ballot_view;

/* What became of a message. */
typedef struct kw_ballot_receipt {
    kw_hash32 rival; /* CONFLICT: the body that came first; with any other one it is evidence */
    kw_hash32
        spare; /* CONFLICT: a body that is not counted (any more), perhaps the new one, besides
                        which two others are left; none: zeros */
} kw_ballot_receipt;

/* Views live in the arena, which the caller gave with a maximum. */
typedef struct kw_ballots {
    kw_arena *arena;
    kw_quorum quorum;
    uint32_t *reached; /* [n]: highest view that each member spoke in, plus 1 */
    kw_ballot_view *views[KW_AGREEMENT_VIEWS_MAX];
} kw_ballots;

/* No votes yet. Borrows the arena, which outlives it. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_ballots_init(kw_ballots *out, kw_arena *arena, const kw_quorum *quorum);

/* Adds a message; `view` is the own one. `out` is always written. Statuses:
 *   OK         it counts from now on
 *   END        known already
 *   CONFLICT   another body of this sender, kind and view. Of votes the first and the newest count
 *              (only a faulty member casts two, and b votes are enough for that), of proposals the
 *              first
 *   LIMIT      too far ahead: only the sender's place was noted. Or the arena is full
 *   BAD_INPUT  sender, kind, view or valid view out of range */
KW_MUST_USE kw_status kw_ballots_add(kw_ballots *ballots, kw_ballot_receipt *out,
                                     const kw_agreement_message *message, uint32_t view);

/* What is known of a view; NULL when nothing is. */
const kw_ballot_view *kw_ballots_view(const kw_ballots *ballots, uint32_t view);

/* Whether this message counts, or is the second proposal of its view. */
bool kw_ballots_has(const kw_ballots *ballots, const kw_agreement_message *message);

/* Members with a vote for `value` in the box; the box may be empty, all zeros. */
uint16_t kw_ballot_box_count(const kw_ballots *ballots, const kw_ballot_box *box,
                             const kw_hash32 *value);

/* The highest view that at least `members` members have reached; NO_VIEW when there is none. */
uint32_t kw_ballots_reached_by(const kw_ballots *ballots, uint16_t members);

bool kw_agreement_is_nil(const kw_hash32 *value);
bool kw_agreement_is_same(const kw_hash32 *a, const kw_hash32 *b);

#endif /* KW_THRESHOLD_ENGINE_AGREEMENT_BALLOTS_H */
