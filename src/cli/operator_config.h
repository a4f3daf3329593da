/* SPDX-License-Identifier: Apache-2.0
 * The configuration file of an operator's daemon, as `cluster join` writes it. */
#ifndef KW_CLI_OPERATOR_CONFIG_H
#define KW_CLI_OPERATOR_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/field.h"

/* Options of keywardd as texts with a NUL behind. Paths are absolute: the daemon may work in
 * another folder. */
typedef struct kw_operator_config {
    kw_str data_dir; /* for its database, seal.key, slots, evidence and audit log */
    kw_str cluster_file;
    kw_str operators_file; /* empty: the operators of the cluster file, for ever */
    kw_str address;
    kw_str curve;
    kw_str key;             /* "sealed", "raw", "pkcs11" */
    kw_str key_file;        /* of "pkcs11": a name */
    kw_str passphrase_file; /* empty: none */
    kw_str pkcs11_module;   /* these three of "pkcs11", else empty */
    kw_str pkcs11_label;
    kw_str pkcs11_pin_file;
    kw_str ca_file;        /* authorities of the other operators */
    kw_str client_ca_file; /* of administrators and callers; empty: the same */
    kw_str certificate_file;
    kw_str tls_key_file;
    kw_str listen_public; /* address:port */
    kw_str listen_peer;
    kw_str listen_metrics;
    kw_strs peer_networks;
    kw_str admin; /* certificate of an administrator, "uri:NAME"; empty: no listener for one */
    kw_str listen_admin;
} kw_operator_config;

/* Appends it as YAML. The arena is for texts in between. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_operator_config_write(kw_buf *out, kw_arena *arena,
                                               const kw_operator_config *config);

/* The port in `https://host:port`, borrowed; "443" when it says none. */
kw_str kw_operator_config_port(kw_str url);

#endif /* KW_CLI_OPERATOR_CONFIG_H */
