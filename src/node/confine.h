/* SPDX-License-Identifier: Apache-2.0
 * What the daemon gives up before it serves: privileges, files, system calls (hardening.md 10). */
#ifndef KW_NODE_CONFINE_H
#define KW_NODE_CONFINE_H

#include "node/config.h"

/* No core files, not dumpable; becomes daemon.user when root. Before any thread.
 * REFUSED: root without a user. Statuses of kw_process_drop_to. */
KW_MUST_USE kw_status kw_confine_process(const kw_node_config *config, kw_error *err);

/* Shuts the process into the folders of its configuration and the system's libraries, and filters
 * system calls of the start. `extra`: one more readable file, or NULL. Before any thread. Does
 * nothing when daemon.sandbox is off. UNAVAILABLE: the kernel has no seccomp. */
KW_MUST_USE kw_status kw_confine_files(const kw_node_config *config, const char *config_path,
                                       const char *extra, kw_error *err);

/* The narrower filter of a daemon that serves. */
KW_MUST_USE kw_status kw_confine_serving(const kw_node_config *config, kw_error *err);

#endif /* KW_NODE_CONFINE_H */
