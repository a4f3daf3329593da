/* SPDX-License-Identifier: Apache-2.0
 * Bytes of the points of both groups. */
#define GROUP          g1
#define RAW            g1_raw
#define BASE           fp
#define GROUP_ELEMENTS 1
#include "curve/tmpl/group_wire.inc.c"
#undef GROUP
#undef RAW
#undef BASE
#undef GROUP_ELEMENTS

#define GROUP          g2
#define RAW            g2_raw
#define BASE           fp2
#define GROUP_ELEMENTS 2
#include "curve/tmpl/group_wire.inc.c"
#undef GROUP
#undef RAW
#undef BASE
#undef GROUP_ELEMENTS
