/* SPDX-License-Identifier: Apache-2.0
 * The chunked coding. */
#include "net/h1_chunk.h"

#include "base/buf.h"
#include "net/limits.h"
#include "support/expect.h"

/* Reads `text` in pieces of `piece` bytes; *out_rest = bytes behind the body's end. */
static kw_status read_in_pieces(kw_buf *out, size_t *out_rest, kw_str text, size_t piece)
{
    kw_chunk_reader reader = {0};
    size_t at = 0;
    while (at < text.len && reader.state != KW_CHUNK_END) {
        kw_span bytes = {(const uint8_t *)text.ptr + at, KW_MIN(piece, text.len - at)};
        kw_span data = {0};
        size_t used = 0;
        KW_TRY(kw_chunk_read(&reader, &used, &data, bytes));
        KW_TRY(kw_buf_append(out, data));
        at += used;
    }
    *out_rest = text.len - at;
    return reader.state == KW_CHUNK_END ? KW_OK : KW_END;
}

static kw_status read_text(const char *text)
{
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 20);
    size_t rest = 0;
    return read_in_pieces(&out, &rest, kw_str_of(text), 1 << 20);
}

static void read__joins_chunks_however_they_are_cut(void **state)
{
    (void)state;
    kw_str text = KW_STR("5\r\nhello\r\n1;a=b;c=\"d e\"\r\n \r\n0A\r\nbig world!\r\n"
                         "0;last\r\nX-T: 1\r\nY: 2\r\n\r\nNEXT");
    for (size_t piece = 1; piece <= text.len; piece++) {
        KW_AUTO(kw_buf) out = kw_buf_init(1024);
        size_t rest = 0;
        EXPECT_OK(read_in_pieces(&out, &rest, text, piece));
        EXPECT_STR(kw_buf_text(&out), "hello big world!");
        assert_int_equal(rest, 4);
    }
}

static void read__waits_for_the_rest_of_every_prefix(void **state)
{
    (void)state;
    kw_str text = KW_STR("5\r\nhello\r\n0\r\nT: 1\r\n\r\n");
    for (size_t len = 0; len < text.len; len++) {
        KW_AUTO(kw_buf) out = kw_buf_init(1024);
        size_t rest = 0;
        EXPECT_STATUS(read_in_pieces(&out, &rest, (kw_str){text.ptr, len}, 4096), KW_END);
    }
}

static void read__refuses_bad_framing(void **state)
{
    (void)state;
    const char *const texts[] = {"+5\r\nhello\r\n",
                                 "-5\r\nhello\r\n",
                                 "0x5\r\nhello\r\n",
                                 " 5\r\nhello\r\n",
                                 "5 \r\nhello\r\n",
                                 "\r\nhello\r\n",
                                 ";a\r\n",
                                 "g\r\n",
                                 "5\nhello\r\n",
                                 "5\r\rhello\r\n",
                                 "5\rhello\r\n",
                                 "5\r\nhelloX\r\n",
                                 "5\r\nhello\n0\r\n",
                                 "5\r\nhello\r0",
                                 "5\t;a\r\n",
                                 "5;a\n\r\n",
                                 "5;a\x01\r\n",
                                 "5;a\x7f\r\n",
                                 "0\r\n\n",
                                 "0\r\n\rX",
                                 "0\r\n folded\r\n\r\n",
                                 "0\r\n: x\r\n\r\n",
                                 "0\r\nA: \x02\r\n",
                                 "0\r\nA: 1\n\r\n",
                                 "10000000000000000\r\n",
                                 "FFFFFFFFFFFFFFFFF\r\n",
                                 "1000000000000000\r\n"};
    for (size_t i = 0; i < KW_COUNT(texts); i++) {
        kw_status st = read_text(texts[i]);
        if (st != KW_BAD_INPUT) {
            print_error("%zu: %s for %s\n", i, kw_status_name(st), texts[i]);
            fail();
        }
    }
}

static void read__takes_the_largest_size(void **state)
{
    (void)state;
    EXPECT_STATUS(read_text("FFFFFFFFFFFFFFF\r\nx"), KW_END);
    EXPECT_STATUS(read_text("000000000000000000000005\r\nx"), KW_END);
}

static void read__bounds_extensions_and_trailers(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) out = kw_buf_init(1024);
    size_t rest = 0;
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("5;")));
    for (size_t i = 0; i < KW_NET_CHUNK_EXTENSION_BYTES_MAX; i++) {
        EXPECT_OK(kw_buf_append_byte(&text, 'a'));
    }
    EXPECT_STATUS(read_in_pieces(&out, &rest, kw_buf_text(&text), 4096), KW_END);
    EXPECT_OK(kw_buf_append_byte(&text, 'a'));
    EXPECT_STATUS(read_in_pieces(&out, &rest, kw_buf_text(&text), 4096), KW_BAD_INPUT);
    kw_buf_clear(&text);
    EXPECT_OK(kw_buf_append_str(&text, KW_STR("0\r\n")));
    for (size_t i = 0; i < 1200; i++) {
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("A: 123\r\n")));
    }
    EXPECT_STATUS(read_in_pieces(&out, &rest, kw_buf_text(&text), 1 << 20), KW_END);
    for (size_t i = 0; i < 300; i++) {
        EXPECT_OK(kw_buf_append_str(&text, KW_STR("A: 123\r\n")));
    }
    EXPECT_STATUS(read_in_pieces(&out, &rest, kw_buf_text(&text), 1 << 20), KW_HEADERS_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read__joins_chunks_however_they_are_cut),
        cmocka_unit_test(read__waits_for_the_rest_of_every_prefix),
        cmocka_unit_test(read__refuses_bad_framing),
        cmocka_unit_test(read__takes_the_largest_size),
        cmocka_unit_test(read__bounds_extensions_and_trailers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
