/* SPDX-License-Identifier: Apache-2.0
 * The files of an audit log and where its chain stands; one thread at a time. audit.h puts a queue
 * and a writer thread in front of it.
 *
 * <first>.tree  state before a segment's first record, so that a start reads one segment only:
 *               u64 size | i64 time | 32 hash of the last record | the tree's peaks, 32 bytes each,
 *               smallest first. Checked against the signed checkpoint of the same size. */
#ifndef KW_GUARD_AUDIT_LOG_H
#define KW_GUARD_AUDIT_LOG_H

#include "crypto/merkle.h"
#include "crypto/note.h"
#include "guard/audit.h"
#include "os/append_file.h"
#include "os/lock.h"

#define KW_AUDIT_PATH_BYTES 512

/* All-zero is a closed log. Members are for audit_log*.c; others read `chain` and `cut_bytes`. */
typedef struct kw_audit_log {
    char folder[KW_AUDIT_PATH_BYTES]; /* NUL-terminated */
    char origin[KW_NOTE_NAME_BYTES_MAX + 1];
    uint64_t segment_bytes_max;
    unsigned disk_free_percent;
    kw_note_signer signer;
    kw_file_lock lock;
    kw_append_file segment;
    kw_append_file notes;
    uint64_t first;         /* sequence of the first record of the open segment */
    uint64_t durable_bytes; /* of the open segment */
    kw_audit_chain chain;   /* of the durable records */
    kw_merkle_tree tree;    /* of the durable records */
    uint64_t noted_size;    /* records that the newest checkpoint covers */
    uint64_t cut_bytes;     /* of a torn tail that was cut away when opening */
} kw_audit_log;

/* Opens or creates; statuses of kw_audit_open. `out` is all-zero before. */
KW_MUST_USE kw_status kw_audit_log_open(kw_audit_log *out, const kw_audit_config *config,
                                        kw_error *err);

/* Closes the files and frees the lock; nothing is written. May run twice. */
void kw_audit_log_drop(kw_audit_log *log);

/* Frames that continue the chain. */
typedef struct kw_audit_batch {
    kw_buf frames;
    kw_hash32 *hashes; /* of the records, `count` of them, owned */
    size_t count;
    kw_audit_chain after; /* where the chain stands behind the last frame */
} kw_audit_batch;

/* Appends and syncs: after KW_OK the batch is durable and the chain stands at `batch->after`. After
 * a failure nothing of it counts; the next call tries to bring the files back to the last durable
 * record first. NO_SPACE: also when the disk has less free than it must. IO. */
KW_MUST_USE kw_status kw_audit_log_commit(kw_audit_log *log, const kw_audit_batch *batch,
                                          kw_error *err);

/* Signs the present tree, adds the note to the segment's notes and appends it to `out`.
 * `is_last`: it is synced, too; otherwise losing the newest note loses nothing. */
KW_MUST_USE kw_status kw_audit_log_checkpoint(kw_audit_log *log, kw_buf *out, bool is_last,
                                              kw_error *err);

/* Splits the next note off the text of a .notes file. END: nothing left. BAD_INPUT: the rest is not
 * a whole note; `rest` is unchanged then. */
KW_MUST_USE kw_status kw_audit_notes_next(kw_str *out, kw_str *rest);

/* "<folder>/<first, 16 digits>.<kind>". LIMIT: the path is too long. */
KW_MUST_USE kw_status kw_audit_path(char out[KW_AUDIT_PATH_BYTES], const char *folder,
                                    uint64_t first, const char *kind);

/* First sequences of the segments of a folder, ascending. */
typedef struct kw_audit_segments {
    uint64_t *firsts; /* owned */
    size_t count;
} kw_audit_segments;

void kw_audit_segments_drop(kw_audit_segments *segments);

/* `out` is empty before. NOT_FOUND: no such folder. */
KW_MUST_USE kw_status kw_audit_segments_list(kw_audit_segments *out, const char *folder,
                                             kw_error *err);

#endif /* KW_GUARD_AUDIT_LOG_H */
