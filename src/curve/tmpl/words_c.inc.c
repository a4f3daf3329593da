/* SPDX-License-Identifier: Apache-2.0
 * The words of the portable back-end. */
#include "curve/tmpl/glue.inc.h"

#define LIMBS 4
#include "curve/tmpl/mont.inc.c"
#undef LIMBS

#define LIMBS 6
#include "curve/tmpl/mont.inc.c"
#undef LIMBS
