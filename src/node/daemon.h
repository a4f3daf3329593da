/* SPDX-License-Identifier: Apache-2.0
 * The running daemon: owns everything that is unique in the process, in the order in which it
 * starts; ends it in the reverse order. */
#ifndef KW_NODE_DAEMON_H
#define KW_NODE_DAEMON_H

#include "node/config.h"
#include "obs/log_file.h"
#include "threshold/signing_keys.h"
#include "threshold/slots_place.h"

typedef struct kw_daemon kw_daemon;

/* Borrowed for the life of the daemon. */
typedef struct kw_daemon_options {
    const kw_node_config *config;
    const kw_signing_keys *signing; /* of an operator; NULL: this node is none */
    const kw_slots_place *slots;    /* of an operator */
    const char *test_clock_path;    /* NULL: the system's clock */
    kw_log *log;
} kw_daemon_options;

/* Opens the store, unseals it, makes the keys that are due, binds the listeners, serves. Fails
 * closed: whatever is wrong, nothing serves. CONFIG, SEALED, ENTROPY_FAILURE, CORRUPT, IO, ... */
KW_MUST_USE kw_status kw_daemon_start(kw_daemon **out, const kw_daemon_options *options,
                                      kw_error *err);

/* Appends one line for each listener, "listening public 127.0.0.1:8443", and "ready". LIMIT. */
KW_MUST_USE kw_status kw_daemon_describe(const kw_daemon *daemon, kw_buf *out);

/* Certificates anew from the files that `config` names. CONFIG: nothing changed. */
KW_MUST_USE kw_status kw_daemon_reload(kw_daemon *daemon, const kw_node_config *config,
                                       kw_error *err);

/* Does what time and files make due to the configuration in use: revocation lists. About each
 * second, from the thread that reloads. */
void kw_daemon_look(kw_daemon *daemon, const kw_node_config *config);

/* Stops accepting, lets what is in flight end, frees. Takes NULL. */
void kw_daemon_free(kw_daemon *daemon);
KW_AUTO_PTR_DEFINE(kw_daemon);

#endif /* KW_NODE_DAEMON_H */
