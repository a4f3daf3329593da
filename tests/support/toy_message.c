/* SPDX-License-Identifier: Apache-2.0
 * Messages over the toy group, as bytes. */
#include "support/toy_message.h"

#include "support/expect.h"

kw_message_scope toy_scope(uint8_t suite)
{
    return (kw_message_scope){.group = &toy_group,
                              .kind = KW_SESSION_GENESIS,
                              .suite = suite,
                              .n = 4,
                              .t = 3,
                              .dealers = 4};
}

kw_group_g1 toy_g1(uint64_t logarithm)
{
    return (kw_group_g1){.words = {logarithm}};
}

kw_group_g2 toy_g2(uint64_t logarithm)
{
    return (kw_group_g2){.words = {logarithm}};
}

kw_proof toy_proof(uint64_t number)
{
    return (kw_proof){toy_group.scalar_of_u64(number), toy_group.scalar_of_u64(number + 1)};
}

kw_hash_list toy_hashes(void)
{
    static const kw_hash32 hashes[4] = {{{1}}, {{2, 9}}, {{3}}, {{4, 0, 1}}};
    return (kw_hash_list){hashes, KW_COUNT(hashes)};
}

kw_message toy_message(kw_message_type type, const kw_message_scope *scope)
{
    return (kw_message){.header = {.type = type,
                                   .suite = scope->suite,
                                   .cluster_id = {{7, 7}},
                                   .sid = {{8}},
                                   .epoch = 5,
                                   .timestamp = 1700000000,
                                   .attempt = 2,
                                   .sender = {{0xaa}}}};
}

void toy_message_write(kw_buf *out, const kw_message *message, const kw_message_scope *scope)
{
    kw_writer w = kw_writer_to(out);
    kw_message_write(&w, message, scope);
    EXPECT_OK(kw_write_end(&w));
}

kw_status toy_message_read(kw_message *out, kw_arena *arena, kw_span wire,
                           const kw_message_scope *scope)
{
    *out = (kw_message){.header.epoch = 424242};
    kw_status st = kw_message_decode(out, arena, wire, scope);
    assert_int_equal(out->header.epoch == 424242, st != KW_OK);
    return st;
}

void expect_round_trip(const kw_message *message, const kw_message_scope *scope)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX + 1);
    KW_AUTO(kw_buf) again = kw_buf_init(KW_THRESHOLD_PAYLOAD_BYTES_MAX);
    kw_arena arena = kw_arena_init(1 << 20);
    toy_message_write(&wire, message, scope);
    kw_message got;
    EXPECT_OK(toy_message_read(&got, &arena, kw_buf_view(&wire), scope));
    toy_message_write(&again, &got, scope);
    EXPECT_SPAN(kw_buf_view(&again), kw_buf_view(&wire));
    for (size_t len = 0; len < wire.len; len++) {
        kw_span shorter = {wire.ptr, len};
        EXPECT_STATUS(toy_message_read(&got, &arena, shorter, scope), KW_BAD_INPUT);
    }
    EXPECT_OK(kw_buf_append_byte(&wire, 0));
    EXPECT_STATUS(toy_message_read(&got, &arena, kw_buf_view(&wire), scope), KW_BAD_INPUT);
    kw_arena_drop(&arena);
}

void expect_refused(const kw_message *message, const kw_message_scope *scope, kw_status wanted)
{
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 20);
    kw_arena arena = kw_arena_init(1 << 20);
    toy_message_write(&wire, message, scope);
    kw_message got;
    EXPECT_STATUS(toy_message_read(&got, &arena, kw_buf_view(&wire), scope), wanted);
    kw_arena_drop(&arena);
}
