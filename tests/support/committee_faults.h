/* SPDX-License-Identifier: Apache-2.0
 * Operators as processes under what happens to machines and networks: they may stand still, but
 * never disagree, their key decrypts, and they go on when it is over. A program for each suite, so
 * that two can run side by side. */
#ifndef KW_TESTS_SUPPORT_COMMITTEE_FAULTS_H
#define KW_TESTS_SUPPORT_COMMITTEE_FAULTS_H

#include <stdint.h>

/* The whole group; the result of main. `suite` as KW_SUITE_PEDERSEN. */
int committee_faults_run(uint32_t suite, const char *group);

#endif /* KW_TESTS_SUPPORT_COMMITTEE_FAULTS_H */
