/* SPDX-License-Identifier: Apache-2.0
 * What routes of the threshold domain take and give. */
#ifndef KW_THRESHOLD_API_TYPES_H
#define KW_THRESHOLD_API_TYPES_H

#include "codec/field.h"

/* /message/{hash}: 0x and 64 digits */
typedef struct kw_message_path {
    kw_str hash;
} kw_message_path;
extern const kw_schema kw_message_path_schema;

/* /epoch/{epoch} */
typedef struct kw_epoch_path {
    uint64_t epoch;
} kw_epoch_path;
extern const kw_schema kw_epoch_path_schema;

/* GET /pubkey */
typedef struct kw_pubkey {
    kw_str operatorAddress;
    kw_strs commitments; /* the public polynomial: hex of compressed points of G2 */
    kw_str masterPublicKey;
    uint64_t version; /* epoch */
    bool isActive;
    kw_str certificateHash;
} kw_pubkey;
extern const kw_schema kw_pubkey_schema;

#endif /* KW_THRESHOLD_API_TYPES_H */
