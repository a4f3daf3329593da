/* SPDX-License-Identifier: Apache-2.0
 * Where an operator has its slots, as its configuration says: files of a folder, or objects of a
 * PKCS#11 token. Source: threshold.md section 8. */
#ifndef KW_THRESHOLD_SLOTS_PLACE_H
#define KW_THRESHOLD_SLOTS_PLACE_H

#include "crypto/address.h"
#include "threshold/config.h"
#include "threshold/slots.h"

/* All-zero is empty. */
typedef struct kw_slots_place {
    const char *dir; /* borrowed: of the slots; with a token, of the lock alone */
    kw_hsm *token;   /* owned; NULL: slots are files */
} kw_slots_place;

/* Whose slots they are: operators, also of several clusters, may share a token. */
typedef struct kw_slots_owner {
    kw_hash32 cluster_id;
    kw_address address;
} kw_slots_owner;

/* Opens the token, if slots are on one, with whatever files and devices its module wants: so this
 * comes before a sandbox is closed. Empty for a node that is no operator. Borrows the
 * configuration. As kw_hsm_open. */
KW_MUST_USE kw_status kw_slots_place_open(kw_slots_place *out, const kw_threshold_config *config,
                                          kw_error *err);

/* Logs out. After the slots that stand on it. */
void kw_slots_place_drop(kw_slots_place *place);

/* The slots, for this process alone. The place and the context of `rng` outlive them. As
 * kw_slots_open, and for a token as kw_slots_open_token. */
KW_MUST_USE kw_status kw_slots_place_take(const kw_slots_place *place, kw_slots **out,
                                          const kw_slots_owner *owner, const kw_rng *rng,
                                          kw_error *err);

/* One slot, while a daemon may have them: as kw_slots_peek, kw_slots_peek_token.
 * CT: leaks nothing. */
KW_MUST_USE kw_status kw_slots_place_peek(const kw_slots_place *place, kw_secret32 *out,
                                          const kw_slots_owner *owner, const kw_hash32 *id,
                                          kw_error *err);

#endif /* KW_THRESHOLD_SLOTS_PLACE_H */
