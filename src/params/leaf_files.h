/* SPDX-License-Identifier: Apache-2.0
 * Leaf tiles in the tree that is served: "leaf/<aa>/<sha256>/tile/..." for each file of parameters
 * (distribution.md section 3). */
#ifndef KW_PARAMS_LEAF_FILES_H
#define KW_PARAMS_LEAF_FILES_H

#include "params/engine/draft.h"
#include "store/blobs.h"

/* Reads a file of a draft from its chunks and writes its tiles below `folder`, which is made when
 * it is not there; durable at KW_OK. So it also looks once more whether the blobs give the file
 * that was approved. CORRUPT: they give another one, which is found at its end: what was written
 * leads to no signed root. NOT_FOUND: the index or a chunk is missing. BAD_INPUT: the folder's name
 * is too long. As kw_intake_open, kw_blobs_get, kw_file_write_atomic. */
KW_MUST_USE kw_status kw_leaf_files_write(const char *folder, kw_blobs *blobs,
                                          const kw_draft_file *file, kw_error *err);

#endif /* KW_PARAMS_LEAF_FILES_H */
