/* SPDX-License-Identifier: Apache-2.0
 * Tables of the types of routes. */
#include "threshold/api_types.h"

#include "threshold/limits.h"

enum {
    HASH_CHARS = 66,    /* 0x and 64 digits */
    ADDRESS_CHARS = 42, /* 0x and 40 */
    G1_CHARS = 96,
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
    KW_FIELD(kw_pubkey, erasure, 16, 0, .made_of = "-",
             .help = "how old shares are erased: hardware, best-effort"),
};
KW_SCHEMA_EXTERN(kw_pubkey, pubkey_fields);

/* ---- applications ---- */
static const kw_enum_name scheme_names[] = {{"ibe-v2", KW_SIGN_IBE_V2},
                                            {"eigenx-v1", KW_SIGN_EIGENX_V1}};

static const kw_field sign_request_fields[] = {
    KW_FIELD(kw_sign_request, appID, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_REQ, .min = 1,
             .help = "application whose key is asked for"),
    KW_FIELD_ENUM(kw_sign_request, scheme, scheme_names, 0, .fallback = "ibe-v2",
                  .help = "form of the ciphertext that the key is for"),
    KW_FIELD(kw_sign_request, token, KW_TOKEN_BYTES_MAX, KW_SECRET,
             .help = "OpenID Connect token, for applications with access oidc"),
    KW_FIELD(kw_sign_request, attestationTime, INT64_MAX / 1000, 0, .min = 0,
             .help = "Unix seconds: also report the epoch of that time"),
};
KW_SCHEMA_EXTERN(kw_sign_request, sign_request_fields);

static const kw_field sign_reply_fields[] = {
    KW_FIELD(kw_sign_reply, operatorAddress, ADDRESS_CHARS, KW_REQ),
    KW_FIELD(kw_sign_reply, partialSignature, G1_CHARS, KW_REQ | KW_SECRET,
             .help = "compressed point of G1 as hex; enough of them are the application's key"),
    KW_FIELD(kw_sign_reply, version, UINT64_MAX, KW_REQ,
             .help = "epoch of the share that signed; only parts of one epoch go together"),
    KW_FIELD(kw_sign_reply, attestedVersion, UINT64_MAX, 0,
             .help =
                 "newest epoch at attestationTime, by the boundaries of sessions; left out when "
                 "this operator knows none"),
};
KW_SCHEMA_EXTERN(kw_sign_reply, sign_reply_fields);

#define APP_ID_ROW(type, flags)                                                              \
    KW_FIELD(type, id, KW_THRESHOLD_APP_ID_BYTES_MAX, (flags), .min = 1, .made_of = "._:@-", \
             .help = "application")

static const kw_field app_new_fields[] = {
    APP_ID_ROW(kw_app_new, KW_REQ),
    KW_FIELD_OBJECT(kw_app_new, policy, &kw_app_policy_schema, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_app_new, app_new_fields);

static const kw_field app_change_fields[] = {
    APP_ID_ROW(kw_app_change, KW_REQ | KW_PATH),
    KW_FIELD_OBJECT(kw_app_change, policy, &kw_app_policy_schema, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_app_change, app_change_fields);

static const kw_field app_path_fields[] = {APP_ID_ROW(kw_app_path, KW_REQ | KW_PATH)};
KW_SCHEMA_EXTERN(kw_app_path, app_path_fields);

static const kw_field app_page_fields[] = {
    KW_FIELD(kw_app_page, after, KW_THRESHOLD_APP_ID_BYTES_MAX, KW_QUERY,
             .help = "last id of the page before"),
};
KW_SCHEMA_EXTERN(kw_app_page, app_page_fields);

static const kw_field app_entry_fields[] = {
    APP_ID_ROW(kw_app_entry, KW_REQ),
    KW_FIELD_OBJECT(kw_app_entry, policy, &kw_app_policy_schema, KW_REQ),
    KW_FIELD(kw_app_entry, uses, INT64_MAX, KW_REQ, .help = "partial signatures that were counted"),
    KW_FIELD(kw_app_entry, registered, INT64_MAX, KW_REQ | KW_TIME),
};
KW_SCHEMA(kw_app_entry, app_entry_fields);

static const kw_field app_entries_fields[] = {
    KW_FIELD_LIST(kw_app_entries, apps, &kw_app_entry_schema, KW_APPS_PAGE_MAX, KW_REQ),
    KW_FIELD(kw_app_entries, has_more, 1, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_app_entries, app_entries_fields);

/* ---- epochs ---- */
static const kw_field reshare_request_fields[] = {
    KW_FIELD(kw_reshare_request, boundary, INT64_MAX / 1000, KW_REQ, .min = 1,
             .help = "Unix seconds: a multiple of the interval that has not come yet"),
};
KW_SCHEMA_EXTERN(kw_reshare_request, reshare_request_fields);

static const kw_field reshare_reply_fields[] = {
    KW_FIELD(kw_reshare_reply, operatorAddress, ADDRESS_CHARS, KW_REQ),
    KW_FIELD(kw_reshare_reply, boundary, UINT64_MAX, KW_REQ),
    KW_FIELD(kw_reshare_reply, attempt, UINT32_MAX, KW_REQ,
             .help = "of the session that this operator begins then; 0: one was due anyway"),
};
KW_SCHEMA_EXTERN(kw_reshare_reply, reshare_reply_fields);
