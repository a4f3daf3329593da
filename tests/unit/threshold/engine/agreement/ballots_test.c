/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/agreement/ballots.h"

#include "support/agreement_desk.h"
#include "support/expect.h"

static const kw_quorum four = {.n = 4, .f = 1, .t = 3, .q = 3, .b = 3};

static kw_status add(kw_ballots *ballots, kw_agreement_message message)
{
    kw_ballot_receipt receipt;
    return kw_ballots_add(ballots, &receipt, &message, 0);
}

static uint16_t count(const kw_ballots *ballots, const kw_ballot_box *box, char letter)
{
    kw_hash32 value = desk_value(letter);
    return kw_ballot_box_count(ballots, box, &value);
}

static void add__counts_votes_by_kind_view_and_value(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    assert_null(kw_ballots_view(&ballots, 0));
    assert_null(kw_ballots_view(&ballots, UINT32_MAX));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 1, 0, 'a')));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 2, 0, 'a')));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 3, 0, 0)));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PRECOMMIT, 3, 0, 'a')));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 4, 1, 'a')));
    const kw_ballot_view *view = kw_ballots_view(&ballots, 0);
    assert_int_equal(view->prevotes.cast_count, 3);
    assert_int_equal(count(&ballots, &view->prevotes, 'a'), 2);
    assert_int_equal(count(&ballots, &view->prevotes, 0), 1);
    assert_int_equal(count(&ballots, &view->precommits, 'a'), 1);
    assert_false(view->prevotes.has_winner);
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 4, 0, 'a')));
    assert_true(view->prevotes.has_winner);
    assert_int_equal(view->prevotes.winner.bytes[0], 'a');
    assert_false(view->precommits.has_winner);
}

static void add__never_lets_nil_win(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    for (uint16_t sender = 1; sender <= 4; sender++) {
        EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, sender, 0, 0)));
    }
    assert_false(kw_ballots_view(&ballots, 0)->prevotes.has_winner);
}

static void add__knows_what_it_has(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    static const kw_agreement_kind kinds[] = {KW_AGREEMENT_PROPOSE, KW_AGREEMENT_PREVOTE,
                                              KW_AGREEMENT_PRECOMMIT};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        EXPECT_OK(add(&ballots, desk_message(kinds[i], 2, 0, 'a')));
        EXPECT_STATUS(add(&ballots, desk_message(kinds[i], 2, 0, 'a')), KW_END);
    }
    assert_int_equal(kw_ballots_view(&ballots, 0)->prevotes.cast_count, 1);
}

/* However many votes a faulty member casts: they are evidence, and cannot keep out the one that
 * others need. */
static void add__counts_the_first_and_the_newest_of_an_equivocator(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    const kw_agreement_message first = desk_message(KW_AGREEMENT_PRECOMMIT, 4, 0, 'x');
    EXPECT_OK(add(&ballots, first));
    for (char letter = 'p'; letter <= 'r'; letter++) {
        kw_ballot_receipt receipt;
        kw_agreement_message next = desk_message(KW_AGREEMENT_PRECOMMIT, 4, 0, letter);
        EXPECT_STATUS(kw_ballots_add(&ballots, &receipt, &next, 0), KW_CONFLICT);
        EXPECT_SPAN(KW_SPAN(receipt.rival.bytes), KW_SPAN(first.id.bytes));
        kw_agreement_message before =
            desk_message(KW_AGREEMENT_PRECOMMIT, 4, 0, (char)(letter - 1));
        kw_hash32 spare = letter == 'p' ? (kw_hash32){{0}} : before.id;
        EXPECT_SPAN(KW_SPAN(receipt.spare.bytes), KW_SPAN(spare.bytes));
        assert_true(kw_ballots_has(&ballots, &first) && kw_ballots_has(&ballots, &next));
        assert_false(kw_ballots_has(&ballots, &before));
    }
    const kw_ballot_box *box = &kw_ballots_view(&ballots, 0)->precommits;
    assert_int_equal(box->cast_count, 1);
    assert_int_equal(count(&ballots, box, 'x'), 1);
    assert_int_equal(count(&ballots, box, 'q'), 0);
    assert_int_equal(count(&ballots, box, 'r'), 1);
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PRECOMMIT, 1, 0, 'a')));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PRECOMMIT, 2, 0, 'a')));
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PRECOMMIT, 4, 0, 'a')), KW_CONFLICT);
    assert_true(box->has_winner);
    kw_ballot_receipt receipt;
    const kw_agreement_message late = desk_message(KW_AGREEMENT_PRECOMMIT, 4, 0, 'z');
    EXPECT_STATUS(kw_ballots_add(&ballots, &receipt, &late, 0), KW_CONFLICT);
    EXPECT_SPAN(KW_SPAN(receipt.spare.bytes), KW_SPAN(late.id.bytes));
    assert_false(kw_ballots_has(&ballots, &late));
    assert_int_equal(count(&ballots, box, 'a'), 3);
}

static void add__keeps_the_first_proposal(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PROPOSE, 4, 0, 'a')));
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PROPOSE, 4, 0, 'b')), KW_CONFLICT);
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PROPOSE, 4, 0, 'b')), KW_END);
    kw_ballot_receipt receipt;
    const kw_agreement_message third = desk_message(KW_AGREEMENT_PROPOSE, 4, 0, 'c');
    EXPECT_STATUS(kw_ballots_add(&ballots, &receipt, &third, 0), KW_CONFLICT);
    EXPECT_SPAN(KW_SPAN(receipt.spare.bytes), KW_SPAN(third.id.bytes));
    assert_int_equal(kw_ballots_view(&ballots, 0)->proposal.value.bytes[0], 'a');
    for (char letter = 'a'; letter <= 'c'; letter++) {
        kw_agreement_message proposal = desk_message(KW_AGREEMENT_PROPOSE, 4, 0, letter);
        assert_int_equal(kw_ballots_has(&ballots, &proposal), letter < 'c');
    }
}

static void has__is_false_for_strangers(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 2, 0, 'a')));
    static const uint16_t senders[] = {0, 1, 5};
    static const kw_agreement_kind kinds[] = {KW_AGREEMENT_PROPOSE, KW_AGREEMENT_PREVOTE,
                                              KW_AGREEMENT_PRECOMMIT};
    for (size_t i = 0; i < KW_COUNT(senders); i++) {
        for (size_t k = 0; k < KW_COUNT(kinds); k++) {
            for (uint32_t view = 0; view < 2; view++) {
                kw_agreement_message other = desk_message(kinds[k], senders[i], view, 'a');
                assert_false(kw_ballots_has(&ballots, &other));
            }
        }
    }
    kw_agreement_message known = desk_message(KW_AGREEMENT_PREVOTE, 2, 0, 'a');
    assert_true(kw_ballots_has(&ballots, &known));
    known.kind = KW_AGREEMENT_PRECOMMIT;
    assert_false(kw_ballots_has(&ballots, &known));
}

static void add__refuses_what_is_out_of_range(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 0, 0, 'a')), KW_BAD_INPUT);
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 5, 0, 'a')), KW_BAD_INPUT);
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 1, KW_AGREEMENT_VIEWS_MAX, 0)),
                  KW_BAD_INPUT);
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 1, UINT32_MAX, 0)),
                  KW_BAD_INPUT);
    kw_agreement_message proposal = desk_message(KW_AGREEMENT_PROPOSE, 1, 3, 'a');
    proposal.valid_view = 3;
    EXPECT_STATUS(add(&ballots, proposal), KW_BAD_INPUT);
    proposal.valid_view = 2;
    EXPECT_OK(add(&ballots, proposal));
    assert_true(kw_ballots_reached_by(&ballots, 2) == KW_AGREEMENT_NO_VIEW);
}

static void add__keeps_views_until_eight_ahead(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 1, 8, 'a')));
    EXPECT_STATUS(add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 1, 9, 'a')), KW_LIMIT);
    assert_null(kw_ballots_view(&ballots, 9));
    assert_int_equal(kw_ballots_reached_by(&ballots, 1), 9);
}

static void add__stays_within_the_arena(void **state)
{
    (void)state;
    kw_ballots ballots;
    kw_status st = KW_OK;
    KW_AUTO(kw_arena) arena = kw_arena_init(2048);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    for (uint32_t view = 0; view <= 8 && st == KW_OK; view++) {
        st = add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, 1, view, 'a'));
    }
    EXPECT_STATUS(st, KW_LIMIT);
}

static void reached_by__is_where_so_many_members_are(void **state)
{
    (void)state;
    kw_ballots ballots;
    KW_AUTO(kw_arena) arena = kw_arena_init(1 << 16);
    EXPECT_OK(kw_ballots_init(&ballots, &arena, &four));
    assert_true(kw_ballots_reached_by(&ballots, 1) == KW_AGREEMENT_NO_VIEW);
    static const uint32_t views[] = {3, 0, 700, 5};
    for (uint16_t i = 0; i < KW_COUNT(views); i++) {
        kw_status st =
            add(&ballots, desk_message(KW_AGREEMENT_PREVOTE, (uint16_t)(i + 1), views[i], 'a'));
        EXPECT_STATUS(st, views[i] == 700 ? KW_LIMIT : KW_OK);
    }
    EXPECT_OK(add(&ballots, desk_message(KW_AGREEMENT_PRECOMMIT, 4, 1, 'a'))); /* it was further */
    assert_int_equal(kw_ballots_reached_by(&ballots, 1), 700);
    assert_int_equal(kw_ballots_reached_by(&ballots, 2), 5);
    assert_int_equal(kw_ballots_reached_by(&ballots, 3), 3);
    assert_int_equal(kw_ballots_reached_by(&ballots, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add__counts_votes_by_kind_view_and_value),
        cmocka_unit_test(add__never_lets_nil_win),
        cmocka_unit_test(add__knows_what_it_has),
        cmocka_unit_test(add__counts_the_first_and_the_newest_of_an_equivocator),
        cmocka_unit_test(add__keeps_the_first_proposal),
        cmocka_unit_test(has__is_false_for_strangers),
        cmocka_unit_test(add__refuses_what_is_out_of_range),
        cmocka_unit_test(add__keeps_views_until_eight_ahead),
        cmocka_unit_test(add__stays_within_the_arena),
        cmocka_unit_test(reached_by__is_where_so_many_members_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
