/* SPDX-License-Identifier: Apache-2.0
 * A coin that the operators of a cluster flip: each commits itself to a value, and reveals it when
 * it has the commitments of all. No operator chooses the coin; the last to reveal can only withhold
 * it, and then there is none. Source: threshold.md section 1. Keccak-256, of a label and
 *
 *   commitment  KEYWARD-V1-COIN-VALUE   roster hash | address | value
 *   list        KEYWARD-V1-COIN-LIST    roster hash | all commitments, by address
 *   coin        KEYWARD-V1-COIN-FLIP    roster hash | all values, by address
 *
 * and what operators sign:
 *
 *               KEYWARD-V1-COIN-COMMIT  roster hash | address | commitment
 *               KEYWARD-V1-COIN-REVEAL  roster hash | address | list | value */
#ifndef KW_THRESHOLD_COIN_H
#define KW_THRESHOLD_COIN_H

#include "threshold/engine/roster/operators.h"
#include "threshold/operator_key.h"

/* What one operator gives: first its commitment, then the same with what it reveals. */
typedef struct kw_coin_part {
    kw_str address; /* of its entry, as the next three */
    int curve;      /* KW_PEER_BN254, KW_PEER_ECDSA */
    kw_span key;
    kw_span proof;    /* of possession */
    kw_hash32 roster; /* of those who flip */
    kw_hash32 commitment;
    kw_span signature; /* of the commitment */
    kw_hash32 list;
    kw_hash32 value;
    kw_span reveal; /* signature of list and value; empty: nothing is revealed yet */
} kw_coin_part;

static inline bool kw_coin_part_is_revealed(const kw_coin_part *part)
{
    return part->reveal.len > 0;
}

typedef struct kw_coin_parts {
    kw_coin_part *items;
    size_t count;
} kw_coin_parts;

/* Who takes part, for its own steps. Borrows. */
typedef struct kw_coin_seat {
    const kw_roster *roster;    /* of all who flip */
    const kw_operator_row *row; /* its entry there */
    const kw_operator_secret *key;
} kw_coin_seat;

/* Commits to a value that is used once. `out` borrows from the row and the arena. REFUSED: the
 * operator is not in the roster, or the key is not its. LIMIT: the arena is full.
 * CT: leaks nothing of `value`, constant time in the key. */
KW_MUST_USE kw_status kw_coin_commit(kw_coin_part *out, kw_arena *arena, const kw_coin_seat *seat,
                                     const kw_secret32 *value, kw_error *err);

/* A flip with the commitments of all. Lives in an arena. */
typedef struct kw_coin_flip {
    kw_roster roster;
    kw_coin_part *parts; /* of member `index` at index - 1 */
    kw_hash32 list;
} kw_coin_flip;

/* Takes what operators gave, in any order; a commitment may come again with what was revealed.
 * Everything in it then holds, but not everybody need have revealed. BAD_INPUT: nothing.
 * REFUSED: a commitment is missing or one too many, they are of several flips, or a value is not
 * what its operator committed to. UNAUTHENTICATED: a signature is wrong. CONFLICT: an operator
 * gave two commitments or two values, one was copied from another, or the lists differ. The text
 * names the operator. Else as kw_roster_make. */
KW_MUST_USE kw_status kw_coin_flip_of_parts(kw_coin_flip *out, kw_arena *arena, kw_coin_parts parts,
                                            kw_error *err);

/* The operator's part with the value revealed; from then on it is public. REFUSED: the commitment
 * in the flip is not the one to this value, and as kw_coin_commit.
 * CT: shows `value`, constant time in the key. */
KW_MUST_USE kw_status kw_coin_reveal(kw_coin_part *out, kw_arena *arena, const kw_coin_flip *flip,
                                     const kw_coin_seat *seat, const kw_secret32 *value,
                                     kw_error *err);

/* The coin. UNAVAILABLE: somebody has not revealed its value; the text says how many. */
KW_MUST_USE kw_status kw_coin_flip_end(const kw_coin_flip *flip, kw_hash32 *out, kw_error *err);

#endif /* KW_THRESHOLD_COIN_H */
