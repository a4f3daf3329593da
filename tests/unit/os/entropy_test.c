/* SPDX-License-Identifier: Apache-2.0 */
#include "os/entropy.h"

#include "base/cpu.h"
#include "os/fault.h"
#include "support/expect.h"

static void kernel__fills_all_and_differs(void **state)
{
    (void)state;
    uint8_t first[300] = {0};
    uint8_t second[300] = {0};
    EXPECT_OK(kw_entropy_kernel(KW_MSPAN(first)));
    EXPECT_OK(kw_entropy_kernel(KW_MSPAN(second)));
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(first + 268, second + 268, 32); /* the end too */
    EXPECT_OK(kw_entropy_kernel((kw_mspan){0}));
}

static void kernel__reports_failure(void **state)
{
    (void)state;
    uint8_t bytes[8];
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    kw_os_fail_at(&faults, KW_OS_READ, 1);
    EXPECT_STATUS(kw_entropy_kernel(KW_MSPAN(bytes)), KW_IO);
    kw_os_faults_use(NULL);
}

static void processor__fills_all_or_says_that_it_cannot(void **state)
{
    (void)state;
    kw_cpu cpu = kw_cpu_detect();
    uint8_t first[37] = {0};
    uint8_t second[37] = {0};
    if (!cpu.has_rdseed && !cpu.has_rdrand) {
        EXPECT_STATUS(kw_entropy_processor(KW_MSPAN(first)), KW_UNAVAILABLE);
        return;
    }
    EXPECT_OK(kw_entropy_processor(KW_MSPAN(first)));
    EXPECT_OK(kw_entropy_processor(KW_MSPAN(second)));
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(first + 29, second + 29, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel__fills_all_and_differs),
        cmocka_unit_test(kernel__reports_failure),
        cmocka_unit_test(processor__fills_all_or_says_that_it_cannot),
    };
    return cmocka_run_group_tests_name("os/entropy", tests, NULL, NULL);
}
