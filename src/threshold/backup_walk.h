/* SPDX-License-Identifier: Apache-2.0
 * All records of a backup, one after the other. */
#ifndef KW_THRESHOLD_BACKUP_WALK_H
#define KW_THRESHOLD_BACKUP_WALK_H

#include "threshold/backup_file.h"
#include "threshold/backup_record.h"

/* Sees one record, which lives for the call. */
typedef kw_status (*kw_backup_visit)(void *ctx, const kw_backup_record *record, kw_error *err);

/* Shows all records from the first to the end. CORRUPT: one is none, or not in its place; what came
 * before it was seen. NO_MEMORY; what `visit` returns. CT: leaks all but the content of files. */
KW_MUST_USE kw_status kw_backup_each(kw_backup_reader *reader, kw_backup_visit visit, void *ctx,
                                     kw_error *err);

/* What a backup says of itself. */
typedef struct kw_backup_summary {
    kw_backup_about about;
    kw_backup_counts counts;
    uint64_t epoch;    /* of the newest certificate; 0: it holds none */
    uint64_t epoch_at; /* Unix seconds of its boundary */
} kw_backup_summary;

/* Reads all of it. CORRUPT: as kw_backup_each, or the newest certificate is none of the cluster
 * and key that the backup names. CT: as kw_backup_each. */
KW_MUST_USE kw_status kw_backup_survey(kw_backup_reader *reader, kw_backup_summary *out,
                                       kw_error *err);

#endif /* KW_THRESHOLD_BACKUP_WALK_H */
