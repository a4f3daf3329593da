/* SPDX-License-Identifier: Apache-2.0 */
#include "os/sandbox.h"

#include "os/dir.h"
#include "os/file.h"
#include "os/process.h"
#include "support/expect.h"
#include "support/tempdir.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    NO_LANDLOCK = 77,
    SET_UP_FAILED = 99
};

typedef struct places {
    tempdir dir;
    tempdir_path readable; /* a folder with "file" in it */
    tempdir_path writable;
    tempdir_path single; /* a file that may be read though its folder may not */
    tempdir_path secret;
} places;

static kw_status write_below(const tempdir_path *folder, const char *name)
{
    tempdir_path path = {0};
    (void)snprintf(path.text, sizeof path.text, "%.400s/%s", folder->text, name);
    return kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("text")), 0600, NULL);
}

static kw_status read_path(const char *path)
{
    KW_AUTO(kw_buf) content = kw_buf_init(1 << 16);
    return kw_file_read(&content, path, NULL);
}

static kw_status read_below(const tempdir_path *folder, const char *name)
{
    tempdir_path path = {0};
    (void)snprintf(path.text, sizeof path.text, "%.400s/%s", folder->text, name);
    return read_path(path.text);
}

static places make_places(void)
{
    places p = {.dir = tempdir_make()};
    p.readable = tempdir_join(&p.dir, "readable");
    p.writable = tempdir_join(&p.dir, "writable");
    p.single = tempdir_join(&p.dir, "single");
    p.secret = tempdir_join(&p.dir, "secret");
    EXPECT_OK(kw_dir_make(p.readable.text, 0700, NULL));
    EXPECT_OK(kw_dir_make(p.writable.text, 0700, NULL));
    EXPECT_OK(write_below(&p.readable, "file"));
    EXPECT_OK(kw_file_write_atomic(p.single.text, kw_span_of_str(KW_STR("x")), 0600, NULL));
    EXPECT_OK(kw_file_write_atomic(p.secret.text, kw_span_of_str(KW_STR("x")), 0600, NULL));
    return p;
}

/* 0 when everything is as the rules say, else the number of the first line that is not. */
static int check_inside(const places *p)
{
    const char *const readable[] = {p->readable.text, p->single.text, "/nonexistent"};
    const char *const writable[] = {p->writable.text};
    const kw_sandbox_paths paths = {.readable = readable,
                                    .readable_count = KW_COUNT(readable),
                                    .writable = writable,
                                    .writable_count = KW_COUNT(writable)};
    bool is_active = false;
    if (kw_process_harden(NULL) != KW_OK ||
        kw_sandbox_restrict_files(&is_active, &paths, NULL) != KW_OK) {
        return SET_UP_FAILED;
    }
    if (!is_active) {
        return NO_LANDLOCK;
    }
    const struct {
        kw_status got;
        kw_status wanted;
    } checks[] = {
        {read_below(&p->readable, "file"), KW_OK},
        {read_path(p->single.text), KW_OK},
        {write_below(&p->writable, "new"), KW_OK},
        {read_below(&p->writable, "new"), KW_OK},
        {write_below(&p->readable, "new"), KW_FORBIDDEN},
        {read_path(p->secret.text), KW_FORBIDDEN},
        {read_path("/etc/passwd"), KW_FORBIDDEN},
        {kw_file_remove(p->secret.text, NULL), KW_FORBIDDEN},
    };
    for (int i = 0; i < (int)KW_COUNT(checks); i++) {
        if (checks[i].got != checks[i].wanted) {
            return i + 1;
        }
    }
    return 0;
}

static void restrict_files__leaves_only_the_named_places(void **state)
{
    (void)state;
    places p = make_places();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(check_inside(&p));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    tempdir_remove(&p.dir);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_LANDLOCK) {
        skip(); /* the kernel has none */
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restrict_files__leaves_only_the_named_places),
    };
    return cmocka_run_group_tests_name("os/landlock", tests, NULL, NULL);
}
