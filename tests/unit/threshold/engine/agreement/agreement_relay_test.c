/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/agreement/agreement_relay.h"

#include "support/agreement_desk.h"
#include "support/expect.h"

#define PROPOSE   KW_AGREEMENT_PROPOSE
#define PREVOTE   KW_AGREEMENT_PREVOTE
#define PRECOMMIT KW_AGREEMENT_PRECOMMIT
#define NO_VIEW   KW_AGREEMENT_NO_VIEW

static void decide_without_list(agreement_desk *desk)
{
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 0, 'a');
    }
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_true(kw_agreement_lacks_source(&desk->engine));
}

/* A proposal of 'a' with a list of its own. */
static kw_agreement_message proposal_with(char list)
{
    kw_agreement_message proposal = desk_message(PROPOSE, 4, 0, 'a');
    proposal.id = desk_value(list);
    return proposal;
}

static void expect_source(agreement_desk *desk, const kw_hash32 *wanted)
{
    kw_agreement_decision decision;
    assert_true(kw_agreement_decision_of(&desk->engine, &decision));
    EXPECT_SPAN(KW_SPAN(decision.source.bytes), KW_SPAN(wanted->bytes));
}

static void stuck_member__sends_again(void **state)
{
    agreement_desk *desk = *state;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE);
    for (int times = 0; times < 3; times++) {
        desk->now = kw_agreement_wake_at(&desk->engine);
        desk_expect(desk, KW_AGREEMENT_RELAY);
        kw_agreement_message own = desk_message(PREVOTE, 1, 0, 'a');
        assert_int_equal(desk->action.ids_count, 1);
        EXPECT_SPAN(KW_SPAN(desk->action.ids[0].bytes), KW_SPAN(own.id.bytes));
        desk_expect(desk, KW_AGREEMENT_IDLE);
    }
}

static void stuck_member__shows_why_the_view_before_ended(void **state)
{
    agreement_desk *desk = *state;
    desk->now += DESK_DELTA_MS;
    desk_expect_send(desk, PREVOTE, 0, 0);
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 0, sender == 4 ? 'a' : 0);
    }
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now += DESK_DELTA_MS;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->engine.state.view, 1);
    desk->now += DESK_DELTA_MS * 3 / 2;
    desk_expect_send(desk, PREVOTE, 1, 0);
    desk->now += DESK_DELTA_MS * 3 / 2;
    desk_expect(desk, KW_AGREEMENT_RELAY);
    assert_int_equal(desk->action.ids_count, 1 + 3);
}

static void decided_member__answers_who_goes_on_and_not_too_often(void **state)
{
    agreement_desk *desk = *state;
    kw_ballot_receipt receipt;
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 0, 'a');
    }
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    kw_agreement_message known = desk_message(PRECOMMIT, 3, 0, 'a');
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &known, 3), KW_END);
    desk_take(desk, PREVOTE, 4, 0, 'a');
    desk_expect(desk, KW_AGREEMENT_IDLE); /* nobody of these lacks the decision */
    kw_agreement_message late = desk_message(PREVOTE, 3, 1, 0);
    EXPECT_OK(kw_agreement_take(&desk->engine, &receipt, &late, 2));
    desk_expect(desk, KW_AGREEMENT_IDLE); /* another one brought it */
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &late, 3), KW_END);
    desk_expect(desk, KW_AGREEMENT_RELAY);
    assert_int_equal(desk->action.to, 3);
    assert_int_equal(desk->action.ids_count, 1 + 3);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &late, 3), KW_END);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now = kw_agreement_wake_at(&desk->engine);
    desk_expect(desk, KW_AGREEMENT_RELAY);
}

static void decided_member__asks_for_the_list_that_it_lacks(void **state)
{
    agreement_desk *desk = *state;
    kw_ballot_receipt receipt;
    kw_agreement_decision decision;
    desk_propose(desk, 0, NO_VIEW, 'b');
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 0, 'a');
    }
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_true(kw_agreement_decision_of(&desk->engine, &decision));
    assert_true(kw_agreement_is_nil(&decision.source));
    desk->now = kw_agreement_wake_at(&desk->engine);
    desk_expect_send(desk, PREVOTE, 0, 0); /* something to be answered */
    desk_expect(desk, KW_AGREEMENT_RELAY);
    kw_agreement_message own = desk_message(PREVOTE, 1, 0, 0);
    assert_int_equal(desk->action.ids_count, 1);
    EXPECT_SPAN(KW_SPAN(desk->action.ids[0].bytes), KW_SPAN(own.id.bytes));
    desk_expect(desk, KW_AGREEMENT_IDLE);
    /* the answer: its proposer made two */
    kw_agreement_message second = desk_message(PROPOSE, 4, 0, 'a');
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &second, 3), KW_CONFLICT);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_true(kw_agreement_decision_of(&desk->engine, &decision));
    EXPECT_SPAN(KW_SPAN(decision.source.bytes), KW_SPAN(second.id.bytes));
    assert_true(kw_agreement_wake_at(&desk->engine) == KW_AGREEMENT_NEVER);
}

static void decision__knows_the_list_of_its_valid_value(void **state)
{
    agreement_desk *desk = *state;
    desk_propose(desk, 0, NO_VIEW, 'a');
    desk_expect_send(desk, PREVOTE, 0, 'a');
    desk_take(desk, PREVOTE, 2, 0, 'a');
    desk_take(desk, PREVOTE, 3, 0, 'a');
    desk_expect_send(desk, PRECOMMIT, 0, 'a');
    desk_to_next_view(desk);
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(desk, PRECOMMIT, sender, 1, 'a');
    }
    desk_expect(desk, KW_AGREEMENT_DECIDED);
    kw_agreement_decision decision;
    kw_agreement_message proposal = desk_message(PROPOSE, 4, 0, 'a');
    assert_true(kw_agreement_decision_of(&desk->engine, &decision));
    EXPECT_SPAN(KW_SPAN(decision.source.bytes), KW_SPAN(proposal.id.bytes));
}

/* A digest may stand over an invented list: only what the port holds is the source. */
static void source__is_judged_first(void **state)
{
    agreement_desk *desk = *state;
    static const kw_hash32 none;
    kw_ballot_receipt receipt;
    desk->verdict = KW_AGREEMENT_REFUSED;
    desk_propose(desk, 0, NO_VIEW, 'a');
    decide_without_list(desk);
    expect_source(desk, &none);
    desk->verdict = KW_AGREEMENT_LACKING;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    expect_source(desk, &none);
    desk->now = kw_agreement_wake_at(&desk->engine); /* it goes on asking */
    desk_expect_send(desk, PREVOTE, 0, 0);
    desk_expect(desk, KW_AGREEMENT_RELAY);
    desk->verdict = KW_AGREEMENT_HELD;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    kw_agreement_message source = desk_message(PROPOSE, 4, 0, 'a');
    expect_source(desk, &source.id);
    assert_true(kw_agreement_wake_at(&desk->engine) == KW_AGREEMENT_NEVER);
    uint32_t judged = desk->judged;
    EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &source, 3), KW_END);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk->judged, judged);
}

/* Lists that a faulty proposer makes up cost one place, and take none from an honest answer. */
static void source__that_one_member_brings_is_not_displaced_by_another(void **state)
{
    agreement_desk *desk = *state;
    static const kw_hash32 none;
    kw_ballot_receipt receipt;
    desk->verdict = KW_AGREEMENT_LACKING;
    decide_without_list(desk);
    kw_agreement_message honest = proposal_with('h');
    EXPECT_OK(kw_agreement_take(&desk->engine, &receipt, &honest, 3));
    for (char list = 'p'; list <= 't'; list++) {
        kw_agreement_message hollow = proposal_with(list);
        kw_agreement_message before = proposal_with((char)(list - 1));
        EXPECT_STATUS(kw_agreement_take(&desk->engine, &receipt, &hollow, 4), KW_CONFLICT);
        /* 'h' and 'p' are evidence against the proposer; from 'q' on, one list goes for another */
        EXPECT_SPAN(KW_SPAN(receipt.spare.bytes),
                    KW_SPAN((list <= 'q' ? &none : &before.id)->bytes));
        assert_true(kw_agreement_needs(&desk->engine, &hollow));
        assert_true(kw_agreement_needs(&desk->engine, &honest));
        assert_int_equal(kw_agreement_needs(&desk->engine, &before), list == 'q');
    }
    desk_expect(desk, KW_AGREEMENT_IDLE);
    expect_source(desk, &none);
    desk->verdict = KW_AGREEMENT_HELD;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    expect_source(desk, &honest.id);
    kw_agreement_message hollow = proposal_with('t');
    assert_false(kw_agreement_needs(&desk->engine, &hollow));
}

int main(void)
{
#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        ON_DESK(stuck_member__sends_again),
        ON_DESK(stuck_member__shows_why_the_view_before_ended),
        ON_DESK(decided_member__answers_who_goes_on_and_not_too_often),
        ON_DESK(decided_member__asks_for_the_list_that_it_lacks),
        ON_DESK(decision__knows_the_list_of_its_valid_value),
        ON_DESK(source__is_judged_first),
        ON_DESK(source__that_one_member_brings_is_not_displaced_by_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
