/* SPDX-License-Identifier: Apache-2.0
 * The key of an application, as commands get and report it.
 *
 *     typedef struct derive_options { kw_cluster_options cluster; kw_app_key_options key; .. }
 *     static const kw_field derive_fields[] = { .., KW_APP_KEY_FIELDS(derive_options) }; */
#ifndef KW_CLI_APP_KEY_H
#define KW_CLI_APP_KEY_H

#include "cli/cluster_options.h"
#include "cli/epoch_view.h"
#include "client/threshold_key.h"

typedef struct kw_app_key_options {
    kw_str token_file;          /* private file with a token; empty: none */
    kw_str seen;                /* file with the highest epoch seen; empty: none */
    kw_unix_s attestation_time; /* 0: none */
} kw_app_key_options;

#define KW_APP_KEY_FIELD(type, member, ...)                                 \
    {                                                                       \
        .name = #member, .offset = offsetof(type, key.member),              \
        .kind = KW_KIND_OF(KW_MEMBER(type, key.member)), .max = __VA_ARGS__ \
    }

/* Rows for an options struct that has a member `kw_app_key_options key`. */
#define KW_APP_KEY_FIELDS(type)                                                              \
    KW_APP_KEY_FIELD(type, token_file, KW_CLUSTER_PATH_BYTES_MAX,                            \
                     .help = "file with a token of an identity provider, mode 0600"),        \
        KW_APP_KEY_FIELD(type, seen, KW_CLUSTER_PATH_BYTES_MAX,                              \
                         .help = "file that keeps the highest epoch seen: parts of earlier " \
                                 "epochs are refused"),                                      \
        KW_APP_KEY_FIELD(type, attestation_time, INT64_MAX / 1000,                           \
                         .help = "Unix seconds: also say which epoch was the newest then")

/* What a command was told. Borrows. */
typedef struct kw_app_key_asker {
    kw_cli *cli;
    const kw_cluster_remote *remote;
    const kw_cluster_options *cluster;
    const kw_app_key_options *key;
} kw_app_key_asker;

/* Asks the operators; `out`, empty before, says how each did in any case, and on failure notes tell
 * it, too. As kw_client_app_key_ask. */
KW_MUST_USE kw_status kw_app_key_ask(const kw_app_key_asker *asker, kw_client_app_key *out,
                                     const kw_ibe_id *id, kw_error *err);

/* What a command that used one prints. */
typedef struct kw_app_reply {
    kw_str app;
    kw_str file;
    uint64_t bytes; /* that were written */
    uint64_t epoch; /* of the shares that made the key */
    uint32_t threshold;
    uint64_t attested_epoch; /* 0: not asked for */
    kw_hash32 attested_certificate;
    kw_operator_views operators;
} kw_app_reply;

extern const kw_schema kw_app_reply_schema;

/* Prints how it went, when the result is in a file; else only notes about operators that lie or are
 * away, and of the attested epoch. As kw_cli_print. */
KW_MUST_USE kw_status kw_app_key_report(const kw_app_key_asker *asker, const kw_client_app_key *key,
                                        kw_app_reply *reply, kw_error *err);

#endif /* KW_CLI_APP_KEY_H */
