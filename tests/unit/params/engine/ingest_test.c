/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/ingest.h"

#include "base/heap.h"
#include "crypto/merkle.h"
#include "support/expect.h"
#include "support/random_source.h"

enum {
    FILE_BYTES = (3 << 20) + 12345,
};

static uint8_t file[FILE_BYTES];
static kw_ingest ingest;

static int make_file(void **state)
{
    (void)state;
    random_source random = random_fixed("ingest");
    for (size_t i = 0; i < FILE_BYTES; i++) {
        file[i] = (uint8_t)random_u64(&random);
    }
    return 0;
}

typedef struct tally {
    unsigned tiles;
    unsigned chunks;
    uint64_t bytes;
    kw_status st; /* what to answer */
} tally;

static kw_status take_tile(void *ctx, const kw_tile *tile, kw_span hashes, kw_error *err)
{
    (void)tile;
    (void)hashes;
    (void)err;
    tally *t = ctx;
    t->tiles++;
    return KW_OK;
}

static kw_status take_chunk(void *ctx, const kw_chunk *chunk, uint64_t offset, kw_error *err)
{
    tally *t = ctx;
    kw_hash32 wanted;
    kw_sha256(&wanted, (kw_span){&file[offset], chunk->length});
    EXPECT_SPAN(KW_SPAN(chunk->id.bytes), KW_SPAN(wanted.bytes));
    assert_true(offset == t->bytes);
    t->bytes += chunk->length;
    t->chunks++;
    return t->st == KW_OK ? KW_OK : kw_fail(err, t->st, "the store is full");
}

static void end__says_all_that_one_pass_shows(void **state)
{
    (void)state;
    static const kw_cut_rule rules[] = {KW_CUT_FIXED, KW_CUT_SECTIONED, KW_CUT_CONTENT};
    kw_hash32 sha256;
    kw_sha256(&sha256, KW_SPAN(file));
    for (size_t i = 0; i < KW_COUNT(rules); i++) {
        tally t = {0};
        uint32_t point_bytes = rules[i] == KW_CUT_CONTENT ? 0 : 64;
        EXPECT_OK(kw_ingest_init(&ingest, rules[i], point_bytes, &(kw_tile_sink){take_tile, &t},
                                 &(kw_chunk_sink){take_chunk, &t}));
        for (size_t at = 0; at < FILE_BYTES; at += 100000) {
            kw_span piece = {&file[at], KW_MIN(100000, FILE_BYTES - at)};
            EXPECT_OK(kw_ingest_push(&ingest, piece, NULL));
        }
        kw_ingested got;
        EXPECT_OK(kw_ingest_end(&ingest, &got, NULL));
        EXPECT_SPAN(KW_SPAN(got.sha256.bytes), KW_SPAN(sha256.bytes));
        assert_int_equal(got.bytes, FILE_BYTES);
        assert_int_equal(t.bytes, FILE_BYTES);
        assert_int_equal(t.chunks, got.index.count);
        assert_int_equal(t.tiles, 1); /* 49 leaves */
        KW_AUTO(kw_buf) wire = kw_buf_init(1 << 20);
        kw_chunk_index index;
        EXPECT_OK(kw_chunk_index_encode(&wire, &got.index));
        EXPECT_OK(kw_chunk_index_decode(&index, kw_buf_view(&wire)));
        kw_ingest_drop(&ingest);
    }
}

static void end__gives_the_root_of_the_leaves(void **state)
{
    (void)state;
    kw_hash32 leaves[49];
    kw_hash32 root;
    for (size_t i = 0; i < KW_COUNT(leaves); i++) {
        size_t at = i * KW_LEAF_BYTES;
        kw_merkle_leaf(&leaves[i], (kw_span){&file[at], KW_MIN(KW_LEAF_BYTES, FILE_BYTES - at)});
    }
    kw_merkle_root_of(&root, leaves, KW_COUNT(leaves));
    kw_ingested got;
    EXPECT_OK(kw_ingest_init(&ingest, KW_CUT_FIXED, 64, &(kw_tile_sink){0}, &(kw_chunk_sink){0}));
    EXPECT_OK(kw_ingest_push(&ingest, KW_SPAN(file), NULL));
    EXPECT_OK(kw_ingest_end(&ingest, &got, NULL));
    EXPECT_SPAN(KW_SPAN(got.root.bytes), KW_SPAN(root.bytes));
    kw_ingest_drop(&ingest);
}

static void end__of_an_empty_file_has_no_chunk(void **state)
{
    (void)state;
    tally t = {0};
    kw_ingested got;
    EXPECT_OK(kw_ingest_init(&ingest, KW_CUT_CONTENT, 0, &(kw_tile_sink){take_tile, &t},
                             &(kw_chunk_sink){take_chunk, &t}));
    EXPECT_OK(kw_ingest_end(&ingest, &got, NULL));
    assert_int_equal(got.index.count, 0);
    assert_int_equal(t.chunks + t.tiles, 0);
    EXPECT_SPAN(KW_SPAN(got.root.bytes), KW_SPAN(got.sha256.bytes)); /* both of nothing */
    kw_ingest_drop(&ingest);
}

static void push__passes_on_what_a_sink_says(void **state)
{
    (void)state;
    tally t = {.st = KW_NO_SPACE};
    kw_error err = {0};
    EXPECT_STATUS(kw_ingest_init(&ingest, KW_CUT_FIXED, 0, &(kw_tile_sink){0}, &(kw_chunk_sink){0}),
                  KW_BAD_INPUT);
    EXPECT_OK(kw_ingest_init(&ingest, KW_CUT_FIXED, 64, &(kw_tile_sink){0},
                             &(kw_chunk_sink){take_chunk, &t}));
    EXPECT_STATUS(kw_ingest_push(&ingest, KW_SPAN(file), &err), KW_NO_SPACE);
    assert_int_equal(err.status, KW_NO_SPACE);
    kw_ingest_drop(&ingest);
}

static void push__says_when_there_is_no_memory(void **state)
{
    (void)state;
    kw_error err = {0};
    EXPECT_OK(kw_ingest_init(&ingest, KW_CUT_FIXED, 64, &(kw_tile_sink){0}, &(kw_chunk_sink){0}));
    (void)kw_heap_fail_at(1);
    EXPECT_STATUS(kw_ingest_push(&ingest, KW_SPAN(file), &err), KW_NO_MEMORY);
    (void)kw_heap_fail_at(0);
    assert_int_equal(err.status, KW_NO_MEMORY);
    kw_ingest_drop(&ingest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end__says_all_that_one_pass_shows),
        cmocka_unit_test(end__gives_the_root_of_the_leaves),
        cmocka_unit_test(end__of_an_empty_file_has_no_chunk),
        cmocka_unit_test(push__passes_on_what_a_sink_says),
        cmocka_unit_test(push__says_when_there_is_no_memory),
    };
    return cmocka_run_group_tests_name("params/engine/ingest", tests, make_file, NULL);
}
