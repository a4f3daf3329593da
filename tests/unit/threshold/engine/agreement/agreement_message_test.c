/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/agreement/agreement_message.h"

#include "support/expect.h"

static const kw_hash32 id = {{7}};

static void message__of_a_vote_has_its_view_and_value(void **state)
{
    (void)state;
    static const kw_message_type types[] = {KW_MESSAGE_PREVOTE, KW_MESSAGE_PRECOMMIT};
    for (size_t i = 0; i < KW_COUNT(types); i++) {
        kw_message message = {.header.type = types[i],
                              .body.vote = {.view = 9, .value = {{1, 2, 3}}}};
        kw_agreement_message got;
        EXPECT_OK(kw_agreement_message_of(&got, &message, 3, &id, KW_INSTANCE_SET));
        assert_int_equal(got.kind, types[i]);
        assert_int_equal(got.sender, 3);
        assert_int_equal(got.view, 9);
        assert_true(got.valid_view == KW_AGREEMENT_NO_VIEW);
        EXPECT_SPAN(KW_SPAN(got.value.bytes), KW_SPAN(message.body.vote.value.bytes));
        EXPECT_SPAN(KW_SPAN(got.id.bytes), KW_SPAN(id.bytes));
    }
}

/* The same list stands for another value in another agreement. */
static void message__of_a_proposal_has_the_value_of_its_instance(void **state)
{
    (void)state;
    static const kw_hash32 hashes[] = {{{1}}, {{2}}};
    static const uint8_t opened[] = {0, 2, 0, 5};
    static const uint16_t dealers[] = {2, 5};
    kw_message message = {.header.type = KW_MESSAGE_PROPOSE,
                          .body.propose = {.view = 4,
                                           .valid_view = 1,
                                           .digest = {{0xd1}},
                                           .hashes = {hashes, 2},
                                           .opened = KW_SPAN(opened)}};
    kw_hash32 wanted[3] = {{{0}}, {{0}}, {{0xd1}}};
    EXPECT_OK(kw_set_value(&wanted[KW_INSTANCE_SET], KW_SPAN(hashes)));
    kw_open_value(&wanted[KW_INSTANCE_OPEN], dealers, 2);
    for (size_t i = 0; i < KW_COUNT(wanted); i++) {
        kw_agreement_message got;
        EXPECT_OK(kw_agreement_message_of(&got, &message, 1, &id, (kw_instance)i));
        assert_int_equal(got.kind, KW_AGREEMENT_PROPOSE);
        assert_int_equal(got.view, 4);
        assert_int_equal(got.valid_view, 1);
        EXPECT_SPAN(KW_SPAN(got.value.bytes), KW_SPAN(wanted[i].bytes));
    }
}

static void message__is_of_three_types_only(void **state)
{
    (void)state;
    for (int type = KW_MESSAGE_HELLO; type <= KW_MESSAGE_SEAL; type++) {
        kw_message message = {.header.type = (kw_message_type)type};
        kw_agreement_message got;
        bool is_vote = type >= KW_MESSAGE_PROPOSE && type <= KW_MESSAGE_PRECOMMIT;
        EXPECT_STATUS(kw_agreement_message_of(&got, &message, 1, &id, KW_INSTANCE_SET),
                      is_vote ? KW_OK : KW_BAD_INPUT);
    }
}

static void value__of_too_many_dealers_is_refused(void **state)
{
    (void)state;
    static const uint8_t opened[2 * KW_THRESHOLD_MEMBERS_MAX + 2];
    kw_hash32 value;
    kw_propose propose = {.opened = KW_SPAN(opened)};
    EXPECT_STATUS(kw_propose_value(&value, &propose, KW_INSTANCE_OPEN), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message__of_a_vote_has_its_view_and_value),
        cmocka_unit_test(message__of_a_proposal_has_the_value_of_its_instance),
        cmocka_unit_test(message__is_of_three_types_only),
        cmocka_unit_test(value__of_too_many_dealers_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
