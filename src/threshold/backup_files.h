/* SPDX-License-Identifier: Apache-2.0
 * The files of a node that a backup holds: from the disk, and back to their places. */
#ifndef KW_THRESHOLD_BACKUP_FILES_H
#define KW_THRESHOLD_BACKUP_FILES_H

#include "threshold/backup_walk.h"

/* A file of a node, with a NUL behind its path. */
typedef struct kw_backup_path {
    kw_backup_role role;
    kw_str path;
} kw_backup_path;

/* Shows files in the order of a backup; `paths` are sorted for it, and one path is shown once, in
 * its first role. FORBIDDEN: a key that others may read. LIMIT: longer than
 * KW_BACKUP_FILE_BYTES_MAX. Else as os/file.h and what `visit` returns. CT: leaks lengths. */
KW_MUST_USE kw_status kw_backup_files_read(kw_backup_path *paths, size_t count,
                                           kw_backup_visit visit, void *ctx, kw_error *err);

/* Whether each file of the backup is on the disk with the same content. CORRUPT: one is not. Else
 * as kw_backup_each and os/file.h. CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_backup_files_compare(kw_backup_reader *reader, kw_error *err);

/* Whether each may go to its place: nothing is there, or the same content. CONFLICT: a file is in
 * the way. Else as kw_backup_each and os/file.h. CT: leaks lengths and the verdict. */
KW_MUST_USE kw_status kw_backup_files_check(kw_backup_reader *reader, kw_error *err);

/* Puts each in its place, with its mode and, where they are missing, its folders of mode 0700. What
 * is there stays. As kw_backup_files_check. CT: leaks lengths. */
KW_MUST_USE kw_status kw_backup_files_place(kw_backup_reader *reader, kw_error *err);

#endif /* KW_THRESHOLD_BACKUP_FILES_H */
