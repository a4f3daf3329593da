/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/audit_log.h"

#include "base/heap.h"
#include "os/file.h"

#include "support/expect.h"
#include "support/tempdir.h"

static void audit_path__names_files_by_their_first_record(void **state)
{
    (void)state;
    char path[KW_AUDIT_PATH_BYTES];
    EXPECT_OK(kw_audit_path(path, "a/b", 1024, "log"));
    assert_string_equal(path, "a/b/0000000000001024.log");
    static char longer[KW_AUDIT_PATH_BYTES];
    memset(longer, 'a', sizeof longer - 1);
    EXPECT_STATUS(kw_audit_path(path, longer, 0, "log"), KW_LIMIT);
}

static void audit_segments_list__takes_only_segments(void **state)
{
    (void)state;
    static const char *const names[] = {"0000000000000300.log",
                                        "0000000000000000.log",
                                        "0000000000000020.log",
                                        "0000000000000020.notes",
                                        "0000000000000020.tree",
                                        "000000000000020.log",
                                        "00000000000000x0.log",
                                        "vkey",
                                        "lock",
                                        "0000000000000021.log.tmp"};
    tempdir dir = tempdir_make();
    kw_error err = {0};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        EXPECT_OK(
            kw_file_write_atomic(tempdir_join(&dir, names[i]).text, (kw_span){0}, 0600, &err));
    }
    KW_AUTO(kw_audit_segments) segments = {0};
    EXPECT_OK(kw_audit_segments_list(&segments, dir.path, &err));
    assert_int_equal(segments.count, 3);
    assert_int_equal(segments.firsts[0], 0);
    assert_int_equal(segments.firsts[1], 20);
    assert_int_equal(segments.firsts[2], 300);
    KW_AUTO(kw_audit_segments) none = {0};
    EXPECT_STATUS(kw_audit_segments_list(&none, "/nonexistent", &err), KW_NOT_FOUND);
    tempdir_remove(&dir);
}

static void audit_notes_next__splits_whole_notes(void **state)
{
    (void)state;
    const char text[] = "o\n1\nr\n\n- a sig\n\no\n2\nr\n\n- a sig\n- b sig\n\no\n3";
    kw_str rest = kw_str_of(text);
    kw_str note;
    EXPECT_OK(kw_audit_notes_next(&note, &rest));
    EXPECT_STR(note, "o\n1\nr\n\n- a sig\n");
    EXPECT_OK(kw_audit_notes_next(&note, &rest));
    EXPECT_STR(note, "o\n2\nr\n\n- a sig\n- b sig\n");
    EXPECT_STATUS(kw_audit_notes_next(&note, &rest), KW_BAD_INPUT);
    EXPECT_STR(rest, "o\n3");
    kw_str empty = {0};
    EXPECT_STATUS(kw_audit_notes_next(&note, &empty), KW_END);
    static const char *const torn[] = {"o",      "\n",          "o\n",
                                       "o\n1\n", "o\n1\nr\n\n", "o\n1\nr\n\n- a\n"};
    for (size_t i = 0; i < KW_COUNT(torn); i++) {
        kw_str part = kw_str_of(torn[i]);
        EXPECT_STATUS(kw_audit_notes_next(&note, &part), KW_BAD_INPUT);
        EXPECT_STR(part, torn[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_path__names_files_by_their_first_record),
        cmocka_unit_test(audit_segments_list__takes_only_segments),
        cmocka_unit_test(audit_notes_next__splits_whole_notes),
    };
    return cmocka_run_group_tests_name("guard/audit_files", tests, NULL, NULL);
}
