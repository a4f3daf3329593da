/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/msg_echo.h"

#include "support/expect.h"
#include "support/toy_message.h"

static kw_echo_entry entries[5];

static kw_message echo_of(const kw_message_scope *scope)
{
    kw_message message = toy_message(KW_MESSAGE_ECHO, scope);
    memset(entries, 0, sizeof entries);
    entries[0] = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = {{1}}};
    entries[2] = (kw_echo_entry){
        .verdict = KW_ECHO_COMPLAINT, .deal = {{2}}, .p = toy_g1(77), .proof = toy_proof(5)};
    entries[3] = (kw_echo_entry){.verdict = KW_ECHO_OK, .deal = {{3}}};
    message.body.echo = (kw_echo){entries, 4};
    return message;
}

static void echo_bodies__come_back(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = echo_of(&scope);
    expect_round_trip(&message, &scope);
    message = toy_message(KW_MESSAGE_HAVE, &scope);
    message.body.have = (kw_have){toy_hashes()};
    expect_round_trip(&message, &scope);
}

static void echo__refuses_other_counts(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    for (uint16_t count = 0; count <= 5; count++) {
        kw_message message = echo_of(&scope);
        message.body.echo.count = count;
        if (count != 4) {
            expect_refused(&message, &scope, KW_LENGTH);
        }
        message = toy_message(KW_MESSAGE_HAVE, &scope);
        message.body.have = (kw_have){toy_hashes()};
        message.body.have.deals.count = (uint16_t)(count % 4);
        expect_refused(&message, &scope, KW_LENGTH);
    }
}

static void echo__refuses_verdicts_points_and_nothing(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = echo_of(&scope);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    toy_message_write(&wire, &message, &scope);
    kw_arena arena = kw_arena_init(1 << 16);
    for (unsigned verdict = 3; verdict < 256; verdict++) {
        wire.ptr[KW_MESSAGE_HEADER_BYTES + 2] = (uint8_t)verdict;
        kw_span bytes = kw_buf_view(&wire);
        EXPECT_STATUS(toy_message_read(&message, &arena, bytes, &scope), KW_BAD_INPUT);
    }
    kw_arena_drop(&arena);
    message = echo_of(&scope);
    entries[0].deal = (kw_hash32){{0}};
    expect_refused(&message, &scope, KW_ENCODING);
    message = echo_of(&scope);
    entries[2].deal = (kw_hash32){{0}};
    expect_refused(&message, &scope, KW_ENCODING);
    message = echo_of(&scope);
    entries[2].p = toy_g1(0);
    expect_refused(&message, &scope, KW_INFINITY);
    message = echo_of(&scope);
    entries[2].p = toy_g1(TOY_GROUP_ORDER);
    expect_refused(&message, &scope, KW_RANGE);
    message = echo_of(&scope);
    entries[2].proof.c.words[0] = TOY_GROUP_ORDER;
    expect_refused(&message, &scope, KW_RANGE);
}

static void echo__keeps_to_its_arena(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = echo_of(&scope);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 16);
    toy_message_write(&wire, &message, &scope);
    kw_arena arena = kw_arena_init(3 * sizeof(kw_echo_entry));
    EXPECT_STATUS(toy_message_read(&message, &arena, kw_buf_view(&wire), &scope), KW_LIMIT);
    kw_arena_drop(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echo_bodies__come_back),
        cmocka_unit_test(echo__refuses_other_counts),
        cmocka_unit_test(echo__refuses_verdicts_points_and_nothing),
        cmocka_unit_test(echo__keeps_to_its_arena),
    };
    return cmocka_run_group_tests_name("threshold/engine/msg_echo", tests, NULL, NULL);
}
