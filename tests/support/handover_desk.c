/* SPDX-License-Identifier: Apache-2.0
 * One member of a handover on a desk. */
#include "support/handover_desk.h"

#include "support/expect.h"

static bool can_form(void *ctx, const kw_candidate *candidate)
{
    const handover_desk *desk = ctx;
    return candidate != NULL && desk->can_form;
}

static const kw_group_secret *share(void *ctx, const kw_candidate *decided)
{
    const handover_desk *desk = ctx;
    assert_non_null(decided);
    uint16_t index = kw_roster_index(&desk->first.roster, &desk->setup.self);
    return desk->has_share ? &desk->first.shares[index - 1] : NULL;
}

void handover_desk_open(handover_desk *desk, uint16_t self)
{
    *desk = (handover_desk){.can_form = true, .has_share = true, .now = 1000};
    epoch_desk_open(&desk->epochs, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk->epochs, &desk->first, NULL, (desk_plan){1, 4, 0});
    epoch_desk_make(&desk->epochs, &desk->next[0], &desk->first, (desk_plan){2, 5, 0});
    epoch_desk_make(&desk->epochs, &desk->next[1], &desk->first, (desk_plan){1, 4, 1});
    const peer *p = self == 0 ? NULL : &desk->first.peers[self - 1];
    for (uint16_t j = 0; p == NULL && j < desk->next[0].quorum.n; j++) {
        const peer *other = &desk->next[0].peers[j];
        p = kw_roster_index(&desk->first.roster, &other->address) == 0 ? other : NULL;
    }
    assert_non_null(p);
    desk->setup = (kw_handover_setup){.group = desk->epochs.group,
                                      .head = epoch_desk_head(&desk->epochs, &desk->next[0]),
                                      .self = p->address,
                                      .signer = p->signer,
                                      .rng = desk->epochs.rng,
                                      .delta_ms = HANDOVER_DESK_DELTA_MS,
                                      .port = {desk, can_form, share},
                                      .lasting = &desk->lasting,
                                      .scratch = &desk->scratch};
    desk->lasting = kw_arena_init(kw_handover_memory_bytes(&desk->setup));
    desk->scratch = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    EXPECT_OK(kw_handover_begin(&desk->h, &desk->setup));
}

void handover_desk_close(handover_desk *desk)
{
    kw_arena_drop(&desk->lasting);
    kw_arena_drop(&desk->scratch);
    epoch_desk_close(&desk->epochs);
}

kw_status handover_desk_restart(handover_desk *desk, kw_span record)
{
    kw_arena_drop(&desk->lasting);
    kw_arena_drop(&desk->scratch);
    return kw_handover_resume(&desk->h, &desk->setup, &peer_schemes_test, record, desk->now);
}

void handover_desk_expect(handover_desk *desk, kw_handover_act act)
{
    EXPECT_OK(kw_handover_next(desk->h, &desk->action, desk->now));
    assert_int_equal(desk->action.act, act);
}

kw_message handover_desk_expect_send(handover_desk *desk, kw_message_type type)
{
    handover_desk_expect(desk, KW_HANDOVER_SEND);
    assert_int_equal(desk->action.letters_count, 1);
    const kw_authenticated *sent = &desk->action.letters[0]->message;
    bool is_seal = type == KW_MESSAGE_SEAL;
    kw_message_scope scope =
        kw_candidate_scope(&desk->next[0].certificate.candidate, desk->epochs.group);
    scope.instance = is_seal ? KW_INSTANCE_SET : KW_INSTANCE_HANDOVER;
    kw_message message;
    EXPECT_OK(kw_message_decode(&message, &desk->epochs.arena, sent->payload, &scope));
    assert_int_equal(message.header.type, type);
    uint16_t index = kw_roster_index(&desk->first.roster, &desk->setup.self);
    assert_true(kw_authenticated_is_from(sent, kw_roster_at(&desk->first.roster, index)));
    return message;
}

void handover_desk_offer(handover_desk *desk, size_t which)
{
    EXPECT_OK(kw_handover_offer(desk->h, &desk->next[which].certificate.candidate, desk->now));
}

uint16_t handover_desk_proposer(const handover_desk *desk, uint32_t view)
{
    kw_hash32 iid;
    kw_certificate_iid(&iid, &desk->next[0].certificate);
    return kw_agreement_proposer(&iid, desk->first.quorum.n, view);
}

void handover_desk_propose(handover_desk *desk, size_t which, uint32_t view)
{
    uint16_t proposer = handover_desk_proposer(desk, view);
    kw_authenticated message =
        epoch_desk_propose(&desk->epochs, &desk->next[which], proposer, view);
    EXPECT_OK(kw_handover_take(desk->h, &message, proposer, desk->now));
}

void handover_desk_vote(handover_desk *desk, size_t which, kw_message_type type, uint16_t voter,
                        uint32_t view)
{
    kw_authenticated message =
        epoch_desk_vote(&desk->epochs, &desk->next[which], type, voter, view);
    EXPECT_OK(kw_handover_take(desk->h, &message, voter, desk->now));
}

void handover_desk_seal(handover_desk *desk, size_t which, uint16_t voter)
{
    kw_authenticated message = epoch_desk_seal(&desk->epochs, &desk->next[which], voter);
    EXPECT_OK(kw_handover_take(desk->h, &message, voter, desk->now));
}

void handover_desk_decide(handover_desk *desk)
{
    uint16_t self = kw_roster_index(&desk->first.roster, &desk->setup.self);
    handover_desk_offer(desk, 0);
    if (handover_desk_proposer(desk, 0) != self) {
        handover_desk_propose(desk, 0, 0);
    }
    for (uint16_t voter = 1; voter <= 4; voter++) {
        if (voter != self) {
            handover_desk_vote(desk, 0, KW_MESSAGE_PRECOMMIT, voter, 0);
        }
    }
    do {
        EXPECT_OK(kw_handover_next(desk->h, &desk->action, desk->now));
        assert_int_not_equal(desk->action.act, KW_HANDOVER_IDLE);
    } while (desk->action.act != KW_HANDOVER_DECIDED);
}
