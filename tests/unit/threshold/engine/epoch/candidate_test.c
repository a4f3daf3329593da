/* SPDX-License-Identifier: Apache-2.0
 * What the names of a candidate cover, which candidates cannot be, and what its COMMITs prove. */
#include "threshold/engine/epoch/candidate.h"

#include "crypto/hash.h"
#include "support/epoch_desk.h"
#include "support/expect.h"
#include "support/toy_message.h"

static epoch_desk desk;
static desk_epoch epoch_1;
static desk_epoch epoch_2;

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk, &epoch_1, NULL, (desk_plan){1, 4, 0});
    epoch_desk_make(&desk, &epoch_2, &epoch_1, (desk_plan){2, 5, 0});
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    epoch_desk_close(&desk);
    return 0;
}

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

/* A changed copy with names of its own, its COMMITs signed for them. */
static void expect_verdict(const desk_epoch *changed, kw_status wanted)
{
    desk_epoch epoch = *changed;
    kw_candidate *c = &epoch.certificate.candidate;
    kw_authenticated commits[EPOCH_DESK_MEMBERS_MAX];
    kw_candidate_name(c, desk.group);
    for (uint16_t j = 1; j <= epoch.quorum.n; j++) {
        commits[j - 1] = epoch_desk_commit(&desk, &epoch, j);
    }
    c->commits = (kw_authenticated_list){commits, epoch.quorum.n};
    EXPECT_STATUS(kw_candidate_check(c, desk.group), wanted);
}

static void candidate_check__accepts_both_kinds(void **state)
{
    (void)state;
    expect_verdict(&epoch_1, KW_OK);
    expect_verdict(&epoch_2, KW_OK);
    desk_epoch other = epoch_1;
    other.certificate.candidate.fields.suite = KW_SUITE_FELDMAN;
    expect_verdict(&other, KW_OK);
}

static void candidate_check__refuses_what_no_session_makes(void **state)
{
    (void)state;
    kw_sid_fields *fields = NULL;
    desk_epoch other = epoch_1;
    fields = &other.certificate.candidate.fields;
    fields->epoch = 2;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_1;
    fields->t_old = 3;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_1;
    fields->previous.bytes[7] = 1;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_1;
    fields->suite = KW_SUITE_TOKEN;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_1;
    other.certificate.candidate.roster_old = &epoch_1.roster;
    fields->roster_old = epoch_1.roster.hash;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->epoch = 1;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->t_old = 1; /* f */
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->previous = (kw_hash32){{0}};
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->suite = KW_SUITE_PEDERSEN; /* there is nothing to bias */
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->t_new = 1;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->roster_new.bytes[0]++;
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    fields->roster_old.bytes[0]++;
    expect_verdict(&other, KW_REFUSED);
}

static void candidate_check__wants_enough_dealings_in_their_order(void **state)
{
    (void)state;
    desk_epoch other = epoch_1;
    other.certificate.candidate.dealings_count = 2; /* q is 3 */
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    other.certificate.candidate.dealings_count = 2; /* t_old is 3 */
    expect_verdict(&other, KW_REFUSED);
    other = epoch_2;
    other.certificate.candidate.dealings = other.dealings;
    other.dealings[2].dealer = 5; /* four deal */
    expect_verdict(&other, KW_REFUSED);
    other.dealings[2].dealer = 2;
    expect_verdict(&other, KW_ENCODING);
    other.dealings[2].dealer = 3;
    other.dealings[0].dealer = 0;
    expect_verdict(&other, KW_ENCODING);
}

static void candidate_check__wants_q_commits_in_their_order(void **state)
{
    (void)state;
    kw_candidate other = epoch_2.certificate.candidate; /* n = 5, q = 4 */
    kw_authenticated commits[6];
    memcpy(commits, other.commits.items, 5 * sizeof commits[0]);
    commits[5] = commits[4];
    other.commits = (kw_authenticated_list){&commits[1], 4};
    EXPECT_OK(kw_candidate_check(&other, desk.group));
    other.commits = (kw_authenticated_list){commits, 3};
    EXPECT_STATUS(kw_candidate_check(&other, desk.group), KW_LENGTH);
    other.commits = (kw_authenticated_list){commits, 6};
    EXPECT_STATUS(kw_candidate_check(&other, desk.group), KW_LENGTH);
    other.commits = (kw_authenticated_list){&commits[2], 4}; /* the last one twice */
    EXPECT_STATUS(kw_candidate_check(&other, desk.group), KW_ENCODING);
    commits[5] = commits[0];
    EXPECT_STATUS(kw_candidate_check(&other, desk.group), KW_ENCODING);
}

static void candidate_check__refuses_commits_to_anything_else(void **state)
{
    (void)state;
    kw_candidate other = epoch_2.certificate.candidate;
    kw_authenticated commits[5];
    other.commits.items = commits;
    desk_epoch rival; /* the same session fields but for the attempt */
    epoch_desk_make(&desk, &rival, &epoch_1, (desk_plan){2, 5, 1});
    const kw_authenticated wrong[] = {
        epoch_desk_commit(&desk, &rival, 3),
        epoch_desk_seal(&desk, &epoch_2, 2),
        epoch_1.certificate.candidate.commits.items[1],
        epoch_2.certificate.precommits.items[1],
    };
    static const kw_status wanted[] = {KW_REFUSED, KW_REFUSED, KW_REFUSED, KW_BAD_INPUT};
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        memcpy(commits, epoch_2.certificate.candidate.commits.items, sizeof commits);
        commits[2] = wrong[i];
        EXPECT_STATUS(kw_candidate_check(&other, desk.group), wanted[i]);
    }
}

static kw_status prove(const kw_candidate *candidate, size_t arena_max)
{
    kw_arena arena = kw_arena_init(arena_max);
    kw_candidate_judge judge = epoch_desk_judge(&desk, &arena);
    kw_status st = kw_candidate_prove(candidate, &judge);
    kw_arena_drop(&arena);
    return st;
}

static void candidate_prove__wants_good_signatures(void **state)
{
    (void)state;
    kw_candidate other = epoch_2.certificate.candidate;
    EXPECT_OK(prove(&other, KW_THRESHOLD_CERTIFICATE_CHECK_MAX));
    kw_authenticated commits[5];
    memcpy(commits, other.commits.items, sizeof commits);
    other.commits.items = commits;
    commits[3].signature.bytes[10] ^= 1;
    EXPECT_STATUS(prove(&other, KW_THRESHOLD_CERTIFICATE_CHECK_MAX), KW_UNAUTHENTICATED);
    EXPECT_OK(kw_candidate_check(&other, desk.group)); /* nobody can see it there */
}

/* Signed by its member, but the share is another member's. */
static void candidate_prove__wants_shares_of_the_members(void **state)
{
    (void)state;
    desk_epoch liar = epoch_2;
    kw_candidate other = epoch_2.certificate.candidate;
    kw_authenticated commits[5];
    memcpy(commits, other.commits.items, sizeof commits);
    other.commits.items = commits;
    liar.shares[3] = liar.shares[2];
    commits[3] = epoch_desk_commit(&desk, &liar, 4);
    EXPECT_OK(kw_candidate_check(&other, desk.group));
    EXPECT_STATUS(prove(&other, KW_THRESHOLD_CERTIFICATE_CHECK_MAX), KW_UNAUTHENTICATED);
    EXPECT_STATUS(prove(&epoch_2.certificate.candidate, 1024), KW_LIMIT);
}

static void candidate_judge_signatures__refuses_strangers(void **state)
{
    (void)state;
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_CHECK_MAX);
    kw_candidate_judge judge = epoch_desk_judge(&desk, &arena);
    kw_authenticated_list commits = epoch_2.certificate.candidate.commits;
    EXPECT_OK(kw_candidate_judge_signatures(&judge, &epoch_2.roster, commits));
    EXPECT_OK(kw_candidate_judge_signatures(&judge, &epoch_2.roster, (kw_authenticated_list){0}));
    EXPECT_STATUS(kw_candidate_judge_signatures(&judge, &epoch_1.roster, commits),
                  KW_UNAUTHENTICATED);
    kw_arena_drop(&arena);
}

static void candidate_copy__shares_nothing_with_its_source(void **state)
{
    (void)state;
    const kw_candidate *from = &epoch_2.certificate.candidate;
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_candidate copy;
    EXPECT_OK(kw_candidate_copy(&copy, &arena, from));
    assert_ptr_not_equal(copy.roster_new->members, from->roster_new->members);
    assert_ptr_not_equal(copy.commits.items[0].payload.ptr, from->commits.items[0].payload.ptr);
    assert_ptr_not_equal(copy.polynomial, from->polynomial);
    EXPECT_OK(kw_candidate_check(&copy, desk.group));
    EXPECT_OK(prove(&copy, KW_THRESHOLD_CERTIFICATE_CHECK_MAX));
    EXPECT_OK(kw_candidate_copy(&copy, &arena, &epoch_1.certificate.candidate)); /* nobody before */
    assert_int_equal(copy.roster_old->n, 0);
    kw_arena_drop(&arena);
    kw_arena small = kw_arena_init(2000);
    EXPECT_STATUS(kw_candidate_copy(&copy, &small, from), KW_LIMIT);
    kw_arena_drop(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidate_name__covers_everything_but_the_commits),
        cmocka_unit_test(candidate_scope__counts_dealers_in_the_old_roster_if_there_is_one),
        cmocka_unit_test(candidate_header__is_that_of_the_session),
        cmocka_unit_test(candidate_check__accepts_both_kinds),
        cmocka_unit_test(candidate_check__refuses_what_no_session_makes),
        cmocka_unit_test(candidate_check__wants_enough_dealings_in_their_order),
        cmocka_unit_test(candidate_check__wants_q_commits_in_their_order),
        cmocka_unit_test(candidate_check__refuses_commits_to_anything_else),
        cmocka_unit_test(candidate_prove__wants_good_signatures),
        cmocka_unit_test(candidate_prove__wants_shares_of_the_members),
        cmocka_unit_test(candidate_judge_signatures__refuses_strangers),
        cmocka_unit_test(candidate_copy__shares_nothing_with_its_source),
    };
    return cmocka_run_group_tests_name("threshold/engine/candidate", tests, open_desk, close_desk);
}
