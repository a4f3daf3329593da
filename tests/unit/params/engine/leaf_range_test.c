/* SPDX-License-Identifier: Apache-2.0 */
#include "params/engine/leaf_range.h"

#include "support/expect.h"
#include "support/random_source.h"

enum {
    LEAVES = 66000, /* three levels of tiles */
};

static kw_hash32 leaves[LEAVES];

static int make_leaves(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < LEAVES; i++) {
        kw_merkle_leaf(&leaves[i], (kw_span){(const uint8_t *)&i, sizeof i});
    }
    return 0;
}

/* A tile, made anew of its leaves each time. */
static kw_status read_tile(void *ctx, const kw_hash32 **out, const kw_tile *tile, kw_error *err)
{
    (void)err;
    static kw_hash32 hashes[KW_TILE_WIDTH];
    size_t under = (size_t)1 << (KW_TILE_BITS * tile->level);
    size_t first = tile->index * KW_TILE_WIDTH * under;
    assert_in_range(tile->width, 1, KW_TILE_WIDTH);
    assert_true(first + tile->width * under <= *(const uint64_t *)ctx);
    for (size_t i = 0; i < tile->width; i++) {
        kw_merkle_root_of(&hashes[i], &leaves[first + i * under], under);
    }
    *out = hashes;
    return KW_OK;
}

static void prove(kw_buf *out, const kw_leaf_range *range)
{
    uint64_t size = range->size;
    kw_buf_clear(out);
    EXPECT_OK(kw_leaf_range_prove(out, range, &(kw_tile_source){read_tile, &size}, NULL));
}

static void verify__takes_every_range_of_small_trees(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) proof = kw_buf_init(KW_LEAF_RANGE_BYTES_MAX);
    for (uint64_t size = 1; size <= 20; size++) {
        kw_hash32 root;
        kw_merkle_root_of(&root, leaves, size);
        for (uint64_t first = 0; first < size; first++) {
            for (uint64_t end = first + 1; end <= size; end++) {
                kw_leaf_range range = {first, end, size};
                prove(&proof, &range);
                assert_true(
                    kw_leaf_range_verify(kw_buf_view(&proof), &range, &leaves[first], &root));
                kw_hash32 kept = leaves[end - 1];
                leaves[end - 1].bytes[5] ^= 1;
                assert_false(
                    kw_leaf_range_verify(kw_buf_view(&proof), &range, &leaves[first], &root));
                leaves[end - 1] = kept;
            }
        }
    }
}

static void verify__takes_ranges_of_a_large_tree(void **state)
{
    (void)state;
    random_source random = random_fixed("range");
    KW_AUTO(kw_buf) proof = kw_buf_init(KW_LEAF_RANGE_BYTES_MAX);
    for (int i = 0; i < 5; i++) {
        uint64_t size = 60000 + random_below(&random, LEAVES - 60000 + 1);
        uint64_t first = random_below(&random, size);
        kw_leaf_range range = {first, first + 1 + random_below(&random, KW_MIN(64, size - first)),
                               size};
        kw_hash32 root;
        kw_merkle_root_of(&root, leaves, size);
        prove(&proof, &range);
        assert_true(kw_leaf_range_verify(kw_buf_view(&proof), &range, &leaves[first], &root));
        range.first++;
        range.end++;
        assert_false(kw_leaf_range_verify(kw_buf_view(&proof), &range, &leaves[first], &root));
    }
}

/* One leaf alone: its proof has the hashes of the proof of inclusion, in another order. */
static void prove__of_one_leaf_is_as_long_as_its_proof_of_inclusion(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) proof = kw_buf_init(KW_LEAF_RANGE_BYTES_MAX);
    for (uint64_t index = 0; index < 100; index++) {
        kw_merkle_proof wanted;
        prove(&proof, &(kw_leaf_range){index, index + 1, 1 << 10});
        EXPECT_OK(kw_merkle_prove_inclusion(&wanted, leaves, 1 << 10, index));
        assert_int_equal(proof.len, wanted.count * sizeof(kw_hash32));
    }
}

static void verify__refuses_every_change(void **state)
{
    (void)state;
    kw_leaf_range range = {100, 164, 1000};
    kw_hash32 root;
    uint8_t bytes[KW_LEAF_RANGE_BYTES_MAX + 64] = {0};
    KW_AUTO(kw_buf) proof = kw_buf_init(sizeof bytes);
    kw_merkle_root_of(&root, leaves, 1000);
    prove(&proof, &range);
    memcpy(bytes, proof.ptr, proof.len);
    kw_span whole = {bytes, proof.len};
    assert_true(kw_leaf_range_verify(whole, &range, &leaves[100], &root));
    for (size_t i = 0; i < proof.len; i += 7) {
        bytes[i] ^= 0x10;
        assert_false(kw_leaf_range_verify(whole, &range, &leaves[100], &root));
        bytes[i] ^= 0x10;
    }
    for (size_t len = 0; len <= proof.len + 64; len++) {
        bool is_right = len == proof.len;
        assert_int_equal(kw_leaf_range_verify((kw_span){bytes, len}, &range, &leaves[100], &root),
                         is_right);
    }
    root.bytes[0] ^= 1;
    assert_false(kw_leaf_range_verify(whole, &range, &leaves[100], &root));
}

static void prove__refuses_what_is_no_range(void **state)
{
    (void)state;
    static const kw_leaf_range refused[] = {{0, 0, 0},   {3, 3, 10},   {4, 3, 10},
                                            {0, 11, 10}, {10, 11, 10}, {0, 1, UINT64_MAX}};
    KW_AUTO(kw_buf) proof = kw_buf_init(KW_LEAF_RANGE_BYTES_MAX);
    uint64_t size = LEAVES;
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        kw_tile_source source = {read_tile, &size};
        EXPECT_STATUS(kw_leaf_range_prove(&proof, &refused[i], &source, NULL), KW_BAD_INPUT);
        assert_false(kw_leaf_range_verify((kw_span){0}, &refused[i], leaves, &leaves[0]));
    }
    assert_int_equal(proof.len, 0);
}

static kw_status find_nothing(void *ctx, const kw_hash32 **out, const kw_tile *tile, kw_error *err)
{
    (void)ctx;
    (void)out;
    (void)tile;
    return kw_fail(err, KW_NOT_FOUND, "no such tile");
}

static void prove__passes_on_what_the_source_says(void **state)
{
    (void)state;
    kw_error err = {0};
    kw_leaf_range range = {1, 2, 3};
    KW_AUTO(kw_buf) proof = kw_buf_init(KW_LEAF_RANGE_BYTES_MAX);
    kw_tile_source source = {find_nothing, NULL};
    EXPECT_STATUS(kw_leaf_range_prove(&proof, &range, &source, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    KW_AUTO(kw_buf) small = kw_buf_init(32);
    uint64_t size = 3;
    source = (kw_tile_source){read_tile, &size};
    EXPECT_STATUS(kw_leaf_range_prove(&small, &range, &source, &err), KW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__takes_every_range_of_small_trees),
        cmocka_unit_test(verify__takes_ranges_of_a_large_tree),
        cmocka_unit_test(prove__of_one_leaf_is_as_long_as_its_proof_of_inclusion),
        cmocka_unit_test(verify__refuses_every_change),
        cmocka_unit_test(prove__refuses_what_is_no_range),
        cmocka_unit_test(prove__passes_on_what_the_source_says),
    };
    return cmocka_run_group_tests_name("params/engine/leaf_range", tests, make_leaves, NULL);
}
