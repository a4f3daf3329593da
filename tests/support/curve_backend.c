/* SPDX-License-Identifier: Apache-2.0 */
#include "support/curve_backend.h"

#include "base/cpu.h"

#include <stdio.h>
#include <stdlib.h>

static void use_portable(void)
{
    kw_cpu_limit(&(kw_cpu){0});
}

void curve_backend_from_environment(void)
{
    const char *wanted = getenv("KW_CURVE_BACKEND");
    if (wanted == NULL) {
        return;
    }
    bool is_portable = strcmp(wanted, "c") == 0;
    if (is_portable) {
        use_portable();
    }
    if (!is_portable && (strcmp(wanted, "adx") != 0 || !kw_cpu_now()->has_bmi2_adx)) {
        fprintf(stderr, "KW_CURVE_BACKEND=%s: not a back-end of this processor\n", wanted);
        exit(2);
    }
}

bool curve_backend_is_wanted(const char *name)
{
    curve_backend_from_environment();
    const char *wanted = getenv("KW_CURVE_BACKEND");
    bool is_here = strcmp(name, "adx") != 0 || kw_cpu_now()->has_bmi2_adx;
    bool is_wanted = is_here && (wanted == NULL || strcmp(wanted, name) == 0);
    if (!is_wanted) {
        print_message("back-end %s: not tested\n", name);
    }
    return is_wanted;
}

int curve_run_on_backends(const char *name, const struct CMUnitTest *tests, size_t count)
{
    char named[64];
    int failures = 0;
    curve_backend_from_environment();
    if (kw_cpu_now()->has_bmi2_adx) {
        (void)snprintf(named, sizeof named, "%s, adx", name);
        failures = _cmocka_run_group_tests(named, tests, count, NULL, NULL);
    }
    if (getenv("KW_CURVE_BACKEND") == NULL || !kw_cpu_now()->has_bmi2_adx) {
        use_portable();
        (void)snprintf(named, sizeof named, "%s, c", name);
        failures += _cmocka_run_group_tests(named, tests, count, NULL, NULL);
    }
    return failures;
}
