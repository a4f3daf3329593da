/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/msg_vote.h"

#include "support/expect.h"
#include "support/toy_message.h"

static const uint8_t two_dealers[] = {0, 1, 0, 4};

static kw_message propose_of(kw_message_scope *scope, kw_instance instance)
{
    *scope = toy_scope(2);
    scope->instance = instance;
    kw_message message = toy_message(KW_MESSAGE_PROPOSE, scope);
    message.body.propose = (kw_propose){.view = 3, .valid_view = 1};
    if (instance == KW_INSTANCE_OPEN) {
        message.body.propose.opened = KW_SPAN(two_dealers);
    } else {
        message.body.propose.hashes = toy_hashes();
    }
    if (instance == KW_INSTANCE_HANDOVER) {
        message.body.propose.digest = (kw_hash32){{9}};
        message.header.suite = 0;
        message.header.timestamp = 0;
        message.header.attempt = 0;
    }
    return message;
}

static void vote_bodies__come_back(void **state)
{
    (void)state;
    kw_message_scope scope;
    kw_message message;
    for (int i = KW_INSTANCE_SET; i <= KW_INSTANCE_HANDOVER; i++) {
        message = propose_of(&scope, (kw_instance)i);
        expect_round_trip(&message, &scope);
        message.body.propose.valid_view = KW_VIEW_NONE;
        expect_round_trip(&message, &scope);
    }
    scope = toy_scope(2);
    message = toy_message(KW_MESSAGE_PREVOTE, &scope);
    message.body.vote = (kw_vote){.view = 4, .wanted = toy_hashes()};
    expect_round_trip(&message, &scope);
    message.body.vote = (kw_vote){.view = 4, .value = {{1}}};
    expect_round_trip(&message, &scope);
    message.header.type = KW_MESSAGE_PRECOMMIT;
    expect_round_trip(&message, &scope);
    message = propose_of(&scope, KW_INSTANCE_OPEN);
    assert_int_equal(kw_propose_opened_count(&message.body.propose), 2);
    assert_int_equal(kw_propose_opened_at(&message.body.propose, 1), 4);
}

static void propose__refuses_views_that_are_not_before(void **state)
{
    (void)state;
    kw_message_scope scope;
    kw_message message = propose_of(&scope, KW_INSTANCE_SET);
    static const uint32_t bad[] = {3, 4, UINT32_MAX - 1};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        message.body.propose.valid_view = bad[i];
        expect_refused(&message, &scope, KW_ENCODING);
    }
    message.body.propose.view = 0;
    message.body.propose.valid_view = 0;
    expect_refused(&message, &scope, KW_ENCODING);
}

static void propose__refuses_content_that_is_no_set(void **state)
{
    (void)state;
    kw_message_scope scope;
    kw_message message = propose_of(&scope, KW_INSTANCE_SET);
    static const kw_hash32 twice[] = {{{1}}, {{2}}, {{1}}};
    static const kw_hash32 none[] = {{{1}}, {{0}}};
    message.body.propose.hashes = (kw_hash_list){twice, KW_COUNT(twice)};
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.propose.hashes = (kw_hash_list){none, KW_COUNT(none)};
    expect_refused(&message, &scope, KW_ENCODING);
    static const kw_hash32 many[KW_THRESHOLD_HASHES_MAX + 1];
    message.body.propose.hashes = (kw_hash_list){many, KW_COUNT(many)};
    expect_refused(&message, &scope, KW_BAD_INPUT);
    message = propose_of(&scope, KW_INSTANCE_HANDOVER);
    message.body.propose.digest = (kw_hash32){{0}};
    expect_refused(&message, &scope, KW_ENCODING);
    message = propose_of(&scope, KW_INSTANCE_OPEN);
    static const uint8_t descending[] = {0, 4, 0, 1};
    static const uint8_t same[] = {0, 1, 0, 1};
    static const uint8_t zero[] = {0, 0};
    static const uint8_t fifth[] = {0, 5};
    message.body.propose.opened = KW_SPAN(descending);
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.propose.opened = KW_SPAN(same);
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.propose.opened = KW_SPAN(zero);
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.propose.opened = KW_SPAN(fifth);
    expect_refused(&message, &scope, KW_RANGE);
}

static void prevote__wants_only_with_nil_and_of_the_dealer_set(void **state)
{
    (void)state;
    kw_message_scope scope = toy_scope(2);
    kw_message message = toy_message(KW_MESSAGE_PREVOTE, &scope);
    message.body.vote = (kw_vote){.view = 4, .value = {{1}}, .wanted = toy_hashes()};
    expect_refused(&message, &scope, KW_ENCODING);
    static const kw_hash32 twice[] = {{{1}}, {{1}}};
    message.body.vote = (kw_vote){.wanted = {twice, 2}};
    expect_refused(&message, &scope, KW_ENCODING);
    message.body.vote.wanted = toy_hashes();
    scope.instance = KW_INSTANCE_OPEN;
    expect_refused(&message, &scope, KW_ENCODING);
    scope.instance = KW_INSTANCE_HANDOVER;
    message.header.suite = 0;
    message.header.timestamp = 0;
    message.header.attempt = 0;
    expect_refused(&message, &scope, KW_ENCODING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vote_bodies__come_back),
        cmocka_unit_test(propose__refuses_views_that_are_not_before),
        cmocka_unit_test(propose__refuses_content_that_is_no_set),
        cmocka_unit_test(prevote__wants_only_with_nil_and_of_the_dealer_set),
    };
    return cmocka_run_group_tests_name("threshold/engine/msg_vote", tests, NULL, NULL);
}
