/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/message/authenticated.h"

#include "base/heap.h"
#include "support/expect.h"
#include "support/peers.h"

_Static_assert(KW_THRESHOLD_MESSAGES_MAX >= 2 * (2 * KW_THRESHOLD_MEMBERS_MAX),
               "two HELLOs of each member of both rosters travel in one body");

static const uint8_t payload[] = {'K', 'W', 'T', '1', 0, 255};

static kw_status decode(kw_authenticated_list *out, kw_arena *arena, kw_str text)
{
    kw_error err = {.status = KW_OK};
    kw_status st = kw_authenticated_decode(out, arena, kw_span_of_str(text), &err);
    assert_true(st == KW_OK || err.status == st);
    return st;
}

static void authenticated__comes_back_alone_and_in_arrays(void **state)
{
    (void)state;
    peer p;
    peer_make(&p, 1, PEER_ED25519);
    kw_arena arena = kw_arena_init(1 << 20);
    kw_roster roster = peers_roster(&p, 1, &arena);
    kw_authenticated message;
    EXPECT_OK(kw_authenticated_make(&message, KW_SPAN(payload), &p.signer));
    KW_AUTO(kw_buf) one = kw_buf_init(1 << 16);
    KW_AUTO(kw_buf) two = kw_buf_init(1 << 16);
    EXPECT_OK(kw_authenticated_encode(&one, &message));
    EXPECT_OK(kw_buf_append_format(&two, "[%.*s,%.*s]", (int)one.len, (char *)one.ptr, (int)one.len,
                                   (char *)one.ptr));
    kw_authenticated_list list;
    EXPECT_OK(decode(&list, &arena, kw_buf_text(&two)));
    assert_int_equal(list.count, 2);
    EXPECT_OK(decode(&list, &arena, kw_buf_text(&one)));
    assert_int_equal(list.count, 1);
    EXPECT_SPAN(list.items[0].payload, KW_SPAN(payload));
    assert_true(kw_authenticated_is_from(&list.items[0], kw_roster_at(&roster, 1)));
    kw_authenticated other = list.items[0];
    other.signature.bytes[3] ^= 1;
    assert_false(kw_authenticated_is_from(&other, kw_roster_at(&roster, 1)));
    kw_peer_claim claim = kw_authenticated_claim(&list.items[0], kw_roster_at(&roster, 1));
    assert_ptr_equal(claim.scheme, &peer_ed25519);
    kw_arena_drop(&arena);
}

#define HASH "\"hash\":\"0x39ac26be7fc5b4fa3f3a0ac8ff8cfb0ef8fcbc7c3c7a1b7ae1dfb4e4f0ff1a5d\""

static void authenticated_decode__refuses_other_forms(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "null",
        "[]",
        "{}",
        "[[]]",
        "[1]",
        "{\"payload\":\"AA==\",\"signature\":\"AA==\"}",
        "{\"payload\":\"AA==\"," HASH ",\"signature\":\"AA==\"}", /* not its hash */
        "{\"payload\":\"\"," HASH ",\"signature\":\"AA==\"}",
        "{\"payload\":\"AA\"," HASH ",\"signature\":\"AA==\"}",
        "{\"payload\":\"AB==\"," HASH ",\"signature\":\"AA==\"}", /* bits that are not used */
        "{\"payload\":\"====\"," HASH ",\"signature\":\"AA==\"}",
        "{\"payload\":\"AA==\",\"hash\":\"39ac\",\"signature\":\"AA==\"}",
        "{\"payload\":\"AA==\"," HASH ",\"signature\":\"AA==\",\"more\":1}",
        "{\"payload\":\"AA==\"," HASH ",\"Signature\":\"AA==\"}",
        "{\"payload\":1," HASH ",\"signature\":\"AA==\"}",
    };
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_arena arena = kw_arena_init(1 << 16);
        kw_authenticated_list list = {.count = 77};
        if (decode(&list, &arena, kw_str_of(texts[i])) != KW_BAD_INPUT) {
            fail_msg("%s", texts[i]);
        }
        assert_int_equal(list.count, 77);
        kw_arena_drop(&arena);
    }
}

static void authenticated_decode__bounds_what_it_takes(void **state)
{
    (void)state;
    peer p;
    peer_make(&p, 1, PEER_ED25519);
    static uint8_t large[KW_THRESHOLD_PAYLOAD_BYTES_MAX + 1];
    kw_authenticated message;
    kw_authenticated_list list;
    for (size_t more = 0; more < 2; more++) {
        kw_arena arena = kw_arena_init(1 << 20);
        kw_span bytes = {large, KW_THRESHOLD_PAYLOAD_BYTES_MAX + more};
        EXPECT_OK(kw_authenticated_make(&message, bytes, &p.signer));
        KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
        EXPECT_OK(kw_authenticated_encode(&text, &message));
        assert_true(more == 1 || text.len <= KW_THRESHOLD_MESSAGE_TEXT_MAX);
        EXPECT_STATUS(decode(&list, &arena, kw_buf_text(&text)), more == 0 ? KW_OK : KW_LIMIT);
        kw_arena_drop(&arena);
    }
    EXPECT_OK(kw_authenticated_make(&message, KW_SPAN(payload), &p.signer));
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    EXPECT_OK(kw_authenticated_encode(&text, &message));
    for (size_t max = 0; max < 3; max++) {
        kw_arena arena = kw_arena_init(max * 8);
        EXPECT_STATUS(decode(&list, &arena, kw_buf_text(&text)), KW_LIMIT);
        kw_arena_drop(&arena);
    }
    kw_arena arena = kw_arena_init(1 << 20);
    kw_heap_fail_at(1);
    EXPECT_STATUS(decode(&list, &arena, kw_buf_text(&text)), KW_NO_MEMORY);
    kw_heap_fail_at(0);
    kw_arena_drop(&arena);
    KW_AUTO(kw_buf) small = kw_buf_init(20);
    EXPECT_STATUS(kw_authenticated_encode(&small, &message), KW_LIMIT);
}

/* Two messages of 6 and 1 bytes with a signature of 64 bytes each. */
static void write_two(kw_buf *out)
{
    peer p;
    peer_make(&p, 1, PEER_ED25519);
    kw_authenticated items[2];
    EXPECT_OK(kw_authenticated_make(&items[0], KW_SPAN(payload), &p.signer));
    EXPECT_OK(kw_authenticated_make(&items[1], (kw_span){payload, 1}, &p.signer));
    kw_writer w = kw_writer_to(out);
    kw_authenticated_list_write(&w, (kw_authenticated_list){items, 2});
    EXPECT_OK(kw_write_end(&w));
}

static void list__comes_back_and_leaves_the_rest(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 10);
    write_two(&wire);
    assert_int_equal(wire.len, 2 + 2 * (4 + 2 + 64) + 6 + 1);
    EXPECT_OK(kw_buf_append_byte(&wire, 77));
    kw_arena arena = kw_arena_init(1 << 16);
    kw_authenticated_list list;
    kw_reader r = kw_reader_of(kw_buf_view(&wire));
    EXPECT_OK(kw_authenticated_list_read(&list, &arena, &r));
    assert_int_equal(kw_read_u8(&r), 77);
    EXPECT_OK(kw_read_end(&r));
    assert_int_equal(list.count, 2);
    EXPECT_SPAN(list.items[0].payload, KW_SPAN(payload));
    peer p;
    peer_make(&p, 1, PEER_ED25519);
    kw_roster roster = peers_roster(&p, 1, &arena);
    for (size_t i = 0; i < 2; i++) {
        assert_true(kw_authenticated_is_from(&list.items[i], kw_roster_at(&roster, 1)));
    }
    static const uint8_t none[2] = {0};
    r = kw_reader_of(KW_SPAN(none));
    EXPECT_OK(kw_authenticated_list_read(&list, &arena, &r));
    assert_int_equal(list.count, 0);
    kw_arena_drop(&arena);
}

static kw_status read_list(kw_span wire, size_t arena_bytes)
{
    kw_arena arena = kw_arena_init(arena_bytes);
    kw_authenticated_list list = {.count = 77};
    kw_reader r = kw_reader_of(wire);
    kw_status st = kw_authenticated_list_read(&list, &arena, &r);
    assert_true(st == KW_OK || list.count == 77);
    kw_arena_drop(&arena);
    return st;
}

static void list_read__refuses_short_and_long(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) wire = kw_buf_init(1 << 10);
    write_two(&wire);
    for (size_t len = 0; len < wire.len; len++) {
        EXPECT_STATUS(read_list((kw_span){wire.ptr, len}, 1 << 16), KW_BAD_INPUT);
    }
    EXPECT_STATUS(read_list(kw_buf_view(&wire), 8), KW_LIMIT);
    static const struct {
        size_t at;
        uint8_t byte;
    } changes[] = {
        {0, 0xff},           /* more messages than any list has, and than there are bytes */
        {2, 1},              /* a payload of 16 MB */
        {5, 0},              /* a payload of none */
        {2 + 4 + 6 + 1, 66}, /* a signature that is longer than any */
        {2 + 4 + 6 + 1, 0},  /* or none */
    };
    for (size_t i = 0; i < KW_COUNT(changes); i++) {
        uint8_t was = wire.ptr[changes[i].at];
        wire.ptr[changes[i].at] = changes[i].byte;
        EXPECT_STATUS(read_list(kw_buf_view(&wire), 1 << 20), KW_BAD_INPUT);
        wire.ptr[changes[i].at] = was;
    }
    EXPECT_OK(read_list(kw_buf_view(&wire), 1 << 16));
}

static kw_status no_signer(void *ctx, kw_peer_signature *out, const kw_hash32 *hash)
{
    KW_UNUSED(ctx);
    KW_UNUSED(out);
    KW_UNUSED(hash);
    return KW_UNAVAILABLE;
}

static void authenticated_make__passes_on_the_signers_status(void **state)
{
    (void)state;
    kw_authenticated message;
    kw_peer_signer signer = {.sign = no_signer};
    EXPECT_STATUS(kw_authenticated_make(&message, KW_SPAN(payload), &signer), KW_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(authenticated__comes_back_alone_and_in_arrays),
        cmocka_unit_test(authenticated_decode__refuses_other_forms),
        cmocka_unit_test(authenticated_decode__bounds_what_it_takes),
        cmocka_unit_test(list__comes_back_and_leaves_the_rest),
        cmocka_unit_test(list_read__refuses_short_and_long),
        cmocka_unit_test(authenticated_make__passes_on_the_signers_status),
    };
    return cmocka_run_group_tests_name("threshold/engine/authenticated", tests, NULL, NULL);
}
