/* SPDX-License-Identifier: Apache-2.0
 * CRC-32 of IEEE 802.3 (the one of zlib), against typing errors in key ids; no security. */
#ifndef KW_CRYPTO_CRC32_H
#define KW_CRYPTO_CRC32_H

#include "base/span.h"

/* CT: constant time and without tables, because API keys go through it; leaks the length. */
uint32_t kw_crc32(kw_span bytes);

#endif /* KW_CRYPTO_CRC32_H */
