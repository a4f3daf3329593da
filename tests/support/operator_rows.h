/* SPDX-License-Identifier: Apache-2.0
 * Operators as files name them, with keys that tests know. */
#ifndef KW_TESTS_SUPPORT_OPERATOR_ROWS_H
#define KW_TESTS_SUPPORT_OPERATOR_ROWS_H

#include "support/peers.h"
#include "threshold/engine/roster/operators.h"

enum {
    OPERATOR_ROWS_MAX = 16,
};

/* Rows point into it, so it stays where it is. */
typedef struct operator_rows {
    peer peers[OPERATOR_ROWS_MAX];
    kw_operator_row items[OPERATOR_ROWS_MAX];
    kw_peer_signature proofs[OPERATOR_ROWS_MAX];
    char addresses[OPERATOR_ROWS_MAX][43];
    char urls[OPERATOR_ROWS_MAX][64];
    kw_operator_rows rows;
} operator_rows;

/* `count` operators, BN254 and secp256k1 in turn; equal counts give equal rows. */
void operator_rows_make(operator_rows *out, uint32_t count);

#endif /* KW_TESTS_SUPPORT_OPERATOR_ROWS_H */
