/* SPDX-License-Identifier: Apache-2.0
 * Appending to the audit files: batches, segments, checkpoints. audit_recover.c opens them. */
#include "guard/audit_log.h"

#include "codec/writer.h"
#include "guard/limits.h"
#include "os/file.h"

#include <stdio.h>

enum {
    FILE_MODE = 0600,
    TREE_BYTES_MAX = 8 + 8 + 32 + 64 * 32,
};

static kw_status open_file(const kw_audit_log *log, kw_append_file *out, uint64_t first,
                           const char *kind, kw_error *err)
{
    char path[KW_AUDIT_PATH_BYTES];
    KW_TRY_AT(err, kw_audit_path(path, log->folder, first, kind), "naming an audit file");
    return kw_append_file_open(out, path, FILE_MODE, err);
}

/* Brings the segment back to its last durable record after a failure. */
static kw_status restore_segment(kw_audit_log *log, kw_error *err)
{
    if (log->segment.is_open && !log->segment.is_broken &&
        log->segment.size == log->durable_bytes) {
        return KW_OK;
    }
    kw_append_file_drop(&log->segment);
    KW_TRY(open_file(log, &log->segment, log->first, "log", err));
    KW_REQUIRE(log->segment.size >= log->durable_bytes, err, KW_CORRUPT,
               "the audit segment became shorter");
    return kw_append_file_cut(&log->segment, log->durable_bytes, err);
}

static kw_status write_tree(const kw_audit_log *log, kw_error *err)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(TREE_BYTES_MAX);
    kw_writer w = kw_writer_to(&bytes);
    kw_write_u64be(&w, log->chain.size);
    kw_write_u64be(&w, (uint64_t)log->chain.time_ms);
    kw_write_span(&w, KW_SPAN(log->chain.previous.bytes));
    for (size_t i = 0; i < KW_COUNT(log->tree.peaks); i++) {
        if ((log->tree.size >> i & 1) != 0) {
            kw_write_span(&w, KW_SPAN(log->tree.peaks[i].bytes));
        }
    }
    KW_TRY_AT(err, kw_write_end(&w), "writing the audit tree");
    char path[KW_AUDIT_PATH_BYTES];
    KW_TRY_AT(err, kw_audit_path(path, log->folder, log->chain.size, "tree"),
              "naming an audit file");
    return kw_file_write_atomic(path, kw_buf_view(&bytes), FILE_MODE, err);
}

/* Ends the open segment and starts the next. A crash in between leaves a log that opens: only the
 * last step creates a file that a start looks for, and it is there with all that it needs. */
static kw_status next_segment(kw_audit_log *log, kw_error *err)
{
    KW_AUTO(kw_buf) note = kw_buf_init(KW_NOTE_BYTES_MAX);
    KW_TRY(kw_audit_log_checkpoint(log, &note, true, err));
    KW_TRY(write_tree(log, err));
    uint64_t first = log->chain.size;
    kw_append_file notes = {0};
    kw_append_file segment = {0};
    kw_status st = open_file(log, &notes, first, "notes", err);
    st = st != KW_OK ? st : kw_append_file_cut(&notes, 0, err);
    st = st != KW_OK ? st : open_file(log, &segment, first, "log", err);
    if (st != KW_OK) {
        kw_append_file_drop(&notes);
        return st;
    }
    kw_append_file_drop(&log->segment);
    kw_append_file_drop(&log->notes);
    log->segment = segment;
    log->notes = notes;
    log->first = first;
    log->durable_bytes = 0;
    return kw_append_file_reserve(&log->segment, log->segment_bytes_max, err);
}

static kw_status check_disk(const kw_audit_log *log, kw_error *err)
{
    kw_disk_space space;
    KW_TRY(kw_disk_space_of(&space, log->folder, err));
    KW_REQUIRE(space.free_bytes / 100 >= space.total_bytes / 10000 * log->disk_free_percent, err,
               KW_NO_SPACE, "the disk of the audit log is nearly full");
    return KW_OK;
}

kw_status kw_audit_log_commit(kw_audit_log *log, const kw_audit_batch *batch, kw_error *err)
{
    KW_TRY(check_disk(log, err));
    KW_TRY_AT(err, restore_segment(log, err), "restoring the audit segment");
    if (log->durable_bytes > 0 && log->durable_bytes + batch->frames.len > log->segment_bytes_max) {
        KW_TRY_AT(err, next_segment(log, err), "starting an audit segment");
    }
    KW_TRY(kw_append_file_add(&log->segment, kw_buf_view(&batch->frames), err));
    KW_TRY(kw_append_file_sync(&log->segment, err));
    log->durable_bytes = log->segment.size;
    log->chain = batch->after;
    for (size_t i = 0; i < batch->count; i++) {
        KW_ASSERT(kw_merkle_append(&log->tree, &batch->hashes[i]) == KW_OK);
    }
    return KW_OK;
}

static kw_status restore_notes(kw_audit_log *log, kw_error *err)
{
    if (log->notes.is_open && !log->notes.is_broken) {
        return KW_OK;
    }
    kw_append_file_drop(&log->notes);
    return open_file(log, &log->notes, log->first, "notes", err);
}

kw_status kw_audit_log_checkpoint(kw_audit_log *log, kw_buf *out, bool is_last, kw_error *err)
{
    kw_checkpoint checkpoint = {.origin = kw_str_of(log->origin),
                                .head = {.size = log->chain.size}};
    kw_merkle_root(&log->tree, &checkpoint.head.root);
    KW_AUTO(kw_buf) text = kw_buf_init(KW_NOTE_BYTES_MAX);
    KW_TRY_AT(err, kw_checkpoint_format(&text, &checkpoint), "formatting an audit checkpoint");
    size_t start = out->len;
    KW_TRY(kw_note_sign(&log->signer, out, kw_buf_text(&text), err));
    if (log->noted_size == log->chain.size && log->chain.size > 0) {
        return is_last ? kw_append_file_sync(&log->notes, err)
                       : KW_OK; /* it stands there already */
    }
    KW_AUTO(kw_buf) entry = kw_buf_init(KW_NOTE_BYTES_MAX);
    KW_TRY_AT(err, kw_buf_append(&entry, (kw_span){out->ptr + start, out->len - start}),
              "copying an audit checkpoint");
    KW_TRY_AT(err, kw_buf_append_byte(&entry, '\n'), "copying an audit checkpoint");
    KW_TRY(restore_notes(log, err));
    KW_TRY(kw_append_file_add(&log->notes, kw_buf_view(&entry), err));
    if (is_last) {
        KW_TRY(kw_append_file_sync(&log->notes, err));
    }
    log->noted_size = log->chain.size;
    return KW_OK;
}

void kw_audit_log_drop(kw_audit_log *log)
{
    kw_append_file_drop(&log->segment);
    kw_append_file_drop(&log->notes);
    kw_note_signer_drop(&log->signer);
    kw_file_lock_drop(&log->lock);
    *log = (kw_audit_log){0};
}
