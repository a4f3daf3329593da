/* SPDX-License-Identifier: Apache-2.0
 * What a member checks of the next certificate: everything, each check with a certificate that
 * fails it alone. */
#include "threshold/engine/epoch/succession.h"

#include "crypto/hash.h"
#include "support/epoch_desk.h"
#include "support/expect.h"

static epoch_desk desk;
static desk_epoch epoch_1;
static desk_epoch epoch_2;
static desk_epoch epoch_3; /* a roster without any member of the one before */

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk, &epoch_1, NULL, (desk_plan){1, 4, 0});
    epoch_desk_make(&desk, &epoch_2, &epoch_1, (desk_plan){3, 5, 0});
    epoch_desk_make(&desk, &epoch_3, &epoch_2, (desk_plan){20, 3, 0});
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    epoch_desk_close(&desk);
    return 0;
}

static kw_status check(const kw_head *head, const kw_certificate *certificate)
{
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    kw_candidate_judge judge = epoch_desk_judge(&desk, &arena);
    kw_error err = {0};
    kw_status st = kw_head_check_certificate(head, certificate, &judge, &err);
    assert_int_equal(err.status, st); /* it says why */
    kw_arena_drop(&arena);
    return st;
}

static void head__goes_from_certificate_to_certificate(void **state)
{
    (void)state;
    kw_head head = epoch_desk_head(&desk, &epoch_1);
    EXPECT_OK(check(&head, &epoch_1.certificate));
    head = kw_head_after(&head, &epoch_1.certificate);
    EXPECT_OK(check(&head, &epoch_2.certificate));
    head = kw_head_after(&head, &epoch_2.certificate);
    EXPECT_OK(check(&head, &epoch_3.certificate));
    head = kw_head_after(&head, &epoch_3.certificate);
    assert_int_equal(head.epoch, 3);
    assert_int_equal(head.t, 2);
    assert_int_equal(head.suite, KW_SUITE_PEDERSEN);
    assert_true(kw_hash32_equal(&head.certificate, &epoch_3.certificate.hash));
    assert_ptr_equal(head.roster, &epoch_3.roster);
    assert_ptr_equal(head.polynomial, epoch_3.polynomial);
}

static void head_before_genesis__wants_the_roster_of_the_configuration(void **state)
{
    (void)state;
    kw_config_fields config = {.suite = KW_SUITE_PEDERSEN,
                               .ratio = KW_THRESHOLD_RATIO_DEFAULT,
                               .genesis_roster = epoch_1.roster.hash};
    kw_head head = {.epoch = 42};
    EXPECT_STATUS(kw_head_before_genesis(&head, &desk.cluster_id, &config, &epoch_2.roster),
                  KW_REFUSED);
    assert_int_equal(head.epoch, 42);
    EXPECT_OK(kw_head_before_genesis(&head, &desk.cluster_id, &config, &epoch_1.roster));
    EXPECT_OK(check(&head, &epoch_1.certificate));
}

static void head_check__refuses_epochs_that_are_not_the_next(void **state)
{
    (void)state;
    kw_head head = epoch_desk_head(&desk, &epoch_2);
    EXPECT_STATUS(check(&head, &epoch_1.certificate), KW_REFUSED);
    EXPECT_STATUS(check(&head, &epoch_3.certificate), KW_REFUSED);
    head = epoch_desk_head(&desk, &epoch_1);
    EXPECT_STATUS(check(&head, &epoch_2.certificate), KW_REFUSED);
}

/* Each thing that the head knows, known otherwise. */
static void head_check__refuses_another_cluster_parent_roster_threshold_or_key(void **state)
{
    (void)state;
    const kw_head head = epoch_desk_head(&desk, &epoch_2);
    EXPECT_OK(check(&head, &epoch_2.certificate));
    kw_head other = head;
    other.cluster_id.bytes[5]++;
    EXPECT_STATUS(check(&other, &epoch_2.certificate), KW_REFUSED);
    other = head;
    other.certificate.bytes[5]++;
    EXPECT_STATUS(check(&other, &epoch_2.certificate), KW_REFUSED);
    other = head;
    other.roster = &epoch_3.roster;
    EXPECT_STATUS(check(&other, &epoch_2.certificate), KW_REFUSED);
    other = head;
    other.t = 2;
    EXPECT_STATUS(check(&other, &epoch_2.certificate), KW_REFUSED);
    other = head;
    other.ratio = (kw_threshold_ratio){1, 2};
    EXPECT_STATUS(check(&other, &epoch_2.certificate), KW_REFUSED);
    other = head;
    other.polynomial = &epoch_1.polynomial[1];
    EXPECT_STATUS(check(&other, &epoch_2.certificate), KW_REFUSED);
    other = epoch_desk_head(&desk, &epoch_1);
    other.suite = KW_SUITE_FELDMAN;
    EXPECT_STATUS(check(&other, &epoch_1.certificate), KW_REFUSED);
}

static void head_check__wants_signatures_of_the_outgoing_roster(void **state)
{
    (void)state;
    const kw_head head = epoch_desk_head(&desk, &epoch_2);
    kw_certificate other = epoch_2.certificate;
    kw_authenticated votes[3];
    memcpy(votes, other.precommits.items, sizeof votes);
    other.precommits.items = votes;
    votes[1].signature.bytes[3] ^= 1;
    EXPECT_STATUS(check(&head, &other), KW_UNAUTHENTICATED);
    votes[1] = other.precommits.items[0];
    votes[1].signature = epoch_2.certificate.precommits.items[1].signature;
    EXPECT_STATUS(check(&head, &other), KW_UNAUTHENTICATED);
}

static void head_check__wants_proven_shares(void **state)
{
    (void)state;
    const kw_head head = epoch_desk_head(&desk, &epoch_2);
    kw_certificate other = epoch_2.certificate;
    desk_epoch liar = epoch_2;
    kw_authenticated commits[5];
    memcpy(commits, other.candidate.commits.items, sizeof commits);
    other.candidate.commits.items = commits;
    commits[4].signature.bytes[3] ^= 1;
    EXPECT_STATUS(check(&head, &other), KW_UNAUTHENTICATED);
    liar.shares[4] = liar.shares[0];
    commits[4] = epoch_desk_commit(&desk, &liar, 5);
    EXPECT_STATUS(check(&head, &other), KW_UNAUTHENTICATED);
}

static void head_check__wants_the_canary(void **state)
{
    (void)state;
    const kw_head head = epoch_desk_head(&desk, &epoch_2);
    kw_certificate other = epoch_2.certificate;
    other.canary = epoch_1.certificate.canary;
    EXPECT_STATUS(check(&head, &other), KW_UNAUTHENTICATED);
}

/* Thieves of all keys of a later roster make a chain of their own: everything fits together, and
 * nothing of it follows from the genesis roster that the joiner has. */
static void head_check__fake_certificate_for_a_joiner(void **state)
{
    (void)state;
    desk_epoch fake_1;
    desk_epoch fake_2;
    epoch_desk_make(&desk, &fake_1, NULL, (desk_plan){20, 4, 0});
    epoch_desk_make(&desk, &fake_2, &fake_1, (desk_plan){21, 4, 0});
    kw_head head = epoch_desk_head(&desk, &fake_1);
    EXPECT_OK(check(&head, &fake_1.certificate)); /* to itself it is right */
    head = kw_head_after(&head, &fake_1.certificate);
    EXPECT_OK(check(&head, &fake_2.certificate));

    kw_head joiner = epoch_desk_head(&desk, &epoch_1);
    EXPECT_STATUS(check(&joiner, &fake_1.certificate), KW_REFUSED);
    EXPECT_STATUS(check(&joiner, &fake_2.certificate), KW_REFUSED);
    joiner = kw_head_after(&joiner, &epoch_1.certificate);
    EXPECT_STATUS(check(&joiner, &fake_2.certificate), KW_REFUSED);
    EXPECT_STATUS(kw_certificate_check_pinned(&fake_2.certificate, desk.group, &desk.cluster_id,
                                              &epoch_1.polynomial[0]),
                  KW_REFUSED);
}

/* The members who left kept their signing keys, and nobody kept the shares of their epoch. */
static void head_check__fake_certificate_by_operators_without_shares(void **state)
{
    (void)state;
    desk_epoch fake;
    desk_epoch without = epoch_1;
    memset(without.coefficients, 3, sizeof without.coefficients[0]);
    epoch_desk_make(&desk, &fake, &without, (desk_plan){30, 4, 0});
    fake.polynomial[0] = epoch_1.polynomial[0]; /* claims the key of the cluster */
    kw_head joiner = epoch_desk_head(&desk, &epoch_2);
    EXPECT_STATUS(check(&joiner, &fake.certificate), KW_UNAUTHENTICATED);
}

static void head_check_candidate__says_why_not(void **state)
{
    (void)state;
    kw_head head = epoch_desk_head(&desk, &epoch_2);
    kw_candidate other = epoch_2.certificate.candidate;
    kw_error err = {0};
    EXPECT_OK(kw_head_check_candidate(&head, &other, desk.group, &err));
    other.polynomial = &epoch_2.polynomial[1];
    EXPECT_STATUS(kw_head_check_candidate(&head, &other, desk.group, &err), KW_REFUSED);
    assert_string_equal(err.text, "another master key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head__goes_from_certificate_to_certificate),
        cmocka_unit_test(head_before_genesis__wants_the_roster_of_the_configuration),
        cmocka_unit_test(head_check__refuses_epochs_that_are_not_the_next),
        cmocka_unit_test(head_check__refuses_another_cluster_parent_roster_threshold_or_key),
        cmocka_unit_test(head_check__wants_signatures_of_the_outgoing_roster),
        cmocka_unit_test(head_check__wants_proven_shares),
        cmocka_unit_test(head_check__wants_the_canary),
        cmocka_unit_test(head_check_candidate__says_why_not),
        cmocka_unit_test(head_check__fake_certificate_for_a_joiner),
        cmocka_unit_test(head_check__fake_certificate_by_operators_without_shares),
    };
    return cmocka_run_group_tests_name("threshold/engine/succession", tests, open_desk, close_desk);
}
