/* SPDX-License-Identifier: Apache-2.0
 * Both groups of one curve. Asks for g1_mul_3b and g2_mul_3b. */
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
