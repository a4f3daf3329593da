/* SPDX-License-Identifier: Apache-2.0 */
#include "os/fault.h"

#include "os/thread.h"
#include "support/expect.h"

#include <errno.h>

static void fail_at__fails_the_nth_call_once(void **state)
{
    (void)state;
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_WRITE, 3);
    assert_false(kw_os_must_fail(KW_OS_WRITE));
    assert_false(kw_os_must_fail(KW_OS_SYNC)); /* kinds are counted apart */
    assert_false(kw_os_must_fail(KW_OS_WRITE));
    assert_true(kw_os_must_fail(KW_OS_WRITE));
    assert_int_equal(errno, EIO);
    assert_false(kw_os_must_fail(KW_OS_WRITE));
    assert_int_equal(faults.calls[KW_OS_WRITE].failed, 1);
    kw_os_faults_use(NULL);
}

static void fail_from__lasts_until_it_is_disarmed(void **state)
{
    (void)state;
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_from(&faults, KW_OS_WRITE, 2, KW_NO_SPACE);
    assert_false(kw_os_must_fail(KW_OS_WRITE));
    for (int i = 0; i < 5; i++) {
        assert_true(kw_os_must_fail(KW_OS_WRITE));
        assert_int_equal(errno, ENOSPC);
    }
    kw_os_fail_at(&faults, KW_OS_WRITE, 0);
    assert_false(kw_os_must_fail(KW_OS_WRITE));
    kw_os_faults_use(NULL);
}

static void fail_where_told(void *ctx)
{
    bool *failed = ctx;
    *failed = kw_os_must_fail(KW_OS_SYNC);
}

static void faults_use__reaches_threads_started_later_only_by_this_one(void **state)
{
    (void)state;
    kw_os_faults faults = {0};
    kw_os_fail_from(&faults, KW_OS_SYNC, 1, KW_IO);
    bool failed = false;
    kw_thread thread = {0};
    kw_os_faults_use(&faults);
    assert_ptr_equal(kw_os_faults_in_use(), &faults);
    EXPECT_OK(kw_thread_start(&thread, "heir", fail_where_told, &failed, NULL));
    kw_thread_join(&thread);
    assert_true(failed);
    kw_os_faults_use(NULL);
    EXPECT_OK(kw_thread_start(&thread, "stranger", fail_where_told, &failed, NULL));
    kw_thread_join(&thread);
    assert_false(failed);
    assert_false(kw_os_must_fail(KW_OS_SYNC));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail_at__fails_the_nth_call_once),
        cmocka_unit_test(fail_from__lasts_until_it_is_disarmed),
        cmocka_unit_test(faults_use__reaches_threads_started_later_only_by_this_one),
    };
    return cmocka_run_group_tests_name("os/fault", tests, NULL, NULL);
}
