/* SPDX-License-Identifier: Apache-2.0
 * Section "emtp" of the daemon's configuration. */
#ifndef KW_EMTP_CONFIG_H
#define KW_EMTP_CONFIG_H

#include "codec/field.h"
#include "emtp/engine/epoch.h"
#include "emtp/engine/match.h"

typedef struct kw_emtp_config {
    kw_emtp_cadence cadence;
    uint32_t period_s; /* of a custom cadence */
    uint32_t overlap_epochs;
    uint32_t create_ahead_s;
    bool prepublish;
    bool test_key;     /* serve the published test key, too; tests only */
    kw_str public_url; /* what clients reach the public listener by; empty: from its address */
    uint32_t stream_retention_s; /* full history of streams; 0: all of it */
    bool registry;
    uint32_t match_bucket_max;
    kw_strs match_roles; /* "viewer=seen+seen" */
    bool notify_private; /* notices may go to loopback and private addresses; tests only */
    kw_str notify_ca_file;
    kw_str notify_certificate_file;
    kw_str notify_key_file;
} kw_emtp_config;

extern const kw_schema kw_emtp_config_schema;

/* Names of the cadences, also for answers. */
extern const kw_enum_name kw_emtp_cadence_names[4];

/* The rule that the options describe. CONFIG: they do not fit together. */
KW_MUST_USE kw_status kw_emtp_config_rule(const kw_emtp_config *config, kw_emtp_rule *out,
                                          kw_error *err);

/* Who sees whose rows on a registry; a role without a row sees nobody. CONFIG: an unknown role, one
 * that sees itself, one that stands twice. */
KW_MUST_USE kw_status kw_emtp_config_roles(const kw_emtp_config *config, kw_match_roles *out,
                                           kw_error *err);

#endif /* KW_EMTP_CONFIG_H */
