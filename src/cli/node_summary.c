/* SPDX-License-Identifier: Apache-2.0
 * Summaries of backups. */
#include "cli/node_summary.h"

#include "cli/print.h"
#include "crypto/address_text.h"
#include "threshold/limits.h"

typedef struct summary_reply {
    kw_str file;
    kw_hash32 cluster_id;
    kw_str address;
    kw_span master_key;
    int64_t made_at;
    uint64_t epoch;
    int64_t epoch_at;
    uint32_t files;
    uint32_t certificates;
    uint32_t applications;
    kw_str operator_key;
    int64_t restored_at;
} summary_reply;

static const kw_field summary_fields[] = {
    KW_FIELD(summary_reply, file, KW_BACKUP_PATH_BYTES_MAX, KW_REQ),
    KW_FIELD(summary_reply, cluster_id, 0, KW_REQ),
    KW_FIELD(summary_reply, address, KW_ADDRESS_TEXT_BYTES, KW_REQ, .help = "of the operator"),
    KW_FIELD(summary_reply, master_key, KW_BACKUP_MASTER_BYTES, KW_REQ | KW_HEX,
             .help = "that the node pins"),
    KW_FIELD(summary_reply, made_at, INT64_MAX, KW_REQ | KW_TIME),
    KW_FIELD(summary_reply, epoch, UINT64_MAX, KW_REQ,
             .help = "newest one whose certificate it holds; 0: none"),
    KW_FIELD(summary_reply, epoch_at, INT64_MAX, KW_TIME, .help = "boundary of that epoch"),
    KW_FIELD(summary_reply, files, UINT32_MAX, KW_REQ),
    KW_FIELD(summary_reply, certificates, UINT32_MAX, KW_REQ),
    KW_FIELD(summary_reply, applications, UINT32_MAX, KW_REQ),
    KW_FIELD(summary_reply, operator_key, 64, KW_REQ,
             .help = "whether the signing key is in it, sealed as it was"),
    KW_FIELD(summary_reply, restored_at, INT64_MAX, KW_TIME,
             .help = "it takes part after a certificate of a later boundary; absent: nothing was "
                     "changed"),
};
KW_SCHEMA(summary_reply, summary_fields);

static const char *key_text(kw_operator_key_source source)
{
    switch (source) {
    case KW_OPERATOR_KEY_SEALED:
        return "in it";
    case KW_OPERATOR_KEY_RAW:
        return "not in it: threshold.key_file is kept elsewhere";
    case KW_OPERATOR_KEY_TOKEN:
        return "not in it: it stays on its token";
    }
    return "";
}

kw_status kw_node_summary_print(kw_cli *cli, const kw_backup_summary *summary,
                                const kw_node_event *event, kw_error *err)
{
    char address[KW_ADDRESS_TEXT_BYTES];
    const kw_backup_about *about = &summary->about;
    kw_address_write(address, &about->address);
    const summary_reply reply = {
        .file = event->file,
        .cluster_id = about->cluster_id,
        .address = kw_str_of(address),
        .master_key = KW_SPAN(about->master_key),
        .made_at = (int64_t)about->made_at,
        .epoch = summary->epoch,
        .epoch_at = (int64_t)summary->epoch_at,
        .files = summary->counts.files,
        .certificates = summary->counts.certificates,
        .applications = summary->counts.apps,
        .operator_key = kw_str_of(key_text(about->key)),
        .restored_at = event->restored_at,
    };
    return kw_cli_print(cli, &summary_reply_schema, &reply, err);
}
