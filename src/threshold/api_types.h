/* SPDX-License-Identifier: Apache-2.0
 * What routes of the threshold domain take and give. */
#ifndef KW_THRESHOLD_API_TYPES_H
#define KW_THRESHOLD_API_TYPES_H

#include "base/utc.h"
#include "threshold/app_policy.h"

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
    kw_str erasure; /* of old shares, as kw_slots_erasure */
} kw_pubkey;
extern const kw_schema kw_pubkey_schema;

/* Form of the ciphertext that the key is for. */
typedef enum kw_sign_scheme {
    KW_SIGN_IBE_V2,
    KW_SIGN_EIGENX_V1,
} kw_sign_scheme;

/* POST /app/sign */
typedef struct kw_sign_request {
    kw_str appID;
    kw_sign_scheme scheme;
    kw_str token;              /* of the issuer that the operator knows. Secret */
    kw_unix_s attestationTime; /* whose epoch is to be reported, too; 0: none */
} kw_sign_request;
extern const kw_schema kw_sign_request_schema;

typedef struct kw_sign_reply {
    kw_str operatorAddress;
    kw_str partialSignature;  /* hex of a compressed point of G1. Secret */
    uint64_t version;         /* epoch of the share that signed */
    uint64_t attestedVersion; /* newest epoch at attestationTime */
} kw_sign_reply;
extern const kw_schema kw_sign_reply_schema;

/* ---- administration of applications ---- */

/* POST /v1/threshold/apps */
typedef struct kw_app_new {
    kw_str id;
    kw_app_policy policy;
} kw_app_new;
extern const kw_schema kw_app_new_schema;

/* PUT /v1/threshold/apps/{id}/policy */
typedef struct kw_app_change {
    kw_str id;
    kw_app_policy policy;
} kw_app_change;
extern const kw_schema kw_app_change_schema;

/* DELETE /v1/threshold/apps/{id} */
typedef struct kw_app_path {
    kw_str id;
} kw_app_path;
extern const kw_schema kw_app_path_schema;

typedef struct kw_app_page {
    kw_str after; /* id of the last entry of the page before */
} kw_app_page;
extern const kw_schema kw_app_page_schema;

typedef struct kw_app_entry {
    kw_str id;
    kw_app_policy policy;
    uint64_t uses; /* partial signatures that were counted */
    kw_unix_s registered;
} kw_app_entry;

/* GET /v1/threshold/apps */
typedef struct kw_app_entries {
    struct {
        kw_app_entry *items;
        size_t count;
    } apps;
    bool has_more;
} kw_app_entries;
extern const kw_schema kw_app_entries_schema;

/* ---- administration of epochs ---- */

/* POST /v1/threshold/reshare */
typedef struct kw_reshare_request {
    uint64_t boundary; /* Unix seconds */
} kw_reshare_request;
extern const kw_schema kw_reshare_request_schema;

typedef struct kw_reshare_reply {
    kw_str operatorAddress;
    uint64_t boundary;
    uint32_t attempt; /* of the session at it; 0: it was due anyway */
} kw_reshare_reply;
extern const kw_schema kw_reshare_reply_schema;

#endif /* KW_THRESHOLD_API_TYPES_H */
