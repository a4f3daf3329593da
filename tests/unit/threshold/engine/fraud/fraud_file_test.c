/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/fraud/fraud_file.h"

#include "base/heap.h"
#include "crypto/hash.h"
#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/toy_group.h"

static fraud_desk desk;
static kw_buf proof;

static int set_up(void **state)
{
    KW_UNUSED(state);
    fraud_desk_open(&desk, &toy_group, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    proof = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&proof, &file);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_buf_drop(&proof);
    fraud_desk_close(&desk);
    return 0;
}

static kw_status decode(kw_span file, size_t arena_bytes)
{
    KW_AUTO(kw_arena) arena = kw_arena_init(arena_bytes);
    kw_fraud_file out = {.kind = 77};
    kw_error err = {.status = KW_OK};
    kw_status st = kw_fraud_file_decode(&out, &arena, file, &kw_peer_schemes_all, &err);
    assert_int_equal(err.status, st);
    assert_true(st == KW_OK || (out.kind == 77 && err.text[0] != '\0'));
    return st;
}

static void fraud_file_decode__keeps_every_field(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_file out;
    EXPECT_OK(kw_fraud_file_decode(&out, &arena, kw_buf_view(&proof), &kw_peer_schemes_all, NULL));
    assert_int_equal(out.kind, KW_FRAUD_COMPLAINT);
    assert_int_equal(out.session.cluster.chain_id, 31337);
    assert_int_equal(out.session.cluster.set_id, 7);
    assert_true(
        kw_hash32_equal(&out.session.cluster.config_hash, &desk.session.cluster.config_hash));
    assert_int_equal(out.session.fields.kind, KW_SESSION_RESHARE);
    assert_true(kw_hash32_equal(&out.session.roster_old.hash, &out.session.fields.roster_old));
    assert_true(kw_hash32_equal(&out.session.roster_new.hash, &out.session.fields.roster_new));
    assert_int_equal(out.messages.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(kw_hash32_equal(&out.messages.items[i].hash, &desk.messages[i].hash));
    }
}

static void fraud_file_decode__refuses_short_and_trailing(void **state)
{
    KW_UNUSED(state);
    for (size_t len = 0; len < proof.len; len++) {
        EXPECT_STATUS(decode((kw_span){proof.ptr, len}, 1 << 20), KW_BAD_INPUT);
    }
    EXPECT_OK(decode(kw_buf_view(&proof), 1 << 20));
    EXPECT_OK(kw_buf_append_byte(&proof, 0));
    EXPECT_STATUS(decode(kw_buf_view(&proof), 1 << 20), KW_BAD_INPUT);
    proof.len--;
}

enum {
    KIND_AT = 4,
    OLD_ROSTER_AT = 5 + 8 + 20 + 4 + KW_CONFIG_FIELDS_BYTES + KW_SID_FIELDS_BYTES,
};

static void fraud_file_decode__refuses_other_forms(void **state)
{
    KW_UNUSED(state);
    static const struct {
        size_t at;
        uint8_t byte;
    } changes[] = {
        {0, 'k'},
        {3, '2'},
        {KIND_AT, 0},
        {KIND_AT, KW_FRAUD_EQUIVOCATION}, /* takes two messages */
        {KIND_AT, KW_FRAUD_EXTRACTION},
        {KIND_AT, KW_FRAUD_SOURCE},
        {KIND_AT, 6},
        {KIND_AT, 9},
        {KIND_AT, 255},
        {OLD_ROSTER_AT, 2},       /* 516 members */
        {OLD_ROSTER_AT + 1, 5},   /* the new roster is no member */
        {OLD_ROSTER_AT + 2, 255}, /* not sorted */
        {OLD_ROSTER_AT + 22, 3},  /* no such scheme */
        {OLD_ROSTER_AT + 24, 19}, /* no such length */
    };
    for (size_t i = 0; i < KW_COUNT(changes); i++) {
        uint8_t was = proof.ptr[changes[i].at];
        proof.ptr[changes[i].at] = changes[i].byte;
        EXPECT_STATUS(decode(kw_buf_view(&proof), 1 << 20), KW_BAD_INPUT);
        proof.ptr[changes[i].at] = was;
    }
    static uint8_t long_one[KW_THRESHOLD_FRAUD_BYTES_MAX + 1];
    memcpy(long_one, proof.ptr, proof.len);
    EXPECT_STATUS(decode(KW_SPAN(long_one), 1 << 20), KW_BAD_INPUT);
}

static void fraud_file_decode__says_limit_when_there_is_no_room(void **state)
{
    KW_UNUSED(state);
    bool was_enough = false;
    for (size_t room = 0; room < 8192; room += 64) {
        kw_status st = decode(kw_buf_view(&proof), room);
        assert_true(st == KW_LIMIT || st == KW_OK);
        assert_false(was_enough && st == KW_LIMIT);
        was_enough = st == KW_OK;
    }
    assert_true(was_enough);
    EXPECT_STATUS(decode(kw_buf_view(&proof), 0), KW_LIMIT);
    kw_heap_fail_at(1);
    EXPECT_STATUS(decode(kw_buf_view(&proof), 1 << 20), KW_LIMIT);
    kw_heap_fail_at(0);
}

static void fraud_file_decode__takes_a_certificate_of_kind_5_only(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_source(&desk, true);
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, &file);
    KW_AUTO(kw_arena) arena = kw_arena_init(KW_THRESHOLD_FRAUD_ARENA_MAX);
    kw_fraud_file out;
    EXPECT_OK(kw_fraud_file_decode(&out, &arena, kw_buf_view(&wire), &kw_peer_schemes_all, NULL));
    EXPECT_SPAN(out.certificate, kw_buf_view(&desk.certificate));
    for (size_t len = wire.len - desk.certificate.len - 4; len < wire.len; len++) {
        EXPECT_STATUS(decode((kw_span){wire.ptr, len}, 1 << 20), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_buf_append_byte(&wire, 0));
    EXPECT_STATUS(decode(kw_buf_view(&wire), 1 << 20), KW_BAD_INPUT);
}

static void fraud_file_check__wants_the_messages_of_the_kind(void **state)
{
    KW_UNUSED(state);
    kw_authenticated items[5];
    memcpy(items, desk.messages, sizeof desk.messages);
    items[4] = items[3];
    kw_fraud_file file = {.kind = KW_FRAUD_SHARE, .messages = {items, 4}};
    EXPECT_OK(kw_fraud_file_check(&file));
    for (size_t count = 0; count <= 5; count++) {
        file.messages.count = count;
        EXPECT_STATUS(kw_fraud_file_check(&file), count == 4 ? KW_OK : KW_BAD_INPUT);
    }
    file.messages.count = 2;
    EXPECT_STATUS(kw_fraud_file_check(&file), KW_BAD_INPUT);
    file.kind = KW_FRAUD_EXTRACTION; /* a HELLO is no EXTRACT */
    EXPECT_STATUS(kw_fraud_file_check(&file), KW_BAD_INPUT);
    file.kind = KW_FRAUD_EQUIVOCATION; /* the verdict says that types differ */
    EXPECT_OK(kw_fraud_file_check(&file));
    items[1].payload.len = KW_MESSAGE_HEADER_BYTES - 1;
    EXPECT_STATUS(kw_fraud_file_check(&file), KW_BAD_INPUT);
    file.messages.count = 4;
    file.kind = KW_FRAUD_SHARE;
    items[1] = items[3];
    items[3] = desk.messages[1]; /* HELLO and ECHO changed places */
    EXPECT_STATUS(kw_fraud_file_check(&file), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fraud_file_decode__keeps_every_field),
        cmocka_unit_test(fraud_file_decode__refuses_short_and_trailing),
        cmocka_unit_test(fraud_file_decode__refuses_other_forms),
        cmocka_unit_test(fraud_file_decode__says_limit_when_there_is_no_room),
        cmocka_unit_test(fraud_file_decode__takes_a_certificate_of_kind_5_only),
        cmocka_unit_test(fraud_file_check__wants_the_messages_of_the_kind),
    };
    return cmocka_run_group_tests_name("threshold/engine/fraud_file", tests, set_up, tear_down);
}
