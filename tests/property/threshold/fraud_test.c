/* SPDX-License-Identifier: Apache-2.0
 * Whatever becomes of a proof on its way, it never convicts anybody whom it did not convict before.
 * KW_TEST_SEED replays a run. */
#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/random_source.h"
#include "support/toy_group.h"

enum {
    FLIPS = 250, /* of each proof */
    SPLICES = 60,
};

static random_source random;
static fraud_desk desk;
static const kw_candidate_form form = {&toy_group, &kw_peer_schemes_all};

static kw_fraud_reason judge(kw_address *out_member, kw_span wire)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_file file;
    kw_fraud_verdict verdict;
    kw_status st = kw_fraud_file_decode(&file, &arena, wire, form.schemes, NULL);
    if (st != KW_OK) {
        EXPECT_STATUS(st, KW_BAD_INPUT);
        return KW_FRAUD_UNDECIDED;
    }
    EXPECT_OK(kw_fraud_judge(&verdict, &arena, &file, &form));
    *out_member = verdict.member;
    return verdict.reason;
}

static bool convicts(kw_span wire)
{
    kw_address member;
    return kw_fraud_convicts(judge(&member, wire));
}

/* One file of each kind that convicts. */
static kw_fraud_file guilty_file(size_t i)
{
    switch (i) {
    case 0:
        return fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    case 1:
        return fraud_desk_vote_twice(&desk);
    case 2:
        return fraud_desk_extract(&desk, false);
    default:
        dealt_share_bytes(&desk.dealt, FRAUD_DESK_VICTIM)[31] ^= 1;
        dealt_fix_root(&desk.dealt);
        return fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    }
}

/* Every byte is under a signature, under a hash that is, or is one. */
static void flipped_bits__convict_nobody(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&desk, &toy_group, KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
    for (size_t i = 0; i < 4; i++) {
        kw_fraud_file file = guilty_file(i);
        KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
        fraud_desk_write(&wire, &file);
        assert_true(convicts(kw_buf_view(&wire)));
        for (size_t k = 0; k < FLIPS; k++) {
            size_t at = random_below(&random, wire.len);
            uint8_t bit = (uint8_t)(1u << random_below(&random, 8));
            wire.ptr[at] ^= bit;
            if (convicts(kw_buf_view(&wire))) {
                fail_msg("file %zu, byte %zu, bit %u", i, at, bit);
            }
            wire.ptr[at] ^= bit;
        }
    }
    fraud_desk_close(&desk);
}

/* Of the certificate, COMMITs and precommits are under no hash: they prove nothing here. */
static void flipped_bits_of_a_source__convict_nobody_else(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&desk, &toy_group, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    for (size_t i = 0; i < 2; i++) {
        kw_fraud_file file = fraud_desk_source(&desk, i == 0);
        KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
        fraud_desk_write(&wire, &file);
        assert_int_equal(convicts(kw_buf_view(&wire)), i == 1);
        for (size_t k = 0; k < FLIPS; k++) {
            size_t at = random_below(&random, wire.len);
            uint8_t bit = (uint8_t)(1u << random_below(&random, 8));
            wire.ptr[at] ^= bit;
            kw_address member;
            if (kw_fraud_convicts(judge(&member, kw_buf_view(&wire)))) {
                assert_int_equal(i, 1);
                assert_true(kw_address_equal(&member, &desk.dealers[DEALT_DEALER - 1].address));
            }
            wire.ptr[at] ^= bit;
        }
    }
    fraud_desk_close(&desk);
}

/* Pieces of one proof in another, of the same and of other lengths. */
static void spliced_files__convict_nobody(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&desk, &toy_group, KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
    KW_AUTO(kw_buf) a = kw_buf_init(FRAUD_DESK_ROOM);
    KW_AUTO(kw_buf) b = kw_buf_init(FRAUD_DESK_ROOM);
    kw_fraud_file file = guilty_file(0);
    fraud_desk_write(&a, &file);
    file = guilty_file(2);
    fraud_desk_write(&b, &file);
    for (size_t k = 0; k < SPLICES; k++) {
        KW_AUTO(kw_buf) mixed = kw_buf_init(2 * FRAUD_DESK_ROOM);
        size_t cut = random_below(&random, a.len);
        size_t from = k % 2 == 0 ? KW_MIN(cut, b.len) : random_below(&random, b.len);
        EXPECT_OK(kw_buf_append(&mixed, (kw_span){a.ptr, cut}));
        EXPECT_OK(kw_buf_append(&mixed, (kw_span){b.ptr + from, b.len - from}));
        bool is_whole = mixed.len == b.len && memcmp(mixed.ptr, b.ptr, b.len) == 0;
        assert_int_equal(convicts(kw_buf_view(&mixed)), is_whole);
    }
    fraud_desk_close(&desk);
}

/* A vote on handing over is bound to no session, but to its voter. */
static void flipped_bits_of_a_handover__convict_nobody_else(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&desk, &toy_group, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    const peer *voter = &desk.dealers[random_below(&random, DEALT_MEMBERS)];
    for (uint8_t i = 0; i < 2; i++) {
        kw_message vote = fraud_desk_message(&desk, KW_MESSAGE_PRECOMMIT, voter);
        kw_handover_id(&vote.header.sid, &desk.cluster_id, desk.session.fields.epoch,
                       &desk.session.fields.previous);
        vote.body.vote = (kw_vote){.view = 1, .value = {{i}}};
        desk.messages[i] = fraud_desk_sign(&desk, &vote, voter);
    }
    kw_fraud_file file = fraud_desk_file(&desk, KW_FRAUD_EQUIVOCATION, 2);
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, &file);
    assert_true(convicts(kw_buf_view(&wire)));
    for (size_t k = 0; k < FLIPS; k++) {
        size_t at = random_below(&random, wire.len); /* whichever bit */
        wire.ptr[at] ^= 4;
        kw_address member;
        if (kw_fraud_convicts(judge(&member, kw_buf_view(&wire)))) {
            assert_true(kw_address_equal(&member, &voter->address));
        }
        wire.ptr[at] ^= 4;
    }
    fraud_desk_close(&desk);
}

int main(void)
{
    random = random_new("fraud");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flipped_bits__convict_nobody),
        cmocka_unit_test(flipped_bits_of_a_source__convict_nobody_else),
        cmocka_unit_test(spliced_files__convict_nobody),
        cmocka_unit_test(flipped_bits_of_a_handover__convict_nobody_else),
    };
    return cmocka_run_group_tests_name("property/threshold/fraud", tests, NULL, NULL);
}
