/* SPDX-License-Identifier: Apache-2.0
 * GNU tar writes the bytes of our bundles, and unpacks them. */
#include "params/engine/bundle.h"

#include "os/dir.h"
#include "os/file.h"
#include "os/stream.h"
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

/* 117 and 159 bytes: one is split at its last "/", the other at the one before. */
#define LONG_NAME                                                              \
    "params/family/0123456789012345678901234567890123456789012345678901234567" \
    "89/0123456789012345678901234567890123456789"
#define LONGER_NAME LONG_NAME "/01234567890123456789/01234567890123456789/x"

static const char *const names[] = {"a/b.json", "a/c", LONGER_NAME, LONG_NAME "/x"};

typedef struct fixture {
    tempdir dir;
    tempdir_path ours;
    tempdir_path theirs;
} fixture;

static kw_status write_out(void *ctx, kw_span bytes, kw_error *err)
{
    return kw_stream_write(ctx, bytes, err);
}

/* The content of the n-th file: n blocks less a byte. */
static kw_span content(size_t i)
{
    static uint8_t bytes[KW_BUNDLE_BLOCK_BYTES * KW_COUNT(names)];
    memset(bytes, '0', sizeof bytes);
    return (kw_span){bytes, i == 0 ? 0 : i * KW_BUNDLE_BLOCK_BYTES - 1};
}

static void make_files(const fixture *f)
{
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        tempdir_path path = tempdir_join(&f->dir, names[i]);
        tempdir_path folder = path;
        *strrchr(folder.text, '/') = '\0';
        EXPECT_OK(kw_dir_make(folder.text, 0755, NULL));
        EXPECT_OK(kw_file_write_atomic(path.text, content(i), 0600, NULL));
    }
}

static void make_ours(const fixture *f)
{
    KW_AUTO(kw_stream) stream = {0};
    EXPECT_OK(kw_stream_create(&stream, f->ours.text, 0644, NULL));
    kw_bundle_writer writer = kw_bundle_writer_to(&(kw_bundle_sink){write_out, &stream});
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        kw_span bytes = content(i);
        EXPECT_OK(kw_bundle_begin(&writer, kw_str_of(names[i]), bytes.len, NULL));
        EXPECT_OK(kw_bundle_add(&writer, bytes, NULL));
    }
    EXPECT_OK(kw_bundle_finish(&writer, NULL));
    EXPECT_OK(kw_stream_commit(&stream, NULL));
}

static void make_theirs(const fixture *f)
{
    process_result result = {0};
    const char *const argv[] = {
        "tar",         "--format=ustar",  "-b1",    "--mtime=@0",   "--owner=0", "--group=0",
        "--mode=0644", "--numeric-owner", "-cf",    f->theirs.text, "-C",        f->dir.path,
        names[0],      names[1],          names[2], names[3],       NULL};
    process_expect(&result, 0, argv, (kw_str){0});
    process_result_drop(&result);
}

static void tar__writes_the_same_bytes(void **state)
{
    (void)state;
    fixture f = {.dir = tempdir_make()};
    f.ours = tempdir_join(&f.dir, "ours.tar");
    f.theirs = tempdir_join(&f.dir, "theirs.tar");
    make_files(&f);
    make_ours(&f);
    make_theirs(&f);
    KW_AUTO(kw_buf) ours = kw_buf_init(1 << 20);
    KW_AUTO(kw_buf) theirs = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&ours, f.ours.text, NULL));
    EXPECT_OK(kw_file_read(&theirs, f.theirs.text, NULL));
    EXPECT_SPAN(kw_buf_view(&ours), kw_buf_view(&theirs));
    tempdir_remove(&f.dir);
}

static void tar__unpacks_ours(void **state)
{
    (void)state;
    fixture f = {.dir = tempdir_make()};
    f.ours = tempdir_join(&f.dir, "ours.tar");
    make_ours(&f);
    process_result result = {0};
    const char *const argv[] = {"tar", "-xf", f.ours.text, "-C", f.dir.path, NULL};
    process_expect(&result, 0, argv, (kw_str){0});
    process_result_drop(&result);
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
        EXPECT_OK(kw_file_read(&bytes, tempdir_join(&f.dir, names[i]).text, NULL));
        EXPECT_SPAN(kw_buf_view(&bytes), content(i));
    }
    tempdir_remove(&f.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tar__writes_the_same_bytes),
        cmocka_unit_test(tar__unpacks_ours),
    };
    return cmocka_run_group_tests_name("interop/bundle_tar", tests, NULL, NULL);
}
