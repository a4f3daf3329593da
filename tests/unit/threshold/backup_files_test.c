/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/backup_files.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/backup_desk.h"
#include "support/expect.h"
#include "threshold/limits.h"

#include <stdio.h>

typedef struct seen {
    char text[1024];
} seen;

static kw_status see(void *ctx, const kw_backup_record *record, kw_error *err)
{
    KW_UNUSED(err);
    seen *s = ctx;
    size_t len = strlen(s->text);
    kw_span content = kw_declassify_span(record->entry.content, "a test");
    const char *name = strrchr(record->entry.path.ptr, '/');
    (void)snprintf(s->text + len, sizeof s->text - len, "%d %o %s=%.*s ", (int)record->entry.role,
                   (unsigned)record->entry.mode, name + 1, (int)content.len,
                   (const char *)content.ptr);
    return KW_OK;
}

static int set_up(void **state)
{
    static tempdir dir;
    dir = tempdir_make();
    *state = &dir;
    return 0;
}

static int tear_down(void **state)
{
    tempdir_remove(*state);
    return 0;
}

static tempdir_path put(const tempdir *dir, const char *name, const char *text, unsigned mode)
{
    tempdir_path path = tempdir_join(dir, name);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(text)), mode, NULL));
    return path;
}

static void read__sorts_and_shows_each_once(void **state)
{
    const tempdir *dir = *state;
    tempdir_path a = put(dir, "a", "A", 0644);
    tempdir_path b = put(dir, "b", "B", 0640);
    tempdir_path key = put(dir, "key", "K", 0600);
    kw_backup_path paths[] = {{KW_BACKUP_TLS_KEY, kw_str_of(key.text)},
                              {KW_BACKUP_TLS, kw_str_of(b.text)},
                              {KW_BACKUP_TLS, kw_str_of(a.text)},
                              {KW_BACKUP_TLS, kw_str_of(b.text)},
                              {KW_BACKUP_CONFIGURATION, kw_str_of(b.text)}};
    seen s = {{0}};
    EXPECT_OK(kw_backup_files_read(paths, KW_COUNT(paths), see, &s, NULL));
    assert_string_equal(s.text, "1 640 b=B 5 644 a=A 6 600 key=K ");
    EXPECT_OK(kw_backup_files_read(NULL, 0, see, &s, NULL));
}

static kw_status read_one(kw_backup_role role, const tempdir_path *path)
{
    seen s = {{0}};
    kw_error err = {0};
    kw_backup_path file = {role, kw_str_of(path->text)};
    kw_status st = kw_backup_files_read(&file, 1, see, &s, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void read__refuses_missing_open_and_large_files(void **state)
{
    const tempdir *dir = *state;
    tempdir_path missing = tempdir_join(dir, "missing");
    tempdir_path open = put(dir, "open", "K", 0640);
    EXPECT_STATUS(read_one(KW_BACKUP_CLUSTER, &missing), KW_NOT_FOUND);
    EXPECT_STATUS(read_one(KW_BACKUP_TLS_KEY, &open), KW_FORBIDDEN);
    EXPECT_STATUS(read_one(KW_BACKUP_OPERATOR_KEY, &open), KW_FORBIDDEN);
    EXPECT_OK(read_one(KW_BACKUP_TLS, &open));
    static const uint8_t large[KW_BACKUP_FILE_BYTES_MAX + 1];
    EXPECT_OK(kw_file_write_atomic(open.text, KW_SPAN(large), 0600, NULL));
    EXPECT_STATUS(read_one(KW_BACKUP_TLS, &open), KW_LIMIT);
    EXPECT_STATUS(read_one(KW_BACKUP_TLS_KEY, &open), KW_LIMIT);
}

/* Two files, a certificate and its key, of a backup. */
typedef struct pair {
    tempdir_path certificate;
    tempdir_path key;
    kw_buf file;
    kw_backup_reader reader;
} pair;

static pair pair_of(const tempdir *dir)
{
    pair p = {.certificate = tempdir_join(dir, "new/pki/c.pem"),
              .key = tempdir_join(dir, "new/pki/c.key")};
    kw_backup_record records[] = {
        backup_desk_about(), backup_desk_file(KW_BACKUP_TLS, p.certificate.text, "C"),
        backup_desk_file(KW_BACKUP_TLS_KEY, p.key.text, "K"), backup_desk_end(2, 0, 0)};
    records[1].entry.mode = 0644;
    records[2].entry.mode = 0644; /* a key is private all the same */
    p.reader = backup_desk_reader(&p.file, records, KW_COUNT(records));
    return p;
}

static void pair_drop(pair *p)
{
    kw_backup_reader_drop(&p->reader);
    kw_buf_drop(&p->file);
}

static unsigned mode_of(const tempdir_path *path)
{
    kw_file_info info = {0};
    EXPECT_OK(kw_file_stat(&info, path->text, NULL));
    return info.mode;
}

static void place__puts_files_where_they_were(void **state)
{
    const tempdir *dir = *state;
    pair p = pair_of(dir);
    EXPECT_STATUS(kw_backup_files_compare(&p.reader, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_backup_files_check(&p.reader, NULL));
    EXPECT_OK(kw_backup_files_place(&p.reader, NULL));
    assert_int_equal(mode_of(&p.certificate), 0644);
    assert_int_equal(mode_of(&p.key), 0600);
    tempdir_path folder = tempdir_join(dir, "new/pki");
    assert_int_equal(mode_of(&folder), 0700);
    EXPECT_OK(kw_backup_files_compare(&p.reader, NULL));
    EXPECT_OK(kw_backup_files_check(&p.reader, NULL)); /* what is there and equal stays */
    EXPECT_OK(kw_backup_files_place(&p.reader, NULL));
    pair_drop(&p);
}

static void place__writes_over_nothing(void **state)
{
    const tempdir *dir = *state;
    kw_error err = {0};
    pair p = pair_of(dir);
    tempdir_path folder = tempdir_join(dir, "new/pki");
    EXPECT_OK(kw_dir_make(folder.text, 0700, NULL));
    tempdir_path key = put(dir, "new/pki/c.key", "another", 0600);
    EXPECT_STATUS(kw_backup_files_check(&p.reader, &err), KW_CONFLICT);
    assert_int_equal(err.status, KW_CONFLICT);
    EXPECT_STATUS(kw_backup_files_place(&p.reader, NULL), KW_CONFLICT);
    KW_AUTO(kw_buf) bytes = kw_buf_init(64);
    EXPECT_OK(kw_file_read(&bytes, key.text, NULL));
    EXPECT_STR(kw_buf_text(&bytes), "another");
    EXPECT_STATUS(kw_backup_files_compare(&p.reader, NULL), KW_CORRUPT);
    pair_drop(&p);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(read__sorts_and_shows_each_once),
        CASE(read__refuses_missing_open_and_large_files),
        CASE(place__puts_files_where_they_were),
        CASE(place__writes_over_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
