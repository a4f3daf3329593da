/* SPDX-License-Identifier: Apache-2.0
 * RFC 6962 trees: hashes, the growing root, proofs. Checking proofs is in merkle_verify.c. */
#include "crypto/merkle.h"

enum {
    LEAF_PREFIX = 0x00,
    NODE_PREFIX = 0x01,
    LEVELS = 63
};

void kw_merkle_leaf_begin(kw_sha256_state *out)
{
    const uint8_t prefix = LEAF_PREFIX;
    kw_sha256_init(out);
    kw_sha256_update(out, (kw_span){&prefix, 1});
}

void kw_merkle_leaf(kw_hash32 *out, kw_span data)
{
    kw_sha256_state state;
    kw_merkle_leaf_begin(&state);
    kw_sha256_update(&state, data);
    kw_sha256_final(&state, out);
}

void kw_merkle_node(kw_hash32 *out, const kw_hash32 *left, const kw_hash32 *right)
{
    uint8_t joined[1 + 2 * sizeof left->bytes] = {NODE_PREFIX};
    memcpy(&joined[1], left->bytes, sizeof left->bytes);
    memcpy(&joined[1 + sizeof left->bytes], right->bytes, sizeof right->bytes);
    kw_sha256(out, KW_SPAN(joined));
}

kw_status kw_merkle_append(kw_merkle_tree *tree, const kw_hash32 *leaf)
{
    return kw_merkle_append_subtree(tree, 0, leaf);
}

kw_status kw_merkle_append_subtree(kw_merkle_tree *tree, unsigned level, const kw_hash32 *root)
{
    if (level > LEVELS || (tree->size & (((uint64_t)1 << level) - 1)) != 0) {
        return KW_BAD_INPUT;
    }
    const uint64_t leaves_max = (uint64_t)1 << LEVELS;
    const uint64_t leaves = (uint64_t)1 << level;
    if (tree->size > leaves_max - leaves) {
        return KW_LIMIT;
    }
    /* As in adding one to a binary number: every full level is carried into the next. */
    kw_hash32 carried = *root;
    size_t at = level;
    for (; (tree->size >> at & 1) != 0; at++) {
        kw_merkle_node(&carried, &tree->peaks[at], &carried);
    }
    tree->peaks[at] = carried;
    tree->size += leaves;
    return KW_OK;
}

void kw_merkle_root(const kw_merkle_tree *tree, kw_hash32 *out)
{
    if (tree->size == 0) {
        kw_sha256(out, (kw_span){0});
        return;
    }
    /* From the smallest subtree, which stands rightmost, to the largest. */
    size_t level = (size_t)__builtin_ctzll(tree->size);
    kw_hash32 root = tree->peaks[level];
    for (level++; level <= LEVELS; level++) {
        if ((tree->size >> level & 1) != 0) {
            kw_merkle_node(&root, &tree->peaks[level], &root);
        }
    }
    *out = root;
}

void kw_merkle_root_of(kw_hash32 *out, const kw_hash32 *leaves, size_t count)
{
    kw_merkle_tree tree = {0};
    for (size_t i = 0; i < count; i++) {
        kw_status st = kw_merkle_append(&tree, &leaves[i]);
        KW_ASSERT(st == KW_OK); /* no memory holds 2^63 hashes */
    }
    kw_merkle_root(&tree, out);
}

/* The largest power of two below n, for n >= 2. */
static size_t split_of(size_t n)
{
    return (size_t)1 << (LEVELS - __builtin_clzll(n - 1));
}

static void push(kw_merkle_proof *proof, const kw_hash32 *leaves, size_t count)
{
    KW_ASSERT(proof->count < KW_MERKLE_PROOF_MAX);
    kw_merkle_root_of(&proof->hashes[proof->count++], leaves, count);
}

static void reverse(kw_merkle_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        kw_hash32 swapped = proof->hashes[i];
        proof->hashes[i] = proof->hashes[proof->count - 1 - i];
        proof->hashes[proof->count - 1 - i] = swapped;
    }
}

/* RFC 6962 section 2.1.1, PATH(m, D[n]), walked from the root: the siblings come out last first. */
kw_status kw_merkle_prove_inclusion(kw_merkle_proof *out, const kw_hash32 *leaves, size_t size,
                                    size_t index)
{
    if (index >= size) {
        return KW_BAD_INPUT;
    }
    out->count = 0;
    while (size > 1) {
        size_t k = split_of(size);
        if (index < k) {
            push(out, &leaves[k], size - k);
            size = k;
        } else {
            push(out, leaves, k);
            leaves = &leaves[k];
            size -= k;
            index -= k;
        }
    }
    reverse(out);
    return KW_OK;
}

/* RFC 6962 section 2.1.2, SUBPROOF(m, D[n], b), walked from the root. */
kw_status kw_merkle_prove_consistency(kw_merkle_proof *out, const kw_hash32 *leaves, size_t size,
                                      size_t old_size)
{
    if (old_size == 0 || old_size > size) {
        return KW_BAD_INPUT;
    }
    out->count = 0;
    bool is_known = true; /* b: the verifier has the root of the old tree's present part */
    while (old_size < size) {
        size_t k = split_of(size);
        if (old_size <= k) {
            push(out, &leaves[k], size - k);
            size = k;
        } else {
            push(out, leaves, k);
            leaves = &leaves[k];
            size -= k;
            old_size -= k;
            is_known = false;
        }
    }
    if (!is_known) {
        push(out, leaves, size);
    }
    reverse(out);
    return KW_OK;
}
