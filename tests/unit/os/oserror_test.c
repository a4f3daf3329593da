/* SPDX-License-Identifier: Apache-2.0 */
#include "os/oserror.h"

#include "support/expect.h"

#include <errno.h>

static void status_of_errno__maps_what_callers_tell_apart(void **state)
{
    (void)state;
    static const struct {
        int number;
        kw_status status;
    } cases[] = {{ENOENT, KW_NOT_FOUND}, {EEXIST, KW_CONFLICT},  {EACCES, KW_FORBIDDEN},
                 {EPERM, KW_FORBIDDEN},  {ENOSPC, KW_NO_SPACE},  {EDQUOT, KW_NO_SPACE},
                 {ENOMEM, KW_NO_MEMORY}, {EINVAL, KW_BAD_INPUT}, {EMFILE, KW_LIMIT},
                 {EAGAIN, KW_BUSY},      {EPIPE, KW_CANCELLED},  {ETIMEDOUT, KW_TIMED_OUT}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        EXPECT_STATUS(kw_status_of_errno(cases[i].number), cases[i].status);
    }
}

static void status_of_errno__is_io_for_the_rest_and_never_ok(void **state)
{
    (void)state;
    EXPECT_STATUS(kw_status_of_errno(EIO), KW_IO);
    EXPECT_STATUS(kw_status_of_errno(123456), KW_IO);
    for (int number = 0; number < 200; number++) {
        assert_int_not_equal(kw_status_of_errno(number), KW_OK);
    }
}

static void fail_errno__says_what_and_why(void **state)
{
    (void)state;
    kw_error err = {0};
    errno = ENOSPC;
    EXPECT_STATUS(kw_fail_errno(&err, "writing %s", "a.log"), KW_NO_SPACE);
    assert_int_equal(err.status, KW_NO_SPACE);
    assert_string_equal(err.text, "writing a.log: No space left on device");
    errno = ENOENT;
    EXPECT_STATUS(kw_fail_errno(NULL, "x"), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_of_errno__maps_what_callers_tell_apart),
        cmocka_unit_test(status_of_errno__is_io_for_the_rest_and_never_ok),
        cmocka_unit_test(fail_errno__says_what_and_why),
    };
    return cmocka_run_group_tests_name("os/oserror", tests, NULL, NULL);
}
