/* SPDX-License-Identifier: Apache-2.0
 * No core of a daemon is written, and nobody of its user may look into it; if one were written all
 * the same, no secret of an operator would be in it. */
#include "os/file.h"
#include "os/process.h"
#include "support/core_image.h"
#include "support/expect.h"
#include "support/kept_secrets.h"
#include "support/sealed_text.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    IMAGE_BYTES_MAX = 1 << 30,
};

/* Of `argv`, what runs it as the user of daemons. */
#define AS_SERVICE "setpriv", "--reuid=nobody", "--clear-groups", "--"
enum {
    AS_SERVICE_WORDS = 4,
};

static const char *const *as_service(const char *const *argv)
{
    return kw_process_is_root() ? argv : argv + AS_SERVICE_WORDS;
}

static house *h;

/* What is started may write a core of any size into its working folder. */
static int make_house(void **state)
{
    KW_UNUSED(state);
    struct rlimit core;
    assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
    core.rlim_cur = core.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_CORE, &core), 0);
    h = house_make("");
    return chdir(house_path(h, "data").text);
}

static int drop_house(void **state)
{
    KW_UNUSED(state);
    int failed = chdir("/");
    house_free(h);
    return failed;
}

/* Starts a program that says "ready". */
static process start(const char *const *argv)
{
    tempdir_path log = house_path(h, "keywardd.log");
    KW_AUTO(kw_buf) line = kw_buf_init(4096);
    process program = process_start(as_service(argv), log.text);
    do {
        assert_true(process_read_line(&program, &line));
    } while (!kw_str_equal(kw_buf_text(&line), KW_STR("ready")));
    return program;
}

/* Not by root, who would have to become another first: the kernel shuts whoever does that. */
static void start_daemon(void)
{
    tempdir_path config = house_path(h, "config.yaml");
    const char *const argv[] = {AS_SERVICE, KW_BIN_DIR "/keywardd", "--config", config.text, NULL};
    h->daemon = start(argv);
}

/* A program of the same user that forbids nothing. */
static process start_careless(void)
{
    const char *const argv[] = {AS_SERVICE, "sh", "-c", "echo ready && exec sleep 600", NULL};
    return start(argv);
}

/* Aborts it, and tells whether the kernel wrote a core. */
static bool leaves_core(process *program)
{
    process_signal(program, SIGABRT);
    int status = process_wait_status(program);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    return WCOREDUMP(status);
}

static void core__is_not_written_when_a_daemon_aborts(void **state)
{
    KW_UNUSED(state);
    process careless = start_careless();
    start_daemon();
    if (!leaves_core(&careless)) {
        skip(); /* this system keeps nobody's */
    }
    assert_false(leaves_core(&h->daemon));
}

/* Whether somebody of the same user may open a file of /proc. */
static bool may_read(const process *program, const char *name)
{
    char path[64];
    process_result result = {0};
    (void)snprintf(path, sizeof path, "if=/proc/%d/%s", (int)program->pid, name);
    const char *const argv[] = {AS_SERVICE, "dd", path, "count=0", "status=none", NULL};
    process_run(&result, as_service(argv), KW_STR(""));
    int exit_code = result.exit_code;
    process_result_drop(&result);
    return exit_code == 0;
}

static void memory__is_shut_to_programs_of_the_same_user(void **state)
{
    KW_UNUSED(state);
    static const char *const names[] = {"mem", "maps", "environ", "auxv", "pagemap"};
    process careless = start_careless();
    start_daemon();
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        assert_true(may_read(&careless, names[i]));
        assert_false(may_read(&h->daemon, names[i]));
    }
    assert_int_equal(process_stop(&careless), 128 + SIGTERM);
}

/* ---- what a core would hold ---- */

static committee *running;

static int stop_running(void **state)
{
    KW_UNUSED(state);
    if (running != NULL) {
        committee_free(running);
    }
    running = NULL;
    return 0;
}

/* Four who have made an epoch, replaced its shares and signed. */
static committee *four_at_work(void)
{
    const committee_plan plan = {.count = 4, .genesis = 4, .suite = 2, .interval_s = 8};
    committee *c = committee_make(&plan);
    running = c;
    for (uint32_t i = 0; i < plan.count; i++) {
        committee_start(c, i);
    }
    committee_list(c, 0xf);
    for (uint32_t i = 0; i < plan.count; i++) {
        (void)committee_wait_epoch(c, i, 2);
    }
    sealed_text sealed = sealed_text_make(c);
    sealed_text_expect_opens(c, &sealed);
    return c;
}

/* Puts it into the folder of the house, as one more file that no secret may stand in. */
static void write_image(const house *of)
{
    KW_AUTO(kw_buf) image = kw_buf_init(IMAGE_BYTES_MAX);
    core_image_read(&image, &of->daemon, CORE_IMAGE_DUMPED);
    EXPECT_OK(kw_file_write_atomic(house_path(of, "core").text, kw_buf_view(&image), 0600, NULL));
}

/* In the rest of its memory there is the key: where it is looked for, it is found. */
static void expect_key_in_memory(const committee *c, uint32_t at)
{
    KW_AUTO(kw_buf) all = kw_buf_init(IMAGE_BYTES_MAX);
    kw_span key = KW_SPAN(c->file.peers[at].secret);
    core_image_read(&all, &c->houses[at]->daemon, CORE_IMAGE_ALL);
    assert_non_null(memmem(all.ptr, all.len, key.ptr, key.len));
}

static void core__would_hold_no_secret_of_an_operator(void **state)
{
    KW_UNUSED(state);
    if (!kw_process_is_root()) {
        skip(); /* nobody else may read it */
    }
    committee *c = four_at_work();
    for (uint32_t i = 0; i < c->plan.count; i++) {
        core_image_stop(&c->houses[i]->daemon);
        write_image(c->houses[i]);
        expect_key_in_memory(c, i);
    }
    kept_secrets_expect(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(core__is_not_written_when_a_daemon_aborts, make_house,
                                        drop_house),
        cmocka_unit_test_setup_teardown(memory__is_shut_to_programs_of_the_same_user, make_house,
                                        drop_house),
        cmocka_unit_test_teardown(core__would_hold_no_secret_of_an_operator, stop_running),
    };
    return cmocka_run_group_tests_name("e2e/core", tests, NULL, NULL);
}
