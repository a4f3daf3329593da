/* SPDX-License-Identifier: Apache-2.0
 * What the routes of api.h take and give, for the server, the command line and tests. */
#ifndef KW_EMTP_API_TYPES_H
#define KW_EMTP_API_TYPES_H

#include "base/utc.h"
#include "codec/field.h"
#include "emtp/engine/epoch.h"

/* ---- parameters ---- */

typedef struct kw_emtp_kid_path {
    kw_str kid;
} kw_emtp_kid_path;
extern const kw_schema kw_emtp_kid_path_schema;

typedef struct kw_emtp_code_path {
    kw_str language;
    kw_str version;
} kw_emtp_code_path;
extern const kw_schema kw_emtp_code_path_schema;

typedef enum kw_emtp_view {
    KW_EMTP_VIEW_ALL,
    KW_EMTP_VIEW_ACTIVE,
} kw_emtp_view;

typedef struct kw_emtp_stream_params {
    int64_t since_id; /* > 0: rows above it; < 0: the last rows; 0: all */
    kw_emtp_view view;
    int hold; /* seconds that the answer stays open */
} kw_emtp_stream_params;
extern const kw_schema kw_emtp_stream_params_schema;

typedef struct kw_emtp_participant_path {
    kw_str id;
} kw_emtp_participant_path;
extern const kw_schema kw_emtp_participant_path_schema;

typedef struct kw_emtp_page {
    kw_str after; /* id of the last entry of the page before */
} kw_emtp_page;
extern const kw_schema kw_emtp_page_schema;

/* ---- public answers ---- */

typedef struct kw_emtp_info {
    kw_str version;
    kw_strs schema_ids;
    kw_strs profiles;
    kw_emtp_cadence cadence;
    uint32_t overlap_epochs;
    kw_span stream_key; /* Ed25519 public key that signs Keyward-STP-Head */
} kw_emtp_info;
extern const kw_schema kw_emtp_info_schema;

typedef struct kw_emtp_code_manifest {
    kw_str language;
    kw_str version;
    kw_str source_url;
    kw_str source_hash; /* "sha256:<64 hex>" of what source_url gives */
    kw_str build;
} kw_emtp_code_manifest;
extern const kw_schema kw_emtp_code_manifest_schema;

/* ---- administration ---- */

/* A key without its bytes. */
typedef struct kw_emtp_key_entry {
    kw_str kid;
    kw_unix_s not_before;
    kw_unix_s not_after;
    kw_unix_s expires_at;
    kw_unix_s revoked_at; /* 0: null */
    bool is_served;
} kw_emtp_key_entry;

/* Those that have not expired, oldest first. */
typedef struct kw_emtp_key_entries {
    struct {
        kw_emtp_key_entry *items;
        size_t count;
    } keys;
} kw_emtp_key_entries;
extern const kw_schema kw_emtp_key_entries_schema;

typedef struct kw_emtp_key_rotated {
    kw_str kid; /* the new key */
} kw_emtp_key_rotated;
extern const kw_schema kw_emtp_key_rotated_schema;

typedef struct kw_emtp_key_revoked {
    kw_str kid;
    kw_str replacement; /* empty: none was due */
} kw_emtp_key_revoked;
extern const kw_schema kw_emtp_key_revoked_schema;

/* How a participant proves itself. */
typedef enum kw_emtp_proof {
    KW_EMTP_PROOF_API_KEY = 1,
    KW_EMTP_PROOF_URI, /* client certificate with this URI name */
    KW_EMTP_PROOF_DNS,
    KW_EMTP_PROOF_SPKI, /* client certificate with this public key, 64 hex */
} kw_emtp_proof;

/* What a participant is on a registry. */
typedef enum kw_emtp_role {
    KW_EMTP_ROLE_NONE,
    KW_EMTP_ROLE_PAYER,
    KW_EMTP_ROLE_PROVIDER,
    KW_EMTP_ROLE_HUB,
} kw_emtp_role;

typedef struct kw_emtp_participant_new {
    kw_str id;
    kw_str tenant;
    kw_emtp_proof proof;
    kw_str name;      /* of the certificate; empty for API keys */
    kw_strs networks; /* it may come from; empty: from everywhere */
    kw_strs hosts;    /* that its notices may name */
    kw_emtp_role role;
    uint32_t days; /* life of its role and API key */
} kw_emtp_participant_new;
extern const kw_schema kw_emtp_participant_new_schema;

typedef struct kw_emtp_participant_added {
    kw_str id;
    kw_str api_key; /* secret, shown this once; empty for certificates */
} kw_emtp_participant_added;
extern const kw_schema kw_emtp_participant_added_schema;

typedef struct kw_emtp_participant {
    kw_str id;
    kw_str tenant;
    kw_emtp_proof proof;
    kw_str name;
    kw_strs hosts;
    kw_emtp_role role;
    bool is_enabled;
} kw_emtp_participant;

typedef struct kw_emtp_participants {
    struct {
        kw_emtp_participant *items;
        size_t count;
    } participants;
    bool has_more;
} kw_emtp_participants;
extern const kw_schema kw_emtp_participants_schema;

#endif /* KW_EMTP_API_TYPES_H */
