/* SPDX-License-Identifier: Apache-2.0
 * Which release a client takes: the highest that fits it. Source: distribution.md section 5. */
#ifndef KW_PARAMS_ENGINE_RESOLVE_H
#define KW_PARAMS_ENGINE_RESOLVE_H

#include "params/engine/release.h"

/* What a client asks for. */
typedef struct kw_release_wish {
    kw_str family;
    kw_semver_range range;
    kw_str circuit_id;       /* lower-case hex; empty: any */
    kw_str proof_system;     /* empty: any */
    const kw_semver *client; /* version of the library; NULL: unknown, its range is not looked at */
    const kw_semver *prover; /* likewise */
    kw_hash32 install_id;    /* random, of this installation; never leaves it */
    kw_unix_s now;
} kw_release_wish;

/* `out` is a row of the catalog. NOT_FOUND: no such family. With no release that fits, the text
 * names what keeps the closest one out: REVOKED, EXPIRED, else INCOMPATIBLE. */
KW_MUST_USE kw_status kw_release_resolve(const kw_release **out, const kw_catalog *catalog,
                                         const kw_release_wish *wish, kw_error *err);

#endif /* KW_PARAMS_ENGINE_RESOLVE_H */
