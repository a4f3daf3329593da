/* SPDX-License-Identifier: Apache-2.0
 * Addresses of Ethereum: 20 bytes, and in any text 0x with 40 hexadecimal digits. */
#ifndef KW_CRYPTO_ADDRESS_H
#define KW_CRYPTO_ADDRESS_H

#include "base/span.h"

typedef struct kw_address {
    uint8_t bytes[20];
} kw_address;

static inline bool kw_address_equal(const kw_address *a, const kw_address *b)
{
    return kw_span_equal_var(KW_SPAN(a->bytes), KW_SPAN(b->bytes));
}

/* Order of the bytes: <0, 0, >0. */
static inline int kw_address_compare(const kw_address *a, const kw_address *b)
{
    return kw_str_compare(kw_str_of_span(KW_SPAN(a->bytes)), kw_str_of_span(KW_SPAN(b->bytes)));
}

#endif /* KW_CRYPTO_ADDRESS_H */
