/* SPDX-License-Identifier: Apache-2.0
 * What the key of a cluster signs. Each purpose has a domain of its own, so that a signature for
 * one never serves as another: a beacon is nobody's application key. Source: threshold.md
 * section 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_PURPOSE_H
#define KW_THRESHOLD_ENGINE_USE_PURPOSE_H

#include "threshold/engine/group/group.h"

/* Not a wire value. All-zero is none. */
typedef enum kw_purpose {
    KW_PURPOSE_APPLICATION = 1, /* message: application id, 1..255 bytes; the key of IBE v2 */
    KW_PURPOSE_EPOCH,           /* digest of a transcript, 32 bytes: SEAL */
    KW_PURPOSE_READY,           /* the same: COMMIT */
    KW_PURPOSE_BEACON,          /* cluster id | u64 round, 40 bytes; the key of a timelock */
    KW_PURPOSE_ATTEST,          /* entry of the attestation log, 1..4096 bytes */
    KW_PURPOSE_JWKS,            /* entry of a token key set, 1..4096 bytes */
    KW_PURPOSE_EIGENX,          /* application id of the reference system, 1..255 bytes */
} kw_purpose;

/* A message for its purpose. Borrows. */
typedef struct kw_purposed {
    kw_purpose purpose;
    kw_span message;
} kw_purposed;

/* The domain (DST), static. BAD_INPUT: the message has not a length of its purpose, or there is no
 * such purpose. */
KW_MUST_USE kw_status kw_purposed_dst(kw_span *out, const kw_purposed *what);

/* H1(message): the point that is multiplied by the key. BAD_INPUT as before.
 * CT: leaks purpose and length. */
KW_MUST_USE kw_status kw_purposed_hash(kw_group_g1 *out, const kw_group *group,
                                       const kw_purposed *what);

#endif /* KW_THRESHOLD_ENGINE_USE_PURPOSE_H */
