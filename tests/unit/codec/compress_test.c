/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/compress.h"

#include "base/heap.h"
#include "support/expect.h"

static const kw_encoding encodings[] = {KW_ENCODING_IDENTITY, KW_ENCODING_GZIP, KW_ENCODING_ZSTD};

enum {
    BODY_BYTES = 100000
};

/* Half of it compresses well, half of it does not. */
static void fill_body(kw_buf *body)
{
    uint32_t noise = 1;
    *body = kw_buf_init(BODY_BYTES);
    for (size_t i = 0; i < BODY_BYTES; i++) {
        noise = noise * 1664525 + 1013904223;
        EXPECT_OK(kw_buf_append_byte(body, i % 2000 < 1000 ? (uint8_t)(noise >> 24) : 'a'));
    }
}

static void compress__round_trips_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const size_t pieces[] = {1000, 33333, BODY_BYTES};
    KW_AUTO(kw_buf) body = {0};
    fill_body(&body);
    for (size_t e = 0; e < KW_COUNT(encodings); e++) {
        for (size_t p = 0; p < KW_COUNT(pieces); p++) {
            KW_AUTO_PTR(kw_encoder) encoder = NULL;
            KW_AUTO_PTR(kw_decoder) decoder = NULL;
            KW_AUTO(kw_buf) packed = kw_buf_init(2 * BODY_BYTES);
            KW_AUTO(kw_buf) back = kw_buf_init(BODY_BYTES);
            EXPECT_OK(kw_encoder_new(&encoder, encodings[e]));
            EXPECT_OK(kw_decoder_new(&decoder, encodings[e]));
            for (size_t at = 0; at < body.len; at += pieces[p]) {
                kw_span piece = {body.ptr + at, KW_MIN(pieces[p], body.len - at)};
                EXPECT_OK(kw_encoder_push(encoder, &packed, piece));
            }
            EXPECT_OK(kw_encoder_finish(encoder, &packed));
            for (size_t at = 0; at < packed.len; at += pieces[p]) {
                kw_span piece = {packed.ptr + at, KW_MIN(pieces[p], packed.len - at)};
                EXPECT_OK(kw_decoder_push(decoder, &back, piece));
            }
            EXPECT_OK(kw_decoder_finish(decoder));
            EXPECT_SPAN(kw_buf_view(&back), kw_buf_view(&body));
        }
    }
}

static void encoder_flush__lets_the_reader_go_on(void **state)
{
    (void)state;
    for (size_t e = 0; e < KW_COUNT(encodings); e++) {
        KW_AUTO_PTR(kw_encoder) encoder = NULL;
        KW_AUTO_PTR(kw_decoder) decoder = NULL;
        KW_AUTO(kw_buf) packed = kw_buf_init(1 << 20);
        KW_AUTO(kw_buf) back = kw_buf_init(64);
        EXPECT_OK(kw_encoder_new(&encoder, encodings[e]));
        EXPECT_OK(kw_decoder_new(&decoder, encodings[e]));
        EXPECT_OK(kw_encoder_push(encoder, &packed, kw_span_of_str(KW_STR("first row\n"))));
        EXPECT_OK(kw_encoder_flush(encoder, &packed));
        EXPECT_OK(kw_decoder_push(decoder, &back, kw_buf_view(&packed)));
        EXPECT_STR(kw_buf_text(&back), "first row\n");
        if (encodings[e] != KW_ENCODING_IDENTITY) {
            EXPECT_STATUS(kw_decoder_finish(decoder), KW_BAD_INPUT);
        }
    }
}

static void decompress__is_bounded_by_the_buffer(void **state)
{
    (void)state;
    static const uint8_t zeros[50000] = {0};
    for (size_t e = 0; e < KW_COUNT(encodings); e++) {
        KW_AUTO(kw_buf) packed = kw_buf_init(1 << 20);
        KW_AUTO(kw_buf) exact = kw_buf_init(sizeof zeros + 3);
        KW_AUTO(kw_buf) small = kw_buf_init(sizeof zeros + 2);
        EXPECT_OK(kw_compress(&packed, encodings[e], KW_SPAN(zeros)));
        EXPECT_OK(kw_buf_append_str(&exact, KW_STR("abc")));
        EXPECT_OK(kw_buf_append_str(&small, KW_STR("abc")));
        EXPECT_OK(kw_decompress(&exact, encodings[e], kw_buf_view(&packed)));
        assert_int_equal(exact.len, sizeof zeros + 3);
        EXPECT_STATUS(kw_decompress(&small, encodings[e], kw_buf_view(&packed)), KW_LIMIT);
        EXPECT_STR(kw_buf_text(&small), "abc");
    }
}

static void decompress__refuses_damaged_short_and_trailing(void **state)
{
    (void)state;
    for (size_t e = 1; e < KW_COUNT(encodings); e++) {
        KW_AUTO(kw_buf) packed = kw_buf_init(1024);
        KW_AUTO(kw_buf) out = kw_buf_init(1024);
        EXPECT_OK(kw_compress(&packed, encodings[e], kw_span_of_str(KW_STR("some text"))));
        for (size_t len = 0; len < packed.len; len++) {
            EXPECT_STATUS(kw_decompress(&out, encodings[e], (kw_span){packed.ptr, len}),
                          KW_BAD_INPUT);
            assert_int_equal(out.len, 0);
        }
        EXPECT_OK(kw_buf_append_byte(&packed, 0));
        EXPECT_STATUS(kw_decompress(&out, encodings[e], kw_buf_view(&packed)), KW_BAD_INPUT);
        packed.ptr[0] ^= 1;
        EXPECT_STATUS(kw_decompress(&out, encodings[e], kw_buf_view(&packed)), KW_BAD_INPUT);
    }
}

static void compress__stops_at_the_maximum_of_the_buffer(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) body = {0};
    fill_body(&body);
    for (size_t e = 0; e < KW_COUNT(encodings); e++) {
        KW_AUTO(kw_buf) small = kw_buf_init(1000);
        EXPECT_STATUS(kw_compress(&small, encodings[e], kw_buf_view(&body)), KW_LIMIT);
        assert_int_equal(small.len, 0);
    }
}

static void compress__survives_every_failed_allocation(void **state)
{
    (void)state;
    for (size_t e = 0; e < KW_COUNT(encodings); e++) {
        kw_status st = KW_NO_MEMORY;
        for (uint64_t nth = 1; st != KW_OK; nth++) {
            KW_AUTO(kw_buf) packed = kw_buf_init(1 << 16);
            KW_AUTO(kw_buf) back = kw_buf_init(1024);
            kw_heap_fail_at(nth);
            st = kw_compress(&packed, encodings[e], kw_span_of_str(KW_STR("text")));
            if (st == KW_OK) {
                st = kw_decompress(&back, encodings[e], kw_buf_view(&packed));
            }
            kw_heap_fail_at(0);
            assert_true(st == KW_OK || st == KW_NO_MEMORY);
            assert_true(nth > 1 || st == KW_NO_MEMORY);
        }
    }
}

static void encoding_name__is_that_of_http(void **state)
{
    (void)state;
    assert_string_equal(kw_encoding_name(KW_ENCODING_IDENTITY), "identity");
    assert_string_equal(kw_encoding_name(KW_ENCODING_GZIP), "gzip");
    assert_string_equal(kw_encoding_name(KW_ENCODING_ZSTD), "zstd");
    kw_encoder_free(NULL);
    kw_decoder_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compress__round_trips_in_pieces_of_any_size),
        cmocka_unit_test(encoder_flush__lets_the_reader_go_on),
        cmocka_unit_test(decompress__is_bounded_by_the_buffer),
        cmocka_unit_test(decompress__refuses_damaged_short_and_trailing),
        cmocka_unit_test(compress__stops_at_the_maximum_of_the_buffer),
        cmocka_unit_test(compress__survives_every_failed_allocation),
        cmocka_unit_test(encoding_name__is_that_of_http),
    };
    return cmocka_run_group_tests_name("codec/compress", tests, NULL, NULL);
}
