/* SPDX-License-Identifier: Apache-2.0
 * Whatever is done to a log behind its writer's back is found, and named. */
#include "guard/audit_verify.h"

#include "base/heap.h"
#include "crypto/note.h"
#include "guard/audit_log.h"
#include "os/dir.h"
#include "os/file.h"

#include "support/audit.h"
#include "support/expect.h"

#include <stdio.h>
#include <unistd.h>

enum {
    RECORDS = 12,
    FILE_BYTES_MAX = 1 << 20
};

/* A closed log of one segment, its files in memory. */
typedef struct specimen {
    audit_place place;
    char log_path[512];
    char notes_path[512];
    kw_buf log;
    kw_buf notes;
} specimen;

static void read_whole(kw_buf *out, const char *path)
{
    kw_error err = {0};
    *out = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_file_read(out, path, &err));
}

/* Without a sync, and without emptying the file first, which some file systems answer with one:
 * thousands of them are written here. */
static void write_whole(const char *path, kw_span bytes)
{
    FILE *file = fopen(path, "r+b");
    file = file != NULL ? file : fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(bytes.len == 0 ? 0 : fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(ftruncate(fileno(file), (off_t)bytes.len), 0);
    assert_int_equal(fclose(file), 0);
}

static specimen *specimen_make(void)
{
    specimen *s = kw_heap_new(1, sizeof *s);
    assert_non_null(s);
    audit_place_make(&s->place);
    kw_audit *audit = audit_place_open(&s->place);
    audit_append_all(audit, RECORDS - 2);
    kw_audit_free(audit);
    EXPECT_OK(kw_audit_path(s->log_path, s->place.dir.path, 0, "log"));
    EXPECT_OK(kw_audit_path(s->notes_path, s->place.dir.path, 0, "notes"));
    read_whole(&s->log, s->log_path);
    read_whole(&s->notes, s->notes_path);
    return s;
}

static void specimen_free(specimen *s)
{
    kw_buf_drop(&s->log);
    kw_buf_drop(&s->notes);
    audit_place_remove(&s->place);
    kw_heap_free(s);
}

static kw_audit_report examine(const specimen *s, kw_audit_verdict wanted)
{
    return audit_expect(&s->place, s->place.dir.path, (kw_str){0}, wanted);
}

/* The frames of a log. */
static size_t split(kw_span frames[RECORDS], const kw_buf *log)
{
    kw_span rest = kw_buf_view(log);
    size_t count = 0;
    size_t len = 0;
    while (kw_audit_frame_length(&len, rest) == KW_OK) {
        assert_in_range(count, 0, RECORDS - 1);
        frames[count] = (kw_span){rest.ptr, len};
        rest = (kw_span){rest.ptr + len, rest.len - len};
        count++;
    }
    return count;
}

/* Writes the frames with these indexes as the log. */
static void rewrite(const specimen *s, const size_t *order, size_t count)
{
    kw_span frames[RECORDS];
    assert_int_equal(split(frames, &s->log), RECORDS);
    KW_AUTO(kw_buf) log = kw_buf_init(FILE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        EXPECT_OK(kw_buf_append(&log, frames[order[i]]));
    }
    write_whole(s->log_path, kw_buf_view(&log));
}

static void audit_verify__finds_every_flipped_bit(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    kw_span frames[RECORDS];
    assert_int_equal(split(frames, &s->log), RECORDS);
    for (size_t bit = 0; bit < s->log.len * 8; bit++) {
        size_t at = bit / 8;
        s->log.ptr[at] ^= (uint8_t)(1 << bit % 8);
        write_whole(s->log_path, kw_buf_view(&s->log));
        kw_audit_report report = examine(s, KW_AUDIT_ALTERED);
        size_t record = 0;
        while (record + 1 < RECORDS && frames[record + 1].ptr <= s->log.ptr + at) {
            record++;
        }
        assert_int_equal(report.bad_sequence, record);
        s->log.ptr[at] ^= (uint8_t)(1 << bit % 8);
    }
    write_whole(s->log_path, kw_buf_view(&s->log));
    examine(s, KW_AUDIT_INTACT);
    specimen_free(s);
}

/* A note whose end is damaged is like one that was never finished; all else is an alteration. */
static void audit_verify__finds_flipped_bits_of_checkpoints(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    kw_str rest = kw_buf_text(&s->notes);
    kw_str note;
    size_t whole = 0;
    while (kw_audit_notes_next(&note, &rest) == KW_OK) {
        whole++;
    }
    assert_true(whole >= 2);
    for (size_t at = 0; at < s->notes.len; at++) {
        s->notes.ptr[at] ^= 4;
        write_whole(s->notes_path, kw_buf_view(&s->notes));
        kw_audit_verify_options options = {.folder = s->place.dir.path,
                                           .vkey = kw_str_of(s->place.vkey)};
        kw_audit_report report = {0};
        kw_error err = {0};
        EXPECT_OK(kw_audit_verify(&report, &options, &err));
        if (report.verdict == KW_AUDIT_INTACT) {
            assert_int_equal(s->notes.ptr[at] ^ 4, '\n');
            assert_int_equal(report.checkpoints, whole - 1);
        } else {
            assert_int_equal(report.verdict, KW_AUDIT_ALTERED);
        }
        s->notes.ptr[at] ^= 4;
    }
    specimen_free(s);
}

static void audit_verify__names_the_first_bad_record(void **state)
{
    (void)state;
    static const struct {
        size_t order[RECORDS + 1];
        size_t count;
        uint64_t bad;
    } cases[] = {
        {{0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11}, 11, 3},         /* deleted */
        {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 11, 0},         /* the first deleted */
        {{0, 1, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11}, 12, 2},      /* reordered */
        {{0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 13, 4},   /* inserted */
        {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11}, 13, 12}, /* appended */
        {{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}, 12, 0},      /* turned round */
    };
    specimen *s = specimen_make();
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        rewrite(s, cases[i].order, cases[i].count);
        kw_audit_report report = examine(s, KW_AUDIT_ALTERED);
        assert_int_equal(report.bad_sequence, cases[i].bad);
        assert_true(strlen(report.reason) > 10);
    }
    specimen_free(s);
}

static void audit_verify__tells_truncated_from_altered(void **state)
{
    (void)state;
    static const size_t order[RECORDS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    specimen *s = specimen_make();
    /* The newest checkpoint, kept elsewhere, is the anchor. */
    kw_str rest = kw_buf_text(&s->notes);
    kw_str anchor = {0};
    while (kw_audit_notes_next(&anchor, &rest) == KW_OK) {
    }
    for (size_t count = 0; count < RECORDS; count++) {
        rewrite(s, order, count);
        write_whole(s->notes_path, kw_buf_view(&s->notes));
        kw_audit_report report = examine(s, KW_AUDIT_TRUNCATED);
        assert_int_equal(report.bad_sequence, count);
        /* Who also removes the checkpoints is found by the anchor only. */
        write_whole(s->notes_path, (kw_span){0});
        examine(s, KW_AUDIT_INTACT);
        report = audit_expect(&s->place, s->place.dir.path, anchor, KW_AUDIT_TRUNCATED);
        assert_int_equal(report.bad_sequence, count);
    }
    rewrite(s, order, RECORDS);
    audit_expect(&s->place, s->place.dir.path, anchor, KW_AUDIT_INTACT);
    kw_error err = {0};
    EXPECT_OK(kw_file_remove(s->log_path, &err));
    audit_expect(&s->place, s->place.dir.path, anchor, KW_AUDIT_TRUNCATED);
    specimen_free(s);
}

static void audit_verify__leaves_a_torn_tail_unjudged(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    kw_span frames[RECORDS];
    assert_int_equal(split(frames, &s->log), RECORDS);
    KW_AUTO(kw_buf) log = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_buf_append(&log, kw_buf_view(&s->log)));
    EXPECT_OK(kw_buf_append(&log, (kw_span){frames[3].ptr, frames[3].len - 1}));
    write_whole(s->log_path, kw_buf_view(&log));
    kw_audit_report report = examine(s, KW_AUDIT_INTACT);
    assert_int_equal(report.tail_bytes, frames[3].len - 1);
    assert_int_equal(report.records, RECORDS);
    specimen_free(s);
}

/* Rebuilds the log as somebody would who knows the format but not the key. */
static void forge(const specimen *s, int64_t step_ms, size_t changed)
{
    kw_span frames[RECORDS];
    assert_int_equal(split(frames, &s->log), RECORDS);
    KW_AUTO(kw_buf) log = kw_buf_init(FILE_BYTES_MAX);
    kw_audit_chain chain = {0};
    for (size_t i = 0; i < RECORDS; i++) {
        kw_span rest = frames[i];
        kw_span bytes;
        kw_hash32 hash;
        kw_audit_record record;
        EXPECT_OK(kw_audit_frame_next(&bytes, &hash, &rest));
        EXPECT_OK(kw_audit_record_decode(&record, bytes));
        record.time_ms = 1700000000000 + (int64_t)i * step_ms;
        if (i == changed) {
            record.outcome = KW_FORBIDDEN;
        }
        chain.time_ms = 0; /* lets the time run back */
        EXPECT_OK(kw_audit_frame_append(&chain, &log, &hash, &record));
    }
    write_whole(s->log_path, kw_buf_view(&log));
}

static void audit_verify__finds_a_chain_that_was_made_anew(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    forge(s, 0, RECORDS);
    examine(s, KW_AUDIT_INTACT); /* the very same records */
    forge(s, 0, 7);
    kw_audit_report report = examine(s, KW_AUDIT_ALTERED);
    assert_in_range(report.bad_sequence, 0, 7);
    specimen_free(s);
}

static void audit_verify__lets_the_time_run_back_5_seconds(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    write_whole(s->notes_path, (kw_span){0});
    forge(s, -5000, RECORDS);
    examine(s, KW_AUDIT_INTACT);
    forge(s, -5001, RECORDS);
    kw_audit_report report = examine(s, KW_AUDIT_ALTERED);
    assert_int_equal(report.bad_sequence, 1);
    specimen_free(s);
}

static void audit_verify__finds_a_fork(void **state)
{
    (void)state;
    specimen *a = specimen_make();
    audit_place b;
    audit_place_make(&b);
    kw_audit *audit = audit_place_open(&b);
    audit_append_all(audit, 3);
    kw_audit_event event = audit_event_of(99);
    kw_error err = {0};
    EXPECT_OK(kw_audit_append_wait(audit, &event, &err));
    audit_append_all(audit, RECORDS - 6);
    kw_audit_free(audit);
    KW_AUTO(kw_buf) notes = kw_buf_init(FILE_BYTES_MAX);
    char path[512];
    EXPECT_OK(kw_audit_path(path, b.dir.path, 0, "notes"));
    EXPECT_OK(kw_file_read(&notes, path, &err));
    kw_str rest = kw_buf_text(&notes);
    kw_str anchor = {0};
    while (kw_audit_notes_next(&anchor, &rest) == KW_OK) {
    }
    kw_audit_report report = audit_expect(&a->place, a->place.dir.path, anchor, KW_AUDIT_ALTERED);
    assert_in_range(report.bad_sequence, 0, RECORDS);
    audit_place_remove(&b);
    specimen_free(a);
}

static void audit_verify__misses_no_segment(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    place.config.segment_bytes = 4096;
    kw_audit *audit = audit_place_open(&place);
    for (unsigned i = 0; i < 20; i++) { /* groups of a few records: many small segments */
        audit_append_all(audit, 10);
    }
    kw_audit_free(audit);
    kw_error err = {0};
    KW_AUTO(kw_audit_segments) segments = {0};
    EXPECT_OK(kw_audit_segments_list(&segments, place.dir.path, &err));
    assert_true(segments.count >= 5);
    kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    assert_int_equal(report.segments, segments.count);
    for (size_t i = 0; i + 1 < segments.count; i++) {
        char path[512];
        EXPECT_OK(kw_audit_path(path, place.dir.path, segments.firsts[i], "log"));
        KW_AUTO(kw_buf) kept = kw_buf_init(FILE_BYTES_MAX);
        EXPECT_OK(kw_file_read(&kept, path, &err));
        EXPECT_OK(kw_file_remove(path, &err));
        report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_ALTERED);
        assert_int_equal(report.bad_sequence, segments.firsts[i]);
        /* A segment that ends in the middle of a record is no torn tail when others follow. */
        write_whole(path, (kw_span){kept.ptr, kept.len - 1});
        report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_ALTERED);
        assert_int_equal(report.bad_sequence, segments.firsts[i + 1] - 1);
        write_whole(path, kw_buf_view(&kept));
    }
    audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    audit_place_remove(&place);
}

static void audit_verify__tells_bad_input_apart(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    kw_error err = {0};
    kw_audit_report report = {0};
    kw_audit_verify_options options = {.folder = s->place.dir.path, .vkey = KW_STR("n1/audit+x")};
    EXPECT_OK(kw_audit_verify(&report, &options, &err));
    assert_int_equal(report.verdict, KW_AUDIT_UNREADABLE);
    options.vkey = kw_str_of(s->place.vkey);
    options.folder = "/nonexistent/folder";
    EXPECT_OK(kw_audit_verify(&report, &options, &err));
    assert_int_equal(report.verdict, KW_AUDIT_UNREADABLE);
    audit_expect(&s->place, s->place.dir.path, KW_STR("not a note"), KW_AUDIT_UNREADABLE);
    tempdir empty = tempdir_make();
    audit_expect(&s->place, empty.path, (kw_str){0}, KW_AUDIT_UNREADABLE);
    tempdir_remove(&empty);
    /* A key that did not sign this log makes every checkpoint a foreign one. */
    kw_note_signer signer = {0};
    static const kw_secret32 seed = {{42}};
    kw_ed25519_key key;
    kw_ed25519_key_of_seed(&key, &seed);
    EXPECT_OK(kw_note_signer_init(&signer, KW_STR("n1/audit"), &key));
    KW_AUTO(kw_buf) vkey = kw_buf_init(512);
    EXPECT_OK(kw_note_vkey_format(&vkey, &signer.verifier));
    options.folder = s->place.dir.path;
    options.vkey = kw_buf_text(&vkey);
    EXPECT_OK(kw_audit_verify(&report, &options, &err));
    assert_int_equal(report.verdict, KW_AUDIT_ALTERED);
    specimen_free(s);
}

static void audit_verify__survives_missing_memory(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    kw_audit_verify_options options = {.folder = s->place.dir.path,
                                       .vkey = kw_str_of(s->place.vkey)};
    kw_status st = KW_NO_MEMORY;
    for (uint64_t k = 1; st != KW_OK; k++) {
        assert_true(k < 1000);
        kw_audit_report report = {.records = 77};
        kw_error err = {0};
        kw_heap_fail_at(k);
        st = kw_audit_verify(&report, &options, &err);
        kw_heap_fail_at(0);
        if (st != KW_OK) {
            EXPECT_STATUS(st, KW_NO_MEMORY);
            assert_int_equal(err.status, KW_NO_MEMORY);
            assert_int_equal(report.records, 77);
        }
    }
    specimen_free(s);
}

static kw_status count_records(void *data, const kw_audit_record *record, kw_error *err)
{
    (void)err;
    unsigned *count = data;
    assert_int_equal(record->sequence, *count);
    (*count)++;
    return KW_OK;
}

static kw_status stop_at_once(void *data, const kw_audit_record *record, kw_error *err)
{
    (void)data;
    (void)record;
    return kw_fail(err, KW_CANCELLED, "enough");
}

static void audit_read__visits_the_records_in_order(void **state)
{
    (void)state;
    specimen *s = specimen_make();
    unsigned count = 0;
    kw_error err = {0};
    EXPECT_OK(kw_audit_read(s->place.dir.path, count_records, &count, &err));
    assert_int_equal(count, RECORDS);
    EXPECT_STATUS(kw_audit_read(s->place.dir.path, stop_at_once, NULL, &err), KW_CANCELLED);
    EXPECT_STATUS(kw_audit_read("/nonexistent", stop_at_once, NULL, &err), KW_NOT_FOUND);
    specimen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_verify__finds_every_flipped_bit),
        cmocka_unit_test(audit_verify__finds_flipped_bits_of_checkpoints),
        cmocka_unit_test(audit_verify__names_the_first_bad_record),
        cmocka_unit_test(audit_verify__tells_truncated_from_altered),
        cmocka_unit_test(audit_verify__leaves_a_torn_tail_unjudged),
        cmocka_unit_test(audit_verify__finds_a_chain_that_was_made_anew),
        cmocka_unit_test(audit_verify__lets_the_time_run_back_5_seconds),
        cmocka_unit_test(audit_verify__finds_a_fork),
        cmocka_unit_test(audit_verify__misses_no_segment),
        cmocka_unit_test(audit_verify__tells_bad_input_apart),
        cmocka_unit_test(audit_verify__survives_missing_memory),
        cmocka_unit_test(audit_read__visits_the_records_in_order),
    };
    return cmocka_run_group_tests_name("guard/audit_verify", tests, NULL, NULL);
}
