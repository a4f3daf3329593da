/* SPDX-License-Identifier: Apache-2.0
 * Ranges of leaves. What stands beside a range is walked in the same way to make a proof and to
 * check it: from the left, the largest complete subtree that begins where the last one ended. */
#include "params/engine/leaf_range.h"

#include "codec/reader.h"

/* A complete subtree of 2^level leaves. */
typedef struct subtree {
    uint64_t first; /* its first leaf */
    unsigned level;
} subtree;

static unsigned log2_of(uint64_t n)
{
    return 63U - (unsigned)__builtin_clzll(n);
}

static bool is_range(const kw_leaf_range *range)
{
    return range->first < range->end && range->end <= range->size &&
           range->size <= UINT64_C(1) << 63;
}

/* The subtree at `at` beside the leaves up to `end`. */
static subtree next_subtree(uint64_t at, uint64_t end)
{
    unsigned level = log2_of(end - at);
    if (at != 0) {
        level = KW_MIN(level, (unsigned)__builtin_ctzll(at));
    }
    return (subtree){at, level};
}

static kw_status append_root(kw_buf *out, const subtree *of, uint64_t size,
                             const kw_tile_source *source, kw_error *err)
{
    /* Its root follows from 2^(level % 8) hashes of one tile. */
    unsigned tile_level = of->level / KW_TILE_BITS;
    uint64_t first = of->first >> (tile_level * KW_TILE_BITS);
    kw_tile tile = kw_tile_of((uint8_t)tile_level, first / KW_TILE_WIDTH, size);
    const kw_hash32 *hashes = NULL;
    kw_hash32 root;
    KW_TRY(source->read(source->ctx, &hashes, &tile, err));
    kw_merkle_root_of(&root, &hashes[first % KW_TILE_WIDTH],
                      (size_t)1 << (of->level % KW_TILE_BITS));
    KW_TRY_AT(err, kw_buf_append(out, KW_SPAN(root.bytes)), "writing a range proof");
    return KW_OK;
}

static kw_status append_between(kw_buf *out, uint64_t first, uint64_t end,
                                const kw_leaf_range *range, const kw_tile_source *source,
                                kw_error *err)
{
    for (uint64_t at = first; at < end;) {
        subtree one = next_subtree(at, end);
        KW_TRY(append_root(out, &one, range->size, source, err));
        at += UINT64_C(1) << one.level;
    }
    return KW_OK;
}

kw_status kw_leaf_range_prove(kw_buf *out, const kw_leaf_range *range, const kw_tile_source *source,
                              kw_error *err)
{
    KW_REQUIRE(is_range(range), err, KW_BAD_INPUT, "not a range of leaves of this file");
    KW_TRY(append_between(out, 0, range->first, range, source, err));
    return append_between(out, range->end, range->size, range, source, err);
}

static void read_between(kw_merkle_tree *tree, kw_reader *r, uint64_t end)
{
    while (tree->size < end && kw_read_is_good(r)) {
        subtree one = next_subtree(tree->size, end);
        kw_hash32 root;
        kw_read_into(r, KW_MSPAN(root.bytes));
        if (kw_merkle_append_subtree(tree, one.level, &root) != KW_OK) {
            kw_read_fail(r);
        }
    }
}

bool kw_leaf_range_verify(kw_span proof, const kw_leaf_range *range, const kw_hash32 *leaves,
                          const kw_hash32 *root)
{
    if (!is_range(range)) {
        return false;
    }
    kw_reader r = kw_reader_of(proof);
    kw_merkle_tree tree = {0};
    read_between(&tree, &r, range->first);
    for (uint64_t i = 0; i < range->end - range->first && kw_read_is_good(&r); i++) {
        if (kw_merkle_append(&tree, &leaves[i]) != KW_OK) {
            return false;
        }
    }
    read_between(&tree, &r, range->size);
    kw_hash32 got;
    kw_merkle_root(&tree, &got);
    return kw_read_end(&r) == KW_OK && kw_hash32_equal(&got, root);
}
