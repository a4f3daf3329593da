/* SPDX-License-Identifier: Apache-2.0
 * The result of a function that can fail is not dropped. */
#include "base/buf.h"
/* expect: warn_unused_result */
void append(kw_buf *buf, kw_span bytes);
void append(kw_buf *buf, kw_span bytes)
{
#ifdef KW_COMPILES
    KW_ASSERT(kw_buf_append(buf, bytes) == KW_OK);
#else
    kw_buf_append(buf, bytes);
#endif
}
