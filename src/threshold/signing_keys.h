/* SPDX-License-Identifier: Apache-2.0
 * The signing keys of an operator as its configuration names them: its own and, while it changes,
 * the one before. Source: threshold.md section 8. */
#ifndef KW_THRESHOLD_SIGNING_KEYS_H
#define KW_THRESHOLD_SIGNING_KEYS_H

#include "threshold/config.h"
#include "threshold/engine/roster/own_key.h"

/* All-zero is empty. */
typedef struct kw_signing_keys {
    kw_operator_secret *now;
    kw_operator_secret *previous; /* NULL: the key does not change */
} kw_signing_keys;

void kw_signing_keys_drop(kw_signing_keys *keys); /* wipes; may run twice */

/* Reads them; `out` is empty before, and stays so for a node that is no operator. A token is asked
 * during the call only, with whatever files and devices its module wants: so this comes before a
 * sandbox is closed. As kw_operator_secret_open and kw_hsm_open. */
KW_MUST_USE kw_status kw_signing_keys_open(kw_signing_keys *out, const kw_threshold_config *config,
                                           kw_error *err);

/* For the engine; borrows. */
kw_own_keys kw_signing_keys_own(const kw_signing_keys *keys);

#endif /* KW_THRESHOLD_SIGNING_KEYS_H */
