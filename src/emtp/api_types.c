/* SPDX-License-Identifier: Apache-2.0
 * Field tables of the routes. */
#include "emtp/api_types.h"

#include "emtp/config.h"
#include "emtp/limits.h"
#include "guard/limits.h"

static const kw_field kid_path_fields[] = {
    KW_FIELD(kw_emtp_kid_path, kid, KW_EMTP_KID_BYTES_MAX, KW_REQ | KW_PATH, .min = 1,
             .made_of = "._-", .help = "key id, such as 2026-01"),
};
KW_SCHEMA_EXTERN(kw_emtp_kid_path, kid_path_fields);

static const kw_field code_path_fields[] = {
    KW_FIELD(kw_emtp_code_path, language, 16, KW_REQ | KW_PATH, .min = 1, .made_of = "",
             .help = "c, js or javascript"),
    KW_FIELD(kw_emtp_code_path, version, 32, KW_REQ | KW_PATH, .min = 1, .made_of = ".-",
             .help = "release"),
};
KW_SCHEMA_EXTERN(kw_emtp_code_path, code_path_fields);

static const kw_enum_name view_names[] = {{"all", KW_EMTP_VIEW_ALL},
                                          {"active", KW_EMTP_VIEW_ACTIVE}};

static const kw_field stream_params_fields[] = {
    KW_FIELD(kw_emtp_stream_params, since_id, INT64_MAX, KW_QUERY, .min = INT64_MIN,
             .fallback = "0", .help = "rows above this SeqNo; -N: the last N rows"),
    KW_FIELD_ENUM(kw_emtp_stream_params, view, view_names, KW_QUERY, .fallback = "all",
                  .help = "active: the last row of each live key only"),
    KW_FIELD(kw_emtp_stream_params, hold, KW_EMTP_STREAM_HOLD_S_MAX, KW_QUERY, .fallback = "300",
             .help = "seconds that the answer stays open for further rows"),
};
KW_SCHEMA_EXTERN(kw_emtp_stream_params, stream_params_fields);

static const kw_field participant_path_fields[] = {
    KW_FIELD(kw_emtp_participant_path, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ | KW_PATH, .min = 1,
             .help = "participant"),
};
KW_SCHEMA_EXTERN(kw_emtp_participant_path, participant_path_fields);

static const kw_field page_fields[] = {
    KW_FIELD(kw_emtp_page, after, KW_IDENTITY_ID_BYTES_MAX, KW_QUERY,
             .help = "last id of the page before"),
};
KW_SCHEMA_EXTERN(kw_emtp_page, page_fields);

static const kw_field info_fields[] = {
    KW_FIELD(kw_emtp_info, version, 64, KW_REQ),
    KW_FIELD(kw_emtp_info, schema_ids, 64, KW_REQ),
    KW_FIELD(kw_emtp_info, profiles, 64, KW_REQ),
    KW_FIELD_ENUM(kw_emtp_info, cadence, kw_emtp_cadence_names, KW_REQ),
    KW_FIELD(kw_emtp_info, overlap_epochs, KW_EMTP_OVERLAP_MAX, KW_REQ),
    KW_FIELD(kw_emtp_info, stream_key, 32, KW_REQ,
             .help = "Ed25519 public key of Keyward-STP-Head"),
};
KW_SCHEMA_EXTERN(kw_emtp_info, info_fields);

static const kw_field code_manifest_fields[] = {
    KW_FIELD(kw_emtp_code_manifest, language, 16, KW_REQ),
    KW_FIELD(kw_emtp_code_manifest, version, 32, KW_REQ),
    KW_FIELD(kw_emtp_code_manifest, source_url, KW_EMTP_SURL_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_emtp_code_manifest, source_hash, 80, KW_REQ),
    KW_FIELD(kw_emtp_code_manifest, build, 200, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_emtp_code_manifest, code_manifest_fields);

static const kw_field key_entry_fields[] = {
    KW_FIELD(kw_emtp_key_entry, kid, KW_EMTP_KID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_emtp_key_entry, not_before, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(kw_emtp_key_entry, not_after, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(kw_emtp_key_entry, expires_at, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(kw_emtp_key_entry, revoked_at, INT64_MAX, KW_TIME | KW_NULL),
    KW_FIELD(kw_emtp_key_entry, is_served, 1, KW_REQ),
};
KW_SCHEMA(kw_emtp_key_entry, key_entry_fields);

static const kw_field key_entries_fields[] = {
    KW_FIELD_LIST(kw_emtp_key_entries, keys, &kw_emtp_key_entry_schema, KW_EMTP_KEYS_MAX, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_emtp_key_entries, key_entries_fields);

static const kw_field key_rotated_fields[] = {
    KW_FIELD(kw_emtp_key_rotated, kid, KW_EMTP_KID_BYTES_MAX, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_emtp_key_rotated, key_rotated_fields);

static const kw_field key_revoked_fields[] = {
    KW_FIELD(kw_emtp_key_revoked, kid, KW_EMTP_KID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_emtp_key_revoked, replacement, KW_EMTP_KID_BYTES_MAX, KW_NULL),
};
KW_SCHEMA_EXTERN(kw_emtp_key_revoked, key_revoked_fields);

static const kw_enum_name proof_names[] = {{"api_key", KW_EMTP_PROOF_API_KEY},
                                           {"uri", KW_EMTP_PROOF_URI},
                                           {"dns", KW_EMTP_PROOF_DNS},
                                           {"spki", KW_EMTP_PROOF_SPKI}};

static const kw_enum_name role_names[] = {{"none", KW_EMTP_ROLE_NONE},
                                          {"payer", KW_EMTP_ROLE_PAYER},
                                          {"provider", KW_EMTP_ROLE_PROVIDER},
                                          {"hub", KW_EMTP_ROLE_HUB}};

static const kw_field participant_new_fields[] = {
    KW_FIELD(kw_emtp_participant_new, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ, .min = 1,
             .made_of = "._:@-", .help = "stable name of the participant, never used twice"),
    KW_FIELD(kw_emtp_participant_new, tenant, KW_IDENTITY_TENANT_BYTES_MAX, 0, .fallback = "root",
             .made_of = ".-/_", .help = "namespace it belongs to"),
    KW_FIELD_ENUM(kw_emtp_participant_new, proof, proof_names, 0, .fallback = "api_key",
                  .help = "how it proves itself"),
    KW_FIELD(kw_emtp_participant_new, name, KW_IDENTITY_NAME_BYTES_MAX, 0,
             .help = "URI, DNS name or public key hash of its client certificate"),
    KW_FIELD(kw_emtp_participant_new, networks, 64, 0, .items_max = KW_IDENTITY_NETWORKS_MAX,
             .help = "networks it may come from (CIDR)"),
    KW_FIELD(kw_emtp_participant_new, hosts, KW_EMTP_HOST_BYTES_MAX, 0,
             .items_max = KW_EMTP_HOSTS_MAX,
             .made_of = ".-:", .help = "hosts that the URLs of its notices may name"),
    KW_FIELD_ENUM(kw_emtp_participant_new, role, role_names, 0, .fallback = "none",
                  .help = "what it is on a registry"),
    KW_FIELD(kw_emtp_participant_new, days, 366, 0, .min = 1, .fallback = "365",
             .help = "life of its role and API key"),
};
KW_SCHEMA_EXTERN(kw_emtp_participant_new, participant_new_fields);

static const kw_field participant_added_fields[] = {
    KW_FIELD(kw_emtp_participant_added, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_emtp_participant_added, api_key, 128, KW_SECRET,
             .help = "shown this once; only its hash is kept"),
};
KW_SCHEMA_EXTERN(kw_emtp_participant_added, participant_added_fields);

static const kw_field participant_fields[] = {
    KW_FIELD(kw_emtp_participant, id, KW_IDENTITY_ID_BYTES_MAX, KW_REQ),
    KW_FIELD(kw_emtp_participant, tenant, KW_IDENTITY_TENANT_BYTES_MAX, KW_REQ),
    KW_FIELD_ENUM(kw_emtp_participant, proof, proof_names, KW_REQ),
    KW_FIELD(kw_emtp_participant, name, KW_IDENTITY_NAME_BYTES_MAX, 0),
    KW_FIELD(kw_emtp_participant, hosts, KW_EMTP_HOST_BYTES_MAX, 0, .items_max = KW_EMTP_HOSTS_MAX),
    KW_FIELD_ENUM(kw_emtp_participant, role, role_names, KW_REQ),
    KW_FIELD(kw_emtp_participant, is_enabled, 1, KW_REQ),
};
KW_SCHEMA(kw_emtp_participant, participant_fields);

static const kw_field participants_fields[] = {
    KW_FIELD_LIST(kw_emtp_participants, participants, &kw_emtp_participant_schema,
                  KW_EMTP_PARTICIPANTS_PAGE_MAX, KW_REQ),
    KW_FIELD(kw_emtp_participants, has_more, 1, KW_REQ),
};
KW_SCHEMA_EXTERN(kw_emtp_participants, participants_fields);
