/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "os/file.h"

#include "base/heap.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/tempdir.h"

#include <stdio.h>

static fraud_desk desk;
static tempdir dir;

static int set_up(void **state)
{
    KW_UNUSED(state);
    dir = tempdir_make();
    fraud_desk_open(&desk, &kw_group_bls12_381, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    fraud_desk_close(&desk);
    tempdir_remove(&dir);
    return 0;
}

static command_result verify(kw_span proof, const char *options)
{
    tempdir_path path = tempdir_join(&dir, "proof.kwf");
    EXPECT_OK(kw_file_write_atomic(path.text, proof, 0600, NULL));
    char words[600];
    (void)snprintf(words, sizeof words, "fraud verify %s%s", path.text, options);
    return command_line_run(&kw_keyward, words, 0);
}

static command_result verify_file(const kw_fraud_file *file, const char *options)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, file);
    return verify(kw_buf_view(&wire), options);
}

static void expect_text(const command_result *result, const char *text)
{
    if (strstr(result->out, text) == NULL) {
        fail_msg("no \"%s\" in: %s", text, result->out);
    }
}

static void fraud_verify__answers_0_and_names_the_guilty(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    KW_AUTO(command_result) text = verify_file(&file, "");
    assert_int_equal(text.exit_code, 0);
    expect_text(&text, "verdict: guilty\n");
    expect_text(&text, "kind: FP2 false complaint\n");
    expect_text(&text, "member_index: 3\n");
    expect_text(&text, "dealer: 0x");
    assert_null(strstr(text.out, "complainer:"));
    expect_text(&text, "roster_old: ");
    dealt_share_bytes(&desk.dealt, FRAUD_DESK_VICTIM)[31] ^= 1;
    dealt_fix_root(&desk.dealt);
    file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    KW_AUTO(command_result) json = verify_file(&file, " --json");
    assert_int_equal(json.exit_code, 0);
    expect_text(&json, "{\"verdict\":\"guilty\",");
    expect_text(&json, "\"kind\":\"FP1 invalid share\"");
    expect_text(&json, "\"complainer\":\"0x");
    expect_text(&json, "\"penalty\":\"0.1 ETH");
    dealt_share_bytes(&desk.dealt, FRAUD_DESK_VICTIM)[31] ^= 1;
    dealt_fix_root(&desk.dealt);
}

static void fraud_verify__knows_the_epoch_before(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_source(&desk, true);
    KW_AUTO(command_result) right = verify_file(&file, "");
    assert_int_equal(right.exit_code, 1);
    file = fraud_desk_source(&desk, false);
    KW_AUTO(command_result) wrong = verify_file(&file, "");
    assert_int_equal(wrong.exit_code, 0);
    expect_text(&wrong, "kind: FP5 wrong source\n");
    expect_text(&wrong, "member_index: 2\n");
    (void)fraud_desk_source(&desk, true);
}

static void fraud_verify__names_no_session_of_a_handover(void **state)
{
    KW_UNUSED(state);
    const peer *voter = &desk.dealers[0];
    for (uint8_t i = 0; i < 2; i++) {
        kw_message vote = fraud_desk_message(&desk, KW_MESSAGE_PRECOMMIT, voter);
        vote.header.suite = 0;
        vote.header.timestamp = 0;
        kw_handover_id(&vote.header.sid, &desk.cluster_id, desk.session.fields.epoch,
                       &desk.session.fields.previous);
        vote.body.vote = (kw_vote){.view = 1, .value = {{i}}};
        desk.messages[i] = fraud_desk_sign(&desk, &vote, voter);
    }
    kw_fraud_file file = fraud_desk_file(&desk, KW_FRAUD_EQUIVOCATION, 2);
    KW_AUTO(command_result) result = verify_file(&file, "");
    assert_int_equal(result.exit_code, 0);
    expect_text(&result, "handover_id: ");
    assert_null(strstr(result.out, "\nsid: "));
    assert_null(strstr(result.out, "timestamp"));
}

static void fraud_verify__answers_1_and_says_why(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    KW_AUTO(command_result) result = verify_file(&file, "");
    assert_int_equal(result.exit_code, 1);
    expect_text(&result, "verdict: not proven\n");
    expect_text(&result, "reason: the share is that of the commitments\n");
    assert_null(strstr(result.out, "member"));
    assert_null(strstr(result.out, "penalty"));
    assert_null(strstr(result.out, "holds_for"));
    file.session.fields.epoch = UINT64_MAX; /* whatever it says is printed */
    file.session.fields.timestamp = UINT64_MAX;
    KW_AUTO(command_result) json = verify_file(&file, " --json");
    assert_int_equal(json.exit_code, 1);
    expect_text(&json, "\"verdict\":\"not proven\"");
}

static void fraud_verify__answers_2_for_another_form(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result) empty = verify((kw_span){0}, "");
    assert_int_equal(empty.exit_code, 2);
    expect_text(&empty, "verdict: malformed\n");
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, &file);
    KW_AUTO(command_result) cut = verify((kw_span){wire.ptr, wire.len - 1}, " --json");
    assert_int_equal(cut.exit_code, 2);
    expect_text(&cut, "{\"verdict\":\"malformed\",\"reason\":\"the messages: ");
    static uint8_t large[KW_THRESHOLD_FRAUD_BYTES_MAX + 1];
    KW_AUTO(command_result) too_large = verify(KW_SPAN(large), "");
    assert_int_equal(too_large.exit_code, 2);
    expect_text(&too_large, "longer than any proof");
}

static void fraud_verify__takes_what_it_cannot_read_for_an_error(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result)
    none = command_line_run(&kw_keyward, "fraud verify /nonexistent/proof.kwf", 0);
    assert_int_equal(none.exit_code, kw_status_exit_code(KW_NOT_FOUND));
    char words[600];
    (void)snprintf(words, sizeof words, "fraud verify %s", dir.path);
    KW_AUTO(command_result) folder = command_line_run(&kw_keyward, words, 0);
    assert_int_equal(folder.exit_code, kw_status_exit_code(KW_CONFLICT));
    KW_AUTO(command_result) usage = command_line_run(&kw_keyward, "fraud verify", 0);
    assert_int_equal(usage.exit_code, kw_status_exit_code(KW_USAGE));
}

/* However many allocations succeed: the verdict, or an error; never another verdict. */
static void fraud_verify__gives_no_verdict_without_memory(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    int exit_code = -1;
    size_t failed = 0;
    for (size_t k = 1; k < 200 && exit_code != 0; k++) {
        KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
        fraud_desk_write(&wire, &file);
        tempdir_path path = tempdir_join(&dir, "proof.kwf");
        EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&wire), 0600, NULL));
        char words[600];
        (void)snprintf(words, sizeof words, "fraud verify %s", path.text);
        kw_heap_fail_at(k);
        KW_AUTO(command_result) result = command_line_run(&kw_keyward, words, 0);
        kw_heap_fail_at(0);
        exit_code = result.exit_code;
        if (exit_code != 0) {
            assert_in_range(exit_code, 64, 78);
            failed++;
        }
    }
    assert_int_equal(exit_code, 0);
    assert_in_range(failed, 3, 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fraud_verify__answers_0_and_names_the_guilty),
        cmocka_unit_test(fraud_verify__knows_the_epoch_before),
        cmocka_unit_test(fraud_verify__names_no_session_of_a_handover),
        cmocka_unit_test(fraud_verify__answers_1_and_says_why),
        cmocka_unit_test(fraud_verify__answers_2_for_another_form),
        cmocka_unit_test(fraud_verify__takes_what_it_cannot_read_for_an_error),
        cmocka_unit_test(fraud_verify__gives_no_verdict_without_memory),
    };
    return cmocka_run_group_tests_name("cli/fraud_verify", tests, set_up, tear_down);
}
