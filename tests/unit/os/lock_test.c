/* SPDX-License-Identifier: Apache-2.0 */
#include "os/lock.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_up(void **state)
{
    static tempdir dir;
    dir = tempdir_make();
    *state = &dir;
    return 0;
}

static int tear_down(void **state)
{
    tempdir_remove(*state);
    return 0;
}

static void take__shuts_out_another_holder_until_it_is_dropped(void **state)
{
    tempdir_path path = tempdir_join(*state, "lock");
    kw_file_lock first = {0};
    kw_file_lock second = {0};
    EXPECT_OK(kw_file_lock_take(&first, path.text, 0, NULL));
    EXPECT_STATUS(kw_file_lock_take(&second, path.text, 0, NULL), KW_BUSY);
    EXPECT_STATUS(kw_file_lock_take(&second, path.text, 5, NULL), KW_BUSY);
    assert_false(second.is_held);
    kw_file_lock_drop(&first);
    kw_file_lock_drop(&first); /* may run twice */
    EXPECT_OK(kw_file_lock_take(&second, path.text, 0, NULL));
    kw_file_lock_drop(&second);
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
    EXPECT_STATUS(kw_file_lock_take(&second, "/nonexistent/lock", 0, NULL), KW_NOT_FOUND);
}

/* The child dies with the lock in its hands, while the parent waits for it. */
static void take__gets_the_lock_of_a_process_that_died(void **state)
{
    tempdir_path path = tempdir_join(*state, "lock");
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        kw_file_lock held = {0};
        bool is_held = kw_file_lock_take(&held, path.text, 0, NULL) == KW_OK;
        if (write(ends[1], is_held ? "y" : "n", 1) == 1) {
            (void)pause();
        }
        _exit(1);
    }
    char answer = 0;
    assert_int_equal(read(ends[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    KW_AUTO(kw_file_lock) lock = {0};
    EXPECT_STATUS(kw_file_lock_take(&lock, path.text, 0, NULL), KW_BUSY);
    assert_int_equal(kill(child, SIGKILL), 0);
    EXPECT_OK(kw_file_lock_take(&lock, path.text, 60000, NULL));
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(close(ends[0]) | close(ends[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(take__shuts_out_another_holder_until_it_is_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(take__gets_the_lock_of_a_process_that_died, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("os/lock", tests, NULL, NULL);
}
