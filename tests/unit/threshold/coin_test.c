/* SPDX-License-Identifier: Apache-2.0
 * A coin that operators flip, and every way to load it. */
#include "threshold/coin.h"

#include "crypto/keccak.h"
#include "support/coin_desk.h"
#include "support/expect.h"

enum {
    OPERATORS = 4,
};

static coin_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    coin_desk_open(&desk, OPERATORS);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    coin_desk_close(&desk);
    return 0;
}

/* Fills `err` on every failure, and leaves `out` alone. */
static kw_status flip_of(kw_coin_flip *out, kw_coin_part *parts, size_t count)
{
    kw_error err = {0};
    kw_coin_flip before = *out;
    kw_coin_parts given = {parts, count};
    kw_status st = kw_coin_flip_of_parts(out, &desk.arena, given, &err);
    assert_int_equal(err.status, st);
    if (st != KW_OK) {
        assert_memory_equal(&before, out, sizeof before);
    }
    return st;
}

static void expect_refused(kw_coin_part *parts, size_t count, kw_status wanted)
{
    kw_coin_flip flip = {0};
    EXPECT_STATUS(flip_of(&flip, parts, count), wanted);
}

/* The index of operator `at` of the rows, which are in no order. */
static uint16_t index_of(uint32_t at)
{
    return kw_roster_index(&desk.operators.roster, &desk.rows.peers[at].address);
}

static void coin__follows_from_the_values_by_address(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip flip = {0};
    kw_hash32 coin;
    kw_hash32 wanted;
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    EXPECT_OK(flip_of(&flip, desk.reveals, OPERATORS));
    EXPECT_OK(kw_coin_flip_end(&flip, &coin, NULL));
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("KEYWARD-V1-COIN-FLIP")));
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(desk.operators.roster.hash.bytes)));
    for (uint16_t index = 1; index <= OPERATORS; index++) {
        for (uint32_t at = 0; at < OPERATORS; at++) {
            if (index_of(at) == index) {
                EXPECT_OK(kw_buf_append(&text, KW_SPAN(desk.reveals[at].value.bytes)));
            }
        }
    }
    kw_keccak256(&wanted, kw_buf_view(&text));
    EXPECT_SPAN(KW_SPAN(coin.bytes), KW_SPAN(wanted.bytes));
}

static void commitment__hides_its_value_under_roster_and_address(void **state)
{
    KW_UNUSED(state);
    kw_hash32 wanted;
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("KEYWARD-V1-COIN-VALUE")));
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(desk.operators.roster.hash.bytes)));
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(desk.rows.peers[2].address.bytes)));
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(desk.reveals[2].value.bytes)));
    kw_keccak256(&wanted, kw_buf_view(&text));
    EXPECT_SPAN(KW_SPAN(desk.commitments[2].commitment.bytes), KW_SPAN(wanted.bytes));
    kw_hash32 zeros = {{0}};
    EXPECT_SPAN(KW_SPAN(desk.commitments[2].value.bytes), KW_SPAN(zeros.bytes));
}

static void flip__takes_parts_in_any_order_and_again(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip flip = {0};
    kw_coin_flip again = {0};
    kw_hash32 coin;
    kw_hash32 same;
    kw_coin_part parts[3 * OPERATORS];
    for (uint32_t at = 0; at < OPERATORS; at++) {
        parts[at] = desk.reveals[OPERATORS - 1 - at];
        parts[OPERATORS + at] = desk.commitments[at];
        parts[2 * OPERATORS + at] = desk.reveals[at];
    }
    EXPECT_OK(flip_of(&flip, desk.reveals, OPERATORS));
    EXPECT_OK(flip_of(&again, parts, KW_COUNT(parts)));
    EXPECT_OK(kw_coin_flip_end(&flip, &coin, NULL));
    EXPECT_OK(kw_coin_flip_end(&again, &same, NULL));
    EXPECT_SPAN(KW_SPAN(coin.bytes), KW_SPAN(same.bytes));
    EXPECT_SPAN(KW_SPAN(flip.list.bytes), KW_SPAN(again.list.bytes));
}

static void coin__is_none_until_all_have_revealed(void **state)
{
    KW_UNUSED(state);
    for (uint32_t missing = 0; missing < OPERATORS; missing++) {
        kw_coin_flip flip = {0};
        kw_hash32 coin = {{7}};
        kw_hash32 before = coin;
        kw_error err = {0};
        kw_coin_part parts[OPERATORS];
        memcpy(parts, desk.reveals, sizeof parts);
        parts[missing] = desk.commitments[missing];
        EXPECT_OK(flip_of(&flip, parts, OPERATORS));
        EXPECT_STATUS(kw_coin_flip_end(&flip, &coin, &err), KW_UNAVAILABLE);
        assert_string_equal(err.text, "1 of 4 operators have not revealed");
        EXPECT_SPAN(KW_SPAN(coin.bytes), KW_SPAN(before.bytes));
    }
}

static void flip__needs_all_commitments(void **state)
{
    KW_UNUSED(state);
    expect_refused(NULL, 0, KW_BAD_INPUT);
    expect_refused(desk.commitments, 1, KW_REFUSED);
    expect_refused(desk.commitments, OPERATORS - 1, KW_REFUSED);
    expect_refused(desk.commitments + 1, OPERATORS - 1, KW_REFUSED);
    kw_coin_part twice[OPERATORS];
    memcpy(twice, desk.commitments, sizeof twice);
    twice[3] = twice[0];
    expect_refused(twice, OPERATORS, KW_REFUSED);
}

static void flip__is_one_flip(void **state)
{
    KW_UNUSED(state);
    static coin_desk others;
    kw_coin_part parts[OPERATORS + 1];
    coin_desk_open(&others, OPERATORS + 1);
    memcpy(parts, desk.commitments, sizeof desk.commitments[0] * OPERATORS);
    parts[OPERATORS] = others.commitments[OPERATORS];
    expect_refused(parts, OPERATORS + 1, KW_REFUSED);
    parts[OPERATORS].roster = desk.operators.roster.hash; /* says that it is of ours */
    expect_refused(parts, OPERATORS + 1, KW_REFUSED);
    parts[3] = others.commitments[3];
    expect_refused(parts, OPERATORS, KW_REFUSED);
    parts[3].roster = desk.operators.roster.hash; /* signed for the others */
    expect_refused(parts, OPERATORS, KW_UNAUTHENTICATED);
    coin_desk_close(&others);
}

static void flip__finds_a_copied_commitment(void **state)
{
    KW_UNUSED(state);
    kw_coin_part parts[OPERATORS];
    memcpy(parts, desk.commitments, sizeof parts);
    parts[1].commitment = parts[0].commitment;
    parts[1].signature = parts[0].signature;
    expect_refused(parts, OPERATORS, KW_UNAUTHENTICATED);
    coin_desk_sign_commitment(&desk, 1, &parts[1]); /* and signs it as its own */
    expect_refused(parts, OPERATORS, KW_CONFLICT);
}

static void flip__takes_one_commitment_of_each(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip flip = {0};
    kw_coin_part parts[OPERATORS + 1];
    memcpy(parts, desk.commitments, sizeof desk.commitments[0] * OPERATORS);
    parts[OPERATORS] = parts[2];
    EXPECT_OK(flip_of(&flip, parts, OPERATORS + 1));
    parts[OPERATORS].commitment.bytes[0] ^= 1; /* anybody could say this of it */
    expect_refused(parts, OPERATORS + 1, KW_UNAUTHENTICATED);
    coin_desk_sign_commitment(&desk, 2, &parts[OPERATORS]);
    expect_refused(parts, OPERATORS + 1, KW_CONFLICT);
}

/* One commitment to some, another to the rest: what they reveal is for different lists. */
static void flip__finds_two_lists(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip other = {0};
    kw_coin_part parts[OPERATORS];
    memcpy(parts, desk.commitments, sizeof parts);
    parts[0].commitment.bytes[0] ^= 1;
    coin_desk_sign_commitment(&desk, 0, &parts[0]);
    EXPECT_OK(flip_of(&other, parts, OPERATORS));
    kw_coin_seat seat = coin_desk_seat(&desk, 1);
    EXPECT_OK(kw_coin_reveal(&parts[1], &desk.arena, &other, &seat, &desk.values[1], NULL));
    parts[0] = desk.commitments[0];
    expect_refused(parts, OPERATORS, KW_CONFLICT);
}

static void flip__takes_the_value_that_was_committed_to(void **state)
{
    KW_UNUSED(state);
    kw_coin_part parts[OPERATORS];
    memcpy(parts, desk.reveals, sizeof parts);
    parts[3].value.bytes[31] ^= 1;
    expect_refused(parts, OPERATORS, KW_UNAUTHENTICATED);
    coin_desk_sign_reveal(&desk, 3, &parts[3]);
    expect_refused(parts, OPERATORS, KW_REFUSED);
    parts[3].value = parts[0].value; /* that of another */
    coin_desk_sign_reveal(&desk, 3, &parts[3]);
    expect_refused(parts, OPERATORS, KW_REFUSED);
    parts[3] = desk.reveals[3];
    parts[3].list.bytes[0] ^= 1;
    expect_refused(parts, OPERATORS, KW_UNAUTHENTICATED);
}

static void flip__takes_one_value_of_each(void **state)
{
    KW_UNUSED(state);
    kw_coin_part parts[OPERATORS + 1];
    memcpy(parts, desk.reveals, sizeof desk.reveals[0] * OPERATORS);
    parts[OPERATORS] = parts[1];
    parts[OPERATORS].value.bytes[0] ^= 1;
    coin_desk_sign_reveal(&desk, 1, &parts[OPERATORS]);
    expect_refused(parts, OPERATORS + 1, KW_CONFLICT);
}

static void flip__checks_every_signature(void **state)
{
    KW_UNUSED(state);
    for (uint32_t at = 0; at < OPERATORS; at++) {
        uint8_t wrong[KW_THRESHOLD_SIGNATURE_BYTES_MAX];
        kw_coin_part part = desk.reveals[at];
        kw_span *const signatures[] = {&desk.reveals[at].signature, &desk.reveals[at].reveal};
        for (size_t i = 0; i < KW_COUNT(signatures); i++) {
            memcpy(wrong, signatures[i]->ptr, signatures[i]->len);
            wrong[signatures[i]->len / 2] ^= 1;
            signatures[i]->ptr = wrong;
            expect_refused(desk.reveals, OPERATORS, KW_UNAUTHENTICATED);
            desk.reveals[at] = part;
        }
    }
    kw_coin_flip flip = {0};
    EXPECT_OK(flip_of(&flip, desk.reveals, OPERATORS));
}

static void commit__is_for_an_operator_with_its_key(void **state)
{
    KW_UNUSED(state);
    kw_coin_part part = {0};
    kw_error err = {0};
    kw_coin_seat seat = coin_desk_seat(&desk, 0);
    seat.key = desk.secrets[2];
    EXPECT_STATUS(kw_coin_commit(&part, &desk.arena, &seat, &desk.values[0], &err), KW_REFUSED);
    assert_non_null(strstr(err.text, "the key is not that of operator 0x"));
    seat = coin_desk_seat(&desk, 0);
    kw_operator_row stranger = *seat.row;
    stranger.address = KW_STR("0x0000000000000000000000000000000000000001");
    seat.row = &stranger;
    EXPECT_STATUS(kw_coin_commit(&part, &desk.arena, &seat, &desk.values[0], &err), KW_REFUSED);
    assert_non_null(strstr(err.text, "none of the operators"));
    stranger.address = KW_STR("0x01");
    EXPECT_STATUS(kw_coin_commit(&part, &desk.arena, &seat, &desk.values[0], &err), KW_BAD_INPUT);
    assert_int_equal(part.signature.len, 0);
}

/* Somebody put an older commitment, or none of it, in the place of its own. */
static void reveal__is_for_the_own_commitment(void **state)
{
    KW_UNUSED(state);
    kw_coin_flip flip = {0};
    kw_coin_part part = {0};
    kw_error err = {0};
    kw_coin_seat seat = coin_desk_seat(&desk, 0);
    EXPECT_OK(flip_of(&flip, desk.commitments, OPERATORS));
    EXPECT_STATUS(kw_coin_reveal(&part, &desk.arena, &flip, &seat, &desk.values[1], &err),
                  KW_REFUSED);
    assert_non_null(strstr(err.text, "nothing is revealed"));
    seat.key = desk.secrets[1];
    EXPECT_STATUS(kw_coin_reveal(&part, &desk.arena, &flip, &seat, &desk.values[0], &err),
                  KW_REFUSED);
    assert_int_equal(part.reveal.len, 0);
}

static void flip__survives_an_arena_of_any_size(void **state)
{
    KW_UNUSED(state);
    kw_status st = KW_LIMIT;
    for (size_t max = 0; st != KW_OK && max < 64 * 1024; max += 512) {
        kw_arena small = kw_arena_init(max);
        kw_coin_flip flip = {0};
        st = kw_coin_flip_of_parts(&flip, &small, coin_desk_reveals(&desk), NULL);
        assert_true(st == KW_OK || st == KW_LIMIT);
        kw_arena_drop(&small);
    }
    EXPECT_OK(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coin__follows_from_the_values_by_address),
        cmocka_unit_test(commitment__hides_its_value_under_roster_and_address),
        cmocka_unit_test(flip__takes_parts_in_any_order_and_again),
        cmocka_unit_test(coin__is_none_until_all_have_revealed),
        cmocka_unit_test(flip__needs_all_commitments),
        cmocka_unit_test(flip__is_one_flip),
        cmocka_unit_test(flip__finds_a_copied_commitment),
        cmocka_unit_test(flip__takes_one_commitment_of_each),
        cmocka_unit_test(flip__finds_two_lists),
        cmocka_unit_test(flip__takes_the_value_that_was_committed_to),
        cmocka_unit_test(flip__takes_one_value_of_each),
        cmocka_unit_test(flip__checks_every_signature),
        cmocka_unit_test(commit__is_for_an_operator_with_its_key),
        cmocka_unit_test(reveal__is_for_the_own_commitment),
        cmocka_unit_test(flip__survives_an_arena_of_any_size),
    };
    return cmocka_run_group_tests_name("threshold/coin", tests, set_up, tear_down);
}
