/* SPDX-License-Identifier: Apache-2.0 */
#include "os/stream.h"

#include "base/heap.h"
#include "os/dir.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

static size_t names_in(const tempdir *dir)
{
    KW_AUTO(kw_dir_names) list = {0};
    EXPECT_OK(kw_dir_list(&list, dir->path, NULL));
    return list.count;
}

static void create__shows_the_file_only_when_it_is_whole(void **state)
{
    const tempdir *dir = *state;
    tempdir_path path = tempdir_join(dir, "out");
    KW_AUTO(kw_stream) out = {0};
    EXPECT_OK(kw_stream_create(&out, path.text, 0640, NULL));
    EXPECT_OK(kw_stream_write(&out, kw_span_of_str(KW_STR("first ")), NULL));
    kw_file_info info;
    EXPECT_STATUS(kw_file_stat(&info, path.text, NULL), KW_NOT_FOUND);
    EXPECT_OK(kw_stream_write(&out, kw_span_of_str(KW_STR("second")), NULL));
    EXPECT_OK(kw_stream_commit(&out, NULL));
    assert_false(out.is_open);
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.size, 12);
    assert_int_equal(info.mode, 0640);
    assert_int_equal(names_in(dir), 1);
}

static void read_at__gives_any_place_and_nothing_behind_the_end(void **state)
{
    tempdir_path path = tempdir_join(*state, "places");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("0123456789")), 0600, NULL));
    KW_AUTO(kw_stream) in = {0};
    EXPECT_OK(kw_stream_open(&in, path.text, NULL));
    uint8_t room[4];
    EXPECT_OK(kw_stream_read_at(&in, 6, KW_MSPAN(room), NULL));
    EXPECT_STR(kw_str_of_span(KW_SPAN(room)), "6789");
    EXPECT_OK(kw_stream_read_at(&in, 1, KW_MSPAN(room), NULL));
    EXPECT_STR(kw_str_of_span(KW_SPAN(room)), "1234");
    kw_error err = {0};
    EXPECT_STATUS(kw_stream_read_at(&in, 7, KW_MSPAN(room), &err), KW_CORRUPT);
    assert_int_equal(err.status, KW_CORRUPT);
    EXPECT_STATUS(kw_stream_read_at(&in, UINT64_MAX, KW_MSPAN(room), NULL), KW_CORRUPT);
    EXPECT_STATUS(kw_stream_read_at(&in, INT64_MAX - 2, KW_MSPAN(room), NULL), KW_CORRUPT);
}

static void drop__leaves_nothing_of_what_was_not_committed(void **state)
{
    const tempdir *dir = *state;
    tempdir_path path = tempdir_join(dir, "out");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("old")), 0600, NULL));
    kw_stream out = {0};
    EXPECT_OK(kw_stream_create(&out, path.text, 0600, NULL));
    EXPECT_OK(kw_stream_write(&out, kw_span_of_str(KW_STR("new text")), NULL));
    assert_int_equal(names_in(dir), 2);
    kw_stream_drop(&out);
    kw_stream_drop(&out); /* may run twice */
    assert_int_equal(names_in(dir), 1);
    kw_file_info info;
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.size, 3);
}

static void read__gives_all_and_then_zero(void **state)
{
    const tempdir *dir = *state;
    tempdir_path path = tempdir_join(dir, "in");
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("abcdefgh")), 0600, NULL));
    KW_AUTO(kw_stream) in = {0};
    EXPECT_OK(kw_stream_open(&in, path.text, NULL));
    assert_false(kw_stream_is_terminal(&in));
    uint8_t room[5];
    size_t len = 0;
    EXPECT_OK(kw_stream_read(&in, &len, KW_MSPAN(room), NULL));
    assert_int_equal(len, 5);
    EXPECT_OK(kw_stream_read(&in, &len, KW_MSPAN(room), NULL));
    EXPECT_STR(kw_str_of_span((kw_span){room, len}), "fgh");
    EXPECT_OK(kw_stream_read(&in, &len, KW_MSPAN(room), NULL));
    assert_int_equal(len, 0);
    kw_stream none = {0};
    EXPECT_STATUS(kw_stream_open(&none, "/nonexistent", NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_stream_create(&none, "/nonexistent/out", 0600, NULL), KW_NOT_FOUND);
    assert_false(none.is_open);
}

static void write__is_cancelled_by_a_reader_that_left(void **state)
{
    (void)state;
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(close(ends[0]), 0);
    KW_AUTO(kw_stream) out = {.is_open = true, .is_owned = true, .fd = ends[1]};
    EXPECT_STATUS(kw_stream_write(&out, kw_span_of_str(KW_STR("x")), NULL), KW_CANCELLED);
}

static void standard_streams__are_borrowed(void **state)
{
    (void)state;
    kw_stream in = kw_stream_stdin();
    kw_stream out = kw_stream_stdout();
    assert_int_equal(in.fd, 0);
    assert_int_equal(out.fd, 1);
    kw_stream errors = kw_stream_stderr();
    assert_int_equal(errors.fd, 2);
    kw_stream_drop(&in);
    kw_stream_drop(&out);
    assert_true(fcntl(1, F_GETFD) >= 0); /* still open */
}

static void terminal__is_known_with_its_width(void **state)
{
    const tempdir *dir = *state;
    int host = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(host >= 0);
    assert_int_equal(grantpt(host) | unlockpt(host), 0);
    char name[64];
    assert_int_equal(ptsname_r(host, name, sizeof name), 0);
    int guest = open(name, O_RDWR | O_NOCTTY);
    assert_true(guest >= 0);
    const struct winsize size = {.ws_row = 25, .ws_col = 100};
    assert_int_equal(ioctl(guest, TIOCSWINSZ, &size), 0);
    KW_AUTO(kw_stream) terminal = {.is_open = true, .is_owned = true, .fd = guest};
    assert_true(kw_stream_is_terminal(&terminal));
    assert_int_equal(kw_stream_columns(&terminal), 100);
    tempdir_path path = tempdir_join(dir, "file");
    KW_AUTO(kw_stream) file = {0};
    EXPECT_OK(kw_stream_create(&file, path.text, 0600, NULL));
    assert_false(kw_stream_is_terminal(&file));
    assert_int_equal(kw_stream_columns(&file), 0);
    kw_stream closed = {0};
    assert_false(kw_stream_is_terminal(&closed));
    assert_int_equal(close(host), 0);
}

static void create__survives_every_failing_allocation(void **state)
{
    const tempdir *dir = *state;
    tempdir_path path = tempdir_join(dir, "out");
    for (uint64_t nth = 1; nth <= 2; nth++) {
        kw_stream out = {0};
        kw_heap_fail_at(nth);
        EXPECT_STATUS(kw_stream_create(&out, path.text, 0600, NULL), KW_NO_MEMORY);
        assert_false(out.is_open);
    }
    kw_heap_fail_at(0);
    assert_int_equal(names_in(dir), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(create__shows_the_file_only_when_it_is_whole),
        CASE(read_at__gives_any_place_and_nothing_behind_the_end),
        CASE(drop__leaves_nothing_of_what_was_not_committed),
        CASE(read__gives_all_and_then_zero),
        CASE(write__is_cancelled_by_a_reader_that_left),
        CASE(standard_streams__are_borrowed),
        CASE(terminal__is_known_with_its_width),
        CASE(create__survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("os/stream", tests, NULL, NULL);
}
