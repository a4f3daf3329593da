/* SPDX-License-Identifier: Apache-2.0
 * One input line through the engine of match tokens, for tests. */
#ifndef KW_TESTS_SUPPORT_EMTP_CASE_H
#define KW_TESTS_SUPPORT_EMTP_CASE_H

#include "emtp/engine/explain.h"

/* The key of the published vectors, 00 01 .. 1f; refused outside tests. */
void emtp_case_key(kw_hmac_key *out, uint8_t first_byte);

/* Everything made of a line. Drop it. */
typedef struct emtp_case {
    kw_arena arena;
    kw_status status;
    kw_emtp_reject reject; /* when status is BAD_INPUT */
    kw_emtp_person person;
    kw_emtp_tuples tuples;
    kw_hash32 tokens[KW_EMTP_TUPLES_MAX]; /* in the order of the tuples, key 00..1f */
} emtp_case;

emtp_case emtp_case_run(kw_str line, const kw_emtp_options *options);
void emtp_case_drop(emtp_case *c);

/* The explanation of a good case, with its tokens sorted. */
void emtp_case_explain(emtp_case *c, kw_buf *out, const kw_emtp_options *options);

/* True when the tuple is there. */
bool emtp_case_has(const emtp_case *c, const char *tuple);

#endif /* KW_TESTS_SUPPORT_EMTP_CASE_H */
