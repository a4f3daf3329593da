/* SPDX-License-Identifier: Apache-2.0
 * The one place that counts signatures of TUF metadata. */
#ifndef KW_TUF_ENGINE_VERIFY_H
#define KW_TUF_ENGINE_VERIFY_H

#include "tuf/engine/metadata.h"

/* Whether enough of a role's keys have signed the file. Counted are different public keys, under
 * whatever names: one that has two keyids counts once. A signature that is wrong, empty or of a key
 * that the role does not have counts for nothing and spoils nothing. THRESHOLD: too few. */
KW_MUST_USE kw_status kw_tuf_verify_threshold(const kw_tuf_file *file, const kw_tuf_role *role,
                                              kw_error *err);

#endif /* KW_TUF_ENGINE_VERIFY_H */
