/* SPDX-License-Identifier: Apache-2.0
 * The commands of this program. Each is one file that defines its row. */
#ifndef KW_CLI_COMMANDS_H
#define KW_CLI_COMMANDS_H

#include "cli/command.h"

extern const kw_command kw_command_app_decrypt;
extern const kw_command kw_command_app_derive;
extern const kw_command kw_command_app_encrypt;
extern const kw_command kw_command_audit_export;
extern const kw_command kw_command_audit_show;
extern const kw_command kw_command_audit_verify;
extern const kw_command kw_command_audit_vkey;
extern const kw_command kw_command_cluster_coin_flip_commit;
extern const kw_command kw_command_cluster_coin_flip_finish;
extern const kw_command kw_command_cluster_coin_flip_reveal;
extern const kw_command kw_command_cluster_coin_flip_verify;
extern const kw_command kw_command_cluster_dev;
extern const kw_command kw_command_cluster_init;
extern const kw_command kw_command_cluster_join;
extern const kw_command kw_command_cluster_status;
extern const kw_command kw_command_cluster_reshare;
extern const kw_command kw_command_completion;
extern const kw_command kw_command_dev_ca_init;
extern const kw_command kw_command_dev_ca_issue;
extern const kw_command kw_command_dev_ca_revoke;
extern const kw_command kw_command_emtp_keys_list;
extern const kw_command kw_command_emtp_keys_get;
extern const kw_command kw_command_emtp_keys_rotate;
extern const kw_command kw_command_emtp_keys_revoke;
extern const kw_command kw_command_emtp_keys_export;
extern const kw_command kw_command_emtp_participants_add;
extern const kw_command kw_command_emtp_participants_list;
extern const kw_command kw_command_emtp_participants_revoke;
extern const kw_command kw_command_emtp_stream_get;
extern const kw_command kw_command_emtp_stream_follow;
extern const kw_command kw_command_emtp_stream_serve;
extern const kw_command kw_command_emtp_tokens;
extern const kw_command kw_command_emtp_match;
extern const kw_command kw_command_epoch_show;
extern const kw_command kw_command_epoch_verify;
extern const kw_command kw_command_app_register;
extern const kw_command kw_command_app_list;
extern const kw_command kw_command_app_policy;
extern const kw_command kw_command_app_remove;
extern const kw_command kw_command_fraud_verify;
extern const kw_command kw_command_tuf;
extern const kw_command kw_command_params_check;
extern const kw_command kw_command_params_get;
extern const kw_command kw_command_params_keygen;
extern const kw_command kw_command_params_draft;
extern const kw_command kw_command_params_submit;
extern const kw_command kw_command_params_sign;
extern const kw_command kw_command_params_approve;
extern const kw_command kw_command_params_report;
extern const kw_command kw_command_identity_add;
extern const kw_command kw_command_identity_key;
extern const kw_command kw_command_identity_list;
extern const kw_command kw_command_identity_disable;
extern const kw_command kw_command_identity_enable;
extern const kw_command kw_command_help;
extern const kw_command kw_command_man;
extern const kw_command kw_command_node_backup;
extern const kw_command kw_command_node_keygen;
extern const kw_command kw_command_node_rejoin;
extern const kw_command kw_command_node_restore;
extern const kw_command kw_command_version;

/* The program with all of them. */
extern const kw_program kw_keyward;

#endif /* KW_CLI_COMMANDS_H */
