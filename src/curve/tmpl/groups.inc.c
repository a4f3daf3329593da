/* SPDX-License-Identifier: Apache-2.0
 * Both groups of one curve: law and scalar multiplication. Parameters: KW_SPLIT and KW_SUBGROUP,
 * the curve's own files. Asks for g1_mul_3b and g2_mul_3b. */
#define GROUP g1
#define RAW   g1_raw
#define BASE  fp
#include "curve/tmpl/group.inc.c"
#undef GROUP
#undef RAW
#undef BASE

#define GROUP g2
#define RAW   g2_raw
#define BASE  fp2
#include "curve/tmpl/group.inc.c"
#undef GROUP
#undef RAW
#undef BASE

#include "curve/tmpl/endo.inc.c"
#include "curve/tmpl/recode.inc.c"
#include "curve/tmpl/msm_plan.inc.c"
#include KW_SPLIT

#define GROUP     g1
#define RAW       g1_raw
#define BASE      fp
/* Parts of 128 bits at most. */
#define PARTS     2
#define DIGITS    26
#define PART_BITS 129
#include "curve/tmpl/group_mul.inc.c"
#include "curve/tmpl/comb.inc.c"
#include "curve/tmpl/affine_sum.inc.c"
#include "curve/tmpl/msm.inc.c"
#include "curve/tmpl/group_poly.inc.c"
#undef GROUP
#undef RAW
#undef BASE
#undef PARTS
#undef DIGITS
#undef PART_BITS

#define GROUP     g2
#define RAW       g2_raw
#define BASE      fp2
/* Parts below 31/32 2^64. */
#define PARTS     4
#define DIGITS    13
#define PART_BITS 65
#include "curve/tmpl/group_mul.inc.c"
#include "curve/tmpl/comb.inc.c"
#include "curve/tmpl/affine_sum.inc.c"
#include "curve/tmpl/msm.inc.c"
#include "curve/tmpl/group_poly.inc.c"
#undef GROUP
#undef RAW
#undef BASE
#undef PARTS
#undef DIGITS
#undef PART_BITS

#include KW_SUBGROUP

#define GROUP g1
#define RAW   g1_raw
#define BASE  fp
#include "curve/tmpl/group_check.inc.c"
#include "curve/tmpl/group_batch.inc.c"
#undef GROUP
#undef RAW
#undef BASE

#define GROUP g2
#define RAW   g2_raw
#define BASE  fp2
#include "curve/tmpl/group_check.inc.c"
#include "curve/tmpl/group_batch.inc.c"
#undef GROUP
#undef RAW
#undef BASE

KW_TEMPLATE g1 g1_generator(void)
{
    return g1_base_point;
}

KW_TEMPLATE g2 g2_generator(void)
{
    return g2_base_point;
}
