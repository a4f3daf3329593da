/* SPDX-License-Identifier: Apache-2.0
 * Whole candidates stand in tests/vectors/threshold; here: what its names cover. */
#include "threshold/engine/candidate.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/toy_message.h"

static const kw_roster nobody = {0};
static const kw_roster four = {.n = 4, .hash = {{4}}};
static const kw_dealing_ref dealings[] = {{1, {{11}}}, {3, {{13}}}, {4, {{14}}}};

static kw_candidate first_epoch(const kw_group_g2 *polynomial)
{
    return (kw_candidate){
        .cluster_id = {{7}},
        .fields = {.kind = KW_SESSION_GENESIS,
                   .epoch = 1,
                   .timestamp = 600,
                   .attempt = 2,
                   .roster_new = four.hash,
                   .t_new = 3,
                   .suite = KW_SUITE_PEDERSEN},
        .set = {{9}},
        .roster_old = &nobody,
        .roster_new = &four,
        .dealings = dealings,
        .dealings_count = KW_COUNT(dealings),
        .polynomial = polynomial,
    };
}

static void expect_other(const kw_candidate *changed, const kw_candidate *from, bool is_other_sid)
{
    kw_candidate named = *changed;
    kw_candidate_name(&named, &toy_group);
    assert_int_equal(!kw_hash32_equal(&named.sid, &from->sid), is_other_sid);
    assert_false(kw_hash32_equal(&named.digest, &from->digest));
}

static void candidate_name__covers_everything_but_the_commits(void **state)
{
    (void)state;
    kw_group_g2 polynomial[] = {toy_g2(5), toy_g2(6), toy_g2(7)};
    kw_candidate first = first_epoch(polynomial);
    kw_candidate_name(&first, &toy_group);

    kw_candidate other = first;
    other.cluster_id.bytes[31] = 1;
    expect_other(&other, &first, true);
    other = first;
    other.fields.timestamp++;
    expect_other(&other, &first, true);
    other = first;
    other.fields.roster_new.bytes[0]++;
    expect_other(&other, &first, true);
    other = first;
    other.set.bytes[0]++;
    expect_other(&other, &first, false);
    other = first;
    other.dealings_count--;
    expect_other(&other, &first, false);
    const kw_group_g2 changed[] = {toy_g2(5), toy_g2(6), toy_g2(8)};
    other = first;
    other.polynomial = changed;
    expect_other(&other, &first, false);

    other = first;
    other.commits.count = 3;
    kw_candidate_name(&other, &toy_group);
    assert_true(kw_hash32_equal(&other.digest, &first.digest));
}

static void candidate_scope__counts_dealers_in_the_old_roster_if_there_is_one(void **state)
{
    (void)state;
    kw_candidate candidate = first_epoch(NULL);
    kw_message_scope scope = kw_candidate_scope(&candidate, &toy_group);
    assert_int_equal(scope.dealers, 4);
    assert_int_equal(scope.n, 4);
    assert_int_equal(scope.t, 3);
    assert_int_equal(scope.suite, KW_SUITE_PEDERSEN);
    const kw_roster seven = {.n = 7};
    candidate.roster_old = &seven;
    assert_int_equal(kw_candidate_scope(&candidate, &toy_group).dealers, 7);
}

static void candidate_header__is_that_of_the_session(void **state)
{
    (void)state;
    kw_group_g2 polynomial[] = {toy_g2(5), toy_g2(6), toy_g2(7)};
    kw_candidate candidate = first_epoch(polynomial);
    kw_candidate_name(&candidate, &toy_group);
    const kw_address sender = {{3, 4}};
    kw_message_header header = kw_candidate_header(&candidate, KW_MESSAGE_SEAL, &sender);
    assert_int_equal(header.type, KW_MESSAGE_SEAL);
    assert_int_equal(header.epoch, 1);
    assert_int_equal(header.timestamp, 600);
    assert_int_equal(header.attempt, 2);
    assert_true(kw_hash32_equal(&header.sid, &candidate.sid));
    assert_true(kw_address_equal(&header.sender, &sender));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidate_name__covers_everything_but_the_commits),
        cmocka_unit_test(candidate_scope__counts_dealers_in_the_old_roster_if_there_is_one),
        cmocka_unit_test(candidate_header__is_that_of_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
