/* SPDX-License-Identifier: Apache-2.0
 * Keys that an application derives from its key: one for each label and version, without asking the
 * cluster again. Source: threshold.md section 7. */
#ifndef KW_THRESHOLD_ENGINE_USE_DERIVE_H
#define KW_THRESHOLD_ENGINE_USE_DERIVE_H

#include "crypto/curve_secret.h"

enum {
    KW_DERIVE_LABEL_BYTES_MAX = 255,
};

/* Which key. Borrows. */
typedef struct kw_derive_name {
    kw_span label; /* at most KW_DERIVE_LABEL_BYTES_MAX bytes, maybe none */
    uint32_t version;
} kw_derive_name;

/* HKDF-SHA256(ikm = compressed application key, salt "KEYWARD-V1-DERIVE", info = u32 length | label
 * | u32 version), 32 bytes. BAD_INPUT: the label is too long. CT: leaks lengths. */
KW_MUST_USE kw_status kw_derive_key(kw_secret32 *out, const kw_bls_secret_g1 *application_key,
                                    const kw_derive_name *name);

#endif /* KW_THRESHOLD_ENGINE_USE_DERIVE_H */
