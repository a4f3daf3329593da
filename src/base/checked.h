/* SPDX-License-Identifier: Apache-2.0
 * Size arithmetic that cannot wrap unseen. Every sum or product of sizes from outside uses it. */
#ifndef KW_BASE_CHECKED_H
#define KW_BASE_CHECKED_H

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>

/* *out = a + b; false (out unchanged) when it does not fit. */
KW_MUST_USE static inline bool kw_size_add(size_t a, size_t b, size_t *out)
{
    size_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) {
        return false;
    }
    *out = sum;
    return true;
}

/* *out = a * b; false (out unchanged) when it does not fit. */
KW_MUST_USE static inline bool kw_size_mul(size_t a, size_t b, size_t *out)
{
    size_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) {
        return false;
    }
    *out = product;
    return true;
}

#endif /* KW_BASE_CHECKED_H */
