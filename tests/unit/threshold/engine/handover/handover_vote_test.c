/* SPDX-License-Identifier: Apache-2.0
 * What a voter votes for, and what its messages hold. */
#include "threshold/engine/handover/handover.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/handover_desk.h"

static handover_desk desk;

static void open_as(uint16_t self)
{
    handover_desk_open(&desk, self);
}

static uint16_t proposer_of(uint32_t view)
{
    open_as(1);
    uint16_t proposer = handover_desk_proposer(&desk, view);
    handover_desk_close(&desk);
    return proposer;
}

static int close_desk(void **state)
{
    (void)state;
    handover_desk_close(&desk);
    return 0;
}

static void expect_vote(kw_message_type type, size_t which)
{
    kw_message vote = handover_desk_expect_send(&desk, type);
    assert_true(
        kw_hash32_equal(&vote.body.vote.value, &desk.next[which].certificate.candidate.digest));
}

static void proposer__offers_the_newest_candidate_with_its_commits(void **state)
{
    (void)state;
    open_as(proposer_of(0));
    handover_desk_offer(&desk, 1); /* of the second attempt */
    handover_desk_offer(&desk, 0);
    kw_message propose = handover_desk_expect_send(&desk, KW_MESSAGE_PROPOSE);
    const kw_candidate *c = &desk.next[1].certificate.candidate;
    assert_true(kw_hash32_equal(&propose.body.propose.digest, &c->digest));
    assert_int_equal(propose.body.propose.hashes.count, c->commits.count);
    for (size_t i = 0; i < c->commits.count; i++) {
        assert_true(
            kw_hash32_equal(&propose.body.propose.hashes.items[i], &c->commits.items[i].hash));
    }
    expect_vote(KW_MESSAGE_PREVOTE, 1);
    handover_desk_expect(&desk, KW_HANDOVER_IDLE);
}

static void proposer__offers_nothing_that_it_cannot_form(void **state)
{
    (void)state;
    open_as(proposer_of(0));
    desk.can_form = false;
    handover_desk_offer(&desk, 0);
    handover_desk_expect(&desk, KW_HANDOVER_IDLE);
    desk.can_form = true; /* its roster is there now */
    handover_desk_expect_send(&desk, KW_MESSAGE_PROPOSE);
}

static void voter__votes_only_for_a_sid_that_it_can_form(void **state)
{
    (void)state;
    open_as(proposer_of(0) % 4 + 1);
    desk.can_form = false;
    handover_desk_offer(&desk, 0);
    handover_desk_propose(&desk, 0, 0);
    handover_desk_expect(&desk, KW_HANDOVER_IDLE);
    desk.now += HANDOVER_DESK_DELTA_MS;
    kw_message nil = handover_desk_expect_send(&desk, KW_MESSAGE_PREVOTE);
    assert_true(kw_hash32_is_none(&nil.body.vote.value));
}

static void voter__votes_when_the_candidate_comes(void **state)
{
    (void)state;
    open_as(proposer_of(0) % 4 + 1);
    handover_desk_offer(&desk, 1);
    handover_desk_propose(&desk, 0, 0);
    handover_desk_expect(&desk, KW_HANDOVER_FETCH);
    handover_desk_offer(&desk, 0);
    expect_vote(KW_MESSAGE_PREVOTE, 0);
}

static void voter__refuses_a_list_with_too_few_commits(void **state)
{
    (void)state;
    uint16_t proposer = proposer_of(0);
    open_as(proposer % 4 + 1);
    handover_desk_offer(&desk, 0);
    desk_epoch poor = desk.next[0];
    poor.certificate.candidate.commits.count = 3; /* q is 4 */
    kw_authenticated propose = epoch_desk_propose(&desk.epochs, &poor, proposer, 0);
    EXPECT_OK(kw_handover_take(desk.h, &propose, proposer, desk.now));
    kw_message nil = handover_desk_expect_send(&desk, KW_MESSAGE_PREVOTE);
    assert_true(kw_hash32_is_none(&nil.body.vote.value));
}

static void voter__repeats_the_list_of_a_value_that_had_its_prevotes(void **state)
{
    (void)state;
    uint32_t view = 1;
    uint16_t first = proposer_of(0);
    while (proposer_of(view) == first) {
        view++;
    }
    uint16_t self = proposer_of(view);
    open_as(self);
    handover_desk_offer(&desk, 0);
    desk_epoch part = desk.next[0];
    part.certificate.candidate.commits.count = 4; /* of five */
    kw_authenticated propose = epoch_desk_propose(&desk.epochs, &part, first, 0);
    EXPECT_OK(kw_handover_take(desk.h, &propose, first, desk.now));
    expect_vote(KW_MESSAGE_PREVOTE, 0);
    for (uint16_t voter = 1; voter <= 4; voter++) {
        if (voter != self) {
            handover_desk_vote(&desk, 0, KW_MESSAGE_PREVOTE, voter, 0);
        }
    }
    expect_vote(KW_MESSAGE_PRECOMMIT, 0);
    for (uint16_t voter = 1; voter <= 4; voter++) {
        if (voter != self) { /* they are in that view already */
            handover_desk_vote(&desk, 1, KW_MESSAGE_PREVOTE, voter, view);
        }
    }
    kw_message again = handover_desk_expect_send(&desk, KW_MESSAGE_PROPOSE);
    assert_int_equal(again.body.propose.view, view);
    assert_int_equal(again.body.propose.valid_view, 0);
    assert_int_equal(again.body.propose.hashes.count, 4);
    expect_vote(KW_MESSAGE_PREVOTE, 0);
    handover_desk_expect(&desk, KW_HANDOVER_RELAY); /* the prevotes that show why */
    assert_true(desk.action.letters_count >= 1 + 1 + 3);
}

/* The database was restored: others show a vote that this member has signed and does not know. */
static void voter__does_not_sign_twice_after_a_restored_record(void **state)
{
    (void)state;
    uint16_t self = proposer_of(0) % 4 + 1;
    open_as(self);
    handover_desk_vote(&desk, 1, KW_MESSAGE_PREVOTE, self, 0);
    handover_desk_offer(&desk, 0);
    handover_desk_propose(&desk, 0, 0);
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        assert_int_not_equal(desk.action.act, KW_HANDOVER_SEND);
    } while (desk.action.act != KW_HANDOVER_IDLE);
}

/* Bodies shown to us before must not keep out the one that decides. */
static void votes__of_an_equivocator_count_however_many_it_signs(void **state)
{
    (void)state;
    open_as(1);
    handover_desk_offer(&desk, 0);
    handover_desk_propose(&desk, 0, 0);
    handover_desk_vote(&desk, 1, KW_MESSAGE_PRECOMMIT, 2, 0);
    for (uint32_t k = 0; k < 20; k++) {
        desk_epoch other = desk.next[1];
        other.certificate.candidate.digest.bytes[0] ^= (uint8_t)(k + 1);
        kw_authenticated vote = epoch_desk_vote(&desk.epochs, &other, KW_MESSAGE_PRECOMMIT, 2, 0);
        EXPECT_STATUS(kw_handover_take(desk.h, &vote, 2, desk.now), KW_CONFLICT);
    }
    kw_authenticated vote =
        epoch_desk_vote(&desk.epochs, &desk.next[0], KW_MESSAGE_PRECOMMIT, 2, 0);
    EXPECT_STATUS(kw_handover_take(desk.h, &vote, 2, desk.now), KW_CONFLICT);
    handover_desk_vote(&desk, 0, KW_MESSAGE_PRECOMMIT, 3, 0);
    handover_desk_vote(&desk, 0, KW_MESSAGE_PRECOMMIT, 4, 0);
    assert_non_null(kw_handover_winner(desk.h));
    assert_non_null(kw_handover_find(desk.h, &vote.hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(proposer__offers_the_newest_candidate_with_its_commits,
                                  close_desk),
        cmocka_unit_test_teardown(proposer__offers_nothing_that_it_cannot_form, close_desk),
        cmocka_unit_test_teardown(voter__votes_only_for_a_sid_that_it_can_form, close_desk),
        cmocka_unit_test_teardown(voter__votes_when_the_candidate_comes, close_desk),
        cmocka_unit_test_teardown(voter__refuses_a_list_with_too_few_commits, close_desk),
        cmocka_unit_test_teardown(voter__repeats_the_list_of_a_value_that_had_its_prevotes,
                                  close_desk),
        cmocka_unit_test_teardown(voter__does_not_sign_twice_after_a_restored_record, close_desk),
        cmocka_unit_test_teardown(votes__of_an_equivocator_count_however_many_it_signs, close_desk),
    };
    return cmocka_run_group_tests_name("threshold/engine/handover_vote", tests, NULL, NULL);
}
