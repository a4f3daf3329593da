/* SPDX-License-Identifier: Apache-2.0
 * Merkle trees of RFC 6962 section 2.1 over SHA-256: leaf = H(00 | data), node = H(01 | left |
 * right), split at the largest power of two below n, empty tree = H(""). Pure. */
#ifndef KW_CRYPTO_MERKLE_H
#define KW_CRYPTO_MERKLE_H

#include "base/error.h"
#include "crypto/hash.h"

void kw_merkle_leaf(kw_hash32 *out, kw_span data);
/* The same for data in parts: kw_sha256_update with each, then kw_sha256_final. */
void kw_merkle_leaf_begin(kw_sha256_state *out);

void kw_merkle_node(kw_hash32 *out, const kw_hash32 *left, const kw_hash32 *right);

/* The right edge of a growing tree: peaks[i] is the root of the complete subtree of 2^i leaves
 * when bit i of `size` is set. All-zero is the empty tree; store it to go on later. */
typedef struct kw_merkle_tree {
    uint64_t size; /* leaves */
    kw_hash32 peaks[64];
} kw_merkle_tree;

/* LIMIT: 2^63 leaves. */
KW_MUST_USE kw_status kw_merkle_append(kw_merkle_tree *tree, const kw_hash32 *leaf);

/* The same for the 2^level leaves of a complete subtree at once, by its root. BAD_INPUT: the size
 * is not a multiple of 2^level. */
KW_MUST_USE kw_status kw_merkle_append_subtree(kw_merkle_tree *tree, unsigned level,
                                               const kw_hash32 *root);

void kw_merkle_root(const kw_merkle_tree *tree, kw_hash32 *out);

/* Root over `count` leaf hashes. */
void kw_merkle_root_of(kw_hash32 *out, const kw_hash32 *leaves, size_t count);

#define KW_MERKLE_PROOF_MAX 64

typedef struct kw_merkle_proof {
    kw_hash32 hashes[KW_MERKLE_PROOF_MAX]; /* the leaf's sibling first */
    size_t count;
} kw_merkle_proof;

/* That leaf `index` is in the tree of the first `size` leaves. BAD_INPUT: index >= size. */
KW_MUST_USE kw_status kw_merkle_prove_inclusion(kw_merkle_proof *out, const kw_hash32 *leaves,
                                                size_t size, size_t index);

/* That the tree of the first `old_size` leaves is a prefix of that of `size`. Empty when they are
 * equal. BAD_INPUT: old_size is 0 or > size. */
KW_MUST_USE kw_status kw_merkle_prove_consistency(kw_merkle_proof *out, const kw_hash32 *leaves,
                                                  size_t size, size_t old_size);

/* A claim about one leaf. */
typedef struct kw_merkle_leaf_at {
    kw_hash32 leaf;
    uint64_t index;
} kw_merkle_leaf_at;

/* A tree as a checkpoint names it. */
typedef struct kw_merkle_head {
    uint64_t size;
    kw_hash32 root;
} kw_merkle_head;

/* RFC 9162 section 2.1.3.2. False also for proofs that are too short or too long. */
KW_MUST_USE bool kw_merkle_verify_inclusion(const kw_merkle_proof *proof,
                                            const kw_merkle_leaf_at *claim,
                                            const kw_merkle_head *head);

/* RFC 9162 section 2.1.4.2. Sizes equal: true when the roots are and the proof is empty. An empty
 * old tree: true when the proof is empty and its root is H(""). */
KW_MUST_USE bool kw_merkle_verify_consistency(const kw_merkle_proof *proof,
                                              const kw_merkle_head *old,
                                              const kw_merkle_head *head);

#endif /* KW_CRYPTO_MERKLE_H */
