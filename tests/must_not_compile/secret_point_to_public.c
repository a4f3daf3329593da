/* SPDX-License-Identifier: Apache-2.0
 * A secret point is not encoded as a public one. */
#include "curve/bls_wire.h"
/* expect: incompatible pointer type */
void write_point(kw_bls_g1_bytes *out, const kw_bls_secret_g1 *p);
void write_point(kw_bls_g1_bytes *out, const kw_bls_secret_g1 *p)
{
#ifdef KW_COMPILES
    kw_bls_g1 shown;
    kw_declassify_bls_g1(&shown, p, "a test");
    kw_bls_g1_encode_zcash(out, &shown);
#else
    kw_bls_g1_encode_zcash(out, p);
#endif
}
