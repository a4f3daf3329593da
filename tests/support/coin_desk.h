/* SPDX-License-Identifier: Apache-2.0
 * Operators who flip a coin, with keys and values that tests know. */
#ifndef KW_TESTS_SUPPORT_COIN_DESK_H
#define KW_TESTS_SUPPORT_COIN_DESK_H

#include "support/operator_rows.h"
#include "threshold/coin_file.h"

enum {
    COIN_DESK_MAX = 8,
};

/* Parts point into it, so it stays where it is. */
typedef struct coin_desk {
    kw_arena arena;
    operator_rows rows;
    uint32_t count;
    kw_operators operators;
    kw_operator_secret *secrets[COIN_DESK_MAX]; /* as the rows */
    kw_secret32 values[COIN_DESK_MAX];
    kw_coin_part commitments[COIN_DESK_MAX];
    kw_coin_part reveals[COIN_DESK_MAX];
} coin_desk;

/* `count` operators who have committed and revealed; equal counts give equal parts. */
void coin_desk_open(coin_desk *desk, uint32_t count);
void coin_desk_close(coin_desk *desk);

/* The seat of operator `at`, from 0. */
kw_coin_seat coin_desk_seat(const coin_desk *desk, uint32_t at);

/* The operator signs a part as it is now, a liar's, too. */
void coin_desk_sign_commitment(coin_desk *desk, uint32_t at, kw_coin_part *part);
void coin_desk_sign_reveal(coin_desk *desk, uint32_t at, kw_coin_part *part);

/* All commitments, or all reveals, borrowed. */
kw_coin_parts coin_desk_commitments(coin_desk *desk);
kw_coin_parts coin_desk_reveals(coin_desk *desk);

#endif /* KW_TESTS_SUPPORT_COIN_DESK_H */
