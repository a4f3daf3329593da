/* SPDX-License-Identifier: Apache-2.0
 * A member whose type no field kind fits has no row. */
#include "codec/field.h"
/* expect: '_Generic' selector of type */
#ifdef KW_COMPILES
typedef int64_t measure;
#else
typedef double measure;
#endif

typedef struct weight {
    measure grams;
} weight;

extern const kw_field weight_fields[];
const kw_field weight_fields[] = {KW_FIELD(weight, grams, 1000, KW_REQ)};
