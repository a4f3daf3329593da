/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/agreement/agreement.h"

#include "support/agreement_desk.h"
#include "support/expect.h"

#define PROPOSE   KW_AGREEMENT_PROPOSE
#define PREVOTE   KW_AGREEMENT_PREVOTE
#define PRECOMMIT KW_AGREEMENT_PRECOMMIT
#define NO_VIEW   KW_AGREEMENT_NO_VIEW

/* The member is locked on 'a' since view 0, and in view 1. */
static void lock_on_a(agreement_desk *desk)
{
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    desk_take(desk, PREVOTE, 2, 0, 'a');
    desk_take(desk, PREVOTE, 3, 0, 'a');
    desk_expect_send(desk, PRECOMMIT, 0, 'a');
    desk_to_next_view(desk);
}

static void proposer__is_the_one_of_the_design(void **state)
{
    (void)state;
    agreement_desk desk;
    desk_open(&desk, 1);
    static const uint16_t wanted[] = {4, 4, 4, 1, 4, 3, 1, 3};
    for (uint32_t view = 0; view < KW_COUNT(wanted); view++) {
        assert_int_equal(kw_agreement_proposer(&desk.setup.iid, 4, view), wanted[view]);
        assert_int_equal(kw_agreement_proposer(&desk.setup.iid, 1, view), 1);
    }
    desk_close(&desk);
}

static void init__says_limit_when_the_arena_is_small(void **state)
{
    agreement_desk *desk = *state;
    for (size_t max = 0; max < 512; max += 64) {
        kw_agreement engine;
        KW_AUTO(kw_arena) arena = kw_arena_init(max);
        desk->setup.arena = &arena;
        EXPECT_STATUS(kw_agreement_init(&engine, &desk->setup), KW_LIMIT);
    }
}

static void arena_bytes__are_enough_for_every_view(void **state)
{
    agreement_desk *desk = *state;
    static kw_agreement engine;
    KW_AUTO(kw_arena) arena = kw_arena_init(kw_agreement_arena_bytes(&desk->setup.quorum));
    desk->setup.arena = &arena;
    EXPECT_OK(kw_agreement_init(&engine, &desk->setup));
    for (uint32_t view = 0; view < KW_AGREEMENT_VIEWS_MAX; view++) {
        for (uint16_t sender = 1; sender <= 5; sender++) { /* the fourth twice */
            kw_ballot_receipt receipt;
            uint16_t who = KW_MIN(sender, 4);
            kw_agreement_message prevote = desk_message(PREVOTE, who, view, (char)('a' + sender));
            kw_agreement_message precommit =
                desk_message(PRECOMMIT, who, view, (char)('a' + sender));
            kw_status wanted = sender == 5 ? KW_CONFLICT : KW_OK;
            EXPECT_STATUS(kw_ballots_add(&engine.ballots, &receipt, &prevote, view), wanted);
            EXPECT_STATUS(kw_ballots_add(&engine.ballots, &receipt, &precommit, view), wanted);
        }
    }
    assert_true(arena.used > arena.max / 2);
}

static void view__decides_with_three_votes(void **state)
{
    agreement_desk *desk = *state;
    kw_agreement_decision decision;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk_take(desk, PREVOTE, 2, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk_take(desk, PREVOTE, 4, 0, 'a');
    desk_expect_send(desk, PRECOMMIT, 0, 'a');
    desk_take(desk, PRECOMMIT, 4, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_false(kw_agreement_decision_of(&desk->engine, &decision));
    desk_take(desk, PRECOMMIT, 3, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_true(kw_agreement_decision_of(&desk->engine, &decision));
    static const uint16_t senders[] = {1, 3, 4};
    assert_int_equal(decision.view, 0);
    assert_int_equal(decision.value.bytes[0], 'a');
    assert_int_equal(decision.certificate->count, 3);
    assert_memory_equal(decision.certificate->senders, senders, sizeof senders);
    kw_agreement_message third = desk_message(PRECOMMIT, 4, 0, 'a');
    EXPECT_SPAN(KW_SPAN(decision.certificate->ids[2].bytes), KW_SPAN(third.id.bytes));
    assert_true(kw_agreement_wake_at(&desk->engine) == KW_AGREEMENT_NEVER);
}

static void decision__needs_one_value_one_view_and_no_nil(void **state)
{
    agreement_desk *desk = *state;
    kw_agreement_decision decision;
    desk_take(desk, PRECOMMIT, 2, 0, 'a');
    desk_take(desk, PRECOMMIT, 3, 0, 'a');
    desk_take(desk, PRECOMMIT, 4, 0, 'b');
    desk_take(desk, PRECOMMIT, 4, 1, 'a');
    desk_take(desk, PRECOMMIT, 1, 2, 0);
    desk_take(desk, PRECOMMIT, 2, 2, 0);
    desk_take(desk, PRECOMMIT, 3, 2, 0);
    assert_false(kw_agreement_decision_of(&desk->engine, &decision));
}

static void decision__comes_from_another_view_and_without_the_list(void **state)
{
    agreement_desk *desk = *state;
    desk_to_next_view(desk);
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 0, 'a');
    }
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    assert_int_equal(desk->judged, 0);
}

static void proposal__is_taken_of_the_proposer_only(void **state)
{
    agreement_desk *desk = *state;
    kw_ballot_receipt receipt;
    for (uint16_t sender = 0; sender <= 5; sender++) {
        kw_agreement_message message = desk_message(PROPOSE, sender, 0, 'a');
        EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &message, sender),
                      sender == 4 ? KW_OK : KW_REFUSED);
    }
    kw_agreement_message second = desk_message(PROPOSE, 4, 0, 'b');
    kw_agreement_message first = desk_message(PROPOSE, 4, 0, 'a');
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &first, 4), KW_END);
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &second, 4), KW_CONFLICT);
    EXPECT_SPAN(KW_SPAN(receipt.rival.bytes), KW_SPAN(first.id.bytes));
    desk_expect_send(desk, PREVOTE, 0, 'a');
}

static void proposal__that_is_refused_gets_nil(void **state)
{
    agreement_desk *desk = *state;
    desk->verdict = KW_AGREEMENT_REFUSED;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 0);
    assert_false(desk->action.wants);
}

static void proposal__that_lacks_something_is_waited_for(void **state)
{
    agreement_desk *desk = *state;
    desk->verdict = KW_AGREEMENT_LACKING;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->verdict = KW_AGREEMENT_HELD;
    desk_expect_send(desk, PREVOTE, 0, 'a');
}

static void proposal__that_stays_incomplete_times_out(void **state)
{
    agreement_desk *desk = *state;
    desk->verdict = KW_AGREEMENT_LACKING;
    desk_propose(desk, 0, NO_VIEW, 'a');
    assert_true(kw_agreement_wake_at(&desk->engine) == desk->now + DESK_DELTA_MS);
    desk->now += DESK_DELTA_MS - 1;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now += 1;
    desk_expect_send(desk, PREVOTE, 0, 0);
    /* b prevotes of others for it: no lock on what is not held */
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PREVOTE, sender, 0, 'a');
    }
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->verdict = KW_AGREEMENT_HELD;
    desk_expect_send(desk, PRECOMMIT, 0, 'a');
}

static void proposal__that_is_not_fresh_gets_nil_and_a_list(void **state)
{
    agreement_desk *desk = *state;
    desk->is_fresh = false;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 0);
    kw_agreement_message source = desk_message(PROPOSE, 4, 0, 'a');
    assert_true(desk->action.wants);
    EXPECT_SPAN(KW_SPAN(desk->action.source.bytes), KW_SPAN(source.id.bytes));
}

static void proposal__with_earlier_prevotes_need_not_be_fresh(void **state)
{
    agreement_desk *desk = *state;
    desk->is_fresh = false;
    desk_to_next_view(desk);
    desk_propose(desk, 1, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE); /* its prevotes are not here */
    desk_take(desk, PREVOTE, 2, 0, 'a');
    desk_take(desk, PREVOTE, 3, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk_take(desk, PREVOTE, 4, 0, 'a');
    desk_expect_send(desk, PREVOTE, 1, 'a');
}

static void proposal__with_prevotes_for_another_value_waits(void **state)
{
    agreement_desk *desk = *state;
    desk_to_next_view(desk);
    desk_propose(desk, 1, 0, 'a');
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PREVOTE, sender, 0, 'b');
    }
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now += 2 * DESK_DELTA_MS;
    desk_expect_send(desk, PREVOTE, 1, 0);
}

static void lock__refuses_another_fresh_value(void **state)
{
    agreement_desk *desk = *state;
    lock_on_a(desk);
    uint32_t judged = desk->judged;
    desk_propose(desk, 1, NO_VIEW, 'b');
    desk_expect_send(desk, PREVOTE, 1, 0);
    assert_int_equal(desk->judged, judged);
}

static void lock__accepts_its_own_value_even_if_it_is_not_fresh(void **state)
{
    agreement_desk *desk = *state;
    lock_on_a(desk);
    desk->is_fresh = false;
    desk_propose(desk, 1, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 1, 'a');
}

static void lock__yields_to_prevotes_of_its_view_or_later(void **state)
{
    agreement_desk *desk = *state;
    lock_on_a(desk);
    for (uint16_t sender = 2; sender <= 3; sender++) {
        desk_take(desk, PRECOMMIT, sender, 2, 0);
        desk_take(desk, PREVOTE, sender, 2, 'b');
    }
    desk_take(desk, PREVOTE, 4, 2, 'b');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk_take(desk, PREVOTE, 2, 4, 0);
    desk_take(desk, PREVOTE, 3, 4, 0);
    desk_propose(desk, 4, 2, 'b');
    desk_expect_send(desk, PREVOTE, 4, 'b');
}

static void lock__does_not_yield_to_earlier_prevotes(void **state)
{
    agreement_desk *desk = *state;
    desk_to_next_view(desk);
    desk_propose(desk, 1, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 1, 'a');
    kw_ballot_receipt receipt;
    for (uint16_t sender = 2; sender <= 3; sender++) { /* they voted nil before: two bodies */
        kw_agreement_message again = desk_message(PREVOTE, sender, 1, 'a');
        EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &again, sender), KW_CONFLICT);
    }
    desk_expect_send(desk, PRECOMMIT, 1, 'a');
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PREVOTE, sender, 0, 'b');
    }
    desk_take(desk, PREVOTE, 2, 2, 0);
    desk_take(desk, PREVOTE, 3, 2, 0);
    desk_propose(desk, 2, 0, 'b');
    desk_expect_send(desk, PREVOTE, 2, 0);
}

static void proposer__repeats_its_valid_value_with_its_prevotes(void **state)
{
    agreement_desk *desk = *state;
    lock_on_a(desk);
    desk_take(desk, PREVOTE, 2, 3, 0);
    desk_take(desk, PREVOTE, 3, 3, 0);
    desk_expect_send(desk, PROPOSE, 3, 'a');
    kw_agreement_message source = desk_message(PROPOSE, 4, 0, 'a');
    assert_int_equal(desk->action.send.valid_view, 0);
    EXPECT_SPAN(KW_SPAN(desk->action.source.bytes), KW_SPAN(source.id.bytes));
    desk_expect_send(desk, PREVOTE, 3, 'a');
    desk_expect(desk, KW_AGREEMENT_RELAY);
    /* both own messages, the list's first bringer, three prevotes */
    assert_int_equal(desk->action.ids_count, 6);
    assert_int_equal(desk->action.to, 0);
    for (uint16_t sender = 1; sender <= 3; sender++) {
        kw_agreement_message vote = desk_message(PREVOTE, sender, 0, 'a');
        EXPECT_SPAN(KW_SPAN(desk->action.ids[2 + sender].bytes), KW_SPAN(vote.id.bytes));
    }
}

static void proposer__offers_when_it_has_something(void **state)
{
    agreement_desk *desk = *state;
    desk->has_offer = false;
    desk_take(desk, PREVOTE, 2, 3, 0);
    desk_take(desk, PREVOTE, 3, 3, 0);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->has_offer = true;
    desk_expect_send(desk, PROPOSE, 3, 'o');
    assert_true(desk->action.send.valid_view == NO_VIEW);
    assert_true(kw_agreement_is_nil(&desk->action.source));
    desk_expect_send(desk, PREVOTE, 3, 'o');
    desk_expect(desk, KW_AGREEMENT_IDLE);
}

static void valid_value__follows_prevotes_after_the_precommit(void **state)
{
    agreement_desk *desk = *state;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    desk_take(desk, PREVOTE, 2, 0, 0);
    desk_take(desk, PREVOTE, 3, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now += DESK_DELTA_MS;
    desk_expect_send(desk, PRECOMMIT, 0, 0);
    desk_take(desk, PREVOTE, 4, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_true(desk->engine.state.locked_view == NO_VIEW);
    assert_int_equal(desk->engine.state.valid_view, 0);
}

static void nil_prevotes__end_the_view_at_once(void **state)
{
    agreement_desk *desk = *state;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_expect(desk, KW_AGREEMENT_IDLE);
        desk_take(desk, PREVOTE, sender, 0, 0);
    }
    desk_expect_send(desk, PRECOMMIT, 0, 0);
}

static void timeouts__grow_by_half_of_delta_with_the_view(void **state)
{
    agreement_desk *desk = *state;
    for (uint32_t view = 0; view < 2; view++) {
        uint64_t timeout = DESK_DELTA_MS + view * DESK_DELTA_MS / 2;
        desk->now += timeout;
        desk_expect_send(desk, PREVOTE, view, 0);
        desk_take(desk, PREVOTE, 2, view, 'a');
        desk_expect(desk, KW_AGREEMENT_IDLE);
        desk_take(desk, PREVOTE, 3, view, 'b');
        desk_expect(desk, KW_AGREEMENT_IDLE);
        desk->now += timeout - 1;
        desk_expect(desk, KW_AGREEMENT_IDLE);
        desk->now += 1;
        desk_expect_send(desk, PRECOMMIT, view, 0);
        desk_take(desk, PRECOMMIT, 2, view, 0);
        desk_take(desk, PRECOMMIT, 3, view, 'b');
        desk_expect(desk, KW_AGREEMENT_IDLE);
        desk->now += timeout - 1;
        desk_expect(desk, KW_AGREEMENT_IDLE);
        assert_int_equal(desk->engine.state.view, view);
        desk->now += 1;
        desk_expect(desk, KW_AGREEMENT_IDLE);
        assert_int_equal(desk->engine.state.view, view + 1);
    }
}

static void view__is_skipped_when_an_honest_member_is_further(void **state)
{
    agreement_desk *desk = *state;
    desk_take(desk, PREVOTE, 2, 5, 0);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->engine.state.view, 0);
    desk_take(desk, PRECOMMIT, 3, 2, 0);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->engine.state.view, 2);
}

static void view__far_ahead_is_only_noted(void **state)
{
    agreement_desk *desk = *state;
    kw_ballot_receipt receipt;
    kw_agreement_message far = desk_message(PREVOTE, 2, 500, 0);
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &far, 2), KW_LIMIT);
    far = desk_message(PREVOTE, 3, 400, 0);
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &far, 3), KW_LIMIT);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->engine.state.view, 400);
}

static void last_view__does_not_end(void **state)
{
    agreement_desk *desk = *state;
    kw_ballot_receipt receipt;
    uint32_t last = KW_AGREEMENT_VIEWS_MAX - 1;
    for (uint16_t sender = 2; sender <= 3; sender++) {
        kw_agreement_message far = desk_message(PRECOMMIT, sender, last, 0);
        EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &far, sender), KW_LIMIT);
    }
    desk_expect(desk, KW_AGREEMENT_IDLE);
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, last, sender == 4 ? 'a' : 0);
    }
    desk->now = kw_agreement_wake_at(&desk->engine);
    if (kw_agreement_proposer(&desk->setup.iid, 4, last) != 1) {
        desk_expect_send(desk, PREVOTE, last, 0);
    }
    desk->now += UINT64_C(1) << 40;
    desk_expect(desk, KW_AGREEMENT_RELAY);
    assert_int_equal(desk->engine.state.view, last);
    assert_true(kw_agreement_wake_at(&desk->engine) > desk->now);
}

static void onlooker__learns_the_decision_and_says_nothing(void **state)
{
    (void)state;
    agreement_desk desk;
    desk_open(&desk, 0);
    desk_propose(&desk, 0, NO_VIEW, 'a');
    desk.now += 100 * DESK_DELTA_MS;
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    assert_true(kw_agreement_wake_at(&desk.engine) == KW_AGREEMENT_NEVER);
    for (uint16_t sender = 1; sender <= 3; sender++) {
        desk_take(&desk, PRECOMMIT, sender, 7, 'a');
    }
    desk_expect(&desk, KW_AGREEMENT_DECIDED);
    desk_close(&desk);
}

static void onlooker__follows_a_decision_in_a_late_view(void **state)
{
    (void)state;
    agreement_desk desk;
    desk_open(&desk, 0);
    kw_ballot_receipt receipt;
    for (uint16_t sender = 1; sender <= 2; sender++) { /* f + 1: one of them is honest */
        kw_agreement_message vote = desk_message(PRECOMMIT, sender, 500, 'a');
        EXPECT_STATUS(kw_agreement_take(&desk.engine, &receipt, &vote, sender), KW_LIMIT);
    }
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    for (uint16_t sender = 1; sender <= 3; sender++) { /* they come again */
        desk_take(&desk, PRECOMMIT, sender, 500, 'a');
    }
    desk_expect(&desk, KW_AGREEMENT_DECIDED);
    desk_close(&desk);
}

/* However much a faulty member signs, two of its bodies are kept. */
static void equivocator__costs_two_bodies_for_each_kind_and_view(void **state)
{
    agreement_desk *desk = *state;
    kw_agreement_message kept[4];
    size_t count = 0;
    desk_propose(desk, 0, NO_VIEW, 'a');
    for (int i = 1; i < 120; i++) {
        kw_ballot_receipt receipt;
        kw_agreement_message vote = desk_message(PREVOTE, 3, 0, (char)i);
        kw_status st = kw_agreement_take(&desk->engine, &receipt, &vote, 3);
        EXPECT_STATUS(st, i == 1 ? KW_OK : KW_CONFLICT);
        kept[count++] = vote;
        for (size_t k = 0; k < count; k++) {
            if (kw_agreement_is_same(&kept[k].id, &receipt.spare)) {
                assert_false(kw_agreement_needs(&desk->engine, &kept[k]));
                kept[k] = kept[--count];
            }
        }
        assert_in_range(count, 1, 2);
    }
    for (size_t k = 0; k < count; k++) {
        assert_true(kw_agreement_needs(&desk->engine, &kept[k]));
    }
}

/* A vote that others need is not given up because its member signed a third one. */
static void equivocator__cannot_take_a_vote_out_of_a_proof(void **state)
{
    agreement_desk *desk = *state;
    kw_ballot_receipt receipt;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    static const char letters[] = {'x', 'y'};
    for (size_t i = 0; i < KW_COUNT(letters); i++) {
        kw_agreement_message vote = desk_message(PRECOMMIT, 3, 0, letters[i]);
        EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &vote, 3),
                      i == 0 ? KW_OK : KW_CONFLICT);
    }
    desk_take(desk, PRECOMMIT, 2, 0, 0);
    desk_take(desk, PRECOMMIT, 4, 0, 0);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now += DESK_DELTA_MS;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->engine.state.view, 1);
    kw_agreement_message first = desk_message(PRECOMMIT, 3, 0, 'x');
    assert_true(kw_agreement_needs(&desk->engine, &first));
    kw_agreement_message third = desk_message(PRECOMMIT, 3, 0, 'z');
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &third, 3), KW_CONFLICT);
    kw_agreement_message second = desk_message(PRECOMMIT, 3, 0, 'y');
    EXPECT_SPAN(KW_SPAN(receipt.spare.bytes), KW_SPAN(second.id.bytes));
    for (uint16_t i = 0; i < desk->engine.state.entry.count; i++) {
        assert_false(kw_agreement_is_same(&receipt.spare, &desk->engine.state.entry.ids[i]));
    }
}

static void needs__ends_with_the_view_and_with_the_decision(void **state)
{
    agreement_desk *desk = *state;
    lock_on_a(desk); /* by the prevotes of 1, 2, 3; in view 1 */
    desk_take(desk, PREVOTE, 4, 0, 'a');
    desk_take(desk, PRECOMMIT, 4, 0, 0);
    const kw_agreement_message source = desk_message(PROPOSE, 4, 0, 'a');
    const kw_agreement_message proven = desk_message(PREVOTE, 3, 0, 'a');
    const kw_agreement_message late = desk_message(PREVOTE, 4, 0, 'a');
    const kw_agreement_message present = desk_message(PREVOTE, 2, 1, 0);
    const kw_agreement_message earlier = desk_message(PRECOMMIT, 4, 0, 0);
    const kw_agreement_message unknown = desk_message(PREVOTE, 2, 0, 'q');
    assert_true(kw_agreement_needs(&desk->engine, &source));
    assert_true(kw_agreement_needs(&desk->engine, &proven));
    assert_true(kw_agreement_needs(&desk->engine, &present));
    assert_true(kw_agreement_needs(&desk->engine, &earlier)); /* may decide yet */
    assert_false(kw_agreement_needs(&desk->engine, &late));
    assert_false(kw_agreement_needs(&desk->engine, &unknown));
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 1, 'a');
    }
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    const kw_agreement_message deciding = desk_message(PRECOMMIT, 4, 1, 'a');
    assert_true(kw_agreement_needs(&desk->engine, &deciding));
    assert_true(kw_agreement_needs(&desk->engine, &source));
    assert_false(kw_agreement_needs(&desk->engine, &earlier));
    assert_false(kw_agreement_needs(&desk->engine, &present));
}

int main(void)
{
#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposer__is_the_one_of_the_design),
        ON_DESK(init__says_limit_when_the_arena_is_small),
        ON_DESK(arena_bytes__are_enough_for_every_view),
        ON_DESK(view__decides_with_three_votes),
        ON_DESK(decision__needs_one_value_one_view_and_no_nil),
        ON_DESK(decision__comes_from_another_view_and_without_the_list),
        ON_DESK(proposal__is_taken_of_the_proposer_only),
        ON_DESK(proposal__that_is_refused_gets_nil),
        ON_DESK(proposal__that_lacks_something_is_waited_for),
        ON_DESK(proposal__that_stays_incomplete_times_out),
        ON_DESK(proposal__that_is_not_fresh_gets_nil_and_a_list),
        ON_DESK(proposal__with_earlier_prevotes_need_not_be_fresh),
        ON_DESK(proposal__with_prevotes_for_another_value_waits),
        ON_DESK(lock__refuses_another_fresh_value),
        ON_DESK(lock__accepts_its_own_value_even_if_it_is_not_fresh),
        ON_DESK(lock__yields_to_prevotes_of_its_view_or_later),
        ON_DESK(lock__does_not_yield_to_earlier_prevotes),
        ON_DESK(proposer__repeats_its_valid_value_with_its_prevotes),
        ON_DESK(proposer__offers_when_it_has_something),
        ON_DESK(valid_value__follows_prevotes_after_the_precommit),
        ON_DESK(nil_prevotes__end_the_view_at_once),
        ON_DESK(timeouts__grow_by_half_of_delta_with_the_view),
        ON_DESK(view__is_skipped_when_an_honest_member_is_further),
        ON_DESK(view__far_ahead_is_only_noted),
        ON_DESK(last_view__does_not_end),
        ON_DESK(equivocator__costs_two_bodies_for_each_kind_and_view),
        ON_DESK(equivocator__cannot_take_a_vote_out_of_a_proof),
        ON_DESK(needs__ends_with_the_view_and_with_the_decision),
        cmocka_unit_test(onlooker__learns_the_decision_and_says_nothing),
        cmocka_unit_test(onlooker__follows_a_decision_in_a_late_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
