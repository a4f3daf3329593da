/* SPDX-License-Identifier: Apache-2.0
 * Removing a file together with what stood in it, as far as the file system lets one. */
#ifndef KW_OS_ERASE_H
#define KW_OS_ERASE_H

#include "base/error.h"

/* Overwrites the file with zeros and syncs it, gives its blocks back where the file system can
 * (flash then discards them), unlinks it, syncs the folder. Copy-on-write file systems, snapshots
 * and flash may keep the old blocks all the same. NOT_FOUND: there is none; the folder is synced
 * even so, and what a call before began is then finished. CONFLICT: a folder. BAD_INPUT: a link or
 * another thing that is no regular file. Else those of kw_status_of_errno; after a failure call it
 * again. */
KW_MUST_USE kw_status kw_file_erase(const char *path, kw_error *err);

#endif /* KW_OS_ERASE_H */
