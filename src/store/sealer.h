/* SPDX-License-Identifier: Apache-2.0
 * An opened KEK, private to store/. */
#ifndef KW_STORE_SEALER_H
#define KW_STORE_SEALER_H

#include "crypto/aead.h"
#include "store/seal.h"

/* Immutable after kw_sealer_open. */
struct kw_sealer {
    kw_secret_key *kek; /* owned, in locked memory */
    kw_aead *aead;      /* owned */
};

#endif /* KW_STORE_SEALER_H */
