/* SPDX-License-Identifier: Apache-2.0
 * Leaves from bytes in pieces of any size. */
#include "params/engine/leaf.h"

#include "crypto/merkle.h"

static kw_status close_leaf(kw_leaf_tree *tree, const kw_tile_sink *sink, kw_error *err)
{
    kw_hash32 hash;
    kw_sha256_final(&tree->leaf, &hash);
    tree->leaf_len = 0;
    return kw_tile_edge_add(&tree->edge, &hash, sink, err);
}

kw_status kw_leaf_tree_push(kw_leaf_tree *tree, kw_span bytes, const kw_tile_sink *sink,
                            kw_error *err)
{
    while (bytes.len > 0) {
        if (tree->leaf_len == 0) {
            kw_merkle_leaf_begin(&tree->leaf);
        }
        kw_span piece = {bytes.ptr, KW_MIN(bytes.len, KW_LEAF_BYTES - tree->leaf_len)};
        kw_sha256_update(&tree->leaf, piece);
        tree->leaf_len += piece.len;
        bytes = (kw_span){bytes.ptr + piece.len, bytes.len - piece.len};
        if (tree->leaf_len == KW_LEAF_BYTES) {
            KW_TRY(close_leaf(tree, sink, err));
        }
    }
    return KW_OK;
}

kw_status kw_leaf_tree_end(kw_leaf_tree *tree, kw_hash32 *out_root, const kw_tile_sink *sink,
                           kw_error *err)
{
    if (tree->leaf_len > 0) {
        KW_TRY(close_leaf(tree, sink, err));
    }
    KW_TRY(kw_tile_edge_flush(&tree->edge, sink, err));
    kw_tile_edge_root(&tree->edge, out_root);
    return KW_OK;
}
