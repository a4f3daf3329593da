/* SPDX-License-Identifier: Apache-2.0
 * Slots as objects of a PKCS#11 token, named "slot <owner> <id in hexadecimal>". */
#ifndef KW_THRESHOLD_SLOTS_TOKEN_H
#define KW_THRESHOLD_SLOTS_TOKEN_H

#include "hsm/hsm.h"
#include "threshold/slots.h"

enum {
    KW_SLOTS_OWNER_BYTES_MAX = 57, /* the longest for which a name fits KW_HSM_NAME_BYTES_MAX */
};

/* Slots of `owner`, a name of 1 to KW_SLOTS_OWNER_BYTES_MAX bytes, so that operators can share a
 * token. Takes `folder` over, also when it fails: slots of a folder that has none, whose lock keeps
 * other processes away, for tokens have none. `token` and the context of `rng` outlive them.
 * CONFIG: the name. CONFLICT: the folder has slots. NO_MEMORY. What hsm.h says of a token, the
 * slots say too. */
KW_MUST_USE kw_status kw_slots_open_token(kw_slots **out, kw_hsm *token, kw_slots *folder,
                                          kw_str owner, const kw_rng *rng, kw_error *err);

/* Reads one slot that a daemon may have open, too. CONFIG: the name; else as kw_slots_get.
 * CT: leaks nothing. */
KW_MUST_USE kw_status kw_slots_peek_token(kw_secret32 *out, kw_hsm *token, kw_str owner,
                                          const kw_hash32 *id, kw_error *err);

#endif /* KW_THRESHOLD_SLOTS_TOKEN_H */
