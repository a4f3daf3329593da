/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/msg_finish.h"

#include "support/expect.h"
#include "support/toy_message.h"

static kw_group_g2 points[4];
static kw_opened_share shares[5];

static kw_message extract_of(const kw_message_scope *scope)
{
    for (size_t k = 0; k < KW_COUNT(points); k++) {
        points[k] = toy_g2(50 + k);
    }
    kw_message message = toy_message(KW_MESSAGE_EXTRACT, scope);
    kw_proof two = toy_proof(5);
    message.body.extract = (kw_extract){.a = points, .t = 3, .proof = {two.c, two.z, two.c}};
    return message;
}

static kw_message reconstruct_of(const kw_message_scope *scope)
{
    for (uint16_t i = 0; i < KW_COUNT(shares); i++) {
        kw_proof two = toy_proof(7u * i);
        shares[i] = (kw_opened_share){(uint16_t)(i + 1), two.c, two.z};
    }
    kw_message message = toy_message(KW_MESSAGE_RECONSTRUCT, scope);
    message.body.reconstruct = (kw_reconstruct){shares, 2};
    return message;
}

static kw_message commit_of(const kw_message_scope *scope)
{
    kw_message message = toy_message(KW_MESSAGE_COMMIT, scope);
    message.body.commit = (kw_commit){.digest = {{1}}, .share = toy_g1(5), .proof = toy_proof(9)};
    return message;
}

static void finish_bodies__come_back(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = extract_of(&scope);
    expect_round_trip(&message, &scope);
    message = reconstruct_of(&scope);
    expect_round_trip(&message, &scope);
    message = commit_of(&scope);
    expect_round_trip(&message, &scope);
    message.header.type = KW_MESSAGE_SEAL;
    expect_round_trip(&message, &scope);
    scope.kind = KW_SESSION_TOKEN_KEY;
    message = commit_of(&scope);
    expect_round_trip(&message, &scope);
}

static void extract__refuses_degree_points_and_scalars(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = extract_of(&scope);
    message.body.extract.t = 4;
    expect_refused(&message, &scope, KW_LENGTH);
    message.body.extract.t = 2;
    expect_refused(&message, &scope, KW_LENGTH);
    message = extract_of(&scope);
    points[1] = toy_g2(0);
    expect_refused(&message, &scope, KW_INFINITY);
    message = extract_of(&scope);
    message.body.extract.proof.z_b.words[0] = TOY_GROUP_ORDER;
    expect_refused(&message, &scope, KW_RANGE);
    message = extract_of(&scope);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    toy_message_write(&wire, &message, &scope);
    kw_arena arena = kw_arena_init(64);
    EXPECT_STATUS(toy_message_read(&message, &arena, kw_buf_view(&wire), &scope), KW_LIMIT);
    kw_arena_drop(&arena);
}

static void reconstruct__refuses_order_range_and_count(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = reconstruct_of(&scope);
    message.body.reconstruct.count = 0;
    expect_refused(&message, &scope, KW_LENGTH);
    message.body.reconstruct.count = 5;
    expect_refused(&message, &scope, KW_LENGTH);
    message = reconstruct_of(&scope);
    shares[1].dealer = 1;
    expect_refused(&message, &scope, KW_ENCODING);
    shares[0].dealer = 0;
    expect_refused(&message, &scope, KW_ENCODING);
    message = reconstruct_of(&scope);
    shares[1].dealer = 5;
    expect_refused(&message, &scope, KW_RANGE);
    message = reconstruct_of(&scope);
    shares[1].f2.words[0] = TOY_GROUP_ORDER; /* a share + r */
    expect_refused(&message, &scope, KW_RANGE);
}

static void commit__refuses_points_and_scalars(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = commit_of(&scope);
    message.body.commit.share = toy_g1(0);
    expect_refused(&message, &scope, KW_INFINITY);
    message.header.type = KW_MESSAGE_SEAL;
    expect_refused(&message, &scope, KW_INFINITY);
    scope.kind = KW_SESSION_TOKEN_KEY;
    message = commit_of(&scope);
    message.body.commit.proof.z.words[0] = TOY_GROUP_ORDER;
    expect_refused(&message, &scope, KW_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finish_bodies__come_back),
        cmocka_unit_test(extract__refuses_degree_points_and_scalars),
        cmocka_unit_test(reconstruct__refuses_order_range_and_count),
        cmocka_unit_test(commit__refuses_points_and_scalars),
    };
    return cmocka_run_group_tests_name("threshold/engine/msg_finish", tests, NULL, NULL);
}
