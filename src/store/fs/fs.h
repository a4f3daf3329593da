/* SPDX-License-Identifier: Apache-2.0
 * Blobs in a folder. Only its `cas/` is for others to read. */
#ifndef KW_STORE_FS_FS_H
#define KW_STORE_FS_FS_H

#include "store/blobs.h"

/* Opens the folder, which is made when it is not there. The caller owns `*out` (kw_blobs_free).
 * BAD_INPUT: no name, or one too long. CONFLICT: not a folder. */
KW_MUST_USE kw_status kw_blobs_open_fs(kw_blobs **out, const char *folder, kw_error *err);

#endif /* KW_STORE_FS_FS_H */
