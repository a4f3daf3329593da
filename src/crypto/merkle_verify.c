/* SPDX-License-Identifier: Apache-2.0
 * Checking proofs of RFC 6962 trees by shifting. Source: RFC 9162 sections 2.1.3.2 and 2.1.4.2,
 * whose names fn, sn, fr and sr are used. */
#include "crypto/merkle.h"

#include "crypto/hash.h"

bool kw_merkle_verify_inclusion(const kw_merkle_proof *proof, const kw_merkle_leaf_at *claim,
                                const kw_merkle_head *head)
{
    if (claim->index >= head->size || proof->count > KW_MERKLE_PROOF_MAX) {
        return false;
    }
    uint64_t fn = claim->index;
    uint64_t sn = head->size - 1;
    kw_hash32 r = claim->leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (sn == 0) {
            return false; /* too long */
        }
        if ((fn & 1) != 0 || fn == sn) {
            kw_merkle_node(&r, &proof->hashes[i], &r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            kw_merkle_node(&r, &r, &proof->hashes[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && kw_hash32_equal(&r, &head->root);
}

/* The walk of section 2.1.4.2 from step 4 on; `first` is the hash both trees start from. */
static bool walk(const kw_merkle_proof *proof, size_t at, const kw_hash32 *first,
                 const kw_merkle_head heads[2])
{
    uint64_t fn = heads[0].size - 1;
    uint64_t sn = heads[1].size - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    kw_hash32 fr = *first;
    kw_hash32 sr = *first;
    for (; at < proof->count; at++) {
        const kw_hash32 *c = &proof->hashes[at];
        if (sn == 0) {
            return false; /* too long */
        }
        if ((fn & 1) != 0 || fn == sn) {
            kw_merkle_node(&fr, c, &fr);
            kw_merkle_node(&sr, c, &sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            kw_merkle_node(&sr, &sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && kw_hash32_equal(&fr, &heads[0].root) && kw_hash32_equal(&sr, &heads[1].root);
}

static bool is_empty_tree(const kw_merkle_head *head)
{
    kw_hash32 nothing;
    kw_sha256(&nothing, (kw_span){0});
    return head->size == 0 && kw_hash32_equal(&nothing, &head->root);
}

bool kw_merkle_verify_consistency(const kw_merkle_proof *proof, const kw_merkle_head *old,
                                  const kw_merkle_head *head)
{
    if (old->size > head->size || proof->count > KW_MERKLE_PROOF_MAX) {
        return false;
    }
    if (old->size == head->size) {
        return proof->count == 0 && kw_hash32_equal(&old->root, &head->root);
    }
    if (old->size == 0) {
        return proof->count == 0 && is_empty_tree(old);
    }
    if (proof->count == 0) {
        return false;
    }
    /* A complete old tree is itself the first hash; it is left out of the proof. */
    bool is_complete = (old->size & (old->size - 1)) == 0;
    const kw_merkle_head heads[2] = {*old, *head};
    return walk(proof, is_complete ? 0 : 1, is_complete ? &old->root : &proof->hashes[0], heads);
}
