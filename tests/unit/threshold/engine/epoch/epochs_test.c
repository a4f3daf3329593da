/* SPDX-License-Identifier: Apache-2.0
 * What a node keeps, serves and erases, over several epochs; every step also after a restart. */
#include "threshold/engine/epoch/epochs.h"

#include "support/expect.h"

enum {
    GRACE_MS = 600,
    N = 4, /* t = 3, f = 1: all four must have proven their shares */
};

static const kw_roster four = {.n = N};

static kw_hash32 sid_of(uint8_t number)
{
    return (kw_hash32){{0x51, number}};
}

static kw_epochs empty(void)
{
    return (kw_epochs){.grace_ms = GRACE_MS};
}

/* The node crashes and comes back with its durable record. */
static void restart(kw_epochs *epochs)
{
    KW_AUTO(kw_buf) record = kw_buf_init(4096);
    EXPECT_OK(kw_epochs_save(epochs, &record));
    memset(epochs, 0xee, sizeof *epochs);
    EXPECT_OK(kw_epochs_resume(epochs, kw_buf_view(&record)));
}

static kw_status certify(kw_epochs *epochs, uint8_t number, uint64_t epoch, uint16_t proven,
                         uint64_t now)
{
    const kw_candidate candidate = {.sid = sid_of(number),
                                    .fields = {.epoch = epoch, .t_new = 3},
                                    .roster_new = &four,
                                    .commits.count = proven};
    kw_status st = kw_epochs_certify(epochs, &candidate, now);
    restart(epochs);
    return st;
}

static void deal(kw_epochs *epochs, uint8_t number, uint64_t epoch)
{
    kw_hash32 sid = sid_of(number);
    EXPECT_OK(kw_epochs_deal(epochs, &sid, epoch));
    restart(epochs);
}

static kw_status prepare(kw_epochs *epochs, uint8_t number)
{
    kw_hash32 sid = sid_of(number);
    kw_status st = kw_epochs_prepare(epochs, &sid);
    restart(epochs);
    return st;
}

static void expect_act(kw_epochs *epochs, kw_epochs_act act, uint8_t number, uint64_t now)
{
    kw_epochs_action action;
    kw_hash32 sid = sid_of(number);
    kw_epochs_next(epochs, &action, now);
    assert_int_equal(action.act, act);
    EXPECT_SPAN(KW_SPAN(action.sid.bytes), KW_SPAN(sid.bytes));
    restart(epochs);
}

static void expect_idle(kw_epochs *epochs, uint64_t now)
{
    kw_epochs_action action;
    kw_epochs_next(epochs, &action, now);
    assert_int_equal(action.act, KW_EPOCHS_IDLE);
}

static kw_epoch_state state_of(const kw_epochs *epochs, uint8_t number)
{
    kw_hash32 sid = sid_of(number);
    return kw_epochs_state_of(epochs, &sid);
}

/* Of an epoch whose session has the same number. */
static bool serves(const kw_epochs *epochs, uint8_t number)
{
    return state_of(epochs, number) == KW_EPOCH_ACTIVE;
}

/* Epoch 1 of session 1 serves. */
static kw_epochs with_first(uint64_t now)
{
    kw_epochs epochs = empty();
    deal(&epochs, 1, 1);
    EXPECT_OK(prepare(&epochs, 1));
    EXPECT_OK(certify(&epochs, 1, 1, N, now));
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 1, now);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, now);
    expect_idle(&epochs, now);
    return epochs;
}

static void epochs__go_from_dealt_to_retired(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    deal(&epochs, 1, 1);
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_DEALT);
    expect_idle(&epochs, 10);
    EXPECT_OK(prepare(&epochs, 1));
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_PREPARED);
    expect_idle(&epochs, 10); /* nothing activates without a certificate */
    assert_int_equal(kw_epochs_active(&epochs), 0);
    EXPECT_OK(certify(&epochs, 1, 1, N, 20));
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_CERTIFIED);
    assert_false(serves(&epochs, 1));
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 1, 20);
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_ACTIVE);
    assert_true(serves(&epochs, 1));
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, 20);
    expect_idle(&epochs, 1u << 30); /* dealings are kept for members that were cut off */
    assert_true(kw_epochs_wake_at(&epochs) == KW_EPOCHS_NEVER);

    deal(&epochs, 2, 2);
    EXPECT_OK(prepare(&epochs, 2));
    EXPECT_OK(certify(&epochs, 2, 2, N, 1000));
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 1000);
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 2, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 2, 1000);
    expect_idle(&epochs, 1000 + GRACE_MS - 1);
    assert_true(serves(&epochs, 1) && serves(&epochs, 2));
    assert_int_equal(kw_epochs_active(&epochs), 2);
    assert_int_equal(kw_epochs_wake_at(&epochs), 1000 + GRACE_MS);
    expect_act(&epochs, KW_EPOCHS_ERASE_SHARE, 1, 1000 + GRACE_MS);
    expect_idle(&epochs, 1000 + GRACE_MS);
    assert_false(serves(&epochs, 1));
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_NONE);
    assert_int_equal(kw_epochs_newest(&epochs), 2);
}

/* t = n - f: with three shares proven there is no spare one, and epoch 1 is the only rescue. */
static void epochs__keep_the_one_before_while_shares_are_missing(void **state)
{
    (void)state;
    kw_epochs epochs = with_first(10);
    deal(&epochs, 2, 2);
    EXPECT_OK(prepare(&epochs, 2));
    EXPECT_OK(certify(&epochs, 2, 2, N - 1, 1000));
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 1000);
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 2, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 2, 1000);
    expect_idle(&epochs, 1000 + 100 * GRACE_MS);
    assert_true(serves(&epochs, 1));
    assert_true(kw_epochs_wake_at(&epochs) == KW_EPOCHS_NEVER);
    kw_epochs proven = epochs;
    EXPECT_OK(kw_epochs_prove(&proven, 2, 2)); /* fewer than known */
    expect_idle(&proven, 1000 + 100 * GRACE_MS);
    EXPECT_OK(kw_epochs_prove(&proven, 2, N));
    assert_int_equal(kw_epochs_wake_at(&proven), 1000 + GRACE_MS);
    expect_act(&proven, KW_EPOCHS_ERASE_SHARE, 1, 1000 + 100 * GRACE_MS);
    EXPECT_STATUS(kw_epochs_prove(&proven, 1, N), KW_NOT_FOUND);

    EXPECT_OK(certify(&epochs, 3, 3, N, 5000)); /* a session that this node missed */
    expect_act(&epochs, KW_EPOCHS_ERASE_SHARE, 1, 5000);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 2, 5000);
    expect_idle(&epochs, 5000);
    assert_true(serves(&epochs, 2));
}

static void epochs__erase_what_loses(void **state)
{
    (void)state;
    kw_epochs epochs = with_first(10);
    deal(&epochs, 2, 2);
    EXPECT_OK(prepare(&epochs, 2));
    deal(&epochs, 3, 2);
    EXPECT_OK(prepare(&epochs, 3));
    deal(&epochs, 4, 2);
    EXPECT_OK(certify(&epochs, 3, 2, N, 1000));
    assert_int_equal(state_of(&epochs, 2), KW_EPOCH_RETIRED);
    assert_int_equal(state_of(&epochs, 4), KW_EPOCH_RETIRED);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_SHARE, 2, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 2, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 2, 1000);
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 3, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 3, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 4, 1000);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 4, 1000);
    expect_idle(&epochs, 1000);
    assert_int_equal(state_of(&epochs, 2), KW_EPOCH_NONE);
    assert_true(serves(&epochs, 1)); /* the grace goes on */
}

static void abort__erases_but_never_a_sealed_share(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    kw_hash32 sid = sid_of(1);
    EXPECT_STATUS(kw_epochs_abort(&epochs, &sid), KW_NOT_FOUND);
    deal(&epochs, 1, 1);
    EXPECT_OK(kw_epochs_abort(&epochs, &sid));
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, 5);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 5);
    expect_idle(&epochs, 5);
    deal(&epochs, 2, 1);
    EXPECT_OK(prepare(&epochs, 2));
    sid = sid_of(2);
    EXPECT_STATUS(kw_epochs_abort(&epochs, &sid), KW_BAD_STATE);
    assert_int_equal(state_of(&epochs, 2), KW_EPOCH_PREPARED);
}

/* The pitfall: the row went with the records, and the same boundary dealt again. */
static void abort__never_lets_the_session_begin_again(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    kw_hash32 sid = sid_of(1);
    deal(&epochs, 1, 1);
    EXPECT_OK(kw_epochs_abort(&epochs, &sid));
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, 5);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 5);
    expect_idle(&epochs, 5);
    restart(&epochs);
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 1), KW_CONFLICT);
    deal(&epochs, 2, 1);
    EXPECT_OK(prepare(&epochs, 2));
    EXPECT_OK(certify(&epochs, 2, 1, N, 10));
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 2, 10);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 2, 10);
    expect_idle(&epochs, 10);
    assert_int_equal(epochs.count, 1); /* its epoch is made: there is nothing to begin */
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 1), KW_REFUSED);
}

static void aborted__sessions_never_fill_the_table(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    for (uint8_t i = 1; i < 3 * KW_EPOCHS_MAX; i++) {
        kw_hash32 sid = sid_of(i);
        deal(&epochs, i, 1);
        EXPECT_OK(kw_epochs_abort(&epochs, &sid));
        expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, i, 5);
        expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, i, 5);
        expect_idle(&epochs, 5);
        EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 1), KW_CONFLICT);
    }
    EXPECT_OK(certify(&epochs, 100, 1, N, 10));
}

/* Given up here, made by the others: one row, and its share may come late. */
static void aborted__session_may_win_after_all(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    kw_hash32 sid = sid_of(1);
    deal(&epochs, 1, 1);
    EXPECT_OK(kw_epochs_abort(&epochs, &sid));
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, 5);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 5);
    expect_idle(&epochs, 5);
    EXPECT_OK(certify(&epochs, 1, 1, N, 10));
    assert_int_equal(epochs.count, 1);
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_CERTIFIED);
    EXPECT_STATUS(certify(&epochs, 1, 1, N, 10), KW_END);
}

static void forget__is_for_sessions_that_never_began(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    kw_hash32 sid = sid_of(1);
    EXPECT_STATUS(kw_epochs_forget(&epochs, &sid), KW_NOT_FOUND);
    deal(&epochs, 1, 1);
    EXPECT_OK(kw_epochs_forget(&epochs, &sid));
    deal(&epochs, 1, 1);
    EXPECT_OK(kw_epochs_abort(&epochs, &sid));
    EXPECT_STATUS(kw_epochs_forget(&epochs, &sid), KW_BAD_STATE);
}

/* Cut off during the session: the certificate comes first, the share by pulled DEALs and SHARES. */
static void epochs__take_a_share_that_comes_late(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    deal(&epochs, 1, 1);
    EXPECT_OK(certify(&epochs, 1, 1, N - 1, 10));
    expect_act(&epochs, KW_EPOCHS_RENEW_SESSION, 1, 10); /* the polynomials go */
    expect_idle(&epochs, 10);                            /* the session key waits */
    assert_int_equal(state_of(&epochs, 1), KW_EPOCH_CERTIFIED);
    kw_hash32 sid = sid_of(1);
    assert_false(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_COMMIT));
    EXPECT_OK(prepare(&epochs, 1));
    EXPECT_STATUS(prepare(&epochs, 1), KW_BAD_STATE);
    assert_true(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_COMMIT));
    expect_act(&epochs, KW_EPOCHS_ACTIVATE, 1, 20);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, 20);
    expect_idle(&epochs, 20);
}

static void epochs__give_up_a_share_when_the_next_epoch_is_there(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    deal(&epochs, 1, 1);
    EXPECT_OK(certify(&epochs, 1, 1, N - 1, 10));
    EXPECT_OK(certify(&epochs, 2, 2, N, 20));
    EXPECT_STATUS(prepare(&epochs, 1), KW_BAD_STATE);
    expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, 1, 20);
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 20);
    expect_idle(&epochs, 20);
    expect_idle(&epochs, 20 + GRACE_MS);
    assert_int_equal(epochs.count, 1);
    assert_int_equal(kw_epochs_active(&epochs), 0);
}

/* A node that missed epochs goes on from the certificate that it adopted. */
static void epochs__jump_over_missed_ones(void **state)
{
    (void)state;
    kw_epochs epochs = with_first(10);
    EXPECT_OK(certify(&epochs, 7, 7, N, 1000));
    expect_act(&epochs, KW_EPOCHS_ERASE_SHARE, 1, 1000); /* two epochs are kept, not this one */
    expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, 1, 1000);
    expect_idle(&epochs, 1000);
    assert_int_equal(kw_epochs_newest(&epochs), 7);
    kw_hash32 sid = sid_of(8);
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 2), KW_REFUSED);
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 7), KW_REFUSED);
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 9), KW_REFUSED);
    EXPECT_OK(kw_epochs_deal(&epochs, &sid, 8));
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 8), KW_CONFLICT);
}

static void certify__refuses_older_and_other_certificates(void **state)
{
    (void)state;
    kw_epochs epochs = with_first(10);
    EXPECT_STATUS(certify(&epochs, 1, 1, N, 20), KW_END);
    EXPECT_STATUS(certify(&epochs, 9, 1, N, 20), KW_CONFLICT);
    EXPECT_OK(certify(&epochs, 2, 2, N, 30));
    EXPECT_STATUS(certify(&epochs, 1, 1, N, 40), KW_REFUSED);
    EXPECT_STATUS(certify(&epochs, 1, 2, N, 40), KW_CONFLICT);
}

static void may_send__wants_what_the_message_rests_on(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    kw_hash32 sid = sid_of(1);
    assert_false(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_HELLO));
    deal(&epochs, 1, 1);
    assert_true(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_DEAL));
    assert_false(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_COMMIT));
    EXPECT_OK(prepare(&epochs, 1));
    assert_true(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_COMMIT));
    EXPECT_OK(certify(&epochs, 2, 1, N, 10));
    assert_false(kw_epochs_may_send(&epochs, &sid, KW_MESSAGE_COMMIT)); /* it lost */
}

static void deal__leaves_room_for_a_certificate(void **state)
{
    (void)state;
    kw_epochs epochs = empty();
    kw_hash32 sid = sid_of(0);
    for (uint8_t i = 1; i < KW_EPOCHS_MAX; i++) {
        deal(&epochs, i, 1);
    }
    EXPECT_STATUS(kw_epochs_deal(&epochs, &sid, 1), KW_LIMIT);
    EXPECT_OK(certify(&epochs, 100, 1, N, 10));
    for (int i = 1; i < KW_EPOCHS_MAX; i++) {
        expect_act(&epochs, KW_EPOCHS_ERASE_SESSION, (uint8_t)i, 10);
        expect_act(&epochs, KW_EPOCHS_ERASE_DEALINGS, (uint8_t)i, 10);
    }
    expect_idle(&epochs, 10);
    assert_int_equal(epochs.count, 1);
}

static void resume__refuses_what_is_not_a_record(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
    } rows[] = {
        {0, 1},                /* version */
        {10, 2},               /* rows */
        {9, 1},                /* 257 of them */
        {11 + 32 + 7, 0},      /* epoch 0 */
        {11 + 32 + 8, 0},      /* no state */
        {11 + 32 + 8, 6},      /* unknown state */
        {11 + 32 + 8 + 1, 16}, /* unknown flag */
        {11 + 32 + 8 + 1, 4},  /* active without a share */
    };
    kw_epochs epochs = with_first(10);
    KW_AUTO(kw_buf) record = kw_buf_init(4096);
    EXPECT_OK(kw_epochs_save(&epochs, &record));
    kw_epochs out = {.count = 99};
    for (size_t len = 0; len < record.len; len++) {
        EXPECT_STATUS(kw_epochs_resume(&out, (kw_span){record.ptr, len}), KW_BAD_INPUT);
    }
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        uint8_t before = record.ptr[rows[i].at];
        assert_int_not_equal(before, rows[i].byte);
        record.ptr[rows[i].at] = rows[i].byte;
        EXPECT_STATUS(kw_epochs_resume(&out, kw_buf_view(&record)), KW_BAD_INPUT);
        record.ptr[rows[i].at] = before;
    }
    assert_int_equal(out.count, 99);
    EXPECT_OK(kw_buf_append_byte(&record, 0));
    EXPECT_STATUS(kw_epochs_resume(&out, kw_buf_view(&record)), KW_BAD_INPUT);
    KW_AUTO(kw_buf) small = kw_buf_init(20);
    EXPECT_STATUS(kw_epochs_save(&epochs, &small), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs__go_from_dealt_to_retired),
        cmocka_unit_test(epochs__keep_the_one_before_while_shares_are_missing),
        cmocka_unit_test(epochs__erase_what_loses),
        cmocka_unit_test(abort__erases_but_never_a_sealed_share),
        cmocka_unit_test(abort__never_lets_the_session_begin_again),
        cmocka_unit_test(aborted__sessions_never_fill_the_table),
        cmocka_unit_test(aborted__session_may_win_after_all),
        cmocka_unit_test(forget__is_for_sessions_that_never_began),
        cmocka_unit_test(epochs__take_a_share_that_comes_late),
        cmocka_unit_test(epochs__give_up_a_share_when_the_next_epoch_is_there),
        cmocka_unit_test(epochs__jump_over_missed_ones),
        cmocka_unit_test(certify__refuses_older_and_other_certificates),
        cmocka_unit_test(may_send__wants_what_the_message_rests_on),
        cmocka_unit_test(deal__leaves_room_for_a_certificate),
        cmocka_unit_test(resume__refuses_what_is_not_a_record),
    };
    return cmocka_run_group_tests_name("threshold/engine/epochs", tests, NULL, NULL);
}
