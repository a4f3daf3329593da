/* SPDX-License-Identifier: Apache-2.0
 * A cluster as its clients know it: what its file says, where its operators are, and the master key
 * that is pinned. Nothing here is learned from the network. Source: threshold.md sections 6, 7. */
#ifndef KW_CLIENT_THRESHOLD_CLUSTER_H
#define KW_CLIENT_THRESHOLD_CLUSTER_H

#include "threshold/engine/roster/cluster_file.h"
#include "threshold/engine/use/ibe.h"

/* Texts are NUL-terminated and read during kw_client_cluster_load only. */
typedef struct kw_client_cluster_options {
    const char *cluster_file;   /* cluster.json */
    const char *operators_file; /* operators.json: whom to ask; NULL: the genesis operators */
    const char *master_key;     /* 192 digits in lower case; NULL: that of the cluster file */
} kw_client_cluster_options;

/* All-zero is empty. */
typedef struct kw_client_cluster {
    kw_arena arena; /* what the rest points to */
    kw_cluster_file file;
    kw_operators operators; /* whom to ask, by address */
    bool has_pin;
    kw_group_g2 pin; /* the master key, once it is known */
} kw_client_cluster;

void kw_client_cluster_drop(kw_client_cluster *cluster);

/* Reads the files; `out` is empty before. BAD_INPUT: the pin is no key, or a file is malformed.
 * CONFLICT: two pins that differ. NOT_FOUND, IO, LIMIT, NO_MEMORY; else as kw_cluster_file_decode
 * and kw_operators_decode. */
KW_MUST_USE kw_status kw_client_cluster_load(kw_client_cluster *out,
                                             const kw_client_cluster_options *options,
                                             kw_error *err);

/* The pinned key, to encrypt to. REFUSED: none is pinned, and none is taken on trust. */
KW_MUST_USE kw_status kw_client_cluster_master(const kw_client_cluster *cluster, kw_ibe_master *out,
                                               kw_error *err);

#endif /* KW_CLIENT_THRESHOLD_CLUSTER_H */
