/* SPDX-License-Identifier: Apache-2.0
 * From epoch to epoch: who may name the next one, and whether a certificate does. A roster vouches
 * not for itself: an operator starts from the genesis roster of its configuration, or from the last
 * certificate that it checked, and takes one certificate after the other. Source: threshold.md
 * sections 3, 6. */
#ifndef KW_THRESHOLD_ENGINE_EPOCH_SUCCESSION_H
#define KW_THRESHOLD_ENGINE_EPOCH_SUCCESSION_H

#include "threshold/engine/epoch/certificate.h"

/* The newest epoch that somebody is sure of. Borrows. */
typedef struct kw_head {
    kw_hash32 cluster_id;
    uint8_t suite;                 /* of genesis */
    kw_threshold_ratio ratio;      /* t of every roster to come */
    uint64_t epoch;                /* 0: there is none yet */
    kw_hash32 certificate;         /* its hash; zeros */
    const kw_roster *roster;       /* that votes about the next epoch; at 0 the genesis roster */
    uint16_t t;                    /* of the epoch; 0 */
    const kw_group_g2 *polynomial; /* of the epoch; NULL */
} kw_head;

/* Before genesis, from the configuration. REFUSED: the roster is not the one whose hash it has. */
KW_MUST_USE kw_status kw_head_before_genesis(kw_head *out, const kw_hash32 *cluster_id,
                                             const kw_config_fields *config,
                                             const kw_roster *roster);

/* The head after a certificate that was checked against `before`. */
kw_head kw_head_after(const kw_head *before, const kw_certificate *certificate);

/* Whether a candidate, checked by kw_candidate_check, is one for the epoch after the head: its
 * cluster, number, certificate before, outgoing roster and threshold, the threshold and suite of
 * the cluster, the same master key. REFUSED, with the reason. */
KW_MUST_USE kw_status kw_head_check_candidate(const kw_head *head, const kw_candidate *candidate,
                                              const kw_group *group, kw_error *err);

/* All that a member checks of a decoded certificate: that its candidate is one for the epoch after
 * the head and its COMMITs are proven, the signatures of the precommits under the keys of the
 * head's roster, the canary. Statuses as above; UNAUTHENTICATED: a signature, a share or the canary
 * is not what it should be; LIMIT: the arena, of which KW_THRESHOLD_CERTIFICATE_CHECK_MAX is
 * enough; ENTROPY_FAILURE. A chain is checked by doing this for epochs 1, 2, 3 ... */
KW_MUST_USE kw_status kw_head_check_certificate(const kw_head *head,
                                                const kw_certificate *certificate,
                                                const kw_candidate_judge *judge, kw_error *err);

#endif /* KW_THRESHOLD_ENGINE_EPOCH_SUCCESSION_H */
