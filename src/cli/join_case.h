/* SPDX-License-Identifier: Apache-2.0
 * An operator that is to join a cluster: what must fit before it does, and what the others show. */
#ifndef KW_CLI_JOIN_CASE_H
#define KW_CLI_JOIN_CASE_H

#include "base/utc.h"
#include "cli/cluster_options.h"
#include "cli/operator_options.h"

/* All-zero is none. It stays where it is; texts and rows live in the command's arena. */
typedef struct kw_join_case {
    kw_cluster_remote remote; /* its operators are those of `rows` */
    kw_operator_self self;
    kw_operator_rows rows; /* the operators of now, and this one */
    uint16_t index;        /* of this one among them */
    bool is_listed;        /* it is one of the operators of now */
} kw_join_case;

void kw_join_case_drop(kw_join_case *join); /* wipes */

/* Reads cluster, operators, entry, key and certificate (options->cert and cert_key), and checks
 * that they fit each other. USAGE: an authority or the certificate is not given. REFUSED: the
 * certificate is not that of the entry, has expired, or is not for both ends; the operator is
 * listed with another key, certificate or place. CONFLICT: it shares its key or certificate with
 * another. BAD_INPUT: the private key is not that of the certificate. Else as
 * kw_cluster_remote_open and kw_operator_self_open. */
KW_MUST_USE kw_status kw_join_case_open(kw_cli *cli, kw_join_case *out,
                                        const kw_cluster_options *options,
                                        const kw_operator_options *self, kw_error *err);

/* What the operators show. */
typedef struct kw_join_view {
    uint32_t answered; /* other operators whose certificate passed */
    uint64_t epoch;    /* newest of theirs; 0: none */
    kw_unix_s time;    /* of its boundary */
    kw_str master_key; /* hex; empty: none */
    bool is_up;        /* this operator shows a certificate, too */
    bool is_serving;   /* it says that it serves with a share of that epoch, or of a later one */
} kw_join_view;

/* Asks all of them once. REFUSED: they name different keys. LIMIT, NO_MEMORY. */
KW_MUST_USE kw_status kw_join_view_take(kw_cli *cli, kw_join_view *out, const kw_join_case *join,
                                        const kw_cluster_options *options, kw_error *err);

/* Asks until this operator serves, with progress. TIMED_OUT: not within `wait_s`. */
KW_MUST_USE kw_status kw_join_wait(kw_cli *cli, kw_join_view *out, const kw_join_case *join,
                                   const kw_cluster_options *options, uint32_t wait_s,
                                   kw_error *err);

#endif /* KW_CLI_JOIN_CASE_H */
