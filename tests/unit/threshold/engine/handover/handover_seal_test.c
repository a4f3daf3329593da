/* SPDX-License-Identifier: Apache-2.0
 * SEALs and the certificate, with wrong ones among them. */
#include "threshold/engine/handover/handover.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/handover_desk.h"

static handover_desk desk;

static int open_desk(void **state)
{
    (void)state;
    handover_desk_open(&desk, 1);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    handover_desk_close(&desk);
    return 0;
}

/* Actions up to IDLE, none of them this one. */
static void expect_never(kw_handover_act act)
{
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        assert_int_not_equal(desk.action.act, act);
    } while (desk.action.act != KW_HANDOVER_IDLE);
}

static void seal__never_before_the_decision(void **state)
{
    (void)state;
    handover_desk_offer(&desk, 0);
    for (uint16_t voter = 2; voter <= 4; voter++) {
        handover_desk_seal(&desk, 0, voter); /* others may know more */
        handover_desk_vote(&desk, 0, KW_MESSAGE_PREVOTE, voter, 0);
    }
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        if (desk.action.act == KW_HANDOVER_SEND) {
            kw_message_header header;
            EXPECT_OK(kw_message_header_decode(&header, desk.action.letters[0]->message.payload));
            assert_int_not_equal(header.type, KW_MESSAGE_SEAL);
        }
        assert_int_not_equal(desk.action.act, KW_HANDOVER_CERTIFIED);
    } while (desk.action.act != KW_HANDOVER_IDLE);
}

static void seal__comes_after_decided_and_is_sent_again(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    const kw_candidate *c = &desk.next[0].certificate.candidate;
    kw_message seal = handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    assert_true(kw_hash32_equal(&seal.header.sid, &c->sid));
    assert_true(kw_hash32_equal(&seal.body.commit.digest, &c->digest));
    kw_authenticated wanted = epoch_desk_seal(&desk.epochs, &desk.next[0], 1);
    EXPECT_SPAN(desk.action.letters[0]->message.payload, wanted.payload);
    expect_never(KW_HANDOVER_SEND);
    desk.now = desk.now + 2 * HANDOVER_DESK_DELTA_MS;
    bool has_sent = false;
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        has_sent =
            has_sent || (desk.action.act == KW_HANDOVER_RELAY &&
                         kw_hash32_equal(&desk.action.letters[0]->message.hash, &wanted.hash));
    } while (desk.action.act != KW_HANDOVER_IDLE);
    assert_true(has_sent);
}

static void seal__is_not_sent_without_a_share(void **state)
{
    (void)state;
    desk.has_share = false;
    handover_desk_decide(&desk);
    expect_never(KW_HANDOVER_SEND);
    handover_desk_seal(&desk, 0, 2);
    handover_desk_seal(&desk, 0, 3);
    expect_never(KW_HANDOVER_CERTIFIED);
    handover_desk_seal(&desk, 0, 4); /* it does without this member */
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
}

static void certificate__is_whole_with_t_seals_and_passes_all_checks(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    handover_desk_seal(&desk, 0, 3);
    expect_never(KW_HANDOVER_CERTIFIED);
    handover_desk_seal(&desk, 0, 4);
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
    const kw_certificate *got = desk.action.certificate;
    assert_true(kw_hash32_equal(&got->hash, &desk.next[0].certificate.hash));
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    KW_AUTO(kw_buf) file = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    kw_candidate_form form = epoch_desk_form(&desk.epochs);
    kw_candidate_judge judge = epoch_desk_judge(&desk.epochs, &arena);
    kw_certificate read;
    EXPECT_OK(kw_certificate_encode(&file, got, desk.epochs.group));
    EXPECT_OK(kw_certificate_decode(&read, &arena, kw_buf_view(&file), &form));
    EXPECT_OK(kw_head_check_certificate(&desk.setup.head, &read, &judge, NULL));
    kw_arena_drop(&arena);
    expect_never(KW_HANDOVER_CERTIFIED); /* once */
}

/* The share of another member, signed by its own key. */
static kw_authenticated wrong_canary_share(uint16_t voter)
{
    static desk_epoch outgoing;
    outgoing = desk.first;
    outgoing.shares[voter - 1] = outgoing.shares[voter % 4];
    desk_epoch liar = desk.next[0];
    liar.before = &outgoing;
    return epoch_desk_seal(&desk.epochs, &liar, voter);
}

static void certificate__drops_a_wrong_canary_share(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    kw_authenticated wrong = wrong_canary_share(2);
    EXPECT_OK(kw_handover_take(desk.h, &wrong, 2, desk.now));
    handover_desk_seal(&desk, 0, 3);
    expect_never(KW_HANDOVER_CERTIFIED); /* three are there, one is wrong */
    handover_desk_seal(&desk, 0, 4);
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
    assert_true(kw_hash32_equal(&desk.action.certificate->hash, &desk.next[0].certificate.hash));
}

static void certificate__takes_the_good_one_of_two_seals(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    kw_authenticated wrong = wrong_canary_share(2);
    kw_authenticated good = epoch_desk_seal(&desk.epochs, &desk.next[0], 2);
    kw_authenticated loser = epoch_desk_seal(&desk.epochs, &desk.next[1], 2);
    EXPECT_OK(kw_handover_take(desk.h, &wrong, 2, desk.now));
    EXPECT_STATUS(kw_handover_take(desk.h, &good, 2, desk.now), KW_CONFLICT);
    EXPECT_STATUS(kw_handover_take(desk.h, &loser, 2, desk.now), KW_REFUSED);
    handover_desk_expect(&desk, KW_HANDOVER_EVIDENCE);
    handover_desk_seal(&desk, 0, 3);
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
}

/* The pitfall: they share a place, but are no two bodies for one. */
static void seals__of_two_sessions_convict_nobody(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    kw_authenticated good = epoch_desk_seal(&desk.epochs, &desk.next[0], 2);
    kw_authenticated other = epoch_desk_seal(&desk.epochs, &desk.next[1], 2);
    EXPECT_OK(kw_handover_take(desk.h, &other, 2, desk.now));
    EXPECT_STATUS(kw_handover_take(desk.h, &good, 2, desk.now), KW_CONFLICT);
    expect_never(KW_HANDOVER_EVIDENCE);
    handover_desk_seal(&desk, 0, 3);
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
}

static void certificate__counts_no_seals_of_another_candidate(void **state)
{
    (void)state;
    handover_desk_decide(&desk);
    handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    for (uint16_t voter = 2; voter <= 4; voter++) {
        handover_desk_seal(&desk, 1, voter);
    }
    expect_never(KW_HANDOVER_CERTIFIED);
}

static void seal_take__refuses_other_lengths(void **state)
{
    (void)state;
    kw_authenticated seal = epoch_desk_seal(&desk.epochs, &desk.next[0], 2);
    seal.payload.len--;
    EXPECT_STATUS(kw_handover_take(desk.h, &seal, 2, desk.now), KW_BAD_INPUT);
}

static void winner__is_fetched_when_it_is_not_here(void **state)
{
    (void)state;
    handover_desk_offer(&desk, 1);
    for (uint16_t voter = 2; voter <= 4; voter++) {
        handover_desk_vote(&desk, 0, KW_MESSAGE_PRECOMMIT, voter, 0);
        handover_desk_seal(&desk, 0, voter);
    }
    do {
        EXPECT_OK(kw_handover_next(desk.h, &desk.action, desk.now));
        assert_int_not_equal(desk.action.act, KW_HANDOVER_IDLE);
    } while (desk.action.act != KW_HANDOVER_FETCH);
    assert_true(kw_hash32_equal(&desk.action.digest, &desk.next[0].certificate.candidate.digest));
    assert_in_range(desk.action.to, 2, 4);
    handover_desk_offer(&desk, 0);
    handover_desk_expect_send(&desk, KW_MESSAGE_SEAL);
    handover_desk_expect(&desk, KW_HANDOVER_CERTIFIED);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(seal__never_before_the_decision),
        CASE(seal__comes_after_decided_and_is_sent_again),
        CASE(seal__is_not_sent_without_a_share),
        CASE(certificate__is_whole_with_t_seals_and_passes_all_checks),
        CASE(certificate__drops_a_wrong_canary_share),
        CASE(certificate__takes_the_good_one_of_two_seals),
        CASE(seals__of_two_sessions_convict_nobody),
        CASE(certificate__counts_no_seals_of_another_candidate),
        CASE(seal_take__refuses_other_lengths),
        CASE(winner__is_fetched_when_it_is_not_here),
    };
    return cmocka_run_group_tests_name("threshold/engine/handover_seal", tests, NULL, NULL);
}
