/* SPDX-License-Identifier: Apache-2.0
 * Opening an audit log, also after a crash. Only what was never acknowledged may be cut away: bytes
 * behind the last whole record that no checkpoint covers. Everything else is CORRUPT. */
#include "guard/audit_log.h"

#include "codec/reader.h"
#include "guard/limits.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/map.h"

#include <stdio.h>

enum {
    FOLDER_MODE = 0700,
    FILE_MODE = 0600,
    VKEY_MODE = 0644,
    VKEY_BYTES_MAX = 512,
};

/* What the notes of a segment say. */
typedef struct notes_state {
    size_t whole_bytes; /* of whole notes */
    bool has_head;
    kw_merkle_head head; /* of the last note */
} notes_state;

/* Checks signature and origin of one note. */
static kw_status read_note(const kw_audit_log *log, kw_merkle_head *out, kw_str text, kw_error *err)
{
    kw_note note;
    KW_TRY(kw_note_parse(&note, kw_span_of_str(text), err));
    size_t count = 0;
    KW_TRY(kw_note_verify(&note, &count, &log->signer.verifier, 1, err));
    KW_REQUIRE(count == 1, err, KW_CORRUPT, "an audit checkpoint is not signed by this node's key");
    kw_checkpoint checkpoint;
    KW_TRY(kw_checkpoint_parse(&checkpoint, note.text, err));
    KW_REQUIRE(kw_str_equal(checkpoint.origin, kw_str_of(log->origin)), err, KW_CORRUPT,
               "an audit checkpoint of another log");
    *out = checkpoint.head;
    return KW_OK;
}

/* Reads the last checkpoint of the segment that begins at `first`. A missing file has none. */
static kw_status read_notes(const kw_audit_log *log, notes_state *out, uint64_t first,
                            kw_error *err)
{
    notes_state state = {0};
    char path[KW_AUDIT_PATH_BYTES];
    KW_TRY_AT(err, kw_audit_path(path, log->folder, first, "notes"), "naming an audit file");
    KW_AUTO(kw_map) map = {0};
    kw_status st = kw_map_open(&map, path, err);
    if (st == KW_NOT_FOUND) {
        *out = state;
        return KW_OK;
    }
    KW_TRY(st);
    kw_str rest = kw_str_of_span(map.bytes);
    kw_str last = {0};
    while (kw_audit_notes_next(&last, &rest) == KW_OK) {
        state.has_head = true;
    }
    state.whole_bytes = map.bytes.len - rest.len;
    if (state.has_head) {
        kw_status bad = read_note(log, &state.head, last, err);
        KW_REQUIRE(bad == KW_OK, err, KW_CORRUPT, "the last audit checkpoint does not verify");
    }
    *out = state;
    return KW_OK;
}

/* Loads the state before the first record of a segment that is not the first one, and checks it
 * against the checkpoint that ended the segment before. */
static kw_status read_tree(kw_audit_log *log, uint64_t previous_first, kw_error *err)
{
    char path[KW_AUDIT_PATH_BYTES];
    KW_TRY_AT(err, kw_audit_path(path, log->folder, log->first, "tree"), "naming an audit file");
    KW_AUTO(kw_buf) bytes = kw_buf_init(8 + 8 + 32 + 64 * 32);
    kw_status st = kw_file_read(&bytes, path, err);
    KW_REQUIRE(st != KW_NOT_FOUND && st != KW_LIMIT, err, KW_CORRUPT,
               "the state of the audit tree is missing or damaged");
    KW_TRY(st);
    kw_reader r = kw_reader_of(kw_buf_view(&bytes));
    kw_audit_chain chain = {.size = kw_read_u64be(&r)};
    chain.time_ms = (kw_unix_ms)kw_read_u64be(&r);
    kw_read_into(&r, KW_MSPAN(chain.previous.bytes));
    kw_merkle_tree tree = {.size = chain.size};
    for (size_t i = 0; i < KW_COUNT(tree.peaks); i++) {
        if ((tree.size >> i & 1) != 0) {
            kw_read_into(&r, KW_MSPAN(tree.peaks[i].bytes));
        }
    }
    KW_REQUIRE(kw_read_end(&r) == KW_OK && chain.size == log->first, err, KW_CORRUPT,
               "the state of the audit tree is damaged");
    notes_state notes;
    KW_TRY(read_notes(log, &notes, previous_first, err));
    kw_merkle_head head = {.size = tree.size};
    kw_merkle_root(&tree, &head.root);
    KW_REQUIRE(notes.has_head && notes.head.size == head.size &&
                   kw_span_equal_var(KW_SPAN(notes.head.root.bytes), KW_SPAN(head.root.bytes)),
               err, KW_CORRUPT, "the state of the audit tree does not fit its checkpoint");
    log->chain = chain;
    log->tree = tree;
    log->noted_size = chain.size;
    return KW_OK;
}

/* Takes one record into chain and tree. */
static kw_status follow(kw_audit_log *log, kw_span bytes, const kw_hash32 *hash, kw_error *err)
{
    kw_audit_record record;
    KW_REQUIRE(kw_audit_record_decode(&record, bytes) == KW_OK, err, KW_CORRUPT,
               "audit record %llu cannot be read", (unsigned long long)log->chain.size);
    kw_audit_link link = kw_audit_link_of(&record);
    KW_REQUIRE(kw_audit_chain_follow(&log->chain, &link, hash) == KW_AUDIT_FAULT_NONE, err,
               KW_CORRUPT, "audit record %llu does not continue the chain",
               (unsigned long long)log->chain.size);
    KW_TRY_AT(err, kw_merkle_append(&log->tree, hash), "building the audit tree");
    return KW_OK;
}

/* Replays the open segment and checks it against its last checkpoint. */
static kw_status replay(kw_audit_log *log, const notes_state *notes, kw_error *err)
{
    char path[KW_AUDIT_PATH_BYTES];
    KW_TRY_AT(err, kw_audit_path(path, log->folder, log->first, "log"), "naming an audit file");
    KW_AUTO(kw_map) map = {0};
    KW_TRY(kw_map_open(&map, path, err));
    kw_span rest = map.bytes;
    kw_span record;
    kw_hash32 hash;
    bool is_head_met = !notes->has_head;
    for (;;) {
        if (notes->has_head && log->chain.size == notes->head.size) {
            kw_hash32 root;
            kw_merkle_root(&log->tree, &root);
            KW_REQUIRE(kw_span_equal_var(KW_SPAN(root.bytes), KW_SPAN(notes->head.root.bytes)), err,
                       KW_CORRUPT, "the audit records do not fit their checkpoint");
            is_head_met = true;
        }
        if (kw_audit_frame_next(&record, &hash, &rest) != KW_OK) {
            break; /* the end, or a torn tail */
        }
        KW_TRY(follow(log, record, &hash, err));
    }
    KW_REQUIRE(is_head_met, err, KW_CORRUPT, "audit records that a checkpoint covers are missing");
    log->cut_bytes = rest.len;
    log->durable_bytes = map.bytes.len - rest.len;
    log->noted_size = notes->has_head ? notes->head.size : log->noted_size;
    return KW_OK;
}

/* Opens both files of the segment for appending, without what a crash left behind. */
static kw_status open_segment(kw_audit_log *log, const notes_state *notes, kw_error *err)
{
    char path[KW_AUDIT_PATH_BYTES];
    KW_TRY_AT(err, kw_audit_path(path, log->folder, log->first, "log"), "naming an audit file");
    KW_TRY(kw_append_file_open(&log->segment, path, FILE_MODE, err));
    if (log->segment.size > log->durable_bytes) {
        KW_TRY(kw_append_file_cut(&log->segment, log->durable_bytes, err));
    }
    KW_TRY_AT(err, kw_audit_path(path, log->folder, log->first, "notes"), "naming an audit file");
    KW_TRY(kw_append_file_open(&log->notes, path, FILE_MODE, err));
    if (log->notes.size > notes->whole_bytes) {
        KW_TRY(kw_append_file_cut(&log->notes, notes->whole_bytes, err));
    }
    return KW_OK;
}

/* Writes the verifier key beside the log when it is not there. */
static kw_status keep_vkey(const kw_audit_log *log, kw_error *err)
{
    char path[KW_AUDIT_PATH_BYTES];
    int len = snprintf(path, sizeof path, "%s/vkey", log->folder);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof path, err, KW_LIMIT, "the path is too long");
    KW_AUTO(kw_buf) text = kw_buf_init(VKEY_BYTES_MAX);
    KW_TRY_AT(err, kw_note_vkey_format(&text, &log->signer.verifier), "formatting the audit key");
    KW_TRY_AT(err, kw_buf_append_byte(&text, '\n'), "formatting the audit key");
    KW_AUTO(kw_buf) present = kw_buf_init(VKEY_BYTES_MAX);
    kw_status st = kw_file_read(&present, path, err);
    if (st == KW_NOT_FOUND) {
        return kw_file_write_atomic(path, kw_buf_view(&text), VKEY_MODE, err);
    }
    KW_TRY(st);
    KW_REQUIRE(kw_span_equal_var(kw_buf_view(&present), kw_buf_view(&text)), err, KW_CORRUPT,
               "the audit folder belongs to another node or key");
    return KW_OK;
}

static kw_status open_files(kw_audit_log *log, kw_error *err)
{
    KW_TRY_AT(err, keep_vkey(log, err), "checking the audit key");
    KW_AUTO(kw_audit_segments) segments = {0};
    KW_TRY(kw_audit_segments_list(&segments, log->folder, err));
    notes_state notes = {0};
    if (segments.count > 0) {
        log->first = segments.firsts[segments.count - 1];
        KW_REQUIRE(segments.count > 1 || log->first == 0, err, KW_CORRUPT,
                   "the first audit segment is missing");
        if (log->first > 0) {
            KW_TRY(read_tree(log, segments.firsts[segments.count - 2], err));
        }
        KW_TRY(read_notes(log, &notes, log->first, err));
        KW_TRY(replay(log, &notes, err));
    }
    KW_TRY(open_segment(log, &notes, err));
    /* An old segment keeps its space; asking again costs nothing and may fail on a full disk, which
     * the first commit then tells. */
    return segments.count > 0 ? KW_OK
                              : kw_append_file_reserve(&log->segment, log->segment_bytes_max, err);
}

static bool is_node_name(kw_str node)
{
    return node.len >= 1 && node.len <= KW_AUDIT_NODE_BYTES_MAX && kw_str_is_made_of(node, ".-");
}

kw_status kw_audit_log_open(kw_audit_log *out, const kw_audit_config *config, kw_error *err)
{
    KW_REQUIRE(is_node_name(config->node), err, KW_BAD_INPUT, "the node's name is not accepted");
    KW_AUTO(kw_audit_log)
    log = {.segment_bytes_max = config->segment_bytes != 0 ? config->segment_bytes
                                                           : (uint64_t)KW_AUDIT_SEGMENT_BYTES,
           .disk_free_percent = config->disk_free_percent};
    int len = snprintf(log.folder, sizeof log.folder, "%s", config->folder);
    KW_REQUIRE(len > 0 && (size_t)len < sizeof log.folder - 32, err, KW_BAD_INPUT,
               "the path of the audit folder is not accepted");
    (void)snprintf(log.origin, sizeof log.origin, "%.*s/audit", KW_STR_ARG(config->node));
    KW_TRY_AT(err, kw_note_signer_init(&log.signer, kw_str_of(log.origin), config->key),
              "naming the audit key");
    KW_TRY(kw_dir_make(log.folder, FOLDER_MODE, err));
    char lock_path[KW_AUDIT_PATH_BYTES + 8];
    (void)snprintf(lock_path, sizeof lock_path, "%s/lock", log.folder);
    kw_status st = kw_file_lock_take(&log.lock, lock_path, 0, err);
    KW_REQUIRE(st != KW_BUSY, err, KW_CONFLICT, "another process has the audit log open");
    KW_TRY(st);
    KW_TRY(open_files(&log, err));
    *out = log;
    log = (kw_audit_log){0};
    return KW_OK;
}
