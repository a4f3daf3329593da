/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/message.h"

#include "support/expect.h"
#include "support/toy_message.h"

static kw_message precommit_of(const kw_message_scope *scope)
{
    kw_message message = toy_message(KW_MESSAGE_PRECOMMIT, scope);
    message.body.vote = (kw_vote){.view = 1, .value = {{2}}};
    return message;
}

static void message_header__stands_where_the_design_says(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = precommit_of(&scope);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 12);
    toy_message_write(&wire, &message, &scope);
    assert_int_equal(wire.len, KW_MESSAGE_HEADER_BYTES + 36);
    assert_memory_equal(wire.ptr, "KWT1\x08\x02\0\0\x07\x07", 10);
    assert_int_equal(wire.ptr[40], 8);
    assert_int_equal(wire.ptr[79], 5);
    assert_int_equal(wire.ptr[91], 2);
    assert_int_equal(wire.ptr[92], 0xaa);
    kw_message_header header;
    EXPECT_OK(kw_message_header_decode(&header, kw_buf_view(&wire)));
    assert_int_equal(header.type, KW_MESSAGE_PRECOMMIT);
    assert_int_equal(header.timestamp, 1700000000);
    assert_int_equal(header.attempt, 2);
    for (size_t len = 0; len < KW_MESSAGE_HEADER_BYTES; len++) {
        EXPECT_STATUS(kw_message_header_decode(&header, (kw_span){wire.ptr, len}), KW_BAD_INPUT);
    }
}

static void message_header__refuses_other_magic_flags_and_types(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = precommit_of(&scope);
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 12);
    toy_message_write(&wire, &message, &scope);
    static const size_t fixed[] = {0, 1, 2, 3, 6, 7};
    kw_message_header header;
    for (size_t i = 0; i < KW_COUNT(fixed); i++) {
        wire.ptr[fixed[i]] ^= 1;
        EXPECT_STATUS(kw_message_header_decode(&header, kw_buf_view(&wire)), KW_BAD_INPUT);
        wire.ptr[fixed[i]] ^= 1;
    }
    for (unsigned type = 0; type < 256; type++) {
        wire.ptr[4] = (uint8_t)type;
        bool is_known = type >= 1 && type <= 12;
        EXPECT_STATUS(kw_message_header_decode(&header, kw_buf_view(&wire)),
                      is_known ? KW_OK : KW_BAD_INPUT);
    }
}

static void message__refuses_another_suite(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = precommit_of(&scope);
    message.header.suite = 1;
    expect_refused(&message, &scope, KW_REFUSED);
    message.header.suite = 0;
    expect_refused(&message, &scope, KW_REFUSED);
}

/* One handover has one header, whichever session a member comes from. */
static void message__of_a_handover_names_no_session(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    scope.instance = KW_INSTANCE_HANDOVER;
    kw_message message = precommit_of(&scope);
    message.header.suite = 0;
    message.header.timestamp = 0;
    message.header.attempt = 0;
    expect_round_trip(&message, &scope);
    message.header.suite = 2;
    expect_refused(&message, &scope, KW_REFUSED);
    message.header.suite = 0;
    message.header.timestamp = 1;
    expect_refused(&message, &scope, KW_REFUSED);
    message.header.timestamp = 0;
    message.header.attempt = 1;
    expect_refused(&message, &scope, KW_REFUSED);
    message = toy_message(KW_MESSAGE_SEAL, &scope); /* a SEAL names the session that won */
    message.body.commit = (kw_commit){.share = toy_g1(1)};
    expect_round_trip(&message, &scope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_header__stands_where_the_design_says),
        cmocka_unit_test(message_header__refuses_other_magic_flags_and_types),
        cmocka_unit_test(message__refuses_another_suite),
        cmocka_unit_test(message__of_a_handover_names_no_session),
    };
    return cmocka_run_group_tests_name("threshold/engine/message", tests, NULL, NULL);
}
