/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/msg_deal.h"

#include "support/expect.h"
#include "support/toy_message.h"

static const uint8_t suites[] = {1, 2};

static kw_message hello_of(const kw_message_scope *scope)
{
    kw_message message = toy_message(KW_MESSAGE_HELLO, scope);
    message.body.hello = (kw_hello){
        .suites = KW_SPAN(suites), .head = {{5}}, .ek = toy_g1(11), .proof = toy_proof(12)};
    return message;
}

static kw_group_g1 in_g1[3];
static kw_group_g2 in_g2[3];

static kw_message deal_of(const kw_message_scope *scope)
{
    for (size_t k = 0; k < 3; k++) {
        in_g1[k] = toy_g1(100 + k);
        in_g2[k] = toy_g2(200 + k);
    }
    kw_message message = toy_message(KW_MESSAGE_DEAL, scope);
    message.body.deal = (kw_deal){.n = 4,
                                  .c.t = 3,
                                  .r = toy_g1(21),
                                  .proof_r = toy_proof(22),
                                  .receivers = toy_hashes(),
                                  .shares_root = {{6}},
                                  .proof_a0 = toy_proof(24)};
    if (scope->suite == KW_SUITE_PEDERSEN) {
        message.body.deal.c.g1 = in_g1;
    } else {
        message.body.deal.c.g2 = in_g2;
    }
    return message;
}

static void deal_bodies__come_back(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        kw_message_scope scope = toy_scope(suite);
        kw_message message = hello_of(&scope);
        expect_round_trip(&message, &scope);
        message = deal_of(&scope);
        expect_round_trip(&message, &scope);
        static uint8_t encrypted[4 * 64] = {9};
        message = toy_message(KW_MESSAGE_SHARES, &scope);
        message.body.shares =
            (kw_shares){.n = 4, .encrypted = {encrypted, 4 * kw_scope_share_bytes(&scope)}};
        expect_round_trip(&message, &scope);
        assert_int_equal(kw_shares_at(&message.body.shares, 1).len, suite == 2 ? 64 : 32);
        assert_ptr_equal(kw_shares_at(&message.body.shares, 4).ptr,
                         &encrypted[3 * kw_scope_share_bytes(&scope)]);
    }
    kw_message_scope reshare = toy_scope(1);
    reshare.kind = KW_SESSION_RESHARE;
    kw_message message = deal_of(&reshare);
    expect_round_trip(&message, &reshare);
}

static void hello__refuses_suites_keys_and_proofs(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    static const uint8_t descending[] = {2, 1};
    static const uint8_t twice[] = {1, 1};
    static const uint8_t many[KW_THRESHOLD_SUITES_MAX + 1] = {0, 1,  2,  3,  4,  5,  6,  7, 8,
                                                              9, 10, 11, 12, 13, 14, 15, 16};
    kw_message message = hello_of(&scope);
    message.body.hello.suites = KW_SPAN(descending);
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.hello.suites = KW_SPAN(twice);
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.hello.suites = (kw_span){0};
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.hello.suites = KW_SPAN(many);
    expect_refused(&message, &scope, KW_BAD_INPUT);
    message = hello_of(&scope);
    message.body.hello.ek = toy_g1(0);
    expect_refused(&message, &scope, KW_INFINITY);
    message.body.hello.ek = toy_g1(UINT64_C(1) << 63 | 1);
    expect_refused(&message, &scope, KW_NOT_IN_SUBGROUP);
    message = hello_of(&scope);
    message.body.hello.proof.c.words[0] = TOY_GROUP_ORDER;
    expect_refused(&message, &scope, KW_RANGE);
}

/* A longer polynomial would raise the threshold unnoticed; a zero top coefficient lowers it. */
static void deal__refuses_another_degree(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    static const uint16_t degrees[] = {0, 1, 2};
    for (size_t i = 0; i < KW_COUNT(degrees); i++) {
        kw_message message = deal_of(&scope);
        message.body.deal.c.t = degrees[i];
        expect_refused(&message, &scope, KW_LENGTH);
    }
    kw_message_scope wider = scope;
    wider.t = 2;
    kw_message message = deal_of(&scope);
    expect_refused(&message, &wider, KW_LENGTH);
    wider = scope;
    wider.n = 5;
    expect_refused(&message, &wider, KW_LENGTH);
    message.body.deal.n = 3;
    message.body.deal.receivers.count = 3;
    expect_refused(&message, &scope, KW_LENGTH);
}

static void deal__refuses_points_and_scalars(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 2; suite++) {
        kw_message_scope scope = toy_scope(suite);
        kw_message message = deal_of(&scope);
        in_g1[2] = toy_g1(0);
        in_g2[2] = toy_g2(0);
        expect_refused(&message, &scope, KW_INFINITY);
        message = deal_of(&scope);
        in_g1[0] = toy_g1(UINT64_C(1) << 63 | 1);
        in_g2[0] = toy_g2(UINT64_C(1) << 63 | 1);
        expect_refused(&message, &scope, KW_NOT_IN_SUBGROUP);
        message = deal_of(&scope);
        message.body.deal.r = toy_g1(0);
        expect_refused(&message, &scope, KW_INFINITY);
        message = deal_of(&scope);
        message.body.deal.proof_r.z.words[0] = TOY_GROUP_ORDER + 1;
        expect_refused(&message, &scope, KW_RANGE);
    }
    kw_message_scope scope = toy_scope(1);
    kw_message message = deal_of(&scope);
    message.body.deal.proof_a0.c.words[0] = TOY_GROUP_ORDER;
    expect_refused(&message, &scope, KW_RANGE);
    kw_message_scope reshare = scope; /* where no proof of a_0 is due */
    reshare.kind = KW_SESSION_RESHARE;
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    message = deal_of(&scope);
    toy_message_write(&wire, &message, &scope);
    kw_arena arena = kw_arena_init(1 << 16);
    EXPECT_STATUS(toy_message_read(&message, &arena, kw_buf_view(&wire), &reshare), KW_BAD_INPUT);
    kw_arena_drop(&arena);
}

static void deal_bodies__keep_to_their_arena_and_count(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = deal_of(&scope);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    toy_message_write(&wire, &message, &scope);
    kw_arena arena = kw_arena_init(100);
    EXPECT_STATUS(toy_message_read(&message, &arena, kw_buf_view(&wire), &scope), KW_LIMIT);
    kw_arena_drop(&arena);
    static const uint8_t encrypted[5 * 64] = {9};
    for (uint16_t n = 0; n <= 5; n++) {
        message = toy_message(KW_MESSAGE_SHARES, &scope);
        message.body.shares = (kw_shares){.n = n, .encrypted = {encrypted, n * (size_t)64}};
        if (n != 4) {
            expect_refused(&message, &scope, KW_LENGTH);
        }
    }
}

static void commitments__are_written_as_in_a_deal(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = deal_of(&scope);
    uint8_t wire[3 * TOY_GROUP_G1_BYTES];
    kw_writer w = kw_writer_of(KW_MSPAN(wire));
    kw_commitments_write(&w, &toy_group, &message.body.deal.c);
    EXPECT_OK(kw_write_end(&w));
    assert_int_equal(wire[7], 100);
    assert_int_equal(wire[23], 102);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deal_bodies__come_back),
        cmocka_unit_test(hello__refuses_suites_keys_and_proofs),
        cmocka_unit_test(deal__refuses_another_degree),
        cmocka_unit_test(deal__refuses_points_and_scalars),
        cmocka_unit_test(deal_bodies__keep_to_their_arena_and_count),
        cmocka_unit_test(commitments__are_written_as_in_a_deal),
    };
    return cmocka_run_group_tests_name("threshold/engine/msg_deal", tests, NULL, NULL);
}
