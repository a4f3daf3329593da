/* SPDX-License-Identifier: Apache-2.0
 * The files of a cluster on this machine, for development: an authority, and for each operator a
 * folder with a configuration, keys and a place for its data.
 *
 *     FOLDER/ca.pem cluster.json operators.json     for everybody
 *     FOLDER/ca.key                                 of the authority, for `dev-ca issue FOLDER`
 *     FOLDER/spares.json                            who runs, and is no operator yet
 *     FOLDER/admin.pem admin.key                    an administrator of all operators
 *     FOLDER/node1/keywardd.yaml keywardd.log ...   of an operator alone */
#ifndef KW_CLI_DEV_CLUSTER_H
#define KW_CLI_DEV_CLUSTER_H

#include "cli/command.h"
#include "crypto/rng.h"
#include "crypto/x509.h"
#include "threshold/engine/roster/cluster_file.h"
#include "threshold/operator_key.h"

enum {
    KW_DEV_PATH_BYTES_MAX = 900, /* of the folder, without its NUL */
    KW_DEV_NODES_MAX = 64,
};

/* What is wanted; texts with a NUL behind. */
typedef struct kw_dev_plan {
    kw_str folder;
    kw_str user;     /* that daemons become when root starts them; empty: this is not root */
    uint32_t nodes;  /* operators that make the key */
    uint32_t spares; /* further ones, until operators.json lists them */
    uint32_t interval_s;
    uint32_t suite;
} kw_dev_plan;

static inline uint32_t kw_dev_plan_all(const kw_dev_plan *plan)
{
    return plan->nodes + plan->spares;
}

/* One cluster. Its texts live in the command's arena. */
typedef struct kw_dev_cluster {
    kw_dev_plan plan;
    kw_x509_ca *ca;
    kw_cluster_rows rows; /* of cluster.json; the addresses of places are filled in later */
    kw_operator_secret *secrets[KW_DEV_NODES_MAX];
    kw_peer_signature proofs[KW_DEV_NODES_MAX];
} kw_dev_cluster;

void kw_dev_cluster_drop(kw_dev_cluster *cluster);

/* Makes all files but operators.json. `out` is all-zero before, and stays where it is. CONFLICT:
 * the folder is there already. BAD_INPUT: an interval that is too short. Else as os/file.h and
 * crypto/x509.h. */
KW_MUST_USE kw_status kw_dev_cluster_make(kw_cli *cli, kw_dev_cluster *out, const kw_dev_plan *plan,
                                          const kw_rng *rng, kw_error *err);

/* Writes cluster.json, operators.json and, if there are any, spares.json with the places that the
 * rows have. */
KW_MUST_USE kw_status kw_dev_cluster_publish(kw_cli *cli, const kw_dev_cluster *cluster,
                                             kw_error *err);

/* The path of a file of operator `at`, from 0; in the command's arena. LIMIT. */
KW_MUST_USE kw_status kw_dev_cluster_path(kw_cli *cli, kw_str *out, const kw_dev_cluster *cluster,
                                          uint32_t at, const char *name);

#endif /* KW_CLI_DEV_CLUSTER_H */
