/* SPDX-License-Identifier: Apache-2.0
 * All fields of one curve, from Fp and Fr to Fp12. Parameters: FP_LIMBS, and KW_XI, the curve's own
 * file of products with xi = KW_XI_REAL + u. */
#define FIELD fr
#define LIMBS 4
#include "curve/tmpl/field.inc.c"
#include "curve/tmpl/batch_inv.inc.c"
#include "curve/tmpl/fr_root.inc.c"
#undef FIELD
#undef LIMBS

#define FIELD fp
#define LIMBS FP_LIMBS
#include "curve/tmpl/field.inc.c"
#include "curve/tmpl/batch_inv.inc.c"
#include "curve/tmpl/fp_root.inc.c"
#include "curve/tmpl/fp2.inc.c"
#include "curve/tmpl/fp2_wide.inc.c"
#include KW_XI
#undef FIELD
#undef LIMBS

#define FIELD fr
#include "curve/tmpl/roots.inc.c"
#undef FIELD

#define FIELD fp
#include "curve/tmpl/roots.inc.c"
#undef FIELD

#include "curve/tmpl/fp6.inc.c"

#include "curve/tmpl/fp12.inc.c"

#include "curve/tmpl/cyclotomic.inc.c"
