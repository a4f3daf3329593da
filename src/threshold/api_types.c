/* SPDX-License-Identifier: Apache-2.0
 * Tables of the types of routes. */
#include "threshold/api_types.h"

#include "threshold/engine/group/limits.h"

enum {
    HASH_CHARS = 66,    /* 0x and 64 digits */
    ADDRESS_CHARS = 42, /* 0x and 40 */
    G2_CHARS = 192,
};

static const kw_field message_path_fields[] = {
    KW_FIELD(kw_message_path, hash, HASH_CHARS, KW_REQ | KW_PATH, .min = HASH_CHARS, .made_of = "",
             .help = "keccak256 of a payload, root of shares, or name of a certificate: 0x and 64 "
                     "digits"),
};
KW_SCHEMA_EXTERN(kw_message_path, message_path_fields);

static const kw_field epoch_path_fields[] = {
    KW_FIELD(kw_epoch_path, epoch, UINT64_MAX, KW_REQ | KW_PATH, .min = 1,
             .help = "number of an epoch, from 1"),
};
KW_SCHEMA_EXTERN(kw_epoch_path, epoch_path_fields);

static const kw_field pubkey_fields[] = {
    KW_FIELD(kw_pubkey, operatorAddress, ADDRESS_CHARS, KW_REQ),
    KW_FIELD(kw_pubkey, commitments, G2_CHARS, KW_REQ, .items_max = KW_THRESHOLD_MEMBERS_MAX,
             .help = "public polynomial, compressed points of G2 as hex; share j has the key P(j)"),
    KW_FIELD(kw_pubkey, masterPublicKey, G2_CHARS, KW_REQ,
             .help = "the cluster's key, compressed point of G2 as hex; P(0)"),
    KW_FIELD(kw_pubkey, version, UINT64_MAX, KW_REQ, .help = "epoch of the share that answers"),
    KW_FIELD(kw_pubkey, isActive, 1, KW_REQ),
    KW_FIELD(kw_pubkey, certificateHash, HASH_CHARS, KW_REQ,
             .help = "name of the epoch's certificate"),
};
KW_SCHEMA_EXTERN(kw_pubkey, pubkey_fields);
