/* SPDX-License-Identifier: Apache-2.0
 * One engine, and a port that says what the test wants. */
#include "support/agreement_desk.h"

#include "crypto/keccak.h"
#include "support/expect.h"

static kw_agreement_verdict judge(void *ctx, const kw_agreement_message *proposal)
{
    agreement_desk *desk = ctx;
    assert_int_equal(proposal->kind, KW_AGREEMENT_PROPOSE);
    desk->judged++;
    return desk->verdict;
}

static bool is_fresh(void *ctx, const kw_agreement_message *proposal)
{
    const agreement_desk *desk = ctx;
    assert_int_equal(proposal->kind, KW_AGREEMENT_PROPOSE);
    return desk->is_fresh;
}

static bool offer(void *ctx, kw_hash32 *value)
{
    const agreement_desk *desk = ctx;
    if (desk->has_offer) {
        *value = desk_value('o');
    }
    return desk->has_offer;
}

void desk_open(agreement_desk *desk, uint16_t self)
{
    static const kw_hash32 iid = {{0x53, 0x74, 0xf3, 0x14, 0xe6, 0xd8, 0x64, 0x6d, 0x9b, 0x9e, 0xbc,
                                   0x25, 0xb4, 0x11, 0xc7, 0x2a, 0x05, 0xa7, 0xb8, 0xbe, 0x2d, 0x22,
                                   0x45, 0xe4, 0xa5, 0x32, 0x2b, 0x9d, 0x5e, 0xbb, 0xec, 0xdc}};
    *desk = (agreement_desk){.arena = kw_arena_init(1 << 22),
                             .verdict = KW_AGREEMENT_HELD,
                             .is_fresh = true,
                             .has_offer = true,
                             .now = 1000};
    desk->setup = (kw_agreement_setup){
        .iid = iid,
        .quorum = {.n = 4, .f = 1, .t = 3, .q = 3, .b = 3},
        .self = self,
        .delta_ms = DESK_DELTA_MS,
        .arena = &desk->arena,
        .port = {.ctx = desk, .judge = judge, .is_fresh = is_fresh, .offer = offer},
    };
    EXPECT_OK(kw_agreement_init(&desk->engine, &desk->setup));
    kw_agreement_enter(&desk->engine, desk->now);
}

void desk_close(agreement_desk *desk)
{
    kw_arena_drop(&desk->arena);
}

int desk_set_up(void **state)
{
    static agreement_desk desk;
    desk_open(&desk, 1);
    *state = &desk;
    return 0;
}

int desk_tear_down(void **state)
{
    desk_close(*state);
    return 0;
}

kw_hash32 desk_value(char letter)
{
    kw_hash32 value;
    memset(value.bytes, letter, sizeof value.bytes);
    return value;
}

kw_agreement_message desk_message(kw_agreement_kind kind, uint16_t sender, uint32_t view,
                                  char letter)
{
    const uint32_t content[] = {kind, sender, view, (uint32_t)letter};
    kw_agreement_message message = {
        .kind = kind,
        .sender = sender,
        .view = view,
        .valid_view = KW_AGREEMENT_NO_VIEW,
        .value = desk_value(letter),
    };
    kw_keccak256(&message.id, KW_SPAN(content));
    return message;
}

void desk_take(agreement_desk *desk, kw_agreement_kind kind, uint16_t sender, uint32_t view,
               char letter)
{
    kw_ballot_receipt receipt;
    kw_agreement_message message = desk_message(kind, sender, view, letter);
    EXPECT_OK(kw_agreement_take(&desk->engine, &receipt, &message, sender));
}

void desk_propose(agreement_desk *desk, uint32_t view, uint32_t valid_view, char letter)
{
    kw_ballot_receipt receipt;
    uint16_t sender = kw_agreement_proposer(&desk->setup.iid, 4, view);
    kw_agreement_message message = desk_message(KW_AGREEMENT_PROPOSE, sender, view, letter);
    message.valid_view = valid_view;
    EXPECT_OK(kw_agreement_take(&desk->engine, &receipt, &message, sender));
}

void desk_expect(agreement_desk *desk, kw_agreement_act act)
{
    kw_agreement_next(&desk->engine, &desk->action, desk->now);
    assert_int_equal(desk->action.act, act);
}

void desk_expect_send(agreement_desk *desk, kw_agreement_kind kind, uint32_t view, char letter)
{
    desk_expect(desk, KW_AGREEMENT_SEND);
    const kw_agreement_message *sent = &desk->action.send;
    kw_hash32 wanted = desk_value(letter);
    assert_int_equal(sent->kind, kind);
    assert_int_equal(sent->sender, desk->setup.self);
    assert_int_equal(sent->view, view);
    EXPECT_SPAN(KW_SPAN(sent->value.bytes), KW_SPAN(wanted.bytes));
    kw_ballot_receipt receipt;
    kw_agreement_message own = desk_message(kind, sent->sender, view, letter);
    own.valid_view = sent->valid_view;
    EXPECT_OK(kw_agreement_take(&desk->engine, &receipt, &own, own.sender));
}

void desk_to_next_view(agreement_desk *desk)
{
    for (uint16_t sender = 2; sender <= 3; sender++) {
        desk_take(desk, KW_AGREEMENT_PREVOTE, sender, 1, 0);
    }
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->engine.state.view, 1);
}
