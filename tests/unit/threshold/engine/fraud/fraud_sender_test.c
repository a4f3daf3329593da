/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/fraud/fraud_sender.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/toy_group.h"

static fraud_desk desk;

static int open_reshare(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&desk, &toy_group, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    return 0;
}

static int close_desk(void **state)
{
    KW_UNUSED(state);
    fraud_desk_close(&desk);
    return 0;
}

static void expect_reason(const kw_fraud_file *file, kw_fraud_reason wanted)
{
    kw_fraud_verdict verdict = fraud_desk_judge(&desk, file);
    if (verdict.reason != wanted) {
        fail_msg("got: %s", kw_fraud_reason_text(verdict.reason));
    }
}

static void expect_guilty(const kw_fraud_file *file, const peer *member)
{
    expect_reason(file, KW_FRAUD_TWO_BODIES);
    kw_fraud_verdict verdict = fraud_desk_judge(&desk, file);
    assert_true(kw_address_equal(&verdict.member, &member->address));
    assert_int_equal(verdict.index, kw_roster_index(verdict.roster, &member->address));
}

static void names__cover_all_that_a_session_is(void **state)
{
    KW_UNUSED(state);
    kw_fraud_names names;
    kw_fraud_names others;
    kw_fraud_names_of(&names, &desk.session);
    assert_true(kw_hash32_equal(&names.cluster_id, &desk.cluster_id));
    assert_true(kw_hash32_equal(&names.sid, &desk.dealt.place.sid));
    kw_fraud_session session = desk.session;
    session.cluster.config_hash.bytes[0] ^= 1; /* what is stated does not count */
    kw_fraud_names_of(&others, &session);
    assert_memory_equal(&others, &names, sizeof names);
    session.config.coin.bytes[0] ^= 1;
    kw_fraud_names_of(&others, &session);
    assert_false(kw_hash32_equal(&others.cluster_id, &names.cluster_id));
    assert_false(kw_hash32_equal(&others.sid, &names.sid));
    assert_false(kw_hash32_equal(&others.open_id, &names.open_id));
    assert_false(kw_hash32_equal(&others.handover_id, &names.handover_id));
}

/* A sender is one only with all of it: header, place, roster, signature. */
static void sender__is_written_on_success_only(void **state)
{
    KW_UNUSED(state);
    kw_fraud_names names;
    kw_fraud_names_of(&names, &desk.session);
    const peer *voter = &desk.receivers[0];
    kw_message vote = fraud_desk_vote(&desk, voter, KW_INSTANCE_OPEN);
    kw_authenticated good = fraud_desk_sign(&desk, &vote, voter);
    kw_authenticated cases[4] = {good, good, good, good};
    cases[0].payload.len = KW_MESSAGE_HEADER_BYTES - 1;
    vote.header.cluster_id.bytes[0] ^= 1;
    cases[1] = fraud_desk_sign(&desk, &vote, voter);
    vote.header.cluster_id.bytes[0] ^= 1;
    vote.header.sender.bytes[0] ^= 1;
    cases[2] = fraud_desk_sign(&desk, &vote, voter);
    cases[3].signature = desk.hellos[0].signature;
    static const kw_fraud_reason wanted[] = {KW_FRAUD_BODY, KW_FRAUD_OTHER_SESSION,
                                             KW_FRAUD_STRANGER, KW_FRAUD_SIGNATURE};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        kw_fraud_sender sender = {.index = 77};
        assert_int_equal(kw_fraud_sender_of(&sender, &desk.session, &names, &cases[i]), wanted[i]);
        assert_int_equal(sender.index, 77);
    }
    kw_fraud_sender sender;
    assert_int_equal(kw_fraud_sender_of(&sender, &desk.session, &names, &good), KW_FRAUD_UNDECIDED);
    assert_int_equal(sender.index, 1);
    assert_int_equal(sender.instance, KW_INSTANCE_OPEN);
    assert_true(kw_message_is_vote(sender.header.type));
    assert_ptr_equal(sender.roster, &desk.session.roster_new);
}

/* Of all members by address in one roster or the other. */
static peer *member_of(peer *peers, const kw_roster *other, bool is_in_other)
{
    for (size_t k = 0; k < DEALT_MEMBERS; k++) {
        if ((kw_roster_index(other, &peers[k].address) > 0) == is_in_other) {
            return &peers[k];
        }
    }
    fail();
    return NULL;
}

static void roster__of_the_dealers_is_the_old_one(void **state)
{
    KW_UNUSED(state);
    const kw_fraud_session *session = &desk.session;
    peer *leaver = member_of(desk.dealers, &session->roster_new, false);
    peer *joiner = member_of(desk.receivers, &session->roster_old, false);
    const struct {
        kw_message_type type;
        bool is_of_dealers;
    } rows[] = {
        {KW_MESSAGE_SHARES, true},
        {KW_MESSAGE_HAVE, false},
        {KW_MESSAGE_SEAL, true},
        {KW_MESSAGE_COMMIT, false},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_message message = fraud_desk_message(&desk, rows[i].type, leaver);
        message.body.have.deals.count = 0;
        if (rows[i].type == KW_MESSAGE_SEAL || rows[i].type == KW_MESSAGE_COMMIT) {
            message.body.commit.share = desk.dealt.receivers[0].ek;
        }
        kw_fraud_file file = fraud_desk_twice(&desk, &message, leaver);
        if (rows[i].is_of_dealers) {
            expect_guilty(&file, leaver);
        } else {
            expect_reason(&file, KW_FRAUD_STRANGER);
        }
        message.header.sender = joiner->address;
        file = fraud_desk_twice(&desk, &message, joiner);
        if (rows[i].is_of_dealers) {
            expect_reason(&file, KW_FRAUD_STRANGER);
        } else {
            expect_guilty(&file, joiner);
        }
    }
}

/* The outgoing members hand over; the incoming ones agree on the rest. HELLOs are everyone's. */
static void roster__of_votes_follows_the_agreement(void **state)
{
    KW_UNUSED(state);
    const peer *leaver = member_of(desk.dealers, &desk.session.roster_new, false);
    const peer *joiner = member_of(desk.receivers, &desk.session.roster_old, false);
    static const kw_instance instances[] = {KW_INSTANCE_SET, KW_INSTANCE_OPEN,
                                            KW_INSTANCE_HANDOVER};
    for (size_t i = 0; i < KW_COUNT(instances); i++) {
        bool is_handover = instances[i] == KW_INSTANCE_HANDOVER;
        kw_message vote = fraud_desk_vote(&desk, leaver, instances[i]);
        kw_fraud_file file = fraud_desk_twice(&desk, &vote, leaver);
        expect_reason(&file, is_handover ? KW_FRAUD_TWO_BODIES : KW_FRAUD_STRANGER);
        vote = fraud_desk_vote(&desk, joiner, instances[i]);
        file = fraud_desk_twice(&desk, &vote, joiner);
        expect_reason(&file, is_handover ? KW_FRAUD_STRANGER : KW_FRAUD_TWO_BODIES);
    }
    desk.messages[0] = desk.hellos[0];
    const peer *all[] = {leaver, joiner};
    for (size_t i = 0; i < 2; i++) {
        kw_message hello = fraud_desk_message(&desk, KW_MESSAGE_HELLO, all[i]);
        hello.body.hello.ek = desk.dealt.receivers[0].ek;
        kw_fraud_file file = fraud_desk_twice(&desk, &hello, all[i]);
        expect_guilty(&file, all[i]);
    }
}

/* One double vote on the handover proves one fraud, in whatever session it is said to be. */
static void handover__is_not_of_one_session(void **state)
{
    KW_UNUSED(state);
    kw_message vote = fraud_desk_vote(&desk, &desk.dealers[DEALT_DEALER - 1], KW_INSTANCE_HANDOVER);
    kw_fraud_file file = fraud_desk_twice(&desk, &vote, &desk.dealers[DEALT_DEALER - 1]);
    kw_fraud_verdict first = fraud_desk_judge(&desk, &file);
    file.session.fields.attempt = 1;
    kw_fraud_verdict second = fraud_desk_judge(&desk, &file);
    assert_int_equal(first.reason, KW_FRAUD_TWO_BODIES);
    assert_int_equal(second.reason, KW_FRAUD_TWO_BODIES);
    assert_false(kw_hash32_equal(&first.sid, &second.sid));
    assert_int_equal(second.instance, KW_INSTANCE_HANDOVER);
    assert_true(kw_hash32_equal(&first.instance_id, &vote.header.sid));
    assert_true(kw_hash32_equal(&second.instance_id, &vote.header.sid));
    file.session.fields.epoch++;
    expect_reason(&file, KW_FRAUD_OTHER_SESSION);
}

/* A key that its member gave up may be in other hands. */
static void roster__keeps_old_keys_from_new_messages(void **state)
{
    KW_UNUSED(state);
    const peer *changed = NULL;
    for (size_t k = 0; k < DEALT_MEMBERS; k++) {
        uint16_t index = kw_roster_index(&desk.session.roster_new, &desk.dealers[k].address);
        if (index > 0 && desk.receivers[index - 1].curve != desk.dealers[k].curve) {
            changed = &desk.dealers[k];
        }
    }
    assert_non_null(changed);
    kw_message vote = fraud_desk_vote(&desk, changed, KW_INSTANCE_SET);
    kw_fraud_file file = fraud_desk_twice(&desk, &vote, changed);
    expect_reason(&file, KW_FRAUD_SIGNATURE);
    kw_message hello = fraud_desk_message(&desk, KW_MESSAGE_HELLO, changed);
    hello.body.hello.ek = desk.dealt.receivers[0].ek;
    file = fraud_desk_twice(&desk, &hello, changed);
    expect_reason(&file, KW_FRAUD_SIGNATURE);
    vote = fraud_desk_vote(&desk, changed, KW_INSTANCE_HANDOVER);
    file = fraud_desk_twice(&desk, &vote, changed);
    expect_guilty(&file, changed);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_reshare, close_desk)
    const struct CMUnitTest tests[] = {
        CASE(names__cover_all_that_a_session_is),
        CASE(sender__is_written_on_success_only),
        CASE(roster__of_the_dealers_is_the_old_one),
        CASE(roster__of_votes_follows_the_agreement),
        CASE(roster__keeps_old_keys_from_new_messages),
        CASE(handover__is_not_of_one_session),
    };
    return cmocka_run_group_tests_name("threshold/engine/fraud_sender", tests, NULL, NULL);
}
