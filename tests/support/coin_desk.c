/* SPDX-License-Identifier: Apache-2.0
 * Operators who flip a coin. */
#include "support/coin_desk.h"

#include "crypto/keccak.h"
#include "support/expect.h"

kw_coin_seat coin_desk_seat(const coin_desk *desk, uint32_t at)
{
    return (kw_coin_seat){
        .roster = &desk->operators.roster,
        .row = &desk->rows.items[at],
        .key = desk->secrets[at],
    };
}

void coin_desk_open(coin_desk *desk, uint32_t count)
{
    kw_coin_flip flip;
    assert_in_range(count, 1, COIN_DESK_MAX);
    *desk = (coin_desk){.arena = kw_arena_init(KW_OPERATORS_ARENA_MAX), .count = count};
    operator_rows_make(&desk->rows, count);
    EXPECT_OK(kw_operators_of_rows(&desk->operators, &desk->arena, desk->rows.rows, NULL));
    for (uint32_t at = 0; at < count; at++) {
        kw_secret32 bytes;
        const peer *p = &desk->rows.peers[at];
        uint8_t value[32];
        memset(value, 0x40 + (int)at, sizeof value);
        EXPECT_OK(kw_secret32_of(&bytes, kw_secret_span_of(KW_SPAN(p->secret))));
        EXPECT_OK(kw_secret32_of(&desk->values[at], kw_secret_span_of(KW_SPAN(value))));
        EXPECT_OK(kw_operator_secret_of(&desk->secrets[at], p->curve, &bytes));
        kw_coin_seat seat = coin_desk_seat(desk, at);
        EXPECT_OK(
            kw_coin_commit(&desk->commitments[at], &desk->arena, &seat, &desk->values[at], NULL));
    }
    EXPECT_OK(kw_coin_flip_of_parts(&flip, &desk->arena, coin_desk_commitments(desk), NULL));
    for (uint32_t at = 0; at < count; at++) {
        kw_coin_seat seat = coin_desk_seat(desk, at);
        EXPECT_OK(kw_coin_reveal(&desk->reveals[at], &desk->arena, &flip, &seat, &desk->values[at],
                                 NULL));
    }
}

void coin_desk_close(coin_desk *desk)
{
    for (uint32_t at = 0; at < desk->count; at++) {
        kw_operator_secret_free(desk->secrets[at]);
    }
    kw_arena_drop(&desk->arena);
}

kw_coin_parts coin_desk_commitments(coin_desk *desk)
{
    return (kw_coin_parts){desk->commitments, desk->count};
}

kw_coin_parts coin_desk_reveals(coin_desk *desk)
{
    return (kw_coin_parts){desk->reveals, desk->count};
}

/* keccak256 of a label, the roster, the signer's address and two more spans. */
static kw_span sign(coin_desk *desk, uint32_t at, kw_str label, const kw_span what[2])
{
    const peer *p = &desk->rows.peers[at];
    KW_AUTO(kw_buf) text = kw_buf_init(1024);
    kw_hash32 digest;
    kw_span signature = {0};
    EXPECT_OK(kw_buf_append_str(&text, label));
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(desk->operators.roster.hash.bytes)));
    EXPECT_OK(kw_buf_append(&text, KW_SPAN(p->address.bytes)));
    EXPECT_OK(kw_buf_append(&text, what[0]));
    EXPECT_OK(kw_buf_append(&text, what[1]));
    kw_keccak256(&digest, kw_buf_view(&text));
    kw_peer_signature signed_by = peer_sign(p, &digest);
    EXPECT_OK(kw_arena_copy_span(&desk->arena, &signature, kw_peer_signature_view(&signed_by)));
    return signature;
}

void coin_desk_sign_commitment(coin_desk *desk, uint32_t at, kw_coin_part *part)
{
    const kw_span what[] = {KW_SPAN(part->commitment.bytes), {0}};
    part->signature = sign(desk, at, KW_STR("KEYWARD-V1-COIN-COMMIT"), what);
}

void coin_desk_sign_reveal(coin_desk *desk, uint32_t at, kw_coin_part *part)
{
    const kw_span what[] = {KW_SPAN(part->list.bytes), KW_SPAN(part->value.bytes)};
    part->reveal = sign(desk, at, KW_STR("KEYWARD-V1-COIN-REVEAL"), what);
}
