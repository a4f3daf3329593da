/* SPDX-License-Identifier: Apache-2.0
 * The public functions of BLS12-381. */
#include "curve/bls.h"

#include "base/cpu.h"
#include "curve/bls_ops.h"

#define OPS              KW_BLS_OPS
#define DECLASSIFY(name) kw_declassify_bls_##name
#include "curve/tmpl/doors.inc.c"

/* Points that are secret, in and out. */
#define SECRET_POINT(group)                                                                      \
    void kw_bls_secret_##group##_of_##group(kw_bls_secret_##group *out, const kw_bls_##group *p) \
    {                                                                                            \
        out->secret = *p;                                                                        \
    }                                                                                            \
    void kw_bls_secret_##group##_drop(kw_bls_secret_##group *p)                                  \
    {                                                                                            \
        kw_wipe(p, sizeof *p);                                                                   \
    }                                                                                            \
    void kw_declassify_bls_##group(kw_bls_##group *out, const kw_bls_secret_##group *p,          \
                                   const char *reason)                                           \
    {                                                                                            \
        KW_UNUSED(reason); /* read by people */                                                  \
        *out = p->secret;                                                                        \
        kw_ct_mark_public(out, sizeof *out);                                                     \
    }
SECRET_POINT(g1)
SECRET_POINT(g2)
