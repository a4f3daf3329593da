/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/leaf_view.h"

#include "crypto/merkle.h"
#include "support/expect.h"
#include "support/random_source.h"

enum {
    LEAVES = 66000, /* 257 full tiles of level 0 and a partial one; 1 and 1 of level 1; 1 of 2 */
};

static kw_hash32 leaves[LEAVES];
static kw_leaf_view view;

/* The n-th leaf of the file: its number, over and over. */
static kw_span leaf_bytes(uint64_t leaf)
{
    static uint64_t bytes[KW_LEAF_BYTES / sizeof(uint64_t)];
    for (size_t i = 0; i < KW_COUNT(bytes); i++) {
        bytes[i] = leaf;
    }
    return KW_SPAN(bytes);
}

/* Only some leaves have real bytes behind their hash: hashing 4 GiB takes too long. */
static const uint64_t real[] = {0, 1, 255, 256, 65535, 65536, 65791, 65792, LEAVES - 1};

static int make_leaves(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEAVES; i++) {
        kw_merkle_leaf(&leaves[i], (kw_span){(const uint8_t *)&i, sizeof i});
    }
    for (size_t i = 0; i < KW_COUNT(real); i++) {
        kw_merkle_leaf(&leaves[real[i]], leaf_bytes(real[i]));
    }
    return 0;
}

static void init(uint64_t size)
{
    kw_hash32 root;
    kw_merkle_root_of(&root, leaves, size);
    kw_leaf_view_init(&view, &root, size * KW_LEAF_BYTES);
}

/* The hashes of a tile, as a server has them. */
static kw_span serve(const kw_tile *tile)
{
    static kw_hash32 hashes[KW_TILE_WIDTH];
    size_t under = (size_t)1 << (KW_TILE_BITS * tile->level);
    size_t first = tile->index * KW_TILE_WIDTH * under;
    for (size_t i = 0; i < tile->width; i++) {
        kw_merkle_root_of(&hashes[i], &leaves[first + i * under], under);
    }
    return (kw_span){hashes[0].bytes, tile->width * sizeof hashes[0]};
}

/* Fetches what is wanted for a leaf; returns how many tiles that were. */
static unsigned learn(uint64_t leaf)
{
    unsigned tiles = 0;
    kw_tile tile;
    kw_status st = kw_leaf_view_ask(&view, &tile, leaf);
    for (; st == KW_OK; st = kw_leaf_view_ask(&view, &tile, leaf)) {
        EXPECT_OK(kw_leaf_view_give(&view, serve(&tile)));
        tiles++;
    }
    EXPECT_STATUS(st, KW_END);
    return tiles;
}

static void is__knows_every_leaf_of_trees_of_many_sizes(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 512, 65536, 65537, 65792, LEAVES};
    for (size_t s = 0; s < KW_COUNT(sizes); s++) {
        init(sizes[s]);
        for (size_t i = 0; i < KW_COUNT(real) && real[i] < sizes[s]; i++) {
            (void)learn(real[i]);
            assert_true(kw_leaf_view_is(&view, real[i], leaf_bytes(real[i])));
            assert_false(kw_leaf_view_is(&view, real[i], leaf_bytes(real[i] + 1)));
        }
    }
}

/* The edge once, and then as few as lead to the leaf. */
static void ask__wants_no_tile_twice_in_order(void **state)
{
    (void)state;
    init(LEAVES);
    assert_int_equal(learn(LEAVES - 1), 3); /* the edge, which has the last leaf */
    assert_int_equal(learn(0), 2);          /* a tile of level 1, one of level 0 */
    assert_int_equal(learn(255), 0);
    assert_int_equal(learn(256), 1);
    assert_int_equal(learn(65536), 1); /* right below the edge */
    assert_int_equal(learn(511), 1);   /* its tile was given up for the one before */
    assert_int_equal(learn(LEAVES - 1), 0);
}

static void give__refuses_every_wrong_tile(void **state)
{
    (void)state;
    random_source random = random_fixed("view");
    init(LEAVES);
    kw_tile tile;
    unsigned refused = 0;
    while (kw_leaf_view_ask(&view, &tile, 300) == KW_OK) {
        uint8_t wrong[KW_TILE_WIDTH * sizeof(kw_hash32)];
        kw_span right = serve(&tile);
        memcpy(wrong, right.ptr, right.len);
        wrong[random_below(&random, right.len)] ^= 1;
        if (tile.width == KW_TILE_WIDTH) {
            EXPECT_STATUS(kw_leaf_view_give(&view, (kw_span){wrong, right.len}), KW_HASH);
            EXPECT_STATUS(kw_leaf_view_give(&view, right), KW_BAD_INPUT); /* ask again */
            EXPECT_OK(kw_leaf_view_ask(&view, &tile, 300));
            EXPECT_STATUS(kw_leaf_view_give(&view, (kw_span){right.ptr, right.len - 32}), KW_HASH);
            EXPECT_OK(kw_leaf_view_ask(&view, &tile, 300));
            refused++;
        }
        EXPECT_OK(kw_leaf_view_give(&view, serve(&tile)));
    }
    assert_int_equal(refused, 2);
}

static void give__asks_for_the_whole_edge_again_when_the_root_is_another(void **state)
{
    (void)state;
    for (unsigned wrong = 0; wrong < 3; wrong++) {
        init(LEAVES);
        kw_tile tile;
        for (unsigned i = 0; i < 3; i++) {
            EXPECT_OK(kw_leaf_view_ask(&view, &tile, 0));
            assert_int_equal(tile.level, i);
            kw_span hashes = serve(&tile);
            uint8_t copy[KW_TILE_WIDTH * sizeof(kw_hash32)];
            memcpy(copy, hashes.ptr, hashes.len);
            copy[0] ^= i == wrong;
            EXPECT_STATUS(kw_leaf_view_give(&view, (kw_span){copy, hashes.len}),
                          i == 2 ? KW_HASH : KW_OK);
            assert_false(kw_leaf_view_is(&view, LEAVES - 1, leaf_bytes(LEAVES - 1)));
        }
        assert_int_equal(learn(LEAVES - 1), 3);
        assert_true(kw_leaf_view_is(&view, LEAVES - 1, leaf_bytes(LEAVES - 1)));
    }
    /* A partial tile of another length is refused at once, and asked for again. */
    init(LEAVES);
    kw_tile tile;
    EXPECT_OK(kw_leaf_view_ask(&view, &tile, 0));
    kw_span hashes = serve(&tile);
    EXPECT_STATUS(kw_leaf_view_give(&view, (kw_span){hashes.ptr, hashes.len - 1}), KW_HASH);
    assert_int_equal(learn(LEAVES - 1), 3);
}

static void ask__refuses_leaves_that_are_not_there(void **state)
{
    (void)state;
    kw_tile tile;
    init(LEAVES);
    EXPECT_STATUS(kw_leaf_view_ask(&view, &tile, LEAVES), KW_BAD_INPUT);
    EXPECT_STATUS(kw_leaf_view_ask(&view, &tile, UINT64_MAX), KW_BAD_INPUT);
    EXPECT_STATUS(kw_leaf_view_give(&view, (kw_span){0}), KW_BAD_INPUT);
    assert_false(kw_leaf_view_is(&view, LEAVES, leaf_bytes(0)));
    assert_false(kw_leaf_view_is(&view, 0, leaf_bytes(0))); /* nothing is known yet */
    init(0);
    EXPECT_STATUS(kw_leaf_view_ask(&view, &tile, 0), KW_BAD_INPUT);
}

static void is__wants_the_short_leaf_short_and_the_others_whole(void **state)
{
    (void)state;
    kw_hash32 two[2];
    kw_hash32 root;
    kw_tile tile;
    kw_span whole = leaf_bytes(7);
    kw_span short_one = {whole.ptr, 100};
    kw_merkle_leaf(&two[0], whole);
    kw_merkle_leaf(&two[1], short_one);
    kw_merkle_root_of(&root, two, 2);
    kw_leaf_view_init(&view, &root, KW_LEAF_BYTES + 100);
    EXPECT_OK(kw_leaf_view_ask(&view, &tile, 1));
    EXPECT_OK(kw_leaf_view_give(&view, KW_SPAN(two)));
    assert_true(kw_leaf_view_is(&view, 0, whole));
    assert_true(kw_leaf_view_is(&view, 1, short_one));
    assert_false(kw_leaf_view_is(&view, 1, whole));
    assert_false(kw_leaf_view_is(&view, 0, short_one));
    /* The same leaves of a file of another length are another claim. */
    kw_leaf_view_init(&view, &root, KW_LEAF_BYTES + 99);
    EXPECT_OK(kw_leaf_view_ask(&view, &tile, 1));
    EXPECT_OK(kw_leaf_view_give(&view, KW_SPAN(two)));
    assert_false(kw_leaf_view_is(&view, 1, short_one));
    /* A short leaf stands at the end alone, whatever the tree says. */
    two[0] = two[1];
    kw_merkle_root_of(&root, two, 2);
    kw_leaf_view_init(&view, &root, KW_LEAF_BYTES + 100);
    EXPECT_OK(kw_leaf_view_ask(&view, &tile, 1));
    EXPECT_OK(kw_leaf_view_give(&view, KW_SPAN(two)));
    assert_true(kw_leaf_view_is(&view, 1, short_one));
    assert_false(kw_leaf_view_is(&view, 0, short_one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is__knows_every_leaf_of_trees_of_many_sizes),
        cmocka_unit_test(ask__wants_no_tile_twice_in_order),
        cmocka_unit_test(give__refuses_every_wrong_tile),
        cmocka_unit_test(give__asks_for_the_whole_edge_again_when_the_root_is_another),
        cmocka_unit_test(ask__refuses_leaves_that_are_not_there),
        cmocka_unit_test(is__wants_the_short_leaf_short_and_the_others_whole),
    };
    return cmocka_run_group_tests_name("params/engine/leaf_view", tests, make_leaves, NULL);
}
