/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/writer.h"

#include "base/heap.h"
#include "codec/reader.h"
#include "support/expect.h"

static void write_all(kw_writer *w)
{
    kw_write_u8(w, 1);
    kw_write_u16be(w, 0x0102);
    kw_write_u32be(w, 0x01020304);
    kw_write_u64be(w, UINT64_C(0x0102030405060708));
    kw_write_u16le(w, 0x0102);
    kw_write_u32le(w, 0x01020304);
    kw_write_u64le(w, UINT64_C(0x0102030405060708));
    kw_write_span_u8(w, kw_span_of_str(KW_STR("a")));
    kw_write_span_u16be(w, kw_span_of_str(KW_STR("b")));
    kw_write_span_u32be(w, kw_span_of_str(KW_STR("c")));
    kw_write_str(w, KW_STR("d"));
}

static const uint8_t all_bytes[] = {1, 1, 2,   1, 2, 3,   4, 1, 2, 3, 4,   5,  6, 7,
                                    8, 2, 1,   4, 3, 2,   1, 8, 7, 6, 5,   4,  3, 2,
                                    1, 1, 'a', 0, 1, 'b', 0, 0, 0, 1, 'c', 'd'};

static void write__fills_a_region_exactly(void **state)
{
    (void)state;
    uint8_t room[sizeof all_bytes + 1];
    for (size_t len = 0; len <= sizeof room; len++) {
        kw_writer w = kw_writer_of((kw_mspan){room, len});
        write_all(&w);
        EXPECT_STATUS(kw_write_end(&w), len == sizeof all_bytes ? KW_OK : KW_LIMIT);
    }
    kw_writer w = kw_writer_of((kw_mspan){room, sizeof all_bytes});
    write_all(&w);
    EXPECT_OK(kw_write_end(&w));
    assert_memory_equal(room, all_bytes, sizeof all_bytes);
}

static void write__appends_to_a_buffer(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) buf = kw_buf_init(sizeof all_bytes);
    kw_writer w = kw_writer_to(&buf);
    write_all(&w);
    EXPECT_OK(kw_write_end(&w));
    EXPECT_SPAN(kw_buf_view(&buf), KW_SPAN(all_bytes));
    kw_write_u8(&w, 0);
    EXPECT_STATUS(kw_write_end(&w), KW_LIMIT);
    kw_write_span(&w, (kw_span){0});
    EXPECT_STATUS(kw_write_end(&w), KW_LIMIT);
}

static void write__keeps_the_status_of_the_first_failure(void **state)
{
    (void)state;
    kw_status st = KW_NO_MEMORY;
    for (uint64_t nth = 1; st != KW_OK; nth++) {
        KW_AUTO(kw_buf) buf = kw_buf_init(64);
        kw_writer w = kw_writer_to(&buf);
        kw_heap_fail_at(nth);
        write_all(&w);
        kw_heap_fail_at(0);
        st = kw_write_end(&w);
        assert_true(st == KW_OK || st == KW_NO_MEMORY);
        assert_true(nth > 1 || st == KW_NO_MEMORY);
    }
}

static void write_span_u8__refuses_what_its_length_cannot_say(void **state)
{
    (void)state;
    static const uint8_t bytes[256];
    KW_AUTO(kw_buf) buf = kw_buf_init(1024);
    kw_writer w = kw_writer_to(&buf);
    kw_write_span_u8(&w, (kw_span){bytes, 255});
    EXPECT_OK(kw_write_end(&w));
    kw_write_span_u8(&w, (kw_span){bytes, 256});
    EXPECT_STATUS(kw_write_end(&w), KW_LIMIT);
    assert_int_equal(buf.len, 256);
}

static void writer_of__takes_an_empty_region(void **state)
{
    (void)state;
    kw_writer w = kw_writer_of((kw_mspan){0});
    EXPECT_OK(kw_write_end(&w));
    kw_write_u8(&w, 1);
    EXPECT_STATUS(kw_write_end(&w), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(write__fills_a_region_exactly),
        cmocka_unit_test(write__appends_to_a_buffer),
        cmocka_unit_test(write__keeps_the_status_of_the_first_failure),
        cmocka_unit_test(write_span_u8__refuses_what_its_length_cannot_say),
        cmocka_unit_test(writer_of__takes_an_empty_region),
    };
    return cmocka_run_group_tests_name("codec/writer", tests, NULL, NULL);
}
