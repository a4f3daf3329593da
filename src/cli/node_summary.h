/* SPDX-License-Identifier: Apache-2.0
 * What a backup of a node holds, as `node backup` and `node restore` print it. */
#ifndef KW_CLI_NODE_SUMMARY_H
#define KW_CLI_NODE_SUMMARY_H

#include "base/utc.h"
#include "cli/command.h"
#include "threshold/backup_walk.h"

/* What is printed beside the backup's own words. */
typedef struct kw_node_event {
    kw_str file;
    kw_unix_s restored_at; /* 0: nothing was restored */
} kw_node_event;

/* As kw_cli_print. */
KW_MUST_USE kw_status kw_node_summary_print(kw_cli *cli, const kw_backup_summary *summary,
                                            const kw_node_event *event, kw_error *err);

#endif /* KW_CLI_NODE_SUMMARY_H */
