/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `act` in a child, because none of this can be undone; true when it says so. */
static bool holds_in_child(bool (*act)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(act() ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status == 0;
}

static bool harden_forbids_dumps(void)
{
    struct rlimit core = {.rlim_cur = 1};
    return kw_process_harden(NULL) == KW_OK && getrlimit(RLIMIT_CORE, &core) == 0 &&
           core.rlim_cur == 0 && core.rlim_max == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static void harden__forbids_cores_traces_and_privileges(void **state)
{
    (void)state;
    assert_true(holds_in_child(harden_forbids_dumps));
}

static void path__is_of_the_program(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) path = kw_buf_init(4096);
    KW_AUTO(kw_buf) none = kw_buf_init(1);
    EXPECT_OK(kw_process_path(&path, NULL));
    assert_true(kw_str_ends_with(kw_buf_text(&path), KW_STR("/unit.os.process_test")));
    EXPECT_STATUS(kw_process_path(&none, NULL), KW_LIMIT);
}

static void folder__is_where_the_process_works(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    KW_AUTO(kw_buf) before = kw_buf_init(4096);
    KW_AUTO(kw_buf) path = kw_buf_init(4096);
    KW_AUTO(kw_buf) none = kw_buf_init(1);
    const char *back = NULL;
    EXPECT_OK(kw_process_folder(&before, NULL));
    EXPECT_OK(kw_buf_c_text(&before, &back));
    assert_int_equal(chdir(dir.path), 0);
    EXPECT_OK(kw_process_folder(&path, NULL));
    EXPECT_STR(kw_buf_text(&path), dir.path);
    EXPECT_STATUS(kw_process_folder(&none, NULL), KW_LIMIT);
    tempdir_remove(&dir);
    EXPECT_STATUS(kw_process_folder(&path, NULL), KW_NOT_FOUND);
    assert_int_equal(chdir(back), 0);
}

static void give__changes_the_owner(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path path = tempdir_join(&dir, "file");
    kw_file_info info = {0};
    EXPECT_STATUS(kw_process_give(path.text, "no-such-user", NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_file_write_atomic(path.text, (kw_span){0}, 0600, NULL));
    kw_status wanted = kw_process_is_root() ? KW_OK : KW_FORBIDDEN;
    EXPECT_STATUS(kw_process_give(path.text, "nobody", NULL), wanted);
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_true((info.owner != geteuid()) == kw_process_is_root());
    tempdir_path missing = tempdir_join(&dir, "missing");
    EXPECT_STATUS(kw_process_give(missing.text, "nobody", NULL), KW_NOT_FOUND);
    tempdir_remove(&dir);
}

static bool raise_to_the_hard_limit(void)
{
    struct rlimit files = {.rlim_cur = 64, .rlim_max = 128};
    uint64_t got = 0;
    return setrlimit(RLIMIT_NOFILE, &files) == 0 && kw_process_raise_files(&got, 100, NULL) == 0 &&
           got == 100 && kw_process_raise_files(&got, 50, NULL) == 0 && got == 100 &&
           kw_process_raise_files(&got, 1000, NULL) == 0 && got == 128;
}

static void raise_files__stops_at_the_hard_limit_and_never_lowers(void **state)
{
    (void)state;
    assert_true(holds_in_child(raise_to_the_hard_limit));
}

static bool drop_for_good(void)
{
    if (kw_process_drop_to("nobody", NULL) != KW_OK) {
        return false;
    }
    gid_t groups[8];
    int count = getgroups((int)KW_COUNT(groups), groups);
    bool has_root_group = false;
    for (int i = 0; i < count; i++) {
        has_root_group |= groups[i] == 0;
    }
    return count >= 0 && !has_root_group && getuid() != 0 && geteuid() != 0 && getgid() != 0 &&
           setuid(0) != 0 && setgid(0) != 0 && !kw_process_is_root() &&
           prctl(PR_CAPBSET_READ, 0, 0, 0, 0) == 0 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           kw_process_drop_to("nobody", NULL) == KW_FORBIDDEN;
}

static bool drop_and_follow(void)
{
    int number = 0;
    return prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0) == 0 &&
           kw_process_drop_to("nobody", NULL) == KW_OK &&
           prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0) == 0 && number == SIGUSR1;
}

static bool drop_and_stay(void)
{
    int number = 1;
    return kw_process_drop_to("nobody", NULL) == KW_OK &&
           prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0) == 0 && number == 0;
}

static void drop_to__still_ends_with_the_parent(void **state)
{
    (void)state;
    if (!kw_process_is_root()) {
        skip();
    }
    assert_true(holds_in_child(drop_and_follow));
    assert_true(holds_in_child(drop_and_stay));
}

static void drop_to__cannot_be_undone(void **state)
{
    (void)state;
    if (!kw_process_is_root()) {
        EXPECT_STATUS(kw_process_drop_to("nobody", NULL), KW_FORBIDDEN);
        return;
    }
    assert_true(holds_in_child(drop_for_good));
}

static void drop_to__refuses_root_and_strangers(void **state)
{
    (void)state;
    EXPECT_STATUS(kw_process_drop_to("root", NULL), KW_REFUSED);
    EXPECT_STATUS(kw_process_drop_to("no-such-user-here", NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_process_drop_to("", NULL), KW_NOT_FOUND);
}

static bool id_is_own(void)
{
    return kw_process_id() == (int64_t)getpid();
}

static void process_id__is_that_of_the_process(void **state)
{
    (void)state;
    assert_true(id_is_own());
    assert_true(holds_in_child(id_is_own));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path__is_of_the_program),
        cmocka_unit_test(folder__is_where_the_process_works),
        cmocka_unit_test(give__changes_the_owner),
        cmocka_unit_test(harden__forbids_cores_traces_and_privileges),
        cmocka_unit_test(raise_files__stops_at_the_hard_limit_and_never_lowers),
        cmocka_unit_test(drop_to__cannot_be_undone),
        cmocka_unit_test(drop_to__still_ends_with_the_parent),
        cmocka_unit_test(drop_to__refuses_root_and_strangers),
        cmocka_unit_test(process_id__is_that_of_the_process),
    };
    return cmocka_run_group_tests_name("os/process", tests, NULL, NULL);
}
