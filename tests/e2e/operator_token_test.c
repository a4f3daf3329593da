/* SPDX-License-Identifier: Apache-2.0
 * An operator whose signing key is on a PKCS#11 token, in its sandbox: what the module of a token
 * wants of the machine it has before the sandbox is closed. */
#include "os/file.h"
#include "support/committee.h"
#include "support/expect.h"
#include "support/softhsm.h"

#include <stdio.h>
#include <unistd.h>

enum {
    NOT_STARTED = 75, /* exit code of keywardd: sealed, and unavailable */
};

typedef struct world {
    softhsm hsm;
    char key_yaml[1024];
    committee *c;
} world;

static world w;

static void give_to_service(const char *path)
{
    const char *const argv[] = {"chown", "-R", "nobody", path, NULL};
    process_result result = {0};
    if (geteuid() == 0) {
        process_expect(&result, 0, argv, (kw_str){0});
    }
    process_result_drop(&result);
}

/* The operator's key goes to the token, and its file goes. */
static void move_key(void)
{
    kw_hsm_options options = softhsm_options(&w.hsm, "cluster");
    kw_secret_span key = kw_secret_span_of(KW_SPAN(w.c->file.peers[0].secret));
    KW_AUTO_PTR(kw_hsm) token = NULL;
    EXPECT_OK(kw_hsm_open(&token, &options, NULL));
    EXPECT_OK(kw_hsm_put(token, KW_STR("operator"), key, NULL));
    assert_int_equal(unlink(house_path(w.c->houses[0], "data/operator.key").text), 0);
    give_to_service(w.hsm.dir.path);
}

static int set_up(void **state)
{
    (void)state;
    w.hsm = softhsm_make();
    softhsm_add(&w.hsm, "cluster");
    (void)snprintf(w.key_yaml, sizeof w.key_yaml,
                   "  key: pkcs11\n  key_file: operator\n  pkcs11_module: %s\n"
                   "  pkcs11_label: cluster\n  pkcs11_pin_file: %s\n",
                   SOFTHSM_MODULE, w.hsm.pin.text);
    committee_plan plan = {
        .count = 1, .genesis = 1, .suite = 2, .interval_s = 4, .key = w.key_yaml};
    w.c = committee_make(&plan);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    committee_free(w.c);
    softhsm_drop(&w.hsm);
    return 0;
}

/* How the daemon ends that does not start. */
static void expect_refusal(int exit_code, const char *text)
{
    tempdir_path config = house_path(w.c->houses[0], "config.yaml");
    const char *const argv[] = {KW_BIN_DIR "/keywardd", "--config", config.text, NULL};
    process_result result = {0};
    process_run(&result, argv, (kw_str){0});
    if (result.exit_code != exit_code ||
        memmem(result.err.ptr, result.err.len, text, strlen(text)) == NULL) {
        fail_msg("%d %.*s", result.exit_code, (int)result.err.len, (const char *)result.err.ptr);
    }
    process_result_drop(&result);
}

static void token__is_needed_to_start(void **state)
{
    (void)state;
    give_to_service(w.hsm.dir.path);
    expect_refusal(NOT_STARTED, "the token has no operator key operator");
    tempdir_path tokens = tempdir_join(&w.hsm.dir, "tokens");
    tempdir_path away = tempdir_join(&w.hsm.dir, "away");
    assert_int_equal(rename(tokens.text, away.text), 0);
    expect_refusal(NOT_STARTED, "opening the token of the operator key");
    assert_int_equal(rename(away.text, tokens.text), 0);
    EXPECT_OK(
        kw_file_write_atomic(w.hsm.pin.text, kw_span_of_str(KW_STR("4321-user\n")), 0600, NULL));
    give_to_service(w.hsm.dir.path);
    expect_refusal(NOT_STARTED, "opening the token of the operator key");
    EXPECT_OK(
        kw_file_write_atomic(w.hsm.pin.text, kw_span_of_str(KW_STR(SOFTHSM_PIN "\n")), 0600, NULL));
}

static void expect_sandbox(void)
{
    char path[64];
    const char *text = NULL;
    KW_AUTO(kw_buf) status = kw_buf_init(1 << 16);
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)w.c->houses[0]->daemon.pid);
    EXPECT_OK(kw_file_read(&status, path, NULL));
    EXPECT_OK(kw_buf_c_text(&status, &text));
    assert_non_null(strstr(text, "\nSeccomp:\t2\n"));
}

static void token__signs_for_an_operator_in_its_sandbox(void **state)
{
    (void)state;
    move_key();
    committee_start(w.c, 0);
    committee_list(w.c, 1);
    uint64_t epoch = committee_wait_epoch(w.c, 0, 1);
    expect_sandbox();
    (void)committee_wait_epoch(w.c, 0, epoch + 1);
    committee_restart(w.c, 0);
    (void)committee_wait_epoch(w.c, 0, epoch + 3);
    /* It is not asked any more: one may unplug it. */
    tempdir_path tokens = tempdir_join(&w.hsm.dir, "tokens");
    tempdir_path away = tempdir_join(&w.hsm.dir, "away");
    assert_int_equal(rename(tokens.text, away.text), 0);
    epoch = committee_newest(w.c, 0);
    (void)committee_wait_epoch(w.c, 0, epoch + 2);
    committee_expect_sound(w.c);
    house_stop(w.c->houses[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token__is_needed_to_start),
        cmocka_unit_test(token__signs_for_an_operator_in_its_sandbox),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
