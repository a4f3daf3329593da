/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/agreement/agreement.h"

#include "support/agreement_desk.h"
#include "support/expect.h"

enum {
    RECORD_BYTES_MAX = 4096
};

/* A member that is locked on 'a' since view 0 and proposed it again in view 3. */
static void open_locked(agreement_desk *desk)
{
    desk_open(desk, 1);
    desk_propose(desk, 0, KW_AGREEMENT_NO_VIEW, 'a');
    desk_expect_send(desk, KW_AGREEMENT_PREVOTE, 0, 'a');
    desk_take(desk, KW_AGREEMENT_PREVOTE, 2, 0, 'a');
    desk_take(desk, KW_AGREEMENT_PREVOTE, 3, 0, 'a');
    desk_expect_send(desk, KW_AGREEMENT_PRECOMMIT, 0, 'a');
    desk_take(desk, KW_AGREEMENT_PRECOMMIT, 2, 0, 0);
    desk_take(desk, KW_AGREEMENT_PRECOMMIT, 3, 0, 0);
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk->now += DESK_DELTA_MS;
    desk_expect(desk, KW_AGREEMENT_IDLE);
    desk_take(desk, KW_AGREEMENT_PREVOTE, 2, 3, 0);
    desk_take(desk, KW_AGREEMENT_PREVOTE, 3, 3, 0);
    desk_expect_send(desk, KW_AGREEMENT_PROPOSE, 3, 'a');
}

static void restart(agreement_desk *desk, kw_buf *record)
{
    kw_buf_clear(record);
    EXPECT_OK(kw_agreement_save(&desk->engine, record));
    kw_arena_drop(&desk->arena);
    desk->arena = kw_arena_init(1 << 22);
    EXPECT_OK(kw_agreement_resume(&desk->engine, &desk->setup, kw_buf_view(record)));
}

static void resume__signs_nothing_twice_and_keeps_the_lock(void **state)
{
    (void)state;
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    open_locked(&desk);
    restart(&desk, &record);
    kw_ballot_receipt receipt;
    kw_agreement_message proposal = desk_message(KW_AGREEMENT_PROPOSE, 1, 3, 'a');
    proposal.valid_view = 0;
    EXPECT_OK(kw_agreement_take(&desk.engine, &receipt, &proposal, 1));
    desk_expect_send(&desk, KW_AGREEMENT_PREVOTE, 3, 'a'); /* it has the prevotes of view 0 */
    restart(&desk, &record);
    restart(&desk, &record);
    EXPECT_OK(kw_agreement_take(&desk.engine, &receipt, &proposal, 1));
    desk_expect(&desk, KW_AGREEMENT_RELAY); /* the proposal, its first bringer, three prevotes */
    assert_int_equal(desk.action.ids_count, 1 + 1 + 3);
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    desk_take(&desk, KW_AGREEMENT_PREVOTE, 2, 4, 0);
    desk_take(&desk, KW_AGREEMENT_PREVOTE, 3, 4, 0);
    desk_propose(&desk, 4, KW_AGREEMENT_NO_VIEW, 'b');
    desk_expect_send(&desk, KW_AGREEMENT_PREVOTE, 4, 0);
    desk_close(&desk);
}

static void resume__waits_for_the_proposal_until_the_same_moment(void **state)
{
    (void)state;
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    desk_open(&desk, 1);
    desk.now += DESK_DELTA_MS - 1;
    restart(&desk, &record);
    kw_agreement_enter(&desk.engine, desk.now);
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    desk.now += 1;
    desk_expect_send(&desk, KW_AGREEMENT_PREVOTE, 0, 0);
    desk_close(&desk);
}

/* A record from before the votes, as of a database that was restored; the messages are there. */
static void resume__signs_nothing_that_is_newer_than_the_record(void **state)
{
    (void)state;
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    desk_open(&desk, 1);
    EXPECT_OK(kw_agreement_save(&desk.engine, &record));
    kw_arena_drop(&desk.arena);
    desk.arena = kw_arena_init(1 << 22);
    EXPECT_OK(kw_agreement_resume(&desk.engine, &desk.setup, kw_buf_view(&record)));
    desk_take(&desk, KW_AGREEMENT_PREVOTE, 1, 3, 'a');
    desk_take(&desk, KW_AGREEMENT_PRECOMMIT, 1, 3, 'a');
    kw_agreement_message own = desk_message(KW_AGREEMENT_PROPOSE, 1, 3, 'a');
    kw_ballot_receipt receipt;
    EXPECT_OK(kw_agreement_take(&desk.engine, &receipt, &own, 1));
    desk_expect(&desk, KW_AGREEMENT_IDLE); /* it is where it was */
    assert_int_equal(desk.engine.state.view, 3);
    for (int times = 0; times < 5; times++) { /* neither proposes nor votes again, whatever comes */
        desk.now += 3 * DESK_DELTA_MS;
        desk_expect(&desk, KW_AGREEMENT_RELAY);
        assert_int_equal(desk.action.ids_count, 3);
        desk_expect(&desk, KW_AGREEMENT_IDLE);
    }
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(&desk, KW_AGREEMENT_PREVOTE, sender, 3, 'b');
    }
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    desk.now += 3 * DESK_DELTA_MS;
    desk_expect(&desk, KW_AGREEMENT_RELAY);
    desk_take(&desk, KW_AGREEMENT_PREVOTE, 2, 4, 0);
    desk_take(&desk, KW_AGREEMENT_PREVOTE, 3, 4, 0);
    desk_propose(&desk, 4, KW_AGREEMENT_NO_VIEW, 'b');
    desk_expect_send(&desk, KW_AGREEMENT_PREVOTE, 4, 0); /* locked on 'a' */
    kw_buf_clear(&record);
    restart(&desk, &record);
    assert_int_equal(desk.engine.state.locked.bytes[0], 'a');
    desk_close(&desk);
}

/* Of a clock that went far ahead once, or of nobody's. */
static void resume__waits_no_longer_than_a_timeout(void **state)
{
    (void)state;
    static const uint8_t ends[] = {0x00, 0x7f, 0xff}; /* of waiting: the past, far ahead, never */
    for (size_t i = 0; i < KW_COUNT(ends); i++) {
        agreement_desk desk;
        KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
        desk_open(&desk, 1);
        EXPECT_OK(kw_agreement_save(&desk.engine, &record));
        memset(record.ptr + 9, ends[i], sizeof(uint64_t));
        kw_arena_drop(&desk.arena);
        desk.arena = kw_arena_init(1 << 22);
        EXPECT_OK(kw_agreement_resume(&desk.engine, &desk.setup, kw_buf_view(&record)));
        if (ends[i] != 0) {
            desk_expect(&desk, KW_AGREEMENT_IDLE);
            assert_true(kw_agreement_wake_at(&desk.engine) <= desk.now + DESK_DELTA_MS);
            desk.now += DESK_DELTA_MS;
        }
        desk_expect_send(&desk, KW_AGREEMENT_PREVOTE, 0, 0);
        desk_close(&desk);
    }
}

static void resume__shows_why_the_view_before_ended(void **state)
{
    (void)state;
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    desk_open(&desk, 1);
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(&desk, KW_AGREEMENT_PRECOMMIT, sender, 0, 0);
    }
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    desk.now += DESK_DELTA_MS;
    desk_expect_send(&desk, KW_AGREEMENT_PREVOTE, 0, 0);
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    assert_int_equal(desk.engine.state.view, 1);
    restart(&desk, &record);
    desk_expect(&desk, KW_AGREEMENT_RELAY);
    assert_int_equal(desk.action.ids_count, 3);
    desk_close(&desk);
}

static void resume__remembers_the_decision_and_its_certificate(void **state)
{
    (void)state;
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    desk_open(&desk, 1);
    for (uint16_t sender = 2; sender <= 4; sender++) {
        desk_take(&desk, KW_AGREEMENT_PRECOMMIT, sender, 6, 'a');
    }
    desk_expect(&desk, KW_AGREEMENT_DECIDED);
    restart(&desk, &record);
    desk_expect(&desk, KW_AGREEMENT_DECIDED);
    desk_expect(&desk, KW_AGREEMENT_IDLE);
    kw_agreement_decision decision;
    assert_true(kw_agreement_decision_of(&desk.engine, &decision));
    assert_int_equal(decision.view, 6);
    assert_int_equal(decision.value.bytes[0], 'a');
    assert_int_equal(decision.certificate->count, 3);
    kw_agreement_message first = desk_message(KW_AGREEMENT_PRECOMMIT, 2, 6, 'a');
    EXPECT_SPAN(KW_SPAN(decision.certificate->ids[0].bytes), KW_SPAN(first.id.bytes));
    desk_close(&desk);
}

static void save__says_limit_when_the_buffer_is_small(void **state)
{
    (void)state;
    agreement_desk desk;
    desk_open(&desk, 1);
    KW_AUTO(kw_buf) record = kw_buf_init(100);
    EXPECT_STATUS(kw_agreement_save(&desk.engine, &record), KW_LIMIT);
    desk_close(&desk);
}

static kw_status resume_bytes(agreement_desk *desk, kw_span record)
{
    kw_agreement engine;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 20);
    kw_agreement_setup setup = desk->setup;
    setup.arena = &arena;
    return kw_agreement_resume(&engine, &setup, record);
}

static void resume__refuses_what_is_not_its_record(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t at;
        uint8_t byte;
    } cases[] = {
        {"version", 0, 2},
        {"roster", 2, 5},
        {"flags", 3, 8},
        {"step", 4, 3},
        {"view", 6, 0xff},
        {"too many precommits", 18, 4},
        {"locked view after the last one", 21, 8},
        {"valid view after the own one", 58, 4},
        {"number of prevotes", 124, 2},
        {"sender 0", 126, 0},
        {"sender 5", 126, 5},
        {"senders that do not ascend", 160, 1},
    };
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    open_locked(&desk);
    EXPECT_OK(kw_agreement_save(&desk.engine, &record));
    EXPECT_OK(resume_bytes(&desk, kw_buf_view(&record)));
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        uint8_t kept = record.ptr[cases[i].at];
        record.ptr[cases[i].at] = cases[i].byte;
        kw_status st = resume_bytes(&desk, kw_buf_view(&record));
        if (st != KW_BAD_INPUT) {
            print_error("%s: %s\n", cases[i].what, kw_status_name(st));
            fail();
        }
        record.ptr[cases[i].at] = kept;
    }
    for (size_t len = 0; len < record.len; len++) {
        EXPECT_STATUS(resume_bytes(&desk, (kw_span){record.ptr, len}), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_buf_append_byte(&record, 0));
    EXPECT_STATUS(resume_bytes(&desk, kw_buf_view(&record)), KW_BAD_INPUT);
    desk_close(&desk);
}

/* The database was restored; others show what this member signed since, and it is saved again. */
static void resume__goes_on_with_a_lock_of_a_later_view(void **state)
{
    (void)state;
    agreement_desk desk;
    KW_AUTO(kw_buf) record = kw_buf_init(RECORD_BYTES_MAX);
    desk_open(&desk, 1);
    desk_take(&desk, KW_AGREEMENT_PRECOMMIT, 1, 5, 'a');
    restart(&desk, &record);
    assert_int_equal(desk.engine.state.locked_view, 5);
    desk_take(&desk, KW_AGREEMENT_PRECOMMIT, 1, 5, 'a');
    desk_close(&desk);
}

static bool is_among(const kw_hash32 *ids, size_t count, const kw_agreement_message *message)
{
    for (size_t i = 0; i < count; i++) {
        if (kw_agreement_is_same(&ids[i], &message->id)) {
            return true;
        }
    }
    return false;
}

static void rests_on__names_own_messages_and_why_it_is_locked(void **state)
{
    (void)state;
    agreement_desk desk;
    const kw_hash32 *ids = NULL;
    open_locked(&desk);
    kw_agreement_message source = desk_message(KW_AGREEMENT_PROPOSE, 4, 0, 'a');
    kw_agreement_message vote = desk_message(KW_AGREEMENT_PREVOTE, 2, 0, 'a');
    kw_agreement_message other = desk_message(KW_AGREEMENT_PREVOTE, 2, 3, 0);
    size_t count = kw_agreement_rests_on(&desk.engine, &ids);
    assert_int_equal(count, 1 + 1 + 3); /* its proposal, the first of the value, three prevotes */
    assert_true(is_among(ids, count, &desk.engine.ballots.views[3]->proposal));
    assert_true(is_among(ids, count, &source));
    assert_true(is_among(ids, count, &vote));
    assert_false(is_among(ids, count, &other));
    desk_close(&desk);
}

static void rests_on__names_nothing_before_the_first_vote(void **state)
{
    (void)state;
    agreement_desk desk;
    const kw_hash32 *ids = NULL;
    desk_open(&desk, 2);
    assert_int_equal(kw_agreement_rests_on(&desk.engine, &ids), 0);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resume__signs_nothing_twice_and_keeps_the_lock),
        cmocka_unit_test(resume__waits_for_the_proposal_until_the_same_moment),
        cmocka_unit_test(resume__signs_nothing_that_is_newer_than_the_record),
        cmocka_unit_test(resume__waits_no_longer_than_a_timeout),
        cmocka_unit_test(resume__shows_why_the_view_before_ended),
        cmocka_unit_test(resume__remembers_the_decision_and_its_certificate),
        cmocka_unit_test(resume__goes_on_with_a_lock_of_a_later_view),
        cmocka_unit_test(rests_on__names_own_messages_and_why_it_is_locked),
        cmocka_unit_test(rests_on__names_nothing_before_the_first_vote),
        cmocka_unit_test(save__says_limit_when_the_buffer_is_small),
        cmocka_unit_test(resume__refuses_what_is_not_its_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
