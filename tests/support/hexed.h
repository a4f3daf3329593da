/* SPDX-License-Identifier: Apache-2.0
 * Bytes of vectors that are typed in as hexadecimal text. */
#ifndef KW_TESTS_SUPPORT_HEXED_H
#define KW_TESTS_SUPPORT_HEXED_H

#include "base/span.h"

typedef struct hexed {
    uint8_t bytes[512];
    size_t len;
} hexed;

/* Lower case, at most 512 bytes; fails the test for anything else. */
hexed hexed_of(const char *text);

static inline kw_span hexed_view(const hexed *value)
{
    return (kw_span){value->bytes, value->len};
}

/* Fails the test unless the bytes are those of `text`. */
void expect_hexed(kw_span got, const char *text);

#endif /* KW_TESTS_SUPPORT_HEXED_H */
