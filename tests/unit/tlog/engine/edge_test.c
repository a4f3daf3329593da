/* SPDX-License-Identifier: Apache-2.0 */
#include "tlog/engine/edge.h"

#include "crypto/merkle.h"
#include "support/expect.h"

enum {
    LEAVES = 70000, /* three levels, each with a partial tile */
};

static kw_hash32 leaves[LEAVES];
static kw_tile_edge edge;

static int make_leaves(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEAVES; i++) {
        kw_merkle_leaf(&leaves[i], (kw_span){(const uint8_t *)&i, sizeof i});
    }
    return 0;
}

/* What a sink was given, against the plain tree: hash `i` of a tile is the root of its leaves. */
typedef struct tally {
    unsigned full;
    unsigned partial;
    kw_status st; /* what to answer */
} tally;

static kw_status take(void *ctx, const kw_tile *tile, kw_span hashes, kw_error *err)
{
    tally *t = ctx;
    assert_int_equal(hashes.len, tile->width * sizeof(kw_hash32));
    size_t under = (size_t)1 << (KW_TILE_BITS * tile->level);
    for (size_t i = 0; i < tile->width; i += 37) {
        size_t first = (tile->index * KW_TILE_WIDTH + i) * under;
        kw_hash32 root;
        kw_merkle_root_of(&root, &leaves[first], under);
        assert_memory_equal(&hashes.ptr[i * sizeof root], root.bytes, sizeof root);
    }
    t->full += tile->width == KW_TILE_WIDTH;
    t->partial += tile->width < KW_TILE_WIDTH;
    return t->st == KW_OK ? KW_OK : kw_fail(err, t->st, "the sink is full");
}

static void expect_root(const kw_tile_edge *from, size_t size)
{
    kw_hash32 got;
    kw_hash32 wanted;
    kw_tile_edge_root(from, &got);
    kw_merkle_root_of(&wanted, leaves, size);
    EXPECT_SPAN(KW_SPAN(got.bytes), KW_SPAN(wanted.bytes));
}

static void add__makes_every_tile_and_the_root(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, LEAVES};
    tally t = {0};
    kw_tile_sink sink = {take, &t};
    edge = (kw_tile_edge){0};
    for (size_t i = 0; i < KW_COUNT(sizes); i++) {
        while (edge.size < sizes[i]) {
            EXPECT_OK(kw_tile_edge_add(&edge, &leaves[edge.size], &sink, NULL));
        }
        expect_root(&edge, sizes[i]);
    }
    assert_int_equal(t.full, 273 + 1);
    assert_int_equal(t.partial, 0);
    EXPECT_OK(kw_tile_edge_flush(&edge, &sink, NULL));
    assert_int_equal(t.full, 273 + 1);
    assert_int_equal(t.partial, 3);
}

static void flush__gives_nothing_of_an_empty_tree(void **state)
{
    (void)state;
    tally t = {0};
    kw_tile_sink sink = {take, &t};
    edge = (kw_tile_edge){0};
    EXPECT_OK(kw_tile_edge_flush(&edge, &sink, NULL));
    assert_int_equal(t.full + t.partial, 0);
    expect_root(&edge, 0);
}

/* A sink that copies partial tiles into another edge: what a reader fetches. */
static kw_status load(void *ctx, const kw_tile *tile, kw_span hashes, kw_error *err)
{
    (void)err;
    kw_tile_edge *other = ctx;
    return tile->width == KW_TILE_WIDTH ? KW_OK : kw_tile_edge_load(other, tile->level, hashes);
}

static void load__gives_the_root_from_partial_tiles_alone(void **state)
{
    (void)state;
    static kw_tile_edge fetched;
    static const size_t sizes[] = {1, 300, 65536, 65600, LEAVES};
    edge = (kw_tile_edge){0};
    for (size_t i = 0; i < KW_COUNT(sizes); i++) {
        kw_tile_sink sink = {load, &fetched};
        fetched = (kw_tile_edge){.size = sizes[i]};
        tally t = {0};
        while (edge.size < sizes[i]) {
            EXPECT_OK(kw_tile_edge_add(&edge, &leaves[edge.size], &(kw_tile_sink){take, &t}, NULL));
        }
        EXPECT_OK(kw_tile_edge_flush(&edge, &sink, NULL));
        expect_root(&fetched, sizes[i]);
    }
    /* One wrong hash at any level is another root. */
    for (size_t level = 0; level < 3; level++) {
        kw_hash32 right;
        kw_hash32 wrong;
        kw_tile_edge_root(&fetched, &right);
        fetched.hashes[level][0].bytes[0] ^= 1;
        kw_tile_edge_root(&fetched, &wrong);
        fetched.hashes[level][0].bytes[0] ^= 1;
        assert_memory_not_equal(right.bytes, wrong.bytes, sizeof right);
    }
}

static void load__refuses_tiles_of_another_width(void **state)
{
    (void)state;
    kw_span room = {leaves[0].bytes, KW_TILE_WIDTH * sizeof leaves[0]};
    edge = (kw_tile_edge){.size = 65536 + 256 * 2};
    assert_int_equal(kw_tile_edge_at(0, edge.size).width, 0);
    assert_int_equal(kw_tile_edge_at(1, edge.size).width, 2);
    assert_int_equal(kw_tile_edge_at(KW_TILE_LEVELS, edge.size).width, 0);
    EXPECT_STATUS(kw_tile_edge_load(&edge, 0, (kw_span){0}), KW_BAD_INPUT); /* none at level 0 */
    EXPECT_STATUS(kw_tile_edge_load(&edge, 1, (kw_span){room.ptr, 1 * 32}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tile_edge_load(&edge, 1, (kw_span){room.ptr, 2 * 32 - 1}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tile_edge_load(&edge, 1, (kw_span){room.ptr, 3 * 32}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tile_edge_load(&edge, 3, (kw_span){room.ptr, 32}), KW_BAD_INPUT);
    EXPECT_STATUS(kw_tile_edge_load(&edge, KW_TILE_LEVELS, room), KW_BAD_INPUT);
    EXPECT_OK(kw_tile_edge_load(&edge, 1, (kw_span){room.ptr, 2 * 32}));
    EXPECT_OK(kw_tile_edge_load(&edge, 2, (kw_span){room.ptr, 1 * 32}));
    edge.size = ((uint64_t)1 << 63) + 1;
    EXPECT_STATUS(kw_tile_edge_load(&edge, 0, (kw_span){room.ptr, 32}), KW_BAD_INPUT);
}

static void add__passes_on_what_the_sink_says(void **state)
{
    (void)state;
    tally t = {.st = KW_NO_SPACE};
    kw_tile_sink sink = {take, &t};
    edge = (kw_tile_edge){0};
    while (edge.size < KW_TILE_WIDTH - 1) {
        EXPECT_OK(kw_tile_edge_add(&edge, &leaves[edge.size], &sink, NULL));
    }
    kw_error err = {0};
    EXPECT_STATUS(kw_tile_edge_add(&edge, &leaves[255], &sink, &err), KW_NO_SPACE);
    assert_int_equal(err.status, KW_NO_SPACE);
    edge.size = (uint64_t)1 << 63;
    EXPECT_STATUS(kw_tile_edge_add(&edge, &leaves[0], &sink, &err), KW_LIMIT);
    edge.size = 1;
    EXPECT_STATUS(kw_tile_edge_flush(&edge, &sink, &err), KW_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add__makes_every_tile_and_the_root),
        cmocka_unit_test(flush__gives_nothing_of_an_empty_tree),
        cmocka_unit_test(load__gives_the_root_from_partial_tiles_alone),
        cmocka_unit_test(load__refuses_tiles_of_another_width),
        cmocka_unit_test(add__passes_on_what_the_sink_says),
    };
    return cmocka_run_group_tests_name("tlog/engine/edge", tests, make_leaves, NULL);
}
