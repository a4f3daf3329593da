/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/chunk_index.h"

#include "support/expect.h"
#include "support/hexed.h"

enum {
    FIXED_BYTES = KW_CUT_BYTES / 96 * 96,
};

/* Appends an index of `count` chunks with these lengths. */
static void write_index(kw_buf *out, const kw_chunk_index *head, const uint32_t *lengths)
{
    KW_AUTO(kw_buf) entries = kw_buf_init(4096);
    for (uint32_t i = 0; i < head->count; i++) {
        kw_chunk chunk = {.id = {{(uint8_t)(i + 1)}}, .length = lengths[i]};
        EXPECT_OK(kw_chunk_index_add(&entries, &chunk));
    }
    kw_chunk_index index = *head;
    index.entries = kw_buf_view(&entries);
    kw_buf_clear(out);
    EXPECT_OK(kw_chunk_index_encode(out, &index));
}

static void encode__has_the_form_of_the_header(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) wire = kw_buf_init(4096);
    kw_chunk_index head = {
        .rule = KW_CUT_SECTIONED, .point_bytes = 64, .file_bytes = 259, .count = 2};
    write_index(&wire, &head, (const uint32_t[]){256, 3});
    expect_hexed((kw_span){wire.ptr, 24}, "4b57434901010100"
                                          "0000000000000103"
                                          "0000000200000040");
    expect_hexed((kw_span){wire.ptr + 24, 6}, "000001000100");
    assert_int_equal(wire.len, 24 + 2 * 36);
}

static void decode__gives_what_was_written(void **state)
{
    (void)state;
    static const struct {
        kw_chunk_index head;
        uint32_t lengths[3];
    } cases[] = {
        {{.rule = KW_CUT_CONTENT}, {0}},
        {{.rule = KW_CUT_FIXED, .point_bytes = 96}, {0}},
        {{.rule = KW_CUT_CONTENT, .file_bytes = 1, .count = 1}, {1}},
        {{.rule = KW_CUT_CONTENT, .file_bytes = KW_CHUNK_BYTES_MAX + 5, .count = 2},
         {5, KW_CHUNK_BYTES_MAX}},
        {{.rule = KW_CUT_FIXED, .point_bytes = 96, .file_bytes = 2 * FIXED_BYTES + 1, .count = 3},
         {FIXED_BYTES, FIXED_BYTES, 1}},
        {{.rule = KW_CUT_FIXED, .point_bytes = 96, .file_bytes = FIXED_BYTES, .count = 1},
         {FIXED_BYTES}},
        {{.rule = KW_CUT_SECTIONED, .point_bytes = 64, .file_bytes = 36 + KW_CUT_BYTES, .count = 3},
         {24, KW_CUT_BYTES, 12}},
    };
    KW_AUTO(kw_buf) wire = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        write_index(&wire, &cases[i].head, cases[i].lengths);
        kw_chunk_index index;
        EXPECT_OK(kw_chunk_index_decode(&index, kw_buf_view(&wire)));
        assert_int_equal(index.rule, cases[i].head.rule);
        assert_int_equal(index.point_bytes, cases[i].head.point_bytes);
        assert_true(index.file_bytes == cases[i].head.file_bytes);
        assert_int_equal(index.count, cases[i].head.count);
        for (uint32_t k = 0; k < index.count; k++) {
            kw_chunk chunk = kw_chunk_index_at(&index, k);
            assert_int_equal(chunk.length, cases[i].lengths[k]);
            assert_int_equal(chunk.id.bytes[0], k + 1);
        }
    }
}

static void decode__refuses_sums_and_lengths_that_are_not_so(void **state)
{
    (void)state;
    static const struct {
        kw_chunk_index head;
        uint32_t lengths[3];
    } refused[] = {
        {{.rule = KW_CUT_CONTENT, .file_bytes = 1}, {0}},
        {{.rule = KW_CUT_CONTENT, .file_bytes = 3, .count = 2}, {2, 2}},
        {{.rule = KW_CUT_CONTENT, .file_bytes = 5, .count = 2}, {2, 2}},
        {{.rule = KW_CUT_CONTENT, .file_bytes = 2, .count = 2}, {2, 0}},
        {{.rule = KW_CUT_CONTENT, .file_bytes = KW_CHUNK_BYTES_MAX + 1, .count = 1},
         {KW_CHUNK_BYTES_MAX + 1}},
        {{.rule = KW_CUT_CONTENT, .point_bytes = 1}, {0}},
        {{.rule = KW_CUT_FIXED}, {0}},
        {{.rule = KW_CUT_SECTIONED}, {0}},
        {{.rule = KW_CUT_FIXED, .point_bytes = KW_CUT_BYTES + 1}, {0}},
        {{.rule = KW_CUT_FIXED, .point_bytes = 96, .file_bytes = FIXED_BYTES + 96, .count = 1},
         {FIXED_BYTES + 96}},
        {{.rule = KW_CUT_FIXED, .point_bytes = 96, .file_bytes = FIXED_BYTES, .count = 2},
         {FIXED_BYTES - 96, 96}},
    };
    KW_AUTO(kw_buf) wire = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        write_index(&wire, &refused[i].head, refused[i].lengths);
        kw_chunk_index index = {.count = 77};
        EXPECT_STATUS(kw_chunk_index_decode(&index, kw_buf_view(&wire)), KW_BAD_INPUT);
        assert_int_equal(index.count, 77);
    }
}

static void decode__refuses_other_heads_and_lengths(void **state)
{
    (void)state;
    uint8_t copy[24 + 2 * 36 + 1] = {0};
    KW_AUTO(kw_buf) wire = kw_buf_init(4096);
    kw_chunk_index head = {.rule = KW_CUT_CONTENT, .file_bytes = 3, .count = 2};
    write_index(&wire, &head, (const uint32_t[]){1, 2});
    memcpy(copy, wire.ptr, wire.len);
    kw_chunk_index index;
    for (size_t len = 0; len <= wire.len + 1; len++) {
        kw_status wanted = len == wire.len ? KW_OK : KW_BAD_INPUT;
        EXPECT_STATUS(kw_chunk_index_decode(&index, (kw_span){copy, len}), wanted);
    }
    for (size_t i = 0; i < 24; i++) { /* each byte of the head says something */
        copy[i] ^= 0x80;
        EXPECT_STATUS(kw_chunk_index_decode(&index, (kw_span){copy, wire.len}), KW_BAD_INPUT);
        copy[i] ^= 0x80;
    }
    /* More chunks than there may be are refused before their bytes are looked for. */
    memcpy(&copy[16], "\x01\x00\x00\x01", 4);
    EXPECT_STATUS(kw_chunk_index_decode(&index, (kw_span){copy, wire.len}), KW_BAD_INPUT);
}

static void add__stops_at_the_maximum(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) entries = kw_buf_init(KW_CHUNK_INDEX_ENTRY_BYTES);
    kw_chunk chunk = {.length = 1};
    EXPECT_OK(kw_chunk_index_add(&entries, &chunk));
    EXPECT_STATUS(kw_chunk_index_add(&entries, &chunk), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode__has_the_form_of_the_header),
        cmocka_unit_test(decode__gives_what_was_written),
        cmocka_unit_test(decode__refuses_sums_and_lengths_that_are_not_so),
        cmocka_unit_test(decode__refuses_other_heads_and_lengths),
        cmocka_unit_test(add__stops_at_the_maximum),
    };
    return cmocka_run_group_tests_name("params/engine/chunk_index", tests, NULL, NULL);
}
