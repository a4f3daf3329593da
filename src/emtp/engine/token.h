/* SPDX-License-Identifier: Apache-2.0
 * Tokens: HMAC-SHA-256 of messages under an epoch key (emtp.md section 6). */
#ifndef KW_EMTP_ENGINE_TOKEN_H
#define KW_EMTP_ENGINE_TOKEN_H

#include "crypto/hmac.h"
#include "emtp/engine/tuple.h"

/* Characters of a token as text: lower-case hex. */
enum {
    KW_EMTP_TOKEN_CHARS = 64
};

/* out[i] = token of tuples->items[i]; `out` has room for tuples->count. A token is public as its
 * table is, the key is not. CT: constant time in the key; leaks lengths and number of tuples. */
void kw_emtp_tokens_make(kw_hash32 *out, const kw_emtp_tuples *tuples, const kw_hmac_key *key);

/* Sorts tokens by bytes; they are assumed uniform, so this is linear. */
void kw_emtp_tokens_sort(kw_hash32 *tokens, size_t count);

/* Reads tokens of a table row: lower-case hex of 64 characters, one space between two, at most
 * KW_EMTP_ROW_TOKENS_MAX; the empty text is none. `out` has room for all of them; on success they
 * are sorted and each is there once. BAD_INPUT: anything else. */
enum {
    KW_EMTP_ROW_TOKENS_MAX = 4096
};
KW_MUST_USE kw_status kw_emtp_tokens_parse(kw_hash32 *out, size_t *out_count, kw_str text);

/* Order of bytes: <0, 0, >0. */
int kw_emtp_token_compare(const kw_hash32 *a, const kw_hash32 *b);

#endif /* KW_EMTP_ENGINE_TOKEN_H */
