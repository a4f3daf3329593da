/* SPDX-License-Identifier: Apache-2.0
 * Restarts: from the record alone, with the same bytes and the same lock. */
#include "threshold/engine/handover/handover.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/handover_desk.h"

enum {
    RECORD_BYTES_MAX = 1 << 20,
};

static handover_desk desk;

/* Not the proposer of view 0. */
static int open_desk(void **state)
{
    (void)state;
    handover_desk_open(&desk, 1);
    uint16_t proposer = handover_desk_proposer(&desk, 0);
    handover_desk_close(&desk);
    handover_desk_open(&desk, proposer % 4 + 1);
    return 0;
}

static uint16_t self(void)
{
    return kw_roster_index(&desk.first.roster, &desk.setup.self);
}

/* Those behind it. */
static uint16_t other(unsigned steps)
{
    return (uint16_t)((self() - 1u + steps) % 4 + 1);
}

/* Two others vote. */
static void vote_twice(size_t which, kw_message_type type, uint32_t view)
{
    handover_desk_vote(&desk, which, type, other(1), view);
    handover_desk_vote(&desk, which, type, other(2), view);
}

/* The next SEND, whatever comes before it. */
static kw_message next_send(kw_message_type type)
{
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        assert_int_not_equal(desk.action.act, KW_HANDOVER_IDLE);
    } while (desk.action.act != KW_HANDOVER_SEND);
    kw_message_scope scope =
        kw_candidate_scope(&desk.next[0].certificate.candidate, desk.epochs.group);
    scope.instance = type == KW_MESSAGE_SEAL ? KW_INSTANCE_SET : KW_INSTANCE_HANDOVER;
    kw_message message;
    kw_span payload = desk.action.letters[0]->message.payload;
    EXPECT_OK(kw_message_decode(&message, &desk.epochs.arena, payload, &scope));
    assert_int_equal(message.header.type, type);
    return message;
}

static int close_desk(void **state)
{
    (void)state;
    handover_desk_close(&desk);
    return 0;
}

static void restart(void)
{
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    EXPECT_OK(kw_handover_save(desk.h, &record));
    EXPECT_OK(handover_desk_restart(&desk, kw_buf_view(&record)));
}

static void resume__knows_its_candidates(void **state)
{
    (void)state;
    restart();
    handover_desk_expect(&desk, KW_HANDOVER_IDLE);
    handover_desk_offer(&desk, 0);
    handover_desk_offer(&desk, 1);
    restart();
    for (size_t i = 0; i < 2; i++) {
        const kw_candidate *c = &desk.next[i].certificate.candidate;
        const kw_candidate *got = kw_handover_candidate(desk.h, &c->digest);
        assert_non_null(got);
        assert_int_equal(got->commits.count, c->commits.count);
        EXPECT_STATUS(kw_handover_offer(desk.h, c, desk.now), KW_END);
    }
}

static void resume__keeps_its_lock(void **state)
{
    (void)state;
    handover_desk_offer(&desk, 0);
    handover_desk_offer(&desk, 1);
    handover_desk_propose(&desk, 0, 0);
    (void)next_send(KW_MESSAGE_PREVOTE);
    kw_hash32 prevote = desk.action.letters[0]->message.hash;
    restart();
    assert_non_null(kw_handover_find(desk.h, &prevote));
    handover_desk_propose(&desk, 0, 0); /* comes again */
    vote_twice(0, KW_MESSAGE_PREVOTE, 0);
    (void)next_send(KW_MESSAGE_PRECOMMIT);
    restart();
    uint32_t view = 1;
    while (handover_desk_proposer(&desk, view) == self()) {
        view++;
    }
    vote_twice(1, KW_MESSAGE_PRECOMMIT, view);
    handover_desk_propose(&desk, 1, view);
    kw_message vote = next_send(KW_MESSAGE_PREVOTE);
    assert_int_equal(vote.body.vote.view, view);
    assert_true(kw_hash32_is_none(&vote.body.vote.value)); /* not for the rival */
}

/* The pitfall: which sids it formed is not in the record, so it did not hold its own lock. */
static void resume__votes_again_for_what_it_is_locked_on(void **state)
{
    (void)state;
    handover_desk_offer(&desk, 0);
    handover_desk_propose(&desk, 0, 0);
    vote_twice(0, KW_MESSAGE_PREVOTE, 0);
    (void)next_send(KW_MESSAGE_PREVOTE);
    (void)next_send(KW_MESSAGE_PRECOMMIT);
    desk.can_form = false;
    restart();
    uint32_t view = 1;
    while (handover_desk_proposer(&desk, view) == self()) {
        view++;
    }
    vote_twice(1, KW_MESSAGE_PRECOMMIT, view);
    handover_desk_propose(&desk, 0, view);
    kw_message vote = next_send(KW_MESSAGE_PREVOTE);
    assert_int_equal(vote.body.vote.view, view);
    assert_true(kw_hash32_equal(&vote.body.vote.value, &desk.next[0].certificate.candidate.digest));
}

static void resume__seals_again_with_the_same_bytes(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    restart(); /* decided, not sealed */
    handover_desk_expect(&desk, KW_HANDOVER_DECIDED);
    (void)next_send(KW_MESSAGE_SEAL);
    kw_hash32 hash = desk.action.letters[0]->message.hash;
    restart();
    handover_desk_expect(&desk, KW_HANDOVER_DECIDED);
    bool is_again = false;
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        assert_int_not_equal(desk.action.act, KW_HANDOVER_SEND);
        is_again = is_again || (desk.action.act == KW_HANDOVER_RELAY &&
                                kw_hash32_equal(&desk.action.letters[0]->message.hash, &hash));
    } while (desk.action.act != KW_HANDOVER_IDLE);
    assert_true(is_again);
    handover_desk_seal(&desk, 0, other(1));
    handover_desk_seal(&desk, 0, other(2));
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
    assert_true(kw_hash32_equal(&desk.action.certificate->hash, &desk.next[0].certificate.hash));
}

/* It has no view of its own, and the votes are of one far from 0. */
static void resume__keeps_a_decision_that_it_looked_on(void **state)
{
    (void)state;
    handover_desk_close(&desk);
    handover_desk_open(&desk, 0);
    kw_authenticated votes[3];
    for (uint16_t i = 0; i < 3; i++) {
        votes[i] = epoch_desk_vote(&desk.epochs, &desk.next[0], KW_MESSAGE_PRECOMMIT,
                                   (uint16_t)(i + 1), 200);
    }
    EXPECT_STATUS(kw_handover_take(desk.h, &votes[0], 1, desk.now), KW_LIMIT);
    EXPECT_STATUS(kw_handover_take(desk.h, &votes[1], 2, desk.now), KW_LIMIT);
    EXPECT_OK(kw_handover_take(desk.h, &votes[2], 3, desk.now));
    EXPECT_OK(kw_handover_take(desk.h, &votes[0], 1, desk.now)); /* they come again */
    EXPECT_OK(kw_handover_take(desk.h, &votes[1], 2, desk.now));
    restart();
    assert_non_null(kw_handover_winner(desk.h));
    for (size_t i = 0; i < 3; i++) {
        assert_non_null(kw_handover_find(desk.h, &votes[i].hash));
    }
}

static void resume__refuses_what_is_not_its_record(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    handover_desk_offer(&desk, 0);
    EXPECT_OK(kw_handover_save(desk.h, &record));
    for (size_t len = 0; len < record.len; len += 1 + len / 8) {
        EXPECT_STATUS(handover_desk_restart(&desk, (kw_span){record.ptr, len}), KW_BAD_INPUT);
    }
    static const size_t flips[] = {0, 1, 32, 37}; /* version, id, version of the agreement */
    for (size_t i = 0; i < KW_COUNT(flips); i++) {
        record.ptr[flips[i]] ^= 0x40;
        EXPECT_STATUS(handover_desk_restart(&desk, kw_buf_view(&record)), KW_BAD_INPUT);
        record.ptr[flips[i]] ^= 0x40;
    }
    EXPECT_OK(handover_desk_restart(&desk, kw_buf_view(&record)));
    EXPECT_OK(kw_buf_append_byte(&record, 0));
    EXPECT_STATUS(handover_desk_restart(&desk, kw_buf_view(&record)), KW_BAD_INPUT);
}

static void save__says_limit_when_the_buffer_is_small(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) record = kw_buf_init(100);
    EXPECT_STATUS(kw_handover_save(desk.h, &record), KW_LIMIT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(resume__knows_its_candidates),
        CASE(resume__keeps_its_lock),
        CASE(resume__votes_again_for_what_it_is_locked_on),
        CASE(resume__seals_again_with_the_same_bytes),
        CASE(resume__keeps_a_decision_that_it_looked_on),
        CASE(resume__refuses_what_is_not_its_record),
        CASE(save__says_limit_when_the_buffer_is_small),
    };
    return cmocka_run_group_tests_name("threshold/engine/handover_record", tests, NULL, NULL);
}
