/* SPDX-License-Identifier: Apache-2.0
 * A secret does not reach a function whose time depends on values. */
#include "crypto/secret.h"
/* expect: incompatible type for argument */
bool is_same(const kw_secret32 *key, kw_span other);
bool is_same(const kw_secret32 *key, kw_span other)
{
#ifdef KW_COMPILES
    return kw_ct_span_equal(kw_declassify_span(kw_secret32_view(key), "a test"), other);
#else
    return kw_span_equal_var(kw_secret32_view(key), other);
#endif
}
