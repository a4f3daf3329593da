/* SPDX-License-Identifier: Apache-2.0
 * Messages over the toy group, as bytes: n = 4, t = 3, four dealers. */
#ifndef KW_TESTS_SUPPORT_TOY_MESSAGE_H
#define KW_TESTS_SUPPORT_TOY_MESSAGE_H

#include "base/buf.h"
#include "support/toy_group.h"
#include "threshold/engine/message/message.h"

kw_message_scope toy_scope(uint8_t suite);

/* Values that are easy to tell apart. */
kw_group_g1 toy_g1(uint64_t logarithm);
kw_group_g2 toy_g2(uint64_t logarithm);
kw_proof toy_proof(uint64_t number);

/* Four hashes, none equal, none zero. */
kw_hash_list toy_hashes(void);

/* A message of that type in a session of the scope; its body is for the test to fill. */
kw_message toy_message(kw_message_type type, const kw_message_scope *scope);

/* Appends its bytes. */
void toy_message_write(kw_buf *out, const kw_message *message, const kw_message_scope *scope);

/* Decodes; the message borrows from `wire` and `arena`. */
KW_MUST_USE kw_status toy_message_read(kw_message *out, kw_arena *arena, kw_span wire,
                                       const kw_message_scope *scope);

/* Writes, reads and writes again, to the same bytes; all shorter texts and one longer by a byte
 * are refused. */
void expect_round_trip(const kw_message *message, const kw_message_scope *scope);

/* Writes the message; reading it must end so. */
void expect_refused(const kw_message *message, const kw_message_scope *scope, kw_status wanted);

#endif /* KW_TESTS_SUPPORT_TOY_MESSAGE_H */
