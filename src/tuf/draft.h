/* SPDX-License-Identifier: Apache-2.0
 * Metadata files that a repository is about to get, over those that it has: what a client would
 * see. The repository is a folder with metadata/ and targets/. */
#ifndef KW_TUF_DRAFT_H
#define KW_TUF_DRAFT_H

#include "base/buf.h"
#include "base/utc.h"
#include "tuf/engine/limits.h"

enum {
    KW_TUF_DRAFT_NAME_BYTES = 20 + 1 + KW_TUF_FILE_NAME_BYTES_MAX + 5 + 1, /* and a NUL */
};

typedef struct kw_tuf_draft_file {
    char name[KW_TUF_DRAFT_NAME_BYTES]; /* "3.root.json" */
    kw_buf bytes;                       /* owned */
} kw_tuf_draft_file;

/* All-zero but for `folder` is an empty draft. */
typedef struct kw_tuf_draft {
    const char *folder;                          /* borrowed; of the repository */
    char live_snapshot[KW_TUF_DRAFT_NAME_BYTES]; /* "7.snapshot.json"; empty: nothing is live */
    kw_tuf_draft_file *files;
    size_t count;
} kw_tuf_draft;

void kw_tuf_draft_drop(kw_tuf_draft *draft);

/* The name of a role's file; version 0: without one. Statuses of kw_tuf_quote. */
KW_MUST_USE kw_status kw_tuf_draft_name(char out[KW_TUF_DRAFT_NAME_BYTES], kw_str role,
                                        uint64_t version, kw_error *err);

/* Moves the bytes in. NO_MEMORY: `bytes` stays as it is. */
KW_MUST_USE kw_status kw_tuf_draft_add(kw_tuf_draft *draft, const char *name, kw_buf *bytes,
                                       kw_error *err);

/* Appends the file of the draft, else that of the folder. NOT_FOUND: neither has it. LIMIT: it is
 * too long for `out`. Statuses of kw_file_read. */
KW_MUST_USE kw_status kw_tuf_draft_read(const kw_tuf_draft *draft, kw_buf *out, const char *name,
                                        kw_error *err);

/* Appends the file of the folder, whatever the draft has. */
KW_MUST_USE kw_status kw_tuf_draft_read_old(const kw_tuf_draft *draft, kw_buf *out,
                                            const char *name, kw_error *err);

/* Writes a file of the draft into the folder, durably; nothing to do when it is there. */
KW_MUST_USE kw_status kw_tuf_draft_write(const kw_tuf_draft *draft, const kw_tuf_draft_file *file,
                                         kw_error *err);

/* Runs a client that has the first root and the files of the folder against the draft: what it
 * says, every client says that has seen the folder before. Statuses of kw_tuf_updater_give. */
KW_MUST_USE kw_status kw_tuf_draft_rehearse(const kw_tuf_draft *draft, kw_unix_s now,
                                            kw_error *err);

#endif /* KW_TUF_DRAFT_H */
