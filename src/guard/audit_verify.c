/* SPDX-License-Identifier: Apache-2.0
 * Offline verification of an audit folder. */
#include "guard/audit_verify.h"

#include "base/heap.h"
#include "crypto/note.h"
#include "guard/audit_hasher.h"
#include "guard/audit_log.h"
#include "os/map.h"

#include <stdio.h>

/* The heads of all signed checkpoints, by size. */
typedef struct heads {
    kw_merkle_head *rows; /* owned */
    size_t count;
    size_t capacity;
} heads;

static void heads_drop(heads *list)
{
    kw_heap_free(list->rows);
    *list = (heads){0};
}

/* The files of a folder, mapped. */
typedef struct files {
    kw_audit_segments segments;
    kw_map *maps;  /* owned, one for each segment */
    kw_span *logs; /* owned, their bytes */
} files;

static void files_drop(files *f)
{
    for (size_t i = 0; f->maps != NULL && i < f->segments.count; i++) {
        kw_map_drop(&f->maps[i]);
    }
    kw_heap_free(f->maps);
    kw_heap_free(f->logs);
    kw_audit_segments_drop(&f->segments);
    *f = (files){0};
}

/* A verification under way. */
typedef struct examination {
    const kw_audit_verify_options *options;
    kw_audit_report *report;
    kw_note_verifier verifier;
    heads heads;
    size_t heads_met;      /* checkpoints that the records fit so far */
    uint64_t covered_size; /* records that such checkpoints cover */
    kw_audit_chain chain;
    kw_merkle_tree tree;
} examination;

/* Ends the examination with a verdict; the first one counts. Always false. */
static bool judge(examination *x, kw_audit_verdict verdict, uint64_t sequence, const char *reason)
{
    if (x->report->verdict == KW_AUDIT_INTACT) {
        x->report->verdict = verdict;
        x->report->bad_sequence = sequence;
        (void)snprintf(x->report->reason, sizeof x->report->reason, "%s", reason);
    }
    return false;
}

/* ---- checkpoints ---- */

static kw_status heads_add(heads *list, kw_merkle_head head)
{
    if (list->count == list->capacity) {
        size_t capacity = KW_MAX(list->capacity * 2, (size_t)64);
        kw_merkle_head *rows = kw_heap_resize(list->rows, capacity, sizeof *rows);
        if (rows == NULL) {
            return KW_NO_MEMORY;
        }
        list->rows = rows;
        list->capacity = capacity;
    }
    /* Nearly always the last place: notes are in order, only the anchor is not. */
    size_t at = list->count;
    while (at > 0 && list->rows[at - 1].size > head.size) {
        list->rows[at] = list->rows[at - 1];
        at--;
    }
    list->rows[at] = head;
    list->count++;
    return KW_OK;
}

/* Checks signature and origin. BAD_INPUT, REFUSED: not a checkpoint of this log. */
static kw_status read_head(const examination *x, kw_merkle_head *out, kw_str text)
{
    kw_note note;
    KW_TRY(kw_note_parse(&note, kw_span_of_str(text), NULL));
    size_t count = 0;
    KW_TRY(kw_note_verify(&note, &count, &x->verifier, 1, NULL));
    kw_checkpoint checkpoint;
    KW_TRY(kw_checkpoint_parse(&checkpoint, note.text, NULL));
    if (count != 1 || !kw_str_equal(checkpoint.origin, kw_str_of(x->verifier.name))) {
        return KW_REFUSED;
    }
    *out = checkpoint.head;
    return KW_OK;
}

/* Reads the checkpoints of one segment. */
static kw_status read_notes(examination *x, const files *f, size_t segment, kw_error *err)
{
    char path[KW_AUDIT_PATH_BYTES];
    uint64_t first = f->segments.firsts[segment];
    KW_TRY_AT(err, kw_audit_path(path, x->options->folder, first, "notes"), "naming a file");
    KW_AUTO(kw_map) map = {0};
    kw_status st = kw_map_open(&map, path, err);
    if (st == KW_NOT_FOUND) {
        return KW_OK;
    }
    KW_TRY(st);
    kw_str rest = kw_str_of_span(map.bytes);
    kw_str note;
    uint64_t least = first;
    while ((st = kw_audit_notes_next(&note, &rest)) == KW_OK) {
        kw_merkle_head head;
        if (read_head(x, &head, note) != KW_OK || head.size < least) {
            (void)judge(x, KW_AUDIT_ALTERED, least, "a checkpoint is not one of this log");
            return KW_OK;
        }
        least = head.size;
        x->report->checkpoints++;
        KW_TRY_AT(err, heads_add(&x->heads, head), "collecting checkpoints");
    }
    if (st != KW_END && segment + 1 < f->segments.count) {
        (void)judge(x, KW_AUDIT_ALTERED, least, "a checkpoint file is damaged");
    }
    return KW_OK;
}

/* Compares the tree with every checkpoint of its size; false: one does not fit. */
static bool meets_heads(examination *x)
{
    while (x->heads_met < x->heads.count && x->heads.rows[x->heads_met].size == x->chain.size) {
        kw_hash32 root;
        kw_merkle_root(&x->tree, &root);
        if (!kw_span_equal_var(KW_SPAN(root.bytes),
                               KW_SPAN(x->heads.rows[x->heads_met].root.bytes))) {
            return judge(x, KW_AUDIT_ALTERED, x->covered_size,
                         "the records do not fit a checkpoint: replaced or forked");
        }
        x->covered_size = x->chain.size;
        x->heads_met++;
    }
    return true;
}

/* ---- records ---- */

static bool examine_record(examination *x, const kw_audit_slab *slab, size_t index)
{
    uint64_t sequence = x->chain.size;
    if (!slab->is_good[index]) {
        return judge(x, KW_AUDIT_ALTERED, sequence, "the record was edited");
    }
    const kw_audit_link *link = &slab->links[index];
    switch (kw_audit_chain_follow(&x->chain, link, &slab->hashes[index])) {
    case KW_AUDIT_FAULT_NONE:
        break;
    case KW_AUDIT_FAULT_SEQUENCE:
        return judge(x, KW_AUDIT_ALTERED, sequence,
                     "records were deleted, inserted or reordered here");
    case KW_AUDIT_FAULT_PREVIOUS:
        return judge(x, KW_AUDIT_ALTERED, sequence,
                     "the record does not continue the one before it");
    case KW_AUDIT_FAULT_TIME:
        return judge(x, KW_AUDIT_ALTERED, sequence, "the time runs back by more than 5 seconds");
    }
    if (sequence == 0) {
        x->report->first_ms = link->time_ms;
    }
    if (kw_merkle_append(&x->tree, &slab->hashes[index]) != KW_OK) {
        return judge(x, KW_AUDIT_UNREADABLE, sequence, "too many records");
    }
    return meets_heads(x);
}

static bool examine_slab(examination *x, const files *f, const kw_audit_slab *slab,
                         bool is_segment_start)
{
    if (is_segment_start && f->segments.firsts[slab->segment] != x->chain.size) {
        return judge(x, KW_AUDIT_ALTERED, x->chain.size, "a segment is missing or misnamed");
    }
    for (size_t i = 0; i < slab->count; i++) {
        if (!examine_record(x, slab, i)) {
            return false;
        }
    }
    x->report->bytes += slab->frame_bytes;
    if (slab->bytes_left == 0) {
        return true;
    }
    /* Only at the very end may bytes be no record: what a crash or a running writer leaves. */
    bool is_covered = x->heads_met < x->heads.count;
    if (slab->segment + 1 < f->segments.count || is_covered) {
        return judge(x, KW_AUDIT_ALTERED, x->chain.size, "the record cannot be read");
    }
    x->report->tail_bytes = slab->bytes_left;
    return true;
}

static kw_status examine_records(examination *x, files *f, kw_error *err)
{
    uint64_t bytes_all = 0;
    for (size_t i = 0; i < f->segments.count; i++) {
        bytes_all += f->logs[i].len;
    }
    KW_AUTO_PTR(kw_audit_hasher) hasher = NULL;
    KW_TRY(kw_audit_hasher_new(&hasher, f->logs, f->segments.count, err));
    if (!meets_heads(x)) { /* a checkpoint of the empty tree */
        return KW_OK;
    }
    bool is_start = true;
    const kw_audit_slab *slab = NULL;
    while ((slab = kw_audit_hasher_next(hasher)) != NULL && examine_slab(x, f, slab, is_start)) {
        is_start = slab->is_last;
        if (x->options->progress != NULL) {
            x->options->progress(x->options->data, x->report->bytes, bytes_all);
        }
    }
    return KW_OK;
}

/* ---- the whole ---- */

static kw_status list_files(examination *x, files *f, kw_error *err)
{
    kw_status st = kw_audit_segments_list(&f->segments, x->options->folder, err);
    KW_REQUIRE(st != KW_NO_MEMORY, err, st, "listing the audit folder");
    if (st != KW_OK) {
        (void)judge(x, KW_AUDIT_UNREADABLE, UINT64_MAX, "the folder cannot be read");
        return KW_OK;
    }
    f->maps = kw_heap_new(f->segments.count + 1, sizeof *f->maps);
    f->logs = kw_heap_new(f->segments.count + 1, sizeof *f->logs);
    KW_REQUIRE(f->maps != NULL && f->logs != NULL, err, KW_NO_MEMORY, "opening audit segments");
    x->report->segments = f->segments.count;
    return KW_OK;
}

/* Notes first, records then: a writer that goes on meanwhile only adds records that no checkpoint
 * of ours covers. */
static kw_status open_files(examination *x, files *f, kw_error *err)
{
    for (size_t i = 0; i < f->segments.count; i++) {
        KW_TRY(read_notes(x, f, i, err));
    }
    for (size_t i = 0; i < f->segments.count; i++) {
        char path[KW_AUDIT_PATH_BYTES];
        if (kw_audit_path(path, x->options->folder, f->segments.firsts[i], "log") != KW_OK ||
            kw_map_open(&f->maps[i], path, err) != KW_OK) {
            (void)judge(x, KW_AUDIT_UNREADABLE, UINT64_MAX, "a segment cannot be read");
            return KW_OK;
        }
        f->logs[i] = f->maps[i].bytes;
    }
    return KW_OK;
}

static kw_status read_keys(examination *x, files *f, kw_error *err)
{
    KW_UNUSED(f);
    const kw_audit_verify_options *options = x->options;
    if (kw_note_vkey_parse(&x->verifier, kw_str_trim(options->vkey), NULL) != KW_OK) {
        (void)judge(x, KW_AUDIT_UNREADABLE, UINT64_MAX, "the verifier key cannot be read");
        return KW_OK;
    }
    if (options->anchor.len == 0) {
        return KW_OK;
    }
    kw_merkle_head head;
    if (read_head(x, &head, options->anchor) != KW_OK) {
        (void)judge(x, KW_AUDIT_UNREADABLE, UINT64_MAX,
                    "the anchor is not a checkpoint signed by this key");
        return KW_OK;
    }
    KW_TRY_AT(err, heads_add(&x->heads, head), "keeping the anchor");
    return KW_OK;
}

static void conclude(examination *x, const files *f)
{
    kw_audit_report *report = x->report;
    report->records = x->chain.size;
    report->last_ms = x->chain.time_ms;
    kw_merkle_root(&x->tree, &report->root);
    if (report->verdict != KW_AUDIT_INTACT) {
        return;
    }
    if (x->heads_met < x->heads.count) {
        (void)judge(x, KW_AUDIT_TRUNCATED, x->chain.size,
                    "records that a checkpoint covers are missing at the end");
    } else if (f->segments.count == 0) {
        (void)judge(x, KW_AUDIT_UNREADABLE, UINT64_MAX, "the folder holds no audit log");
    }
}

static kw_status examine(examination *x, files *f, kw_error *err)
{
    static kw_status (*const steps[])(examination *, files *, kw_error *) = {
        read_keys, list_files, open_files, examine_records};
    for (size_t i = 0; i < KW_COUNT(steps) && x->report->verdict == KW_AUDIT_INTACT; i++) {
        KW_TRY(steps[i](x, f, err));
    }
    conclude(x, f);
    return KW_OK;
}

kw_status kw_audit_verify(kw_audit_report *out, const kw_audit_verify_options *options,
                          kw_error *err)
{
    kw_audit_report report = {.bad_sequence = UINT64_MAX};
    examination x = {.options = options, .report = &report};
    KW_AUTO(files) f = {0};
    kw_status st = examine(&x, &f, err);
    heads_drop(&x.heads);
    if (st == KW_OK) {
        *out = report;
    }
    return st;
}

kw_status kw_audit_read(const char *folder, kw_audit_visit visit, void *data, kw_error *err)
{
    KW_AUTO(kw_audit_segments) segments = {0};
    KW_TRY(kw_audit_segments_list(&segments, folder, err));
    for (size_t i = 0; i < segments.count; i++) {
        char path[KW_AUDIT_PATH_BYTES];
        KW_TRY_AT(err, kw_audit_path(path, folder, segments.firsts[i], "log"), "naming a file");
        KW_AUTO(kw_map) map = {0};
        KW_TRY(kw_map_open(&map, path, err));
        kw_span rest = map.bytes;
        kw_span bytes;
        kw_hash32 hash;
        while (kw_audit_frame_next(&bytes, &hash, &rest) == KW_OK) {
            kw_audit_record record;
            KW_REQUIRE(kw_audit_record_decode(&record, bytes) == KW_OK, err, KW_CORRUPT,
                       "a record of segment %llu cannot be read",
                       (unsigned long long)segments.firsts[i]);
            KW_TRY(visit(data, &record, err));
        }
        KW_REQUIRE(rest.len == 0 || i + 1 == segments.count, err, KW_CORRUPT,
                   "segment %llu is damaged", (unsigned long long)segments.firsts[i]);
    }
    return KW_OK;
}
