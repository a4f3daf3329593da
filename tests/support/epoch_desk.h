/* SPDX-License-Identifier: Apache-2.0
 * Epochs with their certificates, one after the other, made by somebody who holds every key and
 * every share; and each message that a member would have signed. */
#ifndef KW_TESTS_SUPPORT_EPOCH_DESK_H
#define KW_TESTS_SUPPORT_EPOCH_DESK_H

#include "support/peers.h"
#include "support/seeded_rng.h"
#include "support/toy_group.h"
#include "threshold/engine/epoch/succession.h"

enum {
    EPOCH_DESK_MEMBERS_MAX = 16,
};

typedef struct epoch_desk {
    const kw_group *group;
    uint8_t curve; /* of the members' keys */
    kw_arena arena;
    seeded_rng seeded;
    kw_rng rng;
    kw_hash32 cluster_id;
} epoch_desk;

/* Stays where it is: parts point at each other. */
typedef struct desk_epoch {
    const struct desk_epoch *before; /* NULL: this is genesis */
    kw_quorum quorum;
    kw_roster roster;
    peer peers[EPOCH_DESK_MEMBERS_MAX]; /* by index - 1; so the others */
    kw_group_secret shares[EPOCH_DESK_MEMBERS_MAX];
    kw_group_secret coefficients[EPOCH_DESK_MEMBERS_MAX];
    kw_group_g2 polynomial[EPOCH_DESK_MEMBERS_MAX];
    kw_dealing_ref dealings[EPOCH_DESK_MEMBERS_MAX];
    kw_certificate certificate; /* all COMMITs, precommits of the first b in view 0 */
} desk_epoch;

void epoch_desk_open(epoch_desk *desk, const kw_group *group, uint8_t curve);
void epoch_desk_close(epoch_desk *desk);

/* Who is in an epoch: the peers `first`, `first` + 1, ... */
typedef struct desk_plan {
    uint32_t first;
    uint16_t n;
    uint32_t attempt; /* tells candidates of one epoch apart */
} desk_plan;

/* Makes the epoch after `before`, NULL: genesis. */
void epoch_desk_make(epoch_desk *desk, desk_epoch *out, const desk_epoch *before, desk_plan plan);

/* Signed messages of member `index`, in the arena: of the new roster, of the outgoing one. */
kw_authenticated epoch_desk_commit(epoch_desk *desk, const desk_epoch *epoch, uint16_t index);
kw_authenticated epoch_desk_seal(epoch_desk *desk, const desk_epoch *epoch, uint16_t index);
kw_authenticated epoch_desk_vote(epoch_desk *desk, const desk_epoch *epoch, kw_message_type type,
                                 uint16_t index, uint32_t view);
kw_authenticated epoch_desk_propose(epoch_desk *desk, const desk_epoch *epoch, uint16_t index,
                                    uint32_t view);

/* The same of any message; its header names the peer. */
kw_authenticated epoch_desk_sign(epoch_desk *desk, const kw_message *message,
                                 const kw_message_scope *scope, const peer *signer);

/* The epoch that votes about this one: that before, at genesis itself. */
const desk_epoch *epoch_desk_outgoing(const desk_epoch *epoch);

/* What is known before the epoch. */
kw_head epoch_desk_head(const epoch_desk *desk, const desk_epoch *epoch);

/* Checks with real signatures; borrows the arena. */
kw_candidate_judge epoch_desk_judge(epoch_desk *desk, kw_arena *arena);

static inline kw_candidate_form epoch_desk_form(const epoch_desk *desk)
{
    return (kw_candidate_form){desk->group, &peer_schemes_test};
}

#endif /* KW_TESTS_SUPPORT_EPOCH_DESK_H */
