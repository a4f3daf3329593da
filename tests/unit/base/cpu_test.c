/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cpu.h"

#include "base/buf.h"
#include "support/expect.h"

#include <stdio.h>
#include <string.h>

/* The kernel's own reading of the same processor. */
static bool kernel_lists(const char *flag)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    assert_non_null(file);
    char line[8192];
    bool is_listed = false;
    while (!is_listed && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "flags", 5) == 0) {
            char wanted[32];
            (void)snprintf(wanted, sizeof wanted, " %s ", flag);
            line[strcspn(line, "\n")] = ' ';
            is_listed = strstr(line, wanted) != NULL;
            break;
        }
    }
    (void)fclose(file);
    return is_listed;
}

static void detect__agrees_with_the_kernel(void **state)
{
    (void)state;
    kw_cpu cpu = kw_cpu_detect();
    assert_int_equal(cpu.has_sha, kernel_lists("sha_ni"));
    assert_int_equal(cpu.has_avx2, kernel_lists("avx2"));
    assert_int_equal(cpu.has_bmi2_adx, kernel_lists("bmi2") && kernel_lists("adx"));
    assert_int_equal(cpu.has_rdrand, kernel_lists("rdrand"));
    assert_int_equal(cpu.has_rdseed, kernel_lists("rdseed"));
    assert_int_equal(cpu.has_avx512, kernel_lists("avx512f") && kernel_lists("avx512bw") &&
                                         kernel_lists("avx512dq") && kernel_lists("avx512vl"));
}

static void limit__hides_what_is_not_allowed(void **state)
{
    (void)state;
    kw_cpu detected = kw_cpu_detect();
    kw_cpu all = {true, true, true, true, true, true};
    kw_cpu_limit(&all);
    assert_memory_equal(kw_cpu_now(), &detected, sizeof detected);
    kw_cpu_limit(&(kw_cpu){.has_sha = true, .has_rdseed = true});
    kw_cpu left = {.has_sha = detected.has_sha, .has_rdseed = detected.has_rdseed};
    assert_memory_equal(kw_cpu_now(), &left, sizeof left);
    kw_cpu_limit(&all); /* what is hidden stays so */
    assert_memory_equal(kw_cpu_now(), &left, sizeof left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(detect__agrees_with_the_kernel),
        cmocka_unit_test(limit__hides_what_is_not_allowed),
    };
    return cmocka_run_group_tests_name("base/cpu", tests, NULL, NULL);
}
