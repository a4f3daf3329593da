/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include "support/expect.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static kw_status inner(kw_error *err, int value)
{
    KW_REQUIRE(value > 0, err, KW_BAD_INPUT, "value %d is not positive", value);
    return KW_OK;
}

static kw_status outer(kw_error *err, int value)
{
    KW_TRY_AT(err, inner(err, value), "reading item %d", 7);
    return KW_OK;
}

static kw_status silent(kw_error *err)
{
    KW_TRY_AT(err, KW_IO, "closing %s", "it");
    return KW_OK;
}

static void fail__fills_status_and_text(void **state)
{
    (void)state;
    kw_error err = {0};
    EXPECT_STATUS(inner(&err, -3), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_string_equal(err.text, "value -3 is not positive");
    EXPECT_OK(inner(&err, 1));
}

static void try_at__adds_a_frame(void **state)
{
    (void)state;
    kw_error err = {0};
    EXPECT_STATUS(outer(&err, 0), KW_BAD_INPUT);
    assert_string_equal(err.text, "value 0 is not positive: while reading item 7");
}

static void try_at__replaces_a_stale_error(void **state)
{
    (void)state;
    kw_error err = {.status = KW_GONE, .text = "old news"};
    EXPECT_STATUS(silent(&err), KW_IO);
    assert_int_equal(err.status, KW_IO);
    assert_string_equal(err.text, "an input or output operation failed: while closing it");
}

static void errors__may_be_null(void **state)
{
    (void)state;
    EXPECT_STATUS(outer(NULL, 0), KW_BAD_INPUT);
    EXPECT_STATUS(silent(NULL), KW_IO);
}

static void error_text__is_cut_and_terminated(void **state)
{
    (void)state;
    kw_error err;
    memset(&err, 'x', sizeof err);
    char wide[400];
    memset(wide, 'y', sizeof wide);
    wide[sizeof wide - 1] = '\0';
    EXPECT_STATUS(kw_fail(&err, KW_LIMIT, "%s", wide), KW_LIMIT);
    assert_int_equal(strlen(err.text), KW_ERROR_TEXT_BYTES - 1);
    EXPECT_STATUS(kw_error_at(&err, KW_LIMIT, "more %s", wide), KW_LIMIT);
    assert_int_equal(strlen(err.text), KW_ERROR_TEXT_BYTES - 1);
}

static void assert__aborts_the_process(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(STDERR_FILENO);
        KW_ASSERT(1 + 1 == 3);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fail__fills_status_and_text),
        cmocka_unit_test(try_at__adds_a_frame),
        cmocka_unit_test(try_at__replaces_a_stale_error),
        cmocka_unit_test(errors__may_be_null),
        cmocka_unit_test(error_text__is_cut_and_terminated),
        cmocka_unit_test(assert__aborts_the_process),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
