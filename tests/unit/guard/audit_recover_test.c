/* SPDX-License-Identifier: Apache-2.0
 * Opening a log again: what a crash tears is cut away, what somebody altered is refused. */
#include "guard/audit_log.h"

#include "os/file.h"

#include "support/audit.h"
#include "support/expect.h"

#include <stdio.h>
#include <unistd.h>

enum {
    FILE_BYTES_MAX = 1 << 20
};

static void file_of(const audit_place *place, char out[512], uint64_t first, const char *kind)
{
    EXPECT_OK(kw_audit_path(out, place->dir.path, first, kind));
}

static void read_whole(kw_buf *out, const char *path)
{
    kw_error err = {0};
    *out = kw_buf_init(FILE_BYTES_MAX);
    EXPECT_OK(kw_file_read(out, path, &err));
}

static void write_whole(const char *path, kw_span bytes)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(bytes.len == 0 ? 0 : fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(ftruncate(fileno(file), (off_t)bytes.len), 0);
    assert_int_equal(fclose(file), 0);
}

static void make_log(audit_place *place, unsigned records)
{
    audit_place_make(place);
    kw_audit *audit = audit_place_open(place);
    audit_append_all(audit, records);
    kw_audit_free(audit);
}

static void expect_refused(audit_place *place, kw_status wanted)
{
    kw_audit *audit = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_audit_open(&audit, &place->config, &err), wanted);
    assert_int_equal(err.status, wanted);
    assert_null(audit);
}

static void audit_open__cuts_any_torn_tail(void **state)
{
    (void)state;
    audit_place place;
    make_log(&place, 4);
    char path[512];
    file_of(&place, path, 0, "log");
    KW_AUTO(kw_buf) log = kw_buf_init(0);
    read_whole(&log, path);
    size_t frame = 0;
    EXPECT_OK(kw_audit_frame_length(&frame, kw_buf_view(&log)));
    uint64_t records = 6;
    for (size_t torn = 1; torn < frame; torn += 13) {
        KW_AUTO(kw_buf) now = kw_buf_init(0);
        read_whole(&now, path);
        EXPECT_OK(kw_buf_append(&now, (kw_span){log.ptr, torn}));
        write_whole(path, kw_buf_view(&now));
        kw_audit *audit = audit_place_open(&place);
        kw_audit_state opened = kw_audit_state_now(audit);
        assert_int_equal(opened.cut_bytes, torn);
        assert_int_equal(opened.size, records + 1);
        kw_audit_free(audit);
        records += 2;
    }
    kw_audit_report report = audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    assert_int_equal(report.records, records);
    audit_place_remove(&place);
}

/* A power cut may leave zeros, or any bytes, where a batch was to be. */
static void audit_open__cuts_what_is_no_record(void **state)
{
    (void)state;
    static const uint8_t tails[3][64] = {{0}, {0, 5, 1, 2, 3}, {0xff, 0xff, 0xff}};
    audit_place place;
    make_log(&place, 4);
    char path[512];
    file_of(&place, path, 0, "log");
    for (size_t i = 0; i < KW_COUNT(tails); i++) {
        KW_AUTO(kw_buf) now = kw_buf_init(0);
        read_whole(&now, path);
        EXPECT_OK(kw_buf_append(&now, KW_SPAN(tails[i])));
        write_whole(path, kw_buf_view(&now));
        kw_audit *audit = audit_place_open(&place);
        assert_int_equal(kw_audit_state_now(audit).cut_bytes, sizeof tails[i]);
        kw_audit_free(audit);
        audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    }
    audit_place_remove(&place);
}

static void audit_open__drops_a_torn_checkpoint(void **state)
{
    (void)state;
    audit_place place;
    make_log(&place, 4);
    char path[512];
    file_of(&place, path, 0, "notes");
    for (size_t torn = 1; torn < 60; torn += 7) {
        KW_AUTO(kw_buf) notes = kw_buf_init(0);
        read_whole(&notes, path);
        uint8_t start[64];
        memcpy(start, notes.ptr, torn);
        EXPECT_OK(kw_buf_append(&notes, (kw_span){start, torn}));
        write_whole(path, kw_buf_view(&notes));
        kw_audit_free(audit_place_open(&place));
        audit_expect(&place, place.dir.path, (kw_str){0}, KW_AUDIT_INTACT);
    }
    audit_place_remove(&place);
}

static void audit_open__refuses_a_log_that_was_altered(void **state)
{
    (void)state;
    audit_place place;
    make_log(&place, 4);
    char path[512];
    file_of(&place, path, 0, "log");
    KW_AUTO(kw_buf) log = kw_buf_init(0);
    read_whole(&log, path);
    for (size_t at = 0; at < log.len; at += 11) {
        log.ptr[at] ^= 1;
        write_whole(path, kw_buf_view(&log));
        expect_refused(&place, KW_CORRUPT);
        KW_AUTO(kw_buf) after = kw_buf_init(0);
        read_whole(&after, path);
        EXPECT_SPAN(kw_buf_view(&after), kw_buf_view(&log)); /* nothing is cut then */
        log.ptr[at] ^= 1;
    }
    for (size_t len = 0; len < log.len; len += 37) {
        write_whole(path, (kw_span){log.ptr, len});
        expect_refused(&place, KW_CORRUPT);
    }
    write_whole(path, kw_buf_view(&log));
    char notes_path[512];
    file_of(&place, notes_path, 0, "notes");
    KW_AUTO(kw_buf) notes = kw_buf_init(0);
    read_whole(&notes, notes_path);
    notes.ptr[notes.len - 20] ^= 1; /* in the signature of the newest checkpoint */
    write_whole(notes_path, kw_buf_view(&notes));
    expect_refused(&place, KW_CORRUPT);
    audit_place_remove(&place);
}

static void audit_open__reads_only_the_last_segment(void **state)
{
    (void)state;
    audit_place place;
    audit_place_make(&place);
    place.config.segment_bytes = 4096;
    for (unsigned i = 0; i < 6; i++) {
        kw_audit *audit = audit_place_open(&place);
        audit_append_all(audit, 15);
        kw_audit_free(audit);
    }
    kw_error err = {0};
    KW_AUTO(kw_audit_segments) segments = {0};
    EXPECT_OK(kw_audit_segments_list(&segments, place.dir.path, &err));
    assert_true(segments.count >= 3);
    uint64_t last = segments.firsts[segments.count - 1];
    char path[512];
    file_of(&place, path, last, "tree");
    KW_AUTO(kw_buf) tree = kw_buf_init(0);
    read_whole(&tree, path);
    for (size_t at = 0; at < tree.len; at += 9) { /* size, time, hash, peaks */
        tree.ptr[at] ^= 1;
        write_whole(path, kw_buf_view(&tree));
        kw_audit *audit = NULL;
        kw_status st = kw_audit_open(&audit, &place.config, &err);
        bool is_time = at >= 8 && at < 16; /* bounds the next record's time only */
        EXPECT_STATUS(st, is_time ? st : KW_CORRUPT);
        kw_audit_free(audit);
        tree.ptr[at] ^= 1;
        if (is_time) { /* what was opened went on */
            kw_buf_drop(&tree);
            read_whole(&tree, path);
        }
    }
    write_whole(path, (kw_span){tree.ptr, tree.len - 1});
    expect_refused(&place, KW_CORRUPT);
    EXPECT_OK(kw_file_remove(path, &err));
    expect_refused(&place, KW_CORRUPT);
    audit_place_remove(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_open__cuts_any_torn_tail),
        cmocka_unit_test(audit_open__cuts_what_is_no_record),
        cmocka_unit_test(audit_open__drops_a_torn_checkpoint),
        cmocka_unit_test(audit_open__refuses_a_log_that_was_altered),
        cmocka_unit_test(audit_open__reads_only_the_last_segment),
    };
    return cmocka_run_group_tests_name("guard/audit_recover", tests, NULL, NULL);
}
