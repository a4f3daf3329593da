/* SPDX-License-Identifier: Apache-2.0
 * A disk that takes its time. */
#include "support/slow_disk.h"

#include "support/expect.h"

#include <stdio.h>
#include <stdlib.h>

bool slow_disk_is_possible(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    return true;
#endif
}

void slow_disk_set(uint32_t delay_ms)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", delay_ms);
    if (delay_ms == 0) {
        assert_int_equal(unsetenv("LD_PRELOAD"), 0);
        return;
    }
    assert_int_equal(setenv("LD_PRELOAD", KW_BIN_DIR "/../tests/slow_disk.so", 1), 0);
    assert_int_equal(setenv("KW_SLOW_DISK_MS", text, 1), 0);
}
