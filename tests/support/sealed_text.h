/* SPDX-License-Identifier: Apache-2.0
 * A text that is encrypted to the key of a committee: whatever happens to operators, it must open
 * as long as enough of them are left. By the commands that a user has. */
#ifndef KW_TESTS_SUPPORT_SEALED_TEXT_H
#define KW_TESTS_SUPPORT_SEALED_TEXT_H

#include "support/committee.h"

typedef struct sealed_text {
    char master_key[193]; /* digits; empty: nothing is encrypted yet */
} sealed_text;

/* Registers an application at each house that runs, and encrypts to it under the key that house 0
 * shows now; it must have one. The files are in the folder of house 0. */
sealed_text sealed_text_make(committee *c);

/* Decrypts it under that key, with the parts of operators that house 0 lists. */
void sealed_text_expect_opens(committee *c, const sealed_text *sealed);

#endif /* KW_TESTS_SUPPORT_SEALED_TEXT_H */
