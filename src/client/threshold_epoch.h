/* SPDX-License-Identifier: Apache-2.0
 * Certificates of epochs as clients check them, and the highest epoch that one has seen. Source:
 * threshold.md section 6. */
#ifndef KW_CLIENT_THRESHOLD_EPOCH_H
#define KW_CLIENT_THRESHOLD_EPOCH_H

#include "client/threshold_cluster.h"
#include "threshold/engine/epoch/succession.h"
#include "threshold/engine/use/partial.h"

/* Why a certificate is believed. */
typedef enum kw_client_trust {
    KW_CLIENT_TRUST_NONE = 0, /* it is whole, and of a key that nobody vouches for */
    KW_CLIENT_TRUST_GENESIS,  /* the first: operators of the cluster file voted for it */
    KW_CLIENT_TRUST_PIN,      /* sealed by the pinned key */
} kw_client_trust;

/* A certificate and its bytes. All-zero is none. */
typedef struct kw_client_epoch {
    kw_arena arena;
    kw_span file; /* in the arena, as all that the certificate points to */
    kw_certificate certificate;
    kw_client_trust trust;
} kw_client_epoch;

void kw_client_epoch_drop(kw_client_epoch *epoch);

/* Copies and checks a certificate: under the pin, or, where there is none, as far as anybody can,
 * with trust NONE. `out` is empty before. BAD_INPUT: it is no certificate, or its parts do not fit
 * together. REFUSED: another cluster or key. UNAUTHENTICATED: the canary is no signature of the
 * key. LIMIT: it is too large. NO_MEMORY. */
KW_MUST_USE kw_status kw_client_epoch_read(kw_client_epoch *out, const kw_client_cluster *cluster,
                                           kw_span file, kw_error *err);

/* Whether the genesis operators of the cluster file decided for it; if so, its trust is raised.
 * What kw_head_check_certificate says: REFUSED also for any epoch but the first. A key that it
 * names is as good as the cluster file as long as their signing keys are theirs. */
KW_MUST_USE kw_status kw_client_epoch_prove(kw_client_epoch *epoch,
                                            const kw_client_cluster *cluster, const kw_rng *rng,
                                            kw_error *err);

/* Public keys of its shares, VK_j at j - 1, in its arena. LIMIT: the arena is full. */
KW_MUST_USE kw_status kw_client_epoch_keys(kw_client_epoch *epoch, kw_share_keys *out,
                                           kw_error *err);

/* The highest epoch that a file keeps of the cluster; 0: there is no file. CORRUPT: it is none of
 * ours. REFUSED: it is of another cluster. IO. */
KW_MUST_USE kw_status kw_client_seen_read(uint64_t *out, const char *path,
                                          const kw_hash32 *cluster_id, kw_error *err);

/* Keeps an epoch unless a later one is kept, which another process may have done just now: one at a
 * time, by the lock `path`-lock. LIMIT: the name is too long. As kw_client_seen_read,
 * kw_file_lock_take and kw_file_write_atomic. */
KW_MUST_USE kw_status kw_client_seen_raise(const char *path, const kw_hash32 *cluster_id,
                                           uint64_t epoch, kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_EPOCH_H */
