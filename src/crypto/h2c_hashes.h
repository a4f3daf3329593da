/* SPDX-License-Identifier: Apache-2.0
 * The hash functions that hashing to curves takes (curve/h2c.h). */
#ifndef KW_CRYPTO_H2C_HASHES_H
#define KW_CRYPTO_H2C_HASHES_H

#include "curve/h2c.h"

extern const kw_h2c_hash kw_h2c_sha256;
extern const kw_h2c_hash kw_h2c_keccak256;

#endif /* KW_CRYPTO_H2C_HASHES_H */
