/* SPDX-License-Identifier: Apache-2.0
 * The public functions of BLS12-381. */
#include "curve/bls.h"

#include "base/cpu.h"
#include "curve/bls_ops.h"

#define OPS              KW_BLS_OPS
#define DECLASSIFY(name) kw_declassify_bls_##name
#include "curve/tmpl/doors.inc.c"
