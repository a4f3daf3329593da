/* SPDX-License-Identifier: Apache-2.0
 * Input of token runs from memory, in pieces of any size. */
#ifndef KW_TESTS_SUPPORT_TOKEN_INPUT_H
#define KW_TESTS_SUPPORT_TOKEN_INPUT_H

#include "emtp/token_source.h"

typedef struct token_input {
    kw_str text;
    size_t at;
    size_t piece;     /* most bytes of one read */
    uint64_t fail_at; /* the n-th read fails with IO; 0: none */
    uint64_t reads;
} token_input;

/* The port; borrows `input`. */
kw_emtp_input token_input_port(token_input *input);

#endif /* KW_TESTS_SUPPORT_TOKEN_INPUT_H */
