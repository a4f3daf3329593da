/* SPDX-License-Identifier: Apache-2.0
 * The public functions of BN254. */
#include "curve/bn.h"

#include "base/cpu.h"
#include "curve/bn_ops.h"

#define OPS              KW_BN_OPS
#define DECLASSIFY(name) kw_declassify_bn_##name
#include "curve/tmpl/doors.inc.c"
