/* SPDX-License-Identifier: Apache-2.0
 * A cluster's key, undivided, with what identity-based encryption needs beside it. */
#ifndef KW_TESTS_SUPPORT_IBE_DESK_H
#define KW_TESTS_SUPPORT_IBE_DESK_H

#include "crypto/aead.h"
#include "support/seeded_rng.h"
#include "threshold/engine/use/ibe.h"

typedef struct ibe_desk {
    kw_bls_secret secret;
    kw_ibe_master master;
    kw_aead *aead;
    seeded_rng source;
    kw_rng rng; /* over `source` */
} ibe_desk;

/* The key follows from `seed`. The desk stays where it is; close it. */
void ibe_desk_open(ibe_desk *desk, uint64_t seed);
void ibe_desk_close(ibe_desk *desk);

/* To an application, of v1 or v2, or to a round; not hidden. */
kw_ibe_to ibe_desk_to_app(const ibe_desk *desk, kw_ibe_kind kind, const char *app_id);
kw_ibe_to ibe_desk_to_round(const ibe_desk *desk, uint64_t round);

/* d = s * Q_id, and the checked key. */
kw_bls_secret_g1 ibe_desk_point(const ibe_desk *desk, const kw_ibe_id *id);
kw_ibe_key ibe_desk_key(const ibe_desk *desk, const kw_ibe_id *id);

#endif /* KW_TESTS_SUPPORT_IBE_DESK_H */
