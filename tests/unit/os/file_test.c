/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"

#include "support/expect.h"
#include "support/tempdir.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const kw_span one = {(const uint8_t *)"one", 3};
static const kw_span other = {(const uint8_t *)"other text", 10};

typedef struct fixture {
    tempdir dir;
    tempdir_path path;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.dir = tempdir_make()};
    f.path = tempdir_join(&f.dir, "file");
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    tempdir_remove(&f->dir);
    return 0;
}

static void expect_content(const char *path, kw_span wanted)
{
    KW_AUTO(kw_buf) content = kw_buf_init(1 << 20);
    EXPECT_OK(kw_file_read(&content, path, NULL));
    EXPECT_SPAN(kw_buf_view(&content), wanted);
}

static void write_atomic__creates_and_replaces_with_the_mode(void **state)
{
    fixture *f = *state;
    EXPECT_OK(kw_file_write_atomic(f->path.text, one, 0600, NULL));
    expect_content(f->path.text, one);
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, f->path.text, NULL));
    assert_int_equal(info.mode, 0600);
    assert_int_equal(info.size, 3);
    assert_true(info.is_private);
    EXPECT_OK(kw_file_write_atomic(f->path.text, other, 0666, NULL)); /* the umask is ignored */
    expect_content(f->path.text, other);
    EXPECT_OK(kw_file_stat(&info, f->path.text, NULL));
    assert_int_equal(info.mode, 0666);
    assert_false(info.is_private);
    assert_false(info.is_directory);
    assert_true(info.modified_ms > 1577836800000);
}

static void write_atomic__handles_empty_and_large_files(void **state)
{
    fixture *f = *state;
    static uint8_t large[300000];
    memset(large, 7, sizeof large);
    EXPECT_OK(kw_file_write_atomic(f->path.text, KW_SPAN(large), 0600, NULL));
    expect_content(f->path.text, KW_SPAN(large));
    EXPECT_OK(kw_file_write_atomic(f->path.text, (kw_span){0}, 0600, NULL));
    expect_content(f->path.text, (kw_span){0});
}

static void read__stops_at_the_maximum(void **state)
{
    fixture *f = *state;
    EXPECT_OK(kw_file_write_atomic(f->path.text, other, 0600, NULL));
    KW_AUTO(kw_buf) small = kw_buf_init(9);
    EXPECT_STATUS(kw_file_read(&small, f->path.text, NULL), KW_LIMIT);
    assert_int_equal(small.len, 0);
    KW_AUTO(kw_buf) exact = kw_buf_init(10);
    EXPECT_OK(kw_file_read(&exact, f->path.text, NULL));
    EXPECT_SPAN(kw_buf_view(&exact), other);
}

static void read__names_what_is_missing(void **state)
{
    fixture *f = *state;
    kw_error err = {0};
    KW_AUTO(kw_buf) out = kw_buf_init(100);
    EXPECT_STATUS(kw_file_read(&out, f->path.text, &err), KW_NOT_FOUND);
    assert_non_null(strstr(err.text, "file"));
    EXPECT_STATUS(kw_file_read(&out, f->dir.path, &err), KW_CONFLICT); /* a folder */
    kw_file_info info;
    EXPECT_STATUS(kw_file_stat(&info, f->path.text, &err), KW_NOT_FOUND);
    EXPECT_STATUS(kw_file_remove(f->path.text, &err), KW_NOT_FOUND);
    EXPECT_STATUS(kw_file_write_atomic("/nonexistent/file", one, 0600, &err), KW_NOT_FOUND);
}

static void read_private__reads_only_what_others_cannot(void **state)
{
    fixture *f = *state;
    static const mode_t open_modes[] = {0640, 0604, 0620, 0610, 0666};
    uint8_t room[16];
    size_t len = 99;
    EXPECT_OK(kw_file_write_atomic(f->path.text, other, 0400, NULL));
    EXPECT_OK(kw_file_read_private(&len, KW_MSPAN(room), f->path.text, NULL));
    EXPECT_SPAN(((kw_span){room, len}), other);
    for (size_t i = 0; i < KW_COUNT(open_modes); i++) {
        assert_int_equal(chmod(f->path.text, open_modes[i]), 0);
        EXPECT_STATUS(kw_file_read_private(&len, KW_MSPAN(room), f->path.text, NULL), KW_FORBIDDEN);
    }
}

static void read_private__refuses_longer_files_and_wipes(void **state)
{
    fixture *f = *state;
    uint8_t room[9] = {0};
    static const uint8_t zeros[sizeof room];
    size_t len = 99;
    EXPECT_OK(kw_file_write_atomic(f->path.text, other, 0600, NULL));
    EXPECT_STATUS(kw_file_read_private(&len, KW_MSPAN(room), f->path.text, NULL), KW_LIMIT);
    assert_memory_equal(room, zeros, sizeof zeros);
    uint8_t exact[10];
    EXPECT_OK(kw_file_read_private(&len, KW_MSPAN(exact), f->path.text, NULL));
    assert_int_equal(len, 10);
    EXPECT_STATUS(kw_file_read_private(&len, KW_MSPAN(exact), "/nonexistent", NULL), KW_NOT_FOUND);
}

static void read_private__takes_a_pipe_by_its_descriptor(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "from a pipe", 11), 11);
    assert_int_equal(close(ends[1]), 0);
    char path[64];
    (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    uint8_t room[32];
    size_t len = 0;
    EXPECT_OK(kw_file_read_private(&len, KW_MSPAN(room), path, NULL));
    EXPECT_STR(kw_str_of_span((kw_span){room, len}), "from a pipe");
    assert_int_equal(close(ends[0]), 0);
}

static void remove__takes_the_name_away(void **state)
{
    fixture *f = *state;
    EXPECT_OK(kw_file_write_atomic(f->path.text, one, 0600, NULL));
    EXPECT_OK(kw_file_remove(f->path.text, NULL));
    EXPECT_STATUS(kw_file_remove(f->path.text, NULL), KW_NOT_FOUND);
}

static void disk_space_of__is_within_the_total(void **state)
{
    fixture *f = *state;
    kw_disk_space space = {0};
    EXPECT_OK(kw_disk_space_of(&space, f->dir.path, NULL));
    assert_true(space.total_bytes > 0);
    assert_true(space.free_bytes <= space.total_bytes);
    EXPECT_STATUS(kw_disk_space_of(&space, "/nonexistent", NULL), KW_NOT_FOUND);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void touch__sets_the_time_and_needs_a_file(void **state)
{
    const fixture *f = *state;
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    kw_file_info info;
    EXPECT_OK(kw_file_write_atomic(f->path.text, one, 0600, NULL));
    assert_int_equal(utimensat(AT_FDCWD, f->path.text, old, 0), 0);
    EXPECT_OK(kw_file_touch(f->path.text, NULL));
    EXPECT_OK(kw_file_stat(&info, f->path.text, NULL));
    assert_true(info.modified_ms > INT64_C(1700000000000));
    expect_content(f->path.text, one);
    kw_error err = {0};
    EXPECT_OK(kw_file_remove(f->path.text, NULL));
    EXPECT_STATUS(kw_file_touch(f->path.text, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(write_atomic__creates_and_replaces_with_the_mode),
        CASE(write_atomic__handles_empty_and_large_files),
        CASE(read__stops_at_the_maximum),
        CASE(read__names_what_is_missing),
        CASE(read_private__reads_only_what_others_cannot),
        CASE(read_private__refuses_longer_files_and_wipes),
        CASE(read_private__takes_a_pipe_by_its_descriptor),
        CASE(remove__takes_the_name_away),
        CASE(touch__sets_the_time_and_needs_a_file),
        CASE(disk_space_of__is_within_the_total),
    };
    return cmocka_run_group_tests_name("os/file", tests, NULL, NULL);
}
