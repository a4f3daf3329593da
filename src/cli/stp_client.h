/* SPDX-License-Identifier: Apache-2.0
 * Reading an STP stream from a daemon (or any STP server): rows are checked one by one and shown as
 * they come. Source: emtp.md sections 9.1 and 9.2. */
#ifndef KW_CLI_STP_CLIENT_H
#define KW_CLI_STP_CLIENT_H

#include "cli/remote.h"
#include "emtp/engine/stp_row.h"

typedef struct kw_stp_options {
    kw_remote_options remote; /* `server` is taken from `url` */
    kw_str url;               /* of the stream, without query */
    int64_t since;            /* rows above it; negative: the last rows; 0: all */
    bool active;              /* only the last row of each live key */
} kw_stp_options;

/* Rows of an options struct that is a kw_stp_options. */
#define KW_STP_FIELDS(type)                                                                     \
    KW_FIELD(type, url, 2048, KW_REQ | KW_OPERAND, .help = "URL of the stream"),                \
        KW_FIELD(type, since, INT64_MAX, 0, .min = INT64_MIN + 1,                               \
                 .help = "rows above this SeqNo; -N: the last N rows"),                         \
        KW_FIELD(type, active, 0, 0, .help = "only the last row of each live key"),             \
        KW_REMOTE_FIELD(type, ca, KW_REMOTE_PATH_BYTES_MAX, "PEM file with the authorities"),   \
        KW_REMOTE_FIELD(type, pin, 256, "sha256//BASE64 of the server's public key"),           \
        KW_REMOTE_FIELD(type, cert, KW_REMOTE_PATH_BYTES_MAX, "PEM file with our certificate"), \
        KW_REMOTE_FIELD(type, cert_key, KW_REMOTE_PATH_BYTES_MAX, "PEM file with its key"),     \
        KW_REMOTE_FIELD(type, api_key_file, KW_REMOTE_PATH_BYTES_MAX, "file with an API key")

/* A reader of one stream. */
typedef struct kw_stp_client kw_stp_client;

KW_MUST_USE kw_status kw_stp_client_open(kw_cli *cli, kw_stp_client **out,
                                         const kw_stp_options *options, kw_error *err);
void kw_stp_client_free(kw_stp_client *client); /* takes NULL */
KW_AUTO_PTR_DEFINE(kw_stp_client);

/* One request: prints every whole row of the answer, which the server may hold open for `hold_s`
 * seconds (negative: as long as it likes). The next request goes on behind the last row. KW_OK: the
 * answer ended as it should. BAD_INPUT: a row is malformed; rows before it were printed. */
KW_MUST_USE kw_status kw_stp_client_read(kw_stp_client *client, int hold_s, kw_error *err);

/* Rows that were printed since the start. */
uint64_t kw_stp_client_rows(const kw_stp_client *client);

#endif /* KW_CLI_STP_CLIENT_H */
