/* SPDX-License-Identifier: Apache-2.0 */
#include "support/process.h"

#include "support/expect.h"
#include "support/tempdir.h"

#include <signal.h>

static void run__carries_input_outputs_and_exit_code(void **state)
{
    (void)state;
    process_result result = {0};
    const char *const argv[] = {"sh", "-c", "cat; echo oops >&2; exit 7", NULL};
    process_expect(&result, 7, argv, KW_STR("hello"));
    EXPECT_STR(kw_buf_text(&result.out), "hello");
    EXPECT_STR(kw_buf_text(&result.err), "oops\n");
    process_result_drop(&result);
}

static void run__moves_more_than_a_pipe_holds(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) input = kw_buf_init(4 << 20);
    for (size_t i = 0; i < 4 << 20; i++) {
        EXPECT_OK(kw_buf_append_byte(&input, (uint8_t)(i * 7)));
    }
    process_result result = {0};
    const char *const argv[] = {"cat", NULL};
    process_expect(&result, 0, argv, kw_buf_text(&input));
    EXPECT_SPAN(kw_buf_view(&result.out), kw_buf_view(&input));
    process_result_drop(&result);
}

static void background__gives_lines_and_stops_by_pid(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path err_path = tempdir_join(&dir, "err");
    const char *const argv[] = {"sh", "-c", "echo one; echo two; exec sleep 600", NULL};
    process running = process_start(argv, err_path.text);
    KW_AUTO(kw_buf) line = kw_buf_init(100);
    assert_true(process_read_line(&running, &line));
    EXPECT_STR(kw_buf_text(&line), "one");
    assert_true(process_read_line(&running, &line));
    EXPECT_STR(kw_buf_text(&line), "two");
    assert_int_equal(process_stop(&running), 128 + SIGTERM);
    assert_int_equal(process_stop(&running), 0);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run__carries_input_outputs_and_exit_code),
        cmocka_unit_test(run__moves_more_than_a_pipe_holds),
        cmocka_unit_test(background__gives_lines_and_stops_by_pid),
    };
    return cmocka_run_group_tests_name("support/process", tests, NULL, NULL);
}
