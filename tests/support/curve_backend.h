/* SPDX-License-Identifier: Apache-2.0
 * Runs tests of curve/ on its back-ends. */
#ifndef KW_TESTS_SUPPORT_CURVE_BACKEND_H
#define KW_TESTS_SUPPORT_CURVE_BACKEND_H

#include "support/expect.h"

/* Lets curve/ use only the back-end that the environment's KW_CURVE_BACKEND names, "c" or "adx";
 * without it, the best. Says so and ends the program with 2 when there is no such back-end here. */
void curve_backend_from_environment(void);

/* For programs that compile one back-end into themselves: whether to test it, that is, it runs here
 * and KW_CURVE_BACKEND names no other. Else as curve_backend_from_environment. */
bool curve_backend_is_wanted(const char *name);

/* Runs the tests on each back-end that this processor has, or on the one that KW_CURVE_BACKEND
 * names. The number of failures; afterwards only portable code is left. */
int curve_run_on_backends(const char *name, const struct CMUnitTest *tests, size_t count);

#endif /* KW_TESTS_SUPPORT_CURVE_BACKEND_H */
