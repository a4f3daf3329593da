/* SPDX-License-Identifier: Apache-2.0
 * SipHash-2-4 (Aumasson, Bernstein 2012): a short keyed hash for tables whose keys strangers
 * choose. Not a MAC of ours, and never for secrets. */
#ifndef KW_GUARD_ENGINE_KEYHASH_H
#define KW_GUARD_ENGINE_KEYHASH_H

#include "base/span.h"

/* `seed`: two words from the CSPRNG. */
uint64_t kw_keyhash(const uint64_t seed[2], kw_span key);

#endif /* KW_GUARD_ENGINE_KEYHASH_H */
