/* SPDX-License-Identifier: Apache-2.0
 * A secret of the group table does not reach a multiplication whose time depends on it. */
#include "threshold/engine/group/group.h"
/* expect: incompatible pointer type */
void multiply(const kw_group *group, kw_group_g1 *out, const kw_group_secret *k);
void multiply(const kw_group *group, kw_group_g1 *out, const kw_group_secret *k)
{
    kw_group_g1 base = group->g1_generator();
#ifdef KW_COMPILES
    group->g1_mul(out, &base, k);
#else
    group->g1_mul_var(out, &base, k);
#endif
}
