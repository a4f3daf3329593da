/* SPDX-License-Identifier: Apache-2.0
 * What anybody can see of a certificate, and what a client with a pinned key checks. Bytes of whole
 * certificates: tests/vectors/threshold/certificate_test.c. */
#include "threshold/engine/epoch/certificate.h"

#include "crypto/hash.h"
#include "support/epoch_desk.h"
#include "support/expect.h"
#include "threshold/engine/use/partial.h"

static epoch_desk desk;
static desk_epoch first;
static desk_epoch second; /* other members, one more of them */

static int open_desk(void **state)
{
    (void)state;
    epoch_desk_open(&desk, &toy_group, PEER_ED25519);
    epoch_desk_make(&desk, &first, NULL, (desk_plan){1, 4, 0});
    epoch_desk_make(&desk, &second, &first, (desk_plan){3, 5, 1});
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    epoch_desk_close(&desk);
    return 0;
}

/* Writes the certificate and reads it. */
static kw_status read_back(kw_certificate *out, kw_arena *arena, const kw_certificate *written)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&wire, written, desk.group));
    kw_span file = {0};
    EXPECT_OK(kw_arena_copy_span(arena, &file, kw_buf_view(&wire)));
    const kw_candidate_form form = epoch_desk_form(&desk);
    return kw_certificate_decode(out, arena, file, &form);
}

static void expect_refused(const kw_certificate *written, kw_status wanted)
{
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_certificate certificate = {.precommits.count = 4242};
    EXPECT_STATUS(read_back(&certificate, &arena, written), wanted);
    assert_int_equal(certificate.precommits.count, 4242);
    kw_arena_drop(&arena);
}

static void certificate_decode__gives_what_was_written(void **state)
{
    (void)state;
    const desk_epoch *epochs[] = {&first, &second};
    for (size_t i = 0; i < KW_COUNT(epochs); i++) {
        kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
        const kw_certificate *wanted = &epochs[i]->certificate;
        kw_certificate got;
        EXPECT_OK(read_back(&got, &arena, wanted));
        assert_true(kw_hash32_equal(&got.hash, &wanted->hash));
        assert_true(kw_hash32_equal(&got.candidate.digest, &wanted->candidate.digest));
        assert_int_equal(got.candidate.fields.attempt, i);
        assert_int_equal(got.candidate.commits.count, epochs[i]->quorum.n);
        assert_int_equal(got.precommits.count, 3);
        assert_true(desk.group->g1_equal(&got.canary, &wanted->canary));
        kw_arena_drop(&arena);
    }
}

static void certificate_epoch_of__reads_the_head_only(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&wire, &second.certificate, desk.group));
    assert_int_equal(kw_certificate_epoch_of(kw_buf_view(&wire)), 2);
    assert_int_equal(kw_certificate_epoch_of((kw_span){wire.ptr, 46}), 2);
    assert_int_equal(kw_certificate_epoch_of((kw_span){wire.ptr, 45}), 0);
    assert_int_equal(kw_certificate_epoch_of((kw_span){0}), 0);
    wire.ptr[3] ^= 1;
    assert_int_equal(kw_certificate_epoch_of(kw_buf_view(&wire)), 0);
}

static void certificate_decode__refuses_every_shorter_and_one_longer_file(void **state)
{
    (void)state;
    const kw_candidate_form form = epoch_desk_form(&desk);
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_CERTIFICATE_BYTES_MAX);
    EXPECT_OK(kw_certificate_encode(&wire, &second.certificate, desk.group));
    EXPECT_OK(kw_buf_append_byte(&wire, 0));
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    for (size_t len = 0; len <= wire.len; len++) {
        kw_certificate certificate;
        kw_status wanted = len == wire.len - 1 ? KW_OK : KW_BAD_INPUT;
        EXPECT_STATUS(kw_certificate_decode(&certificate, &arena, (kw_span){wire.ptr, len}, &form),
                      wanted);
        kw_arena_reset(&arena);
    }
    wire.ptr[3] = '2';
    kw_certificate certificate;
    EXPECT_STATUS(
        kw_certificate_decode(&certificate, &arena, (kw_span){wire.ptr, wire.len - 1}, &form),
        KW_BAD_INPUT);
    kw_arena_drop(&arena);
}

static void certificate_decode__refuses_the_token_key_and_unknown_kinds(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {0, 3, 4, 255};
    for (size_t i = 0; i < KW_COUNT(kinds); i++) {
        kw_certificate other = first.certificate;
        other.candidate.fields.kind = kinds[i];
        expect_refused(&other, KW_REFUSED);
    }
}

/* A field that no session of this kind has. The COMMITs are then of another sid, too: the rules
 * before them are shown by candidate_test. */
static void certificate_decode__refuses_other_fields_than_were_signed(void **state)
{
    (void)state;
    kw_certificate other = second.certificate;
    other.candidate.fields.suite = KW_SUITE_PEDERSEN;
    expect_refused(&other, KW_REFUSED);
    other = second.certificate;
    other.candidate.fields.timestamp++;
    expect_refused(&other, KW_REFUSED);
    other = second.certificate;
    other.candidate.set.bytes[0]++;
    expect_refused(&other, KW_REFUSED);
    other = second.certificate;
    other.candidate.fields.t_new = 1; /* not above f */
    expect_refused(&other, KW_REFUSED);
    other = first.certificate;
    other.candidate.fields.epoch = 2;
    expect_refused(&other, KW_REFUSED);
}

static void certificate_decode__refuses_a_canary_that_is_no_point(void **state)
{
    (void)state;
    kw_certificate other = second.certificate;
    other.canary = desk.group->g1_infinity();
    expect_refused(&other, KW_INFINITY);
}

/* The certificate with the precommits of other members, in this order, in views of their own. */
static kw_certificate with_votes(const uint16_t *members, const uint32_t *views, size_t count)
{
    kw_certificate other = second.certificate;
    kw_authenticated *votes = kw_arena_new(&desk.arena, count, sizeof *votes);
    assert_non_null(votes);
    for (size_t i = 0; i < count; i++) {
        votes[i] = epoch_desk_vote(&desk, &second, KW_MESSAGE_PRECOMMIT, members[i], views[i]);
    }
    other.precommits = (kw_authenticated_list){votes, count};
    return other;
}

static void certificate_decode__wants_b_precommits_in_their_order(void **state)
{
    (void)state;
    static const uint32_t views[] = {7, 7, 7, 7};
    kw_arena arena = kw_arena_init(KW_THRESHOLD_CERTIFICATE_ARENA_MAX);
    kw_certificate got;
    kw_certificate other = with_votes((const uint16_t[]){1, 3, 4}, views, 3);
    EXPECT_OK(read_back(&got, &arena, &other));
    kw_arena_drop(&arena);
    other = with_votes((const uint16_t[]){1, 2}, views, 2);
    expect_refused(&other, KW_LENGTH);
    other = with_votes((const uint16_t[]){1, 2, 3, 4}, views, 4);
    expect_refused(&other, KW_LENGTH);
    other = with_votes((const uint16_t[]){1, 3, 2}, views, 3);
    expect_refused(&other, KW_ENCODING);
    other = with_votes((const uint16_t[]){1, 3, 3}, views, 3);
    expect_refused(&other, KW_ENCODING);
}

static void certificate_decode__wants_precommits_of_one_view(void **state)
{
    (void)state;
    kw_certificate other = with_votes((const uint16_t[]){1, 2, 3}, (const uint32_t[]){0, 0, 1}, 3);
    expect_refused(&other, KW_REFUSED);
}

static void expect_vote_refused(const kw_authenticated *vote)
{
    kw_certificate other = second.certificate;
    kw_authenticated votes[] = {other.precommits.items[0], *vote, other.precommits.items[2]};
    other.precommits.items = votes;
    expect_refused(&other, KW_REFUSED);
}

static void certificate_decode__refuses_votes_for_anything_else(void **state)
{
    (void)state;
    kw_authenticated vote = epoch_desk_vote(&desk, &second, KW_MESSAGE_PREVOTE, 2, 0);
    expect_vote_refused(&vote);
    vote = epoch_desk_vote(&desk, &first, KW_MESSAGE_PRECOMMIT, 2, 0); /* of the epoch before */
    expect_vote_refused(&vote);
    desk_epoch rival; /* another candidate for the same epoch */
    epoch_desk_make(&desk, &rival, &first, (desk_plan){3, 5, 2});
    vote = epoch_desk_vote(&desk, &rival, KW_MESSAGE_PRECOMMIT, 2, 0);
    expect_vote_refused(&vote);
}

static void certificate_check_pinned__is_all_that_a_client_needs(void **state)
{
    (void)state;
    const kw_group_g2 *master = &first.polynomial[0];
    EXPECT_OK(
        kw_certificate_check_pinned(&first.certificate, desk.group, &desk.cluster_id, master));
    EXPECT_OK(
        kw_certificate_check_pinned(&second.certificate, desk.group, &desk.cluster_id, master));
    /* COMMITs and precommits prove nothing to it. */
    kw_certificate bare = second.certificate;
    bare.precommits.count = 0;
    bare.candidate.commits.count = 0;
    EXPECT_OK(kw_certificate_check_pinned(&bare, desk.group, &desk.cluster_id, master));
}

static void certificate_check_pinned__refuses_another_key_or_cluster(void **state)
{
    (void)state;
    const kw_hash32 other = {{9}};
    EXPECT_STATUS(
        kw_certificate_check_pinned(&second.certificate, desk.group, &other, &first.polynomial[0]),
        KW_REFUSED);
    EXPECT_STATUS(kw_certificate_check_pinned(&second.certificate, desk.group, &desk.cluster_id,
                                              &second.polynomial[1]),
                  KW_REFUSED);
}

/* Made by whoever stole operator keys: everything fits but the canary. */
static void certificate_check_pinned__refuses_a_canary_of_another_key_or_purpose(void **state)
{
    (void)state;
    kw_certificate forged = second.certificate;
    const kw_hash32 *digest = &forged.candidate.digest;
    const kw_purposed epoch = {KW_PURPOSE_EPOCH, KW_SPAN(digest->bytes)};
    EXPECT_OK(kw_partial_sign(&forged.canary, desk.group, &first.shares[0], &epoch));
    EXPECT_STATUS(
        kw_certificate_check_pinned(&forged, desk.group, &desk.cluster_id, &first.polynomial[0]),
        KW_UNAUTHENTICATED);
    const kw_purposed ready = {KW_PURPOSE_READY, KW_SPAN(digest->bytes)};
    EXPECT_OK(kw_partial_sign(&forged.canary, desk.group, &first.coefficients[0], &ready));
    EXPECT_STATUS(
        kw_certificate_check_pinned(&forged, desk.group, &desk.cluster_id, &first.polynomial[0]),
        KW_UNAUTHENTICATED);
    assert_false(kw_certificate_is_sealed(&forged, desk.group));
    assert_true(kw_certificate_is_sealed(&second.certificate, desk.group));
}

static void certificate_name__does_not_depend_on_the_signers(void **state)
{
    (void)state;
    static const uint32_t views[] = {7, 7, 7};
    kw_certificate other = with_votes((const uint16_t[]){2, 3, 4}, views, 3);
    other.candidate.commits.count--;
    kw_certificate_name(&other, desk.group);
    assert_true(kw_hash32_equal(&other.hash, &second.certificate.hash));
    other.canary = desk.group->g1_generator();
    kw_certificate_name(&other, desk.group);
    assert_false(kw_hash32_equal(&other.hash, &second.certificate.hash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificate_decode__gives_what_was_written),
        cmocka_unit_test(certificate_epoch_of__reads_the_head_only),
        cmocka_unit_test(certificate_decode__refuses_every_shorter_and_one_longer_file),
        cmocka_unit_test(certificate_decode__refuses_the_token_key_and_unknown_kinds),
        cmocka_unit_test(certificate_decode__refuses_other_fields_than_were_signed),
        cmocka_unit_test(certificate_decode__refuses_a_canary_that_is_no_point),
        cmocka_unit_test(certificate_decode__wants_b_precommits_in_their_order),
        cmocka_unit_test(certificate_decode__wants_precommits_of_one_view),
        cmocka_unit_test(certificate_decode__refuses_votes_for_anything_else),
        cmocka_unit_test(certificate_check_pinned__is_all_that_a_client_needs),
        cmocka_unit_test(certificate_check_pinned__refuses_another_key_or_cluster),
        cmocka_unit_test(certificate_check_pinned__refuses_a_canary_of_another_key_or_purpose),
        cmocka_unit_test(certificate_name__does_not_depend_on_the_signers),
    };
    return cmocka_run_group_tests_name("threshold/engine/certificate", tests, open_desk,
                                       close_desk);
}
