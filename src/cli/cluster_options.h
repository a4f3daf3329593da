/* SPDX-License-Identifier: Apache-2.0
 * How a command knows a cluster and talks to its operators: options that such commands share.
 *
 *     typedef struct show_options { kw_cluster_options cluster; } show_options;
 *     static const kw_field show_fields[] = { KW_CLUSTER_FIELDS(show_options),
 *                                             KW_CLUSTER_CALL_FIELDS(show_options) }; */
#ifndef KW_CLI_CLUSTER_OPTIONS_H
#define KW_CLI_CLUSTER_OPTIONS_H

#include "cli/command.h"
#include "client/threshold_calls.h"

#define KW_CLUSTER_PATH_BYTES_MAX 1024

typedef struct kw_cluster_options {
    kw_str cluster;      /* cluster.json */
    kw_str master_key;   /* hex; empty: that of the cluster file */
    kw_str operators;    /* operators.json; empty: those of genesis */
    kw_str ca;           /* PEM file; empty: the system's authorities */
    kw_str cert;         /* PEM file; with cert_key */
    kw_str cert_key;     /* PEM file, private */
    kw_str api_key_file; /* private file with one API key, or one for each operator */
    uint32_t timeout;    /* ms */
} kw_cluster_options;

#define KW_CLUSTER_FIELD(type, member, ...)                                     \
    {                                                                           \
        .name = #member, .offset = offsetof(type, cluster.member),              \
        .kind = KW_KIND_OF(KW_MEMBER(type, cluster.member)), .max = __VA_ARGS__ \
    }

/* Rows for an options struct that has a member `kw_cluster_options cluster`: what a cluster is. */
#define KW_CLUSTER_FIELDS(type)                                                           \
    KW_CLUSTER_FIELD(type, cluster, KW_CLUSTER_PATH_BYTES_MAX, .flags = KW_REQ, .min = 1, \
                     .help = "file that describes the cluster, cluster.json"),            \
        KW_CLUSTER_FIELD(type, master_key, 192, .min = 192,                               \
                         .help = "the cluster's key, 192 digits; default: master_key of " \
                                 "the cluster file")

/* Further rows: how one reaches it. */
#define KW_CLUSTER_CALL_FIELDS(type)                                                           \
    KW_CLUSTER_FIELD(type, operators, KW_CLUSTER_PATH_BYTES_MAX,                               \
                     .help = "file with the operators of now, operators.json; default: "       \
                             "those of the cluster file"),                                     \
        KW_CLUSTER_FIELD(type, ca, KW_CLUSTER_PATH_BYTES_MAX,                                  \
                         .help = "PEM file with the authorities of the operators; default: "   \
                                 "the system's"),                                              \
        KW_CLUSTER_FIELD(type, cert, KW_CLUSTER_PATH_BYTES_MAX,                                \
                         .help = "PEM file with our certificate"),                             \
        KW_CLUSTER_FIELD(type, cert_key, KW_CLUSTER_PATH_BYTES_MAX,                            \
                         .help = "PEM file with its private key, mode 0600"),                  \
        KW_CLUSTER_FIELD(type, api_key_file, KW_CLUSTER_PATH_BYTES_MAX,                        \
                         .help = "file with an API key, mode 0600; or, since each operator "   \
                                 "makes its own, with a line https://host:port KEY for each"), \
        KW_CLUSTER_FIELD(type, timeout, 600000, .min = 100, .fallback = "10000",               \
                         .help = "ms that an operator has for an answer")

/* A cluster, and what calls to it borrow. All-zero is empty. */
typedef struct kw_cluster_remote {
    kw_client_cluster cluster;
    kw_client_credential credential;
} kw_cluster_remote;

void kw_cluster_remote_drop(kw_cluster_remote *remote);

/* Reads the files; does not connect. As kw_client_cluster_load and kw_client_credential_load.
 * USAGE: --cert without --cert-key, or the other way round. */
KW_MUST_USE kw_status kw_cluster_remote_open(kw_cluster_remote *out,
                                             const kw_cluster_options *options, kw_error *err);

/* Calls to its operators; they borrow `remote` and the options. As kw_client_calls_open. */
KW_MUST_USE kw_status kw_cluster_remote_calls(const kw_cluster_remote *remote,
                                              kw_client_calls **out,
                                              const kw_cluster_options *options, kw_error *err);

#endif /* KW_CLI_CLUSTER_OPTIONS_H */
