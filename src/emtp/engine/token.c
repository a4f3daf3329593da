/* SPDX-License-Identifier: Apache-2.0
 * Tokens of tuples (emtp.md section 6). Secret input: the epoch key, only handed on to crypto/. */
#include "emtp/engine/token.h"

#include "codec/hex.h"

#include <stdlib.h>

enum {
    BYTE_VALUES = 256
};

void kw_emtp_tokens_make(kw_hash32 *out, const kw_emtp_tuples *tuples, const kw_hmac_key *key)
{
    kw_span messages[KW_EMTP_TUPLES_MAX];
    KW_ASSERT(tuples->count <= KW_EMTP_TUPLES_MAX);
    for (size_t i = 0; i < tuples->count; i++) {
        messages[i] = tuples->items[i].message;
    }
    kw_hmac_key_tag_many(key, out, messages, tuples->count);
}

/* Eight bytes as a number, so that numbers compare as the bytes do. */
static uint64_t word_at(const kw_hash32 *token, size_t at)
{
    const uint8_t *b = token->bytes + at;
    return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
           (uint64_t)b[3] << 32 | (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 |
           (uint64_t)b[6] << 8 | b[7];
}

int kw_emtp_token_compare(const kw_hash32 *a, const kw_hash32 *b)
{
    for (size_t at = 0; at < sizeof a->bytes; at += sizeof(uint64_t)) {
        uint64_t x = word_at(a, at);
        uint64_t y = word_at(b, at);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return 0;
}

static int compare_tokens(const void *a, const void *b)
{
    return kw_emtp_token_compare(a, b);
}

/* Scatters up to KW_EMTP_TUPLES_MAX tokens by their first byte: what is left to do is next to
 * nothing, for the insertion that follows. */
static void sort_few(kw_hash32 *tokens, size_t count)
{
    kw_hash32 copy[KW_EMTP_TUPLES_MAX];
    uint16_t starts[BYTE_VALUES + 1] = {0};
    for (size_t i = 0; i < count; i++) {
        copy[i] = tokens[i];
        starts[tokens[i].bytes[0] + 1]++;
    }
    for (size_t value = 0; value < BYTE_VALUES; value++) {
        starts[value + 1] = (uint16_t)(starts[value + 1] + starts[value]);
    }
    for (size_t i = 0; i < count; i++) {
        tokens[starts[copy[i].bytes[0]]++] = copy[i];
    }
    for (size_t i = 1; i < count; i++) {
        kw_hash32 token = tokens[i];
        size_t at = i;
        for (; at > 0 && kw_emtp_token_compare(&tokens[at - 1], &token) > 0; at--) {
            tokens[at] = tokens[at - 1];
        }
        tokens[at] = token;
    }
}

void kw_emtp_tokens_sort(kw_hash32 *tokens, size_t count)
{
    if (count <= KW_EMTP_TUPLES_MAX) {
        sort_few(tokens, count);
    } else {
        qsort(tokens, count, sizeof *tokens, compare_tokens);
    }
}

kw_status kw_emtp_tokens_parse(kw_hash32 *out, size_t *out_count, kw_str text)
{
    size_t count = 0;
    for (bool has_more = text.len > 0; has_more;) {
        kw_str token = {0};
        has_more = kw_str_split(text, ' ', &token, &text);
        if (count == KW_EMTP_ROW_TOKENS_MAX) {
            return KW_BAD_INPUT;
        }
        KW_TRY(kw_hex_decode_to(KW_MSPAN(out[count].bytes), token));
        count++;
    }
    kw_emtp_tokens_sort(out, count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || kw_emtp_token_compare(&out[kept - 1], &out[i]) != 0) {
            out[kept++] = out[i];
        }
    }
    *out_count = kept;
    return KW_OK;
}
