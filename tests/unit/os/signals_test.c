/* SPDX-License-Identifier: Apache-2.0 */
#include "os/signals.h"

#include "support/expect.h"

#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

static kw_signal next_signal(kw_signals *signals, int timeout_ms)
{
    kw_signal got = KW_SIGNAL_STOP;
    EXPECT_OK(kw_signals_wait(signals, &got, timeout_ms, NULL));
    return got;
}

static void wait__tells_stop_from_reload_and_nothing(void **state)
{
    (void)state;
    kw_signals signals = {0};
    EXPECT_OK(kw_signals_open(&signals, NULL));
    assert_int_equal(next_signal(&signals, 0), KW_SIGNAL_NONE);
    assert_int_equal(next_signal(&signals, 1), KW_SIGNAL_NONE);
    assert_int_equal(kill(getpid(), SIGHUP), 0);
    assert_int_equal(next_signal(&signals, 60000), KW_SIGNAL_RELOAD);
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    assert_int_equal(next_signal(&signals, 60000), KW_SIGNAL_STOP);
    assert_int_equal(kill(getpid(), SIGINT), 0);
    assert_int_equal(next_signal(&signals, 60000), KW_SIGNAL_STOP);
    assert_int_equal(kill(getpid(), SIGPIPE), 0); /* ignored, else this test ended here */
    assert_int_equal(next_signal(&signals, 0), KW_SIGNAL_NONE);
    kw_signals_drop(&signals);
    kw_signals_drop(&signals); /* may run twice */
    assert_false(signals.is_open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait__tells_stop_from_reload_and_nothing),
    };
    return cmocka_run_group_tests_name("os/signals", tests, NULL, NULL);
}
