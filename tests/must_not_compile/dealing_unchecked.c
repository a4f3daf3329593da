/* SPDX-License-Identifier: Apache-2.0
 * A dealing that nobody has checked is not opened: its R may be another dealer's. */
#include "threshold/engine/dealing/dealing.h"
/* expect: incompatible pointer type */
kw_status open_share(kw_share *out, const kw_dealing_claim *claim, const kw_group_secret *ek);
kw_status open_share(kw_share *out, const kw_dealing_claim *claim, const kw_group_secret *ek)
{
#ifdef KW_COMPILES
    kw_dealing dealing;
    KW_TRY(kw_dealing_check(&dealing, claim));
    return kw_dealing_open(out, &dealing, 1, ek);
#else
    return kw_dealing_open(out, claim, 1, ek);
#endif
}
