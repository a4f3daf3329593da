/* SPDX-License-Identifier: Apache-2.0
 * Addresses as text: 0x and 40 hexadecimal digits. */
#ifndef KW_CRYPTO_ADDRESS_TEXT_H
#define KW_CRYPTO_ADDRESS_TEXT_H

#include "base/buf.h"
#include "crypto/address.h"

/* BAD_INPUT: not 0x and 40 digits in lower case, so that an address has one spelling; the mixed
 * case of EIP-55 is for people. `out` is then untouched. */
KW_MUST_USE kw_status kw_address_parse(kw_address *out, kw_str text);

#define KW_ADDRESS_TEXT_BYTES 43 /* with a NUL */

/* Writes the 42 characters and a NUL. */
void kw_address_write(char out[KW_ADDRESS_TEXT_BYTES], const kw_address *address);

/* Appends the 42 characters. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_address_print(kw_buf *out, const kw_address *address);

#endif /* KW_CRYPTO_ADDRESS_TEXT_H */
