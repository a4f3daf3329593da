/* SPDX-License-Identifier: Apache-2.0
 * The configuration of the daemon: the sections of the folders it is made of, and its own. */
#ifndef KW_NODE_CONFIG_H
#define KW_NODE_CONFIG_H

#include "config/option.h"
#include "emtp/config.h"
#include "guard/config.h"
#include "net/config.h"
#include "net/route.h"
#include "obs/log.h"
#include "store/seal.h"
#include "threshold/config.h"

/* Section "daemon". */
typedef struct kw_daemon_config {
    kw_str user;        /* to become when started as root; empty: do not start as root */
    bool sandbox;       /* seccomp and Landlock; false needs test.allow */
    uint32_t files_max; /* open files that are asked for */
} kw_daemon_config;

/* Section "log". */
typedef struct kw_log_config {
    kw_log_level level;
    kw_str file; /* empty: standard error */
} kw_log_config;

/* Section "store". */
typedef struct kw_store_config {
    kw_str url; /* "sqlite:PATH" or "postgresql://..." */
    uint32_t readers_max;
    kw_seal_root seal; /* what seal_file holds */
    kw_str seal_file;
} kw_store_config;

/* Section "test": what must never be on in production stands behind this one switch. */
typedef struct kw_test_config {
    bool allow;
} kw_test_config;

typedef struct kw_node_config {
    kw_daemon_config daemon;
    kw_log_config log;
    kw_store_config store;
    kw_net_config net;
    kw_listener_config listen_public;
    kw_listener_config listen_peer;
    kw_listener_config listen_admin;
    kw_listener_config listen_metrics;
    kw_guard_config guard;
    kw_emtp_config emtp;
    kw_threshold_config threshold;
    kw_test_config test;
} kw_node_config;

extern const kw_config_shape kw_node_shape;

/* A configuration and what its texts live in. All-zero is empty. */
typedef struct kw_node_settings {
    kw_arena arena;
    kw_node_config config;
} kw_node_settings;

void kw_node_settings_drop(kw_node_settings *settings);

/* Reads a file, the environment and assignments, and checks what no single row can. CONFIG; the
 * statuses of kw_file_read. `out` is all-zero before. */
KW_MUST_USE kw_status kw_node_settings_load(kw_node_settings *out, const char *path,
                                            kw_strs assignments, kw_error *err);

/* What one row cannot say: which sections are needed, and which need each other. CONFIG. */
KW_MUST_USE kw_status kw_node_config_check(const kw_node_config *config, kw_error *err);

/* The listener sections by kw_listener. */
void kw_node_listeners(const kw_node_config *config, kw_listener_config out[KW_LISTENERS_COUNT]);

#endif /* KW_NODE_CONFIG_H */
