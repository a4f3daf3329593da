/* SPDX-License-Identifier: Apache-2.0
 * keyward fraud verify as a program: each verdict by its exit code, from files and pipes, and what
 * is no verdict. */
#include "os/file.h"

#include "support/expect.h"
#include "support/fraud_desk.h"
#include "support/json_tree.h"
#include "support/process.h"
#include "support/tempdir.h"

#define KEYWARD KW_BIN_DIR "/keyward"

static fraud_desk desk;
static tempdir dir;
static tempdir_path path;

static int set_up(void **state)
{
    KW_UNUSED(state);
    dir = tempdir_make();
    path = tempdir_join(&dir, "proof.kwf");
    fraud_desk_open(&desk, &kw_group_bls12_381, KW_SESSION_GENESIS, KW_SUITE_PEDERSEN);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    fraud_desk_close(&desk);
    tempdir_remove(&dir);
    return 0;
}

/* The verdict on a file, as JSON, and by its exit code; from the file and from a pipe. */
static void expect_verdict(kw_span proof, int exit_code, const char *verdict, const char *kind)
{
    EXPECT_OK(kw_file_write_atomic(path.text, proof, 0600, NULL));
    const char *const argv[] = {KEYWARD, "fraud", "verify", path.text, "--json", NULL};
    const char *const piped[] = {KEYWARD, "fraud", "verify", "-", "--json", NULL};
    KW_AUTO(process_result) result = {.exit_code = 0};
    KW_AUTO(process_result) same = {.exit_code = 0};
    process_expect(&result, exit_code, argv, KW_STR(""));
    process_expect(&same, exit_code, piped, kw_str_of_span(proof));
    EXPECT_SPAN(kw_buf_view(&same.out), kw_buf_view(&result.out));
    assert_int_equal(result.err.len, 0);
    kw_json *root = json_tree_parse(kw_buf_text(&result.out));
    EXPECT_STR(json_tree_text(root, "verdict"), verdict);
    if (kind != NULL) {
        EXPECT_STR(json_tree_text(root, "kind"), kind);
    }
    kw_json_free(root);
}

static void expect_judged(const kw_fraud_file *file, int exit_code, const char *kind)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, file);
    expect_verdict(kw_buf_view(&wire), exit_code, exit_code == 0 ? "guilty" : "not proven", kind);
}

static void verdicts__are_exit_codes(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_complain(&desk, KW_FRAUD_COMPLAINT);
    expect_judged(&file, 0, "FP2 false complaint");
    file.kind = KW_FRAUD_SHARE;
    expect_judged(&file, 1, "FP1 invalid share");
    file = fraud_desk_vote_twice(&desk);
    expect_judged(&file, 0, "FP3 equivocation");
    file = fraud_desk_extract(&desk, false);
    expect_judged(&file, 0, "FP4 false extraction");
    file = fraud_desk_extract(&desk, true);
    expect_judged(&file, 1, "FP4 false extraction");
    dealt_share_bytes(&desk.dealt, FRAUD_DESK_VICTIM)[31] ^= 1;
    dealt_fix_root(&desk.dealt);
    file = fraud_desk_complain(&desk, KW_FRAUD_SHARE);
    expect_judged(&file, 0, "FP1 invalid share");
}

static void certificates__are_read(void **state)
{
    KW_UNUSED(state);
    static fraud_desk reshare;
    fraud_desk_open(&reshare, &kw_group_bls12_381, KW_SESSION_RESHARE, KW_SUITE_FELDMAN);
    kw_fraud_file file = fraud_desk_source(&reshare, false);
    expect_judged(&file, 0, "FP5 wrong source");
    file = fraud_desk_source(&reshare, true);
    expect_judged(&file, 1, "FP5 wrong source");
    fraud_desk_close(&reshare);
}

static void other_files__are_malformed(void **state)
{
    KW_UNUSED(state);
    kw_fraud_file file = fraud_desk_vote_twice(&desk);
    KW_AUTO(kw_buf) wire = kw_buf_init(FRAUD_DESK_ROOM);
    fraud_desk_write(&wire, &file);
    expect_verdict((kw_span){wire.ptr, wire.len - 1}, 2, "malformed", NULL);
    expect_verdict((kw_span){0}, 2, "malformed", NULL);
    static uint8_t large[3 << 20];
    memcpy(large, wire.ptr, wire.len);
    EXPECT_OK(kw_file_write_atomic(path.text, KW_SPAN(large), 0600, NULL));
    const char *const argv[] = {KEYWARD, "fraud", "verify", path.text, NULL};
    KW_AUTO(process_result) result = {.exit_code = 0};
    process_expect(&result, 2, argv, KW_STR(""));
    EXPECT_STR(kw_buf_text(&result.out),
               "verdict: malformed\nreason: it is longer than any proof\n");
}

static void unreadable_files__are_errors(void **state)
{
    KW_UNUSED(state);
    const struct {
        const char *path;
        int exit_code;
    } rows[] = {{"/nonexistent/proof.kwf", 66}, {dir.path, 65}};
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        const char *const argv[] = {KEYWARD, "fraud", "verify", rows[i].path, NULL};
        KW_AUTO(process_result) result = {.exit_code = 0};
        process_expect(&result, rows[i].exit_code, argv, KW_STR(""));
        assert_int_equal(result.out.len, 0);
        assert_true(result.err.len > 0);
    }
    const char *const none[] = {KEYWARD, "fraud", "verify", NULL};
    KW_AUTO(process_result) usage = {.exit_code = 0};
    process_expect(&usage, 64, none, KW_STR(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts__are_exit_codes),
        cmocka_unit_test(certificates__are_read),
        cmocka_unit_test(other_files__are_malformed),
        cmocka_unit_test(unreadable_files__are_errors),
    };
    return cmocka_run_group_tests_name("e2e/fraud_verify", tests, set_up, tear_down);
}
