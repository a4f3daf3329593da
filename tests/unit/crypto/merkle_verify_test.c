/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/merkle.h"

#include "support/expect.h"

enum {
    LEAVES = 70
}; /* crosses 64, so that proofs have every shape of seven levels */

static void make_leaves(kw_hash32 out[LEAVES])
{
    for (size_t i = 0; i < LEAVES; i++) {
        uint8_t byte = (uint8_t)i;
        kw_merkle_leaf(&out[i], (kw_span){&byte, 1});
    }
}

static kw_merkle_head head_of(const kw_hash32 *leaves, size_t size)
{
    kw_merkle_head head = {.size = size};
    kw_merkle_root_of(&head.root, leaves, size);
    return head;
}

static void verify_inclusion__accepts_every_leaf_of_every_tree(void **state)
{
    (void)state;
    kw_hash32 leaves[LEAVES];
    make_leaves(leaves);
    for (size_t size = 1; size <= LEAVES; size++) {
        kw_merkle_head head = head_of(leaves, size);
        for (size_t index = 0; index < size; index++) {
            kw_merkle_proof proof;
            EXPECT_OK(kw_merkle_prove_inclusion(&proof, leaves, size, index));
            kw_merkle_leaf_at claim = {.leaf = leaves[index], .index = index};
            assert_true(kw_merkle_verify_inclusion(&proof, &claim, &head));
        }
    }
}

/* Every way to be wrong by one. */
static void verify_inclusion__refuses_wrong_claims(void **state)
{
    (void)state;
    kw_hash32 leaves[LEAVES];
    make_leaves(leaves);
    for (size_t size = 2; size <= 20; size++) {
        kw_merkle_head head = head_of(leaves, size);
        for (size_t index = 0; index < size; index++) {
            kw_merkle_proof proof;
            EXPECT_OK(kw_merkle_prove_inclusion(&proof, leaves, size, index));
            kw_merkle_leaf_at claim = {.leaf = leaves[index], .index = (index + 1) % size};
            assert_false(kw_merkle_verify_inclusion(&proof, &claim, &head));
            claim = (kw_merkle_leaf_at){.leaf = leaves[(index + 1) % size], .index = index};
            assert_false(kw_merkle_verify_inclusion(&proof, &claim, &head));
            claim = (kw_merkle_leaf_at){.leaf = leaves[index], .index = size};
            assert_false(kw_merkle_verify_inclusion(&proof, &claim, &head));
            claim.index = index;
            kw_merkle_proof changed = proof;
            changed.count--;
            assert_false(kw_merkle_verify_inclusion(&changed, &claim, &head));
            changed.count = proof.count + 1;
            changed.hashes[proof.count] = leaves[0];
            assert_false(kw_merkle_verify_inclusion(&changed, &claim, &head));
            for (size_t i = 0; i < proof.count; i++) {
                changed = proof;
                changed.hashes[i].bytes[31] ^= 1;
                assert_false(kw_merkle_verify_inclusion(&changed, &claim, &head));
            }
        }
    }
}

static void verify_inclusion__refuses_empty_trees_and_counts_out_of_range(void **state)
{
    (void)state;
    static kw_merkle_proof proof;
    kw_merkle_leaf_at claim = {.index = 0};
    kw_merkle_head head = {.size = 0};
    assert_false(kw_merkle_verify_inclusion(&proof, &claim, &head));
    head.size = 1;
    proof.count = KW_MERKLE_PROOF_MAX + 1;
    assert_false(kw_merkle_verify_inclusion(&proof, &claim, &head));
    assert_false(kw_merkle_verify_consistency(&proof, &head, &(kw_merkle_head){.size = 2}));
}

static void verify_consistency__accepts_every_pair_of_sizes(void **state)
{
    (void)state;
    kw_hash32 leaves[LEAVES];
    make_leaves(leaves);
    for (size_t size = 1; size <= LEAVES; size++) {
        kw_merkle_head head = head_of(leaves, size);
        for (size_t old_size = 1; old_size <= size; old_size++) {
            kw_merkle_head old = head_of(leaves, old_size);
            kw_merkle_proof proof;
            EXPECT_OK(kw_merkle_prove_consistency(&proof, leaves, size, old_size));
            assert_true(kw_merkle_verify_consistency(&proof, &old, &head));
        }
    }
}

static void verify_consistency__refuses_wrong_proofs(void **state)
{
    (void)state;
    kw_hash32 leaves[LEAVES];
    make_leaves(leaves);
    for (size_t size = 2; size <= 20; size++) {
        kw_merkle_head head = head_of(leaves, size);
        for (size_t old_size = 1; old_size < size; old_size++) {
            kw_merkle_head old = head_of(leaves, old_size);
            kw_merkle_proof proof;
            EXPECT_OK(kw_merkle_prove_consistency(&proof, leaves, size, old_size));
            assert_false(kw_merkle_verify_consistency(&proof, &head, &old));
            kw_merkle_proof changed = proof;
            changed.count--;
            assert_false(kw_merkle_verify_consistency(&changed, &old, &head));
            changed.count = proof.count + 1;
            changed.hashes[proof.count] = leaves[0];
            assert_false(kw_merkle_verify_consistency(&changed, &old, &head));
            for (size_t i = 0; i < proof.count; i++) {
                changed = proof;
                changed.hashes[i].bytes[0] ^= 0x80;
                assert_false(kw_merkle_verify_consistency(&changed, &old, &head));
            }
            kw_merkle_head forged = old;
            forged.root.bytes[5] ^= 1;
            assert_false(kw_merkle_verify_consistency(&proof, &forged, &head));
            forged = head;
            forged.root.bytes[5] ^= 1;
            assert_false(kw_merkle_verify_consistency(&proof, &old, &forged));
        }
    }
}

static void verify_consistency__knows_equal_and_empty_trees(void **state)
{
    (void)state;
    kw_hash32 leaves[LEAVES];
    make_leaves(leaves);
    kw_merkle_head empty = head_of(leaves, 0);
    kw_merkle_head five = head_of(leaves, 5);
    kw_merkle_head other = head_of(leaves + 1, 5);
    kw_merkle_proof none = {.count = 0};
    kw_merkle_proof one = {.count = 1};
    assert_true(kw_merkle_verify_consistency(&none, &five, &five));
    assert_false(kw_merkle_verify_consistency(&none, &five, &other));
    assert_false(kw_merkle_verify_consistency(&one, &five, &five));
    assert_true(kw_merkle_verify_consistency(&none, &empty, &five));
    assert_false(kw_merkle_verify_consistency(&one, &empty, &five));
    empty.root.bytes[0] ^= 1;
    assert_false(kw_merkle_verify_consistency(&none, &empty, &five));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_inclusion__accepts_every_leaf_of_every_tree),
        cmocka_unit_test(verify_inclusion__refuses_wrong_claims),
        cmocka_unit_test(verify_inclusion__refuses_empty_trees_and_counts_out_of_range),
        cmocka_unit_test(verify_consistency__accepts_every_pair_of_sizes),
        cmocka_unit_test(verify_consistency__refuses_wrong_proofs),
        cmocka_unit_test(verify_consistency__knows_equal_and_empty_trees),
    };
    return cmocka_run_group_tests_name("crypto/merkle_verify", tests, NULL, NULL);
}
