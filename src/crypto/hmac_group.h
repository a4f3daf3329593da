/* SPDX-License-Identifier: Apache-2.0
 * What crypto/hmac.c hands to the lanes: some messages of one number of blocks, padded. Private to
 * crypto/. Secret inputs: key and messages; the count of blocks is public. */
#ifndef KW_CRYPTO_HMAC_GROUP_H
#define KW_CRYPTO_HMAC_GROUP_H

#include "crypto/hmac.h"

#define KW_HMAC_LANES_MAX     16
#define KW_HMAC_BLOCKS_MAX    3 /* messages up to 183 bytes; longer ones go one by one */
#define KW_SHA256_BLOCK_BYTES 64

/* `blocks` blocks of each lane are padded messages, as they follow the inner key block. The lanes
 * all run; those without a message compute nothing of use. */
typedef struct kw_hmac_group {
    size_t blocks;
    uint8_t input[KW_HMAC_LANES_MAX][KW_HMAC_BLOCKS_MAX * KW_SHA256_BLOCK_BYTES];
    kw_hash32 tags[KW_HMAC_LANES_MAX];
} kw_hmac_group;

/* FIPS 180-4 section 4.2.2. */
extern const uint32_t kw_sha256_constants[64];

/* Fill the first 2, 8 or 16 tags. Only on processors that have the instructions.
 * CT: constant time in key and messages; the number of blocks is public. */
void kw_hmac_group_shani(const kw_hmac_key *key, kw_hmac_group *group);
void kw_hmac_group_avx2(const kw_hmac_key *key, kw_hmac_group *group);
void kw_hmac_group_avx512(const kw_hmac_key *key, kw_hmac_group *group);

#endif /* KW_CRYPTO_HMAC_GROUP_H */
