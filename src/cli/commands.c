/* SPDX-License-Identifier: Apache-2.0
 * The table: what stands here exists, in this order. */
#include "cli/commands.h"

static const kw_command *const commands[] = {
    &kw_command_emtp_tokens,
    &kw_command_emtp_match,
    &kw_command_emtp_keys_list,
    &kw_command_emtp_keys_get,
    &kw_command_emtp_keys_rotate,
    &kw_command_emtp_keys_revoke,
    &kw_command_emtp_keys_export,
    &kw_command_emtp_participants_add,
    &kw_command_emtp_participants_list,
    &kw_command_emtp_participants_revoke,
    &kw_command_emtp_stream_get,
    &kw_command_emtp_stream_follow,
    &kw_command_emtp_stream_serve,
    &kw_command_app_encrypt,
    &kw_command_app_decrypt,
    &kw_command_app_derive,
    &kw_command_cluster_init,
    &kw_command_cluster_status,
    &kw_command_cluster_dev,
    &kw_command_epoch_show,
    &kw_command_epoch_verify,
    &kw_command_node_keygen,
    &kw_command_node_rejoin,
    &kw_command_app_register,
    &kw_command_app_list,
    &kw_command_app_policy,
    &kw_command_app_remove,
    &kw_command_fraud_verify,
    &kw_command_audit_verify,
    &kw_command_audit_show,
    &kw_command_audit_export,
    &kw_command_audit_vkey,
    &kw_command_dev_ca_init,
    &kw_command_dev_ca_issue,
    &kw_command_dev_ca_revoke,
    &kw_command_completion,
    &kw_command_man,
    &kw_command_version,
    &kw_command_help,
};

static const kw_command_group groups[] = {
    {"emtp", "match tokens and the keys they are made with"},
    {"emtp keys", "epoch keys of a key server"},
    {"emtp participants", "who may get keys"},
    {"emtp stream", "key and code streams (STP)"},
    {"cluster", "operators that share a key"},
    {"epoch", "epochs of a cluster's key"},
    {"node", "one operator of a cluster"},
    {"app", "applications, and the keys that operators hold for them"},
    {"fraud", "proofs that an operator broke the protocol"},
    {"audit", "the audit log"},
    {"dev-ca", "certificates for development and tests"},
};

static const char *const schema_ids[] = {"v1", NULL};

const kw_program kw_keyward = {
    .name = "keyward",
    .help = "key infrastructure: keys that no one holds alone, parameters that anyone can check",
    .version = KW_VERSION,
    .released = "2026-11-21",
    .schema_ids = schema_ids,
    .commands = commands,
    .commands_count = KW_COUNT(commands),
    .groups = groups,
    .groups_count = KW_COUNT(groups),
};
