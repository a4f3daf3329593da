/* SPDX-License-Identifier: Apache-2.0
 * The ways out of secrecy. Under make ct the value is also marked as public for valgrind. */
#include "crypto/secret.h"

#ifdef KW_CT_POISON
#include <valgrind/memcheck.h>
#define MARK_PUBLIC(ptr, len) ((void)VALGRIND_MAKE_MEM_DEFINED((ptr), (len)))
#else
#define MARK_PUBLIC(ptr, len) ((void)(ptr), (void)(len))
#endif

kw_span kw_declassify_span(kw_secret_span bytes, const char *reason)
{
    KW_UNUSED(reason); /* read by people */
    MARK_PUBLIC(bytes.secret, bytes.len);
    return (kw_span){bytes.secret, bytes.len};
}

bool kw_declassify_mask(kw_mask verdict, const char *reason)
{
    KW_UNUSED(reason);
    MARK_PUBLIC(&verdict, sizeof verdict);
    return verdict != 0;
}
