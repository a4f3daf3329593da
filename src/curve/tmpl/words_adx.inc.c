/* SPDX-License-Identifier: Apache-2.0
 * The words of the back-end with BMI2 and ADX. */
#include "curve/tmpl/words_c.inc.c"
