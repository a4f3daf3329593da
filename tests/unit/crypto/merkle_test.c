/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle.h"

#include "support/expect.h"
#include "support/hexed.h"

/* The leaves and roots of the test data of Certificate Transparency (RFC 6962 trees of 0..8). */
static const char *const ct_leaves[] = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};
static const char *const ct_roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void ct_hashes(kw_hash32 out[8])
{
    for (size_t i = 0; i < 8; i++) {
        hexed data = hexed_of(ct_leaves[i]);
        kw_merkle_leaf(&out[i], hexed_view(&data));
    }
}

static void root__gives_the_published_roots(void **state)
{
    (void)state;
    kw_hash32 leaves[8];
    ct_hashes(leaves);
    kw_merkle_tree tree = {0};
    for (size_t size = 0; size <= 8; size++) {
        kw_hash32 root;
        kw_merkle_root(&tree, &root);
        expect_hexed(KW_SPAN(root.bytes), ct_roots[size]);
        kw_merkle_root_of(&root, leaves, size);
        expect_hexed(KW_SPAN(root.bytes), ct_roots[size]);
        if (size < 8) {
            EXPECT_OK(kw_merkle_append(&tree, &leaves[size]));
        }
    }
}

static void prove_inclusion__gives_published_paths(void **state)
{
    (void)state;
    kw_hash32 leaves[8];
    ct_hashes(leaves);
    kw_merkle_proof proof;
    EXPECT_OK(kw_merkle_prove_inclusion(&proof, leaves, 8, 0));
    assert_int_equal(proof.count, 3);
    expect_hexed(KW_SPAN(proof.hashes[0].bytes),
                 "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
    expect_hexed(KW_SPAN(proof.hashes[1].bytes),
                 "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
    expect_hexed(KW_SPAN(proof.hashes[2].bytes),
                 "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
    EXPECT_OK(kw_merkle_prove_inclusion(&proof, leaves, 1, 0));
    assert_int_equal(proof.count, 0);
}

/* RFC 6962 section 2.1.3: the example tree of seven leaves. */
static void prove_consistency__follows_the_example_of_the_rfc(void **state)
{
    (void)state;
    kw_hash32 d[8];
    ct_hashes(d);
    kw_hash32 g; /* MTH of d0, d1 */
    kw_hash32 i; /* d4, d5 */
    kw_hash32 h; /* d2, d3 */
    kw_hash32 l; /* d4 .. d6 */
    kw_merkle_root_of(&g, d, 2);
    kw_merkle_root_of(&h, d + 2, 2);
    kw_merkle_root_of(&i, d + 4, 2);
    kw_merkle_root_of(&l, d + 4, 3);
    kw_merkle_proof proof;
    EXPECT_OK(kw_merkle_prove_consistency(&proof, d, 7, 3)); /* [c, d, g, l] */
    assert_int_equal(proof.count, 4);
    EXPECT_SPAN(KW_SPAN(proof.hashes[0].bytes), KW_SPAN(d[2].bytes));
    EXPECT_SPAN(KW_SPAN(proof.hashes[1].bytes), KW_SPAN(d[3].bytes));
    EXPECT_SPAN(KW_SPAN(proof.hashes[2].bytes), KW_SPAN(g.bytes));
    EXPECT_SPAN(KW_SPAN(proof.hashes[3].bytes), KW_SPAN(l.bytes));
    EXPECT_OK(kw_merkle_prove_consistency(&proof, d, 7, 4)); /* [l] */
    assert_int_equal(proof.count, 1);
    EXPECT_SPAN(KW_SPAN(proof.hashes[0].bytes), KW_SPAN(l.bytes));
    EXPECT_OK(kw_merkle_prove_consistency(&proof, d, 7, 6)); /* [i, j, k] */
    assert_int_equal(proof.count, 3);
    EXPECT_SPAN(KW_SPAN(proof.hashes[0].bytes), KW_SPAN(i.bytes));
    EXPECT_SPAN(KW_SPAN(proof.hashes[1].bytes), KW_SPAN(d[6].bytes));
}

static void prove__refuses_what_is_not_in_the_tree(void **state)
{
    (void)state;
    kw_hash32 leaves[8];
    ct_hashes(leaves);
    kw_merkle_proof proof;
    EXPECT_STATUS(kw_merkle_prove_inclusion(&proof, leaves, 8, 8), KW_BAD_INPUT);
    EXPECT_STATUS(kw_merkle_prove_inclusion(&proof, leaves, 0, 0), KW_BAD_INPUT);
    EXPECT_STATUS(kw_merkle_prove_consistency(&proof, leaves, 8, 0), KW_BAD_INPUT);
    EXPECT_STATUS(kw_merkle_prove_consistency(&proof, leaves, 7, 8), KW_BAD_INPUT);
    EXPECT_OK(kw_merkle_prove_consistency(&proof, leaves, 8, 8));
    assert_int_equal(proof.count, 0);
}

static void append__refuses_more_than_2_to_63_leaves(void **state)
{
    (void)state;
    kw_hash32 leaf = {{1}};
    kw_merkle_tree full = {.size = (uint64_t)1 << 63};
    EXPECT_STATUS(kw_merkle_append(&full, &leaf), KW_LIMIT);
    assert_true(full.size == (uint64_t)1 << 63);
    kw_merkle_tree last = {.size = ((uint64_t)1 << 63) - 1};
    EXPECT_OK(kw_merkle_append(&last, &leaf));
    kw_hash32 root;
    kw_merkle_root(&last, &root);
    EXPECT_SPAN(KW_SPAN(root.bytes), KW_SPAN(last.peaks[63].bytes));
}

static void append_subtree__is_the_same_as_its_leaves_one_by_one(void **state)
{
    (void)state;
    static const unsigned levels[] = {2, 1, 1, 0}; /* 4 + 2 + 2, and one more */
    kw_hash32 leaves[9] = {0};
    ct_hashes(leaves);
    kw_merkle_tree tree = {0};
    for (size_t i = 0; i < KW_COUNT(levels); i++) {
        kw_hash32 root;
        kw_merkle_root_of(&root, &leaves[tree.size], (size_t)1 << levels[i]);
        EXPECT_OK(kw_merkle_append_subtree(&tree, levels[i], &root));
        kw_hash32 wanted;
        kw_merkle_root_of(&wanted, leaves, tree.size);
        kw_merkle_root(&tree, &root);
        EXPECT_SPAN(KW_SPAN(root.bytes), KW_SPAN(wanted.bytes));
    }
    assert_int_equal(tree.size, 9);
}

static void append_subtree__refuses_one_that_is_not_aligned(void **state)
{
    (void)state;
    kw_hash32 root = {{1}};
    kw_merkle_tree tree = {.size = 6};
    EXPECT_STATUS(kw_merkle_append_subtree(&tree, 2, &root), KW_BAD_INPUT);
    EXPECT_STATUS(kw_merkle_append_subtree(&tree, 64, &root), KW_BAD_INPUT);
    assert_int_equal(tree.size, 6);
    kw_merkle_tree half = {.size = (uint64_t)1 << 62};
    EXPECT_OK(kw_merkle_append_subtree(&half, 62, &root));
    EXPECT_STATUS(kw_merkle_append_subtree(&half, 62, &root), KW_LIMIT);
    EXPECT_STATUS(kw_merkle_append_subtree(&half, 0, &root), KW_LIMIT);
}

static void leaf__and_node_are_told_apart(void **state)
{
    (void)state;
    kw_hash32 left = {{1}};
    kw_hash32 right = {{2}};
    kw_hash32 pair[2] = {left, right};
    kw_hash32 leaf;
    kw_hash32 node;
    kw_merkle_leaf(&leaf, KW_SPAN(pair));
    kw_sha256_state parts;
    kw_merkle_leaf_begin(&parts);
    kw_sha256_update(&parts, KW_SPAN(left.bytes));
    kw_sha256_update(&parts, KW_SPAN(right.bytes));
    kw_sha256_final(&parts, &node);
    EXPECT_SPAN(KW_SPAN(node.bytes), KW_SPAN(leaf.bytes));
    kw_merkle_node(&node, &left, &right);
    assert_memory_not_equal(leaf.bytes, node.bytes, sizeof leaf.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root__gives_the_published_roots),
        cmocka_unit_test(prove_inclusion__gives_published_paths),
        cmocka_unit_test(prove_consistency__follows_the_example_of_the_rfc),
        cmocka_unit_test(prove__refuses_what_is_not_in_the_tree),
        cmocka_unit_test(append__refuses_more_than_2_to_63_leaves),
        cmocka_unit_test(append_subtree__is_the_same_as_its_leaves_one_by_one),
        cmocka_unit_test(append_subtree__refuses_one_that_is_not_aligned),
        cmocka_unit_test(leaf__and_node_are_told_apart),
    };
    return cmocka_run_group_tests_name("crypto/merkle", tests, NULL, NULL);
}
