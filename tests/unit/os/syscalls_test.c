/* SPDX-License-Identifier: Apache-2.0 */
#include "os/syscalls.h"

#include "os/fault.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
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
    kw_os_faults_use(NULL);
    tempdir_remove(*state);
    return 0;
}

static int open_new(const tempdir *dir, const char *name)
{
    tempdir_path path = tempdir_join(dir, name);
    int fd = kw_sys_open(path.text, O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    return fd;
}

static void write_all__writes_at_the_end_or_at_an_offset(void **state)
{
    int fd = open_new(*state, "file");
    assert_true(kw_sys_write_all(fd, kw_span_of_str(KW_STR("abcdef"))));
    assert_true(kw_sys_write_all_at(fd, kw_span_of_str(KW_STR("XY")), 2));
    assert_true(kw_sys_write_all(fd, (kw_span){0}));
    uint8_t room[16];
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    ssize_t got = kw_sys_read(fd, KW_MSPAN(room));
    assert_int_equal(got, 6);
    EXPECT_STR(kw_str_of_span((kw_span){room, 6}), "abXYef");
    assert_true(kw_sys_truncate(fd, 3));
    assert_true(kw_sys_sync(fd) && kw_sys_sync_data(fd));
    kw_sys_close(fd);
}

static void create_unique__never_opens_what_is_there(void **state)
{
    tempdir_path first = tempdir_join(*state, "x.XXXXXX");
    tempdir_path second = first;
    int a = kw_sys_create_unique(first.text);
    int b = kw_sys_create_unique(second.text);
    assert_true(a >= 0 && b >= 0);
    assert_string_not_equal(first.text, second.text);
    struct stat facts;
    assert_int_equal(fstat(a, &facts), 0);
    assert_int_equal(facts.st_mode & 07777, 0600);
    assert_true(kw_sys_rename(first.text, second.text));
    kw_sys_close(a);
    kw_sys_close(b);
}

static void sync_parent__knows_relative_and_root_paths(void **state)
{
    tempdir_path inside = tempdir_join(*state, "anything");
    tempdir_path missing = tempdir_join(*state, "missing/anything");
    assert_true(kw_sys_sync_parent(inside.text));
    assert_true(kw_sys_sync_parent("here"));
    assert_true(kw_sys_sync_parent("/here"));
    assert_false(kw_sys_sync_parent(missing.text));
    assert_int_equal(errno, ENOENT);
}

static void calls__fail_where_they_are_told_to(void **state)
{
    int fd = open_new(*state, "file");
    kw_os_faults faults = {0};
    kw_os_faults_use(&faults);
    for (int call = 0; call < KW_OS_CALLS; call++) {
        kw_os_fail_from(&faults, (kw_os_call)call, 1, KW_NO_SPACE);
    }
    uint8_t room[4];
    char name[] = "x.XXXXXX";
    assert_int_equal(kw_sys_open("/dev/null", O_RDONLY, 0), -1);
    assert_int_equal(kw_sys_create_unique(name), -1);
    assert_int_equal(kw_sys_read(fd, KW_MSPAN(room)), -1);
    assert_false(kw_sys_sync(fd) || kw_sys_sync_data(fd) || kw_sys_truncate(fd, 0));
    assert_false(kw_sys_rename("a", "b"));
    assert_false(kw_sys_write_all(fd, kw_span_of_str(KW_STR("half of it"))));
    assert_int_equal(errno, ENOSPC);
    kw_os_faults_use(NULL);
    struct stat facts;
    assert_int_equal(fstat(fd, &facts), 0);
    assert_int_equal(facts.st_size, 5); /* as a full disk leaves it */
    kw_sys_close(fd);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(write_all__writes_at_the_end_or_at_an_offset),
        CASE(create_unique__never_opens_what_is_there),
        CASE(sync_parent__knows_relative_and_root_paths),
        CASE(calls__fail_where_they_are_told_to),
    };
    return cmocka_run_group_tests_name("os/syscalls", tests, NULL, NULL);
}
