/* SPDX-License-Identifier: Apache-2.0
 * What makes an epoch valid: a candidate, the votes of the outgoing roster that decided for it, and
 * the canary, which t shares of the outgoing epoch signed. Nothing activates without it. File, and
 * body of GET /epoch:
 *
 *   "KWC1" | body of candidate_file.h | canary | COMMITs | precommits
 *
 * with messages as in authenticated.h, by index of their sender. Source: threshold.md section 6. */
#ifndef KW_THRESHOLD_ENGINE_EPOCH_CERTIFICATE_H
#define KW_THRESHOLD_ENGINE_EPOCH_CERTIFICATE_H

#include "threshold/engine/epoch/candidate_file.h"

/* Borrows everything that it points to. */
typedef struct kw_certificate {
    kw_candidate candidate;
    kw_group_g1 canary;               /* under the master key, purpose EPOCH, of the digest */
    kw_authenticated_list precommits; /* b of one view, by index in the outgoing roster */
    kw_hash32 hash;                   /* kw_certificate_hash: its name */
} kw_certificate;

/* Who votes: the old roster, at genesis the only one. */
const kw_roster *kw_certificate_voters(const kw_certificate *certificate);

/* The id of the agreement whose votes the precommits are. */
void kw_certificate_iid(kw_hash32 *out, const kw_certificate *certificate);

/* Fills the hash from the rest. */
void kw_certificate_name(kw_certificate *certificate, const kw_group *group);

/* Reads a certificate and looks whether its parts fit together, as anybody can see. BAD_INPUT:
 * magic, short, trailing bytes, a message of another form; REFUSED: a precommit is not one of the
 * outgoing roster for this digest, or not of the view of the others; LENGTH: they are not b;
 * ENCODING: they are not in their order; INFINITY and the like: the canary; else what
 * candidate_file.h says. Signatures and shares are not looked at. `out` borrows from file and
 * arena, of which KW_THRESHOLD_CERTIFICATE_ARENA_MAX is enough. */
KW_MUST_USE kw_status kw_certificate_decode(kw_certificate *out, kw_arena *arena, kw_span file,
                                            const kw_candidate_form *form);

/* The epoch that a file names, before anything in it is read; 0: it is no certificate. Who has that
 * epoch already needs not decode it. */
uint64_t kw_certificate_epoch_of(kw_span file);

/* Appends the file. LIMIT, NO_MEMORY: as kw_buf. */
KW_MUST_USE kw_status kw_certificate_encode(kw_buf *out, const kw_certificate *certificate,
                                            const kw_group *group);

/* What a client checks that knows the master key of its cluster: this key made the canary, and all
 * but COMMITs and precommits is what it signed. Those prove something only to who knows the keys
 * of the rosters (succession.h). REFUSED: another cluster or key. UNAUTHENTICATED: the canary is no
 * signature of it. A client keeps the highest epoch that it saw. */
KW_MUST_USE kw_status kw_certificate_check_pinned(const kw_certificate *certificate,
                                                  const kw_group *group,
                                                  const kw_hash32 *cluster_id,
                                                  const kw_group_g2 *master);

/* Whether the canary is the cluster's signature of the digest, under the key in the certificate. */
bool kw_certificate_is_sealed(const kw_certificate *certificate, const kw_group *group);

#endif /* KW_THRESHOLD_ENGINE_EPOCH_CERTIFICATE_H */
