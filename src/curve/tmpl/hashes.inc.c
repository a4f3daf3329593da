/* SPDX-License-Identifier: Apache-2.0
 * Hashing to both groups. Asks for g1_map and g2_map. */
#define GROUP          g1
#define BASE           fp
#define GROUP_ELEMENTS 1
#include "curve/tmpl/hash.inc.c"
#undef GROUP
#undef BASE
#undef GROUP_ELEMENTS

#define GROUP          g2
#define BASE           fp2
#define GROUP_ELEMENTS 2
#include "curve/tmpl/hash.inc.c"
#undef GROUP
#undef BASE
#undef GROUP_ELEMENTS
