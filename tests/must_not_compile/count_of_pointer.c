/* SPDX-License-Identifier: Apache-2.0
 * KW_COUNT takes arrays only. */
#include "base/macros.h"
/* expect: KW_COUNT needs an array */
#ifdef KW_COMPILES
size_t count_of(void);
size_t count_of(void)
{
    int items[3] = {0};
    return KW_COUNT(items);
}
#else
size_t count_of(int *items);
size_t count_of(int *items)
{
    return KW_COUNT(items);
}
#endif
