/* SPDX-License-Identifier: Apache-2.0
 * The words of the back-end with BMI2 and ADX. */
#include "curve/tmpl/glue.inc.h"

#include "curve/asm/mont4.inc.h"
#include "curve/asm/mont6.inc.h"
