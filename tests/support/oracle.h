/* SPDX-License-Identifier: Apache-2.0
 * The JavaScript oracles of tests/oracle/, whose packages tools/oracles.sh installs. */
#ifndef KW_TESTS_SUPPORT_ORACLE_H
#define KW_TESTS_SUPPORT_ORACLE_H

#include <stdbool.h>

/* True when Node and the packages are there; else says so, and the test calls skip(). */
bool oracle_is_there(void);

#endif /* KW_TESTS_SUPPORT_ORACLE_H */
