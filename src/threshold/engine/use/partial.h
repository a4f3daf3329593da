/* SPDX-License-Identifier: Apache-2.0
 * Partial signatures: each member signs with its share, any t of one epoch make the signature of
 * the cluster's key, fewer say nothing about it. So are applications given their keys; COMMITs,
 * SEALs and canaries are the same for other purposes. Source: threshold.md sections 6, 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_PARTIAL_H
#define KW_THRESHOLD_ENGINE_USE_PARTIAL_H

#include "base/arena.h"
#include "crypto/rng.h"
#include "threshold/engine/use/purpose.h"

/* What one member answers. t of them for an application are its key: keep them secret. */
typedef struct kw_partial {
    uint64_t epoch;
    uint32_t member; /* rank j in the roster of that epoch, from 1 */
    kw_group_g1 signature;
} kw_partial;

/* Several on one message; borrows. */
typedef struct kw_partials {
    const kw_group *group;
    const kw_partial *items;
    size_t n; /* 1..KW_THRESHOLD_MEMBERS_MAX */
    kw_purposed what;
} kw_partials;

/* Public keys of the shares of one epoch: VK_j at keys[j - 1]. Borrows. */
typedef struct kw_share_keys {
    const kw_group *group;
    uint64_t epoch;
    const kw_group_g2 *keys;
    size_t n;
} kw_share_keys;

/* out = share * H1(message). BAD_INPUT: purpose and message do not fit.
 * CT: constant time in the share; leaks purpose and length. The result is public, or a part of an
 * application's key: who may have it is the caller's policy. */
KW_MUST_USE kw_status kw_partial_sign(kw_group_g1 *out, const kw_group *group,
                                      const kw_group_secret *share, const kw_purposed *what);

/* Whether e(signature, G2) = e(H1, VK_j); false also for a member that is not in the epoch, another
 * epoch, infinity. BAD_INPUT: purpose and message do not fit. */
KW_MUST_USE kw_status kw_partial_verify(bool *yes, const kw_share_keys *keys,
                                        const kw_partial *partial, const kw_purposed *what);

/* ok[i] is 1 for a valid partial, else 0: all at once by a random combination of 128-bit weights,
 * drawn from `rng` here, and by halves when it fails. The caller resets the arena, and wipes it
 * when the partials are secret. BAD_INPUT: n, or purpose and message. LIMIT: the arena.
 * ENTROPY_FAILURE. */
KW_MUST_USE kw_status kw_partials_verify(uint8_t *ok, kw_arena *arena, const kw_partials *in,
                                         const kw_share_keys *keys, const kw_rng *rng);

/* The whole signature from t partials of one epoch, checked under the cluster's key. BAD_INPUT: n,
 * a member that is 0 or there twice, two epochs, purpose and message. REFUSED: what they give is no
 * signature of `master`: one of them is wrong, or they are fewer than t. LIMIT: the arena.
 * CT: variable time in the partials, which arrive by network one by one: the key of an application
 * is put together by the application, on its own machine. Secret from here on; a canary or beacon
 * is declassified by who knows that it is one. The caller wipes the arena. */
KW_MUST_USE kw_status kw_partials_combine(kw_group_secret_g1 *out, kw_arena *arena,
                                          const kw_partials *in, const kw_group_g2 *master);

/* Bytes of arena for either, with n partials. */
size_t kw_partials_arena_bytes(const kw_group *group, size_t n);

#endif /* KW_THRESHOLD_ENGINE_USE_PARTIAL_H */
