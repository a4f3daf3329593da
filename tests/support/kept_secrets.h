/* SPDX-License-Identifier: Apache-2.0
 * What operators of a committee keep for themselves: read out of their stores, and looked for
 * everywhere else. */
#ifndef KW_TESTS_SUPPORT_KEPT_SECRETS_H
#define KW_TESTS_SUPPORT_KEPT_SECRETS_H

#include "support/committee.h"

/* Kills all houses that run, opens the store of each by its key and its slots, and fails the test
 * when a share, a slot's value or the operator's key stands in any file of any house but where it
 * belongs, as bytes in either order or as digits: logs, databases, what a daemon left that was
 * killed. At least one house has a share. */
void kept_secrets_expect(committee *c);

#endif /* KW_TESTS_SUPPORT_KEPT_SECRETS_H */
