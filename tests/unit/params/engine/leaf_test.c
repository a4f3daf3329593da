/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/leaf.h"

#include "crypto/merkle.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/random_source.h"

enum {
    FILE_BYTES = 300 * KW_LEAF_BYTES + 777, /* two tiles of level 0, one of level 1 */
    LEAVES = 301,
};

static uint8_t file[FILE_BYTES];
static kw_hash32 hashes[LEAVES];
static kw_leaf_tree tree;

static int make_file(void **state)
{
    (void)state;
    random_source random = random_fixed("leaf");
    for (size_t i = 0; i < FILE_BYTES; i++) {
        file[i] = (uint8_t)random_u64(&random);
    }
    for (size_t i = 0; i < LEAVES; i++) {
        size_t at = i * KW_LEAF_BYTES;
        kw_merkle_leaf(&hashes[i], (kw_span){&file[at], KW_MIN(KW_LEAF_BYTES, FILE_BYTES - at)});
    }
    return 0;
}

/* Level 0 only: that the hashes of tiles are those of the leaves. */
static kw_status compare(void *ctx, const kw_tile *tile, kw_span got, kw_error *err)
{
    (void)err;
    unsigned *tiles = ctx;
    *tiles += 1;
    if (tile->level == 0) {
        kw_span wanted = {hashes[tile->index * KW_TILE_WIDTH].bytes,
                          tile->width * sizeof hashes[0]};
        EXPECT_SPAN(got, wanted);
    }
    return KW_OK;
}

static void push__gives_the_same_tree_for_pieces_of_any_size(void **state)
{
    (void)state;
    static const size_t pieces[] = {1000, KW_LEAF_BYTES - 1, KW_LEAF_BYTES, KW_LEAF_BYTES + 1,
                                    FILE_BYTES};
    kw_hash32 wanted;
    kw_merkle_root_of(&wanted, hashes, LEAVES);
    for (size_t i = 0; i < KW_COUNT(pieces); i++) {
        unsigned tiles = 0;
        kw_tile_sink sink = {compare, &tiles};
        tree = (kw_leaf_tree){0};
        for (size_t at = 0; at < FILE_BYTES; at += pieces[i]) {
            kw_span piece = {&file[at], KW_MIN(pieces[i], FILE_BYTES - at)};
            EXPECT_OK(kw_leaf_tree_push(&tree, piece, &sink, NULL));
        }
        kw_hash32 root;
        EXPECT_OK(kw_leaf_tree_end(&tree, &root, &sink, NULL));
        EXPECT_SPAN(KW_SPAN(root.bytes), KW_SPAN(wanted.bytes));
        assert_int_equal(tiles, 3);
        assert_int_equal(tree.edge.size, kw_leaf_count(FILE_BYTES));
    }
}

static void end__of_an_empty_file_is_the_hash_of_nothing(void **state)
{
    (void)state;
    unsigned tiles = 0;
    kw_tile_sink sink = {compare, &tiles};
    kw_hash32 root;
    tree = (kw_leaf_tree){0};
    EXPECT_OK(kw_leaf_tree_push(&tree, (kw_span){0}, &sink, NULL));
    EXPECT_OK(kw_leaf_tree_end(&tree, &root, &sink, NULL));
    expect_hexed(KW_SPAN(root.bytes),
                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(tiles, 0);
}

static kw_status refuse(void *ctx, const kw_tile *tile, kw_span got, kw_error *err)
{
    (void)ctx;
    (void)tile;
    (void)got;
    return kw_fail(err, KW_NO_SPACE, "no room for tiles");
}

static void push__passes_on_what_the_sink_says(void **state)
{
    (void)state;
    kw_tile_sink sink = {refuse, NULL};
    kw_error err = {0};
    kw_hash32 root = {{7}};
    tree = (kw_leaf_tree){0};
    EXPECT_OK(kw_leaf_tree_push(&tree, (kw_span){file, 255 * KW_LEAF_BYTES}, &sink, &err));
    kw_leaf_tree short_of_one = tree;
    EXPECT_STATUS(kw_leaf_tree_push(&tree, (kw_span){file, KW_LEAF_BYTES}, &sink, &err),
                  KW_NO_SPACE);
    assert_int_equal(err.status, KW_NO_SPACE);
    EXPECT_STATUS(kw_leaf_tree_end(&short_of_one, &root, &sink, NULL), KW_NO_SPACE);
    assert_int_equal(root.bytes[0], 7);
}

static void count__rounds_up(void **state)
{
    (void)state;
    assert_true(kw_leaf_count(0) == 0);
    assert_true(kw_leaf_count(1) == 1);
    assert_true(kw_leaf_count(KW_LEAF_BYTES) == 1);
    assert_true(kw_leaf_count(KW_LEAF_BYTES + 1) == 2);
    assert_true(kw_leaf_count(UINT64_MAX) == UINT64_C(1) << 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push__gives_the_same_tree_for_pieces_of_any_size),
        cmocka_unit_test(end__of_an_empty_file_is_the_hash_of_nothing),
        cmocka_unit_test(push__passes_on_what_the_sink_says),
        cmocka_unit_test(count__rounds_up),
    };
    return cmocka_run_group_tests_name("params/engine/leaf", tests, make_file, NULL);
}
