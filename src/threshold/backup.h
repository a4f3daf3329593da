/* SPDX-License-Identifier: Apache-2.0
 * A backup of an operator's node: made while it runs, and tried before anybody relies on it. What
 * it holds stands in backup_record.h, its form in backup_file.h. */
#ifndef KW_THRESHOLD_BACKUP_H
#define KW_THRESHOLD_BACKUP_H

#include "threshold/backup_files.h"
#include "threshold/backup_store.h"

/* What goes into one. Borrows. */
typedef struct kw_backup_plan {
    kw_backup_about about;
    kw_backup_path *files; /* in any order; they are sorted */
    size_t files_count;
    kw_backup_source source;
    kw_operator_key_lock lock;
} kw_backup_plan;

/* Appends the file to `out`, which is empty. LIMIT: larger than out->max. Else as
 * kw_backup_writer_open, kw_backup_files_read and kw_backup_store_read.
 * CT: as Argon2id; leaks lengths. */
KW_MUST_USE kw_status kw_backup_make(kw_buf *out, const kw_backup_plan *plan, kw_error *err);

/* Where it is tried. Borrows. */
typedef struct kw_backup_trial {
    const char *folder;              /* private and empty; so it is afterwards */
    const kw_secret32 *operator_key; /* of the node */
    kw_rng rng;
} kw_backup_trial;

/* Restores into a store of its own, reads that again, and compares it with the backup, and the
 * files of the backup with those on the disk: no secret goes to the disk for it. `out`: what the
 * backup holds. CORRUPT: something differs. Else as kw_backup_survey, kw_backup_files_compare,
 * kw_backup_store_fill and kw_store_open. CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_backup_try(kw_backup_summary *out, const kw_backup_trial *trial,
                                    kw_backup_reader *reader, kw_error *err);

#endif /* KW_THRESHOLD_BACKUP_H */
