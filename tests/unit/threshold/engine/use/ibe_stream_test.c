/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/use/ibe_stream.h"

#include "support/expect.h"

enum {
    ROOM = 4 * KW_IBE_SEALED_CHUNK_BYTES,
};

static const uint8_t text[KW_IBE_CHUNK_BYTES + 1] = {1, 2, 3};
static kw_aead *aead;

static int set_up(void **state)
{
    KW_UNUSED(state);
    EXPECT_OK(kw_aead_new(&aead, (kw_rng){0}));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    kw_aead_free(aead);
    return 0;
}

static kw_ibe_stream stream_of(uint8_t key)
{
    kw_ibe_stream stream = {.aead = aead, .header_hash = {{9}}};
    memset(&stream.key, key, sizeof stream.key);
    return stream;
}

static kw_secret_span part(size_t len)
{
    return kw_secret_span_of((kw_span){text, len});
}

/* Three chunks: two full ones and one of 5 bytes. */
static void seal_three(kw_buf *out)
{
    kw_ibe_stream stream = stream_of(1);
    EXPECT_OK(kw_ibe_stream_seal(&stream, out, part(KW_IBE_CHUNK_BYTES), false));
    EXPECT_OK(kw_ibe_stream_seal(&stream, out, part(KW_IBE_CHUNK_BYTES), false));
    EXPECT_OK(kw_ibe_stream_seal(&stream, out, part(5), true));
    assert_true(kw_ibe_stream_has_ended(&stream));
}

static kw_span chunk(const kw_buf *sealed, size_t i)
{
    size_t at = i * KW_IBE_SEALED_CHUNK_BYTES;
    return (kw_span){sealed->ptr + at, KW_MIN(sealed->len - at, (size_t)KW_IBE_SEALED_CHUNK_BYTES)};
}

static void open__gives_back_what_was_sealed(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    seal_three(&sealed);
    assert_int_equal(sealed.len, 2 * KW_IBE_SEALED_CHUNK_BYTES + 5 + KW_AEAD_TAG_BYTES);
    kw_ibe_stream stream = stream_of(1);
    for (size_t i = 0; i < 3; i++) {
        assert_false(kw_ibe_stream_has_ended(&stream));
        EXPECT_OK(kw_ibe_stream_open(&stream, &plain, chunk(&sealed, i), i == 2));
    }
    assert_true(kw_ibe_stream_has_ended(&stream));
    assert_int_equal(plain.len, 2 * KW_IBE_CHUNK_BYTES + 5);
}

/* A stream that has opened `before` chunks refuses this one, and all others then. */
static void expect_refused(const kw_buf *sealed, size_t before, kw_span bad, bool is_last)
{
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    kw_ibe_stream stream = stream_of(1);
    for (size_t i = 0; i < before; i++) {
        EXPECT_OK(kw_ibe_stream_open(&stream, &plain, chunk(sealed, i), false));
    }
    size_t len = plain.len;
    EXPECT_STATUS(kw_ibe_stream_open(&stream, &plain, bad, is_last), KW_CORRUPT);
    assert_int_equal(plain.len, len);
    EXPECT_STATUS(kw_ibe_stream_open(&stream, &plain, chunk(sealed, before), false), KW_BAD_STATE);
}

static void open__refuses_moved_cut_and_altered_chunks(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    seal_three(&sealed);
    expect_refused(&sealed, 0, chunk(&sealed, 1), false); /* moved */
    expect_refused(&sealed, 1, chunk(&sealed, 0), false); /* repeated */
    expect_refused(&sealed, 1, chunk(&sealed, 2), true);  /* one dropped */
    expect_refused(&sealed, 1, chunk(&sealed, 1), true);  /* cut behind it */
    expect_refused(&sealed, 2, chunk(&sealed, 2), false); /* the last as another */
    kw_span last = chunk(&sealed, 2);
    for (size_t len = 0; len < last.len; len++) {
        expect_refused(&sealed, 2, (kw_span){last.ptr, len}, true);
    }
    sealed.ptr[sealed.len - 1] ^= 1;
    expect_refused(&sealed, 2, last, true);
}

static void open__refuses_another_key_and_header(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    seal_three(&sealed);
    KW_AUTO(kw_ibe_stream) other = stream_of(2);
    EXPECT_STATUS(kw_ibe_stream_open(&other, &plain, chunk(&sealed, 0), false), KW_CORRUPT);
    KW_AUTO(kw_ibe_stream) moved = stream_of(1);
    moved.header_hash.bytes[31] ^= 1;
    EXPECT_STATUS(kw_ibe_stream_open(&moved, &plain, chunk(&sealed, 0), false), KW_CORRUPT);
}

/* Made by a sender who does not keep to the lengths. */
static void open__refuses_an_empty_last_chunk_after_others(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) sealed = kw_buf_init(ROOM);
    KW_AUTO(kw_buf) tail = kw_buf_init(ROOM);
    kw_ibe_stream stream = stream_of(1);
    EXPECT_OK(kw_ibe_stream_seal(&stream, &sealed, part(KW_IBE_CHUNK_BYTES), false));
    const kw_aead_once once = {.key = &stream.key, .nonce = {[10] = 1, [11] = 1}};
    EXPECT_OK(kw_aead_seal_once(aead, &tail, &once, part(0), KW_SPAN(stream.header_hash.bytes)));
    expect_refused(&sealed, 1, kw_buf_view(&tail), true);
}

static void seal__keeps_to_the_lengths(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    KW_AUTO(kw_ibe_stream) stream = stream_of(1);
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &out, part(5), false), KW_BAD_INPUT);
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &out, part(KW_IBE_CHUNK_BYTES + 1), false),
                  KW_BAD_INPUT);
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &out, part(KW_IBE_CHUNK_BYTES + 1), true),
                  KW_BAD_INPUT);
    EXPECT_OK(kw_ibe_stream_seal(&stream, &out, part(KW_IBE_CHUNK_BYTES), false));
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &out, part(0), true), KW_BAD_INPUT);
    EXPECT_OK(kw_ibe_stream_seal(&stream, &out, part(1), true));
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &out, part(1), true), KW_BAD_STATE);
}

static void stream__ends_at_2_to_the_32_chunks(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(ROOM);
    KW_AUTO(kw_ibe_stream) stream = stream_of(1);
    stream.next = UINT32_MAX;
    EXPECT_OK(kw_ibe_stream_seal(&stream, &out, part(KW_IBE_CHUNK_BYTES), false));
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &out, part(1), true), KW_LIMIT);
    EXPECT_STATUS(kw_ibe_stream_open(&stream, &plain, kw_buf_view(&out), false), KW_CORRUPT);
}

static void stream__lasts_through_want_of_room(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) small = kw_buf_init(20);
    KW_AUTO(kw_buf) out = kw_buf_init(ROOM);
    KW_AUTO(kw_ibe_stream) stream = stream_of(1);
    EXPECT_STATUS(kw_ibe_stream_seal(&stream, &small, part(5), true), KW_LIMIT);
    EXPECT_OK(kw_ibe_stream_seal(&stream, &out, part(5), true));
    KW_AUTO(kw_ibe_stream) opener = stream_of(1);
    KW_AUTO(kw_secret_bytes) no_room = kw_secret_bytes_init(4);
    KW_AUTO(kw_secret_bytes) plain = kw_secret_bytes_init(5);
    EXPECT_STATUS(kw_ibe_stream_open(&opener, &no_room, kw_buf_view(&out), true), KW_LIMIT);
    EXPECT_OK(kw_ibe_stream_open(&opener, &plain, kw_buf_view(&out), true));
    kw_ibe_stream_drop(&opener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open__gives_back_what_was_sealed),
        cmocka_unit_test(open__refuses_moved_cut_and_altered_chunks),
        cmocka_unit_test(open__refuses_another_key_and_header),
        cmocka_unit_test(open__refuses_an_empty_last_chunk_after_others),
        cmocka_unit_test(seal__keeps_to_the_lengths),
        cmocka_unit_test(stream__ends_at_2_to_the_32_chunks),
        cmocka_unit_test(stream__lasts_through_want_of_room),
    };
    return cmocka_run_group_tests_name("threshold/ibe_stream", tests, set_up, tear_down);
}
