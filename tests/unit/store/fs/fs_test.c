/* SPDX-License-Identifier: Apache-2.0 */
#include "store/fs/fs.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/blobs_contract.h"
#include "support/expect.h"
#include "support/hexed.h"
#include "support/tempdir.h"

#include <fcntl.h>
#include <sys/stat.h>

/* SHA-256 of "abc" (FIPS 180-4). */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

typedef struct fixture {
    tempdir dir;
    tempdir_path store;
    kw_blobs *blobs;
    kw_hash32 abc;
    tempdir_path abc_path;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.dir = tempdir_make()};
    f.store = tempdir_join(&f.dir, "deep/store");
    EXPECT_OK(kw_blobs_open_fs(&f.blobs, f.store.text, NULL));
    EXPECT_OK(kw_blobs_put(f.blobs, &f.abc, kw_span_of_str(KW_STR("abc")), NULL));
    f.abc_path = tempdir_join(&f.dir, "deep/store/cas/ba/" ABC ".chunk");
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    kw_blobs_free(f->blobs);
    tempdir_remove(&f->dir);
    return 0;
}

static void write_file(const char *path, kw_str text)
{
    EXPECT_OK(kw_file_write_atomic(path, kw_span_of_str(text), 0644, NULL));
}

static kw_status get(kw_blobs *blobs, const kw_hash32 *id)
{
    KW_AUTO(kw_buf) got = kw_buf_init(1 << 20);
    kw_error err = {0};
    kw_status st = kw_blobs_get(blobs, &got, id, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void put__makes_a_file_that_others_can_serve(void **state)
{
    const fixture *f = *state;
    expect_hexed(KW_SPAN(f->abc.bytes), ABC);
    struct stat facts;
    assert_int_equal(stat(f->abc_path.text, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0644);
    assert_int_equal(stat(tempdir_join(&f->dir, "deep/store/cas/ba").text, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0755);
    assert_int_equal(stat(tempdir_join(&f->dir, "deep/store/hold").text, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0700);
}

static void get__refuses_bytes_that_changed(void **state)
{
    const fixture *f = *state;
    static const char *const damages[] = {"abd", "ab", "abcd", ""};
    for (size_t i = 0; i < KW_COUNT(damages); i++) {
        write_file(f->abc_path.text, kw_str_of(damages[i]));
        EXPECT_STATUS(get(f->blobs, &f->abc), KW_CORRUPT);
    }
}

/* A put of the same bytes finds a file of that length and leaves it; mending does not. */
static void mend__writes_over_what_is_damaged(void **state)
{
    const fixture *f = *state;
    kw_hash32 id;
    write_file(f->abc_path.text, KW_STR("xyz"));
    EXPECT_OK(kw_blobs_put(f->blobs, &id, kw_span_of_str(KW_STR("abc")), NULL));
    EXPECT_STATUS(get(f->blobs, &f->abc), KW_CORRUPT);
    EXPECT_OK(kw_blobs_mend(f->blobs, kw_span_of_str(KW_STR("abc")), NULL));
    EXPECT_OK(get(f->blobs, &f->abc));
    /* Torn: put again, it is whole. */
    write_file(f->abc_path.text, KW_STR("ab"));
    EXPECT_OK(kw_blobs_put(f->blobs, &id, kw_span_of_str(KW_STR("abc")), NULL));
    EXPECT_OK(get(f->blobs, &f->abc));
}

static kw_status mend_abc(void *ctx, const kw_hash32 *id, const kw_blob_info *info, kw_error *err)
{
    fixture *f = ctx;
    EXPECT_SPAN(KW_SPAN(id->bytes), KW_SPAN(f->abc.bytes));
    assert_int_equal(info->bytes, 3);
    return kw_blobs_mend(f->blobs, kw_span_of_str(KW_STR("abc")), err);
}

static void scrub__tells_what_is_damaged_and_lets_it_be_mended(void **state)
{
    fixture *f = *state;
    kw_hash32 other;
    EXPECT_OK(kw_blobs_put(f->blobs, &other, kw_span_of_str(KW_STR("other")), NULL));
    write_file(f->abc_path.text, KW_STR("xyz"));
    kw_blobs_scrubbed scrubbed;
    kw_blobs_visit mend = {mend_abc, f};
    EXPECT_OK(kw_blobs_scrub(f->blobs, &scrubbed, &mend, NULL));
    assert_int_equal(scrubbed.whole, 1);
    assert_int_equal(scrubbed.damaged, 1);
    EXPECT_OK(kw_blobs_scrub(f->blobs, &scrubbed, &mend, NULL));
    assert_int_equal(scrubbed.whole, 2);
    assert_int_equal(scrubbed.damaged, 0);
}

static kw_status nothing_is_needed(void *ctx, bool *out, const kw_hash32 *id, kw_error *err)
{
    (void)ctx;
    (void)id;
    (void)err;
    *out = false;
    return KW_OK;
}

static void sweep__removes_leftovers_and_no_foreign_file(void **state)
{
    const fixture *f = *state;
    static const char *const leftover = "deep/store/cas/ba/" ABC ".chunk.tmp.a1B2c3";
    static const char *const foreign[] = {
        "deep/store/cas/ba/notes.txt",
        "deep/store/cas/ba/" ABC ".chunk.old",
        "deep/store/cas/index.html",
    };
    write_file(tempdir_join(&f->dir, leftover).text, KW_STR("ab"));
    for (size_t i = 0; i < KW_COUNT(foreign); i++) {
        write_file(tempdir_join(&f->dir, foreign[i]).text, KW_STR("ours"));
    }
    /* A blob in the folder of others is none. */
    EXPECT_OK(kw_dir_make(tempdir_join(&f->dir, "deep/store/cas/bb").text, 0755, NULL));
    tempdir_path astray = tempdir_join(&f->dir, "deep/store/cas/bb/" ABC ".chunk");
    write_file(astray.text, KW_STR("abc"));
    kw_blobs_swept swept;
    kw_blobs_needs needs = {nothing_is_needed, NULL};
    EXPECT_OK(kw_blobs_sweep(f->blobs, &swept, 1700000000, &needs, NULL));
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, tempdir_join(&f->dir, leftover).text, NULL)); /* it is young */
    EXPECT_OK(kw_blobs_sweep(f->blobs, &swept, BLOBS_LATER_S, &needs, NULL));
    assert_int_equal(swept.removed, 1);
    EXPECT_STATUS(kw_file_stat(&info, tempdir_join(&f->dir, leftover).text, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_file_stat(&info, astray.text, NULL));
    for (size_t i = 0; i < KW_COUNT(foreign); i++) {
        EXPECT_OK(kw_file_stat(&info, tempdir_join(&f->dir, foreign[i]).text, NULL));
    }
}

/* Else a sweep that began before would take it from under whoever put it again. */
static void put__of_what_is_there_makes_it_young(void **state)
{
    const fixture *f = *state;
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    kw_blob_info info;
    kw_hash32 id;
    assert_int_equal(utimensat(AT_FDCWD, f->abc_path.text, old, 0), 0);
    EXPECT_OK(kw_blobs_look(f->blobs, &info, &f->abc, NULL));
    assert_int_equal(info.put_s, 1000);
    EXPECT_OK(kw_blobs_put(f->blobs, &id, kw_span_of_str(KW_STR("abc")), NULL));
    EXPECT_STATUS(kw_blobs_remove(f->blobs, &f->abc, 1700000000, NULL), KW_CONFLICT);
    assert_int_equal(utimensat(AT_FDCWD, f->abc_path.text, old, 0), 0);
    EXPECT_OK(kw_blobs_remove(f->blobs, &f->abc, 1001, NULL));
}

static void open__keeps_what_is_there_and_refuses_what_is_no_folder(void **state)
{
    const fixture *f = *state;
    kw_blobs *again = NULL;
    EXPECT_OK(kw_blobs_open_fs(&again, f->store.text, NULL));
    EXPECT_OK(get(again, &f->abc));
    EXPECT_OK(kw_blobs_hold(again, &f->abc, KW_STR("case-1"), NULL));
    EXPECT_STATUS(kw_blobs_remove(f->blobs, &f->abc, BLOBS_LATER_S, NULL), KW_REFUSED);
    kw_blobs_free(again);
    kw_blobs *none = NULL;
    kw_error err = {0};
    char long_name[2000];
    memset(long_name, 'a', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    EXPECT_STATUS(kw_blobs_open_fs(&none, f->abc_path.text, &err), KW_CONFLICT);
    EXPECT_STATUS(kw_blobs_open_fs(&none, "", &err), KW_BAD_INPUT);
    EXPECT_STATUS(kw_blobs_open_fs(&none, long_name, &err), KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    assert_null(none);
}

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(put__makes_a_file_that_others_can_serve),
        EACH(get__refuses_bytes_that_changed),
        EACH(mend__writes_over_what_is_damaged),
        EACH(scrub__tells_what_is_damaged_and_lets_it_be_mended),
        EACH(sweep__removes_leftovers_and_no_foreign_file),
        EACH(put__of_what_is_there_makes_it_young),
        EACH(open__keeps_what_is_there_and_refuses_what_is_no_folder),
    };
    return cmocka_run_group_tests_name("store/fs/fs", tests, NULL, NULL);
}
