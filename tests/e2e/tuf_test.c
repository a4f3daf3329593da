/* SPDX-License-Identifier: Apache-2.0
 * keyward tuf as a program, as the public conformance suite runs it: exit codes, requests, files, a
 * clock that a library turns; several at once; a server that ends in the middle of a file. */
#include "os/dir.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"
#include "support/tuf_server.h"
#include "tuf/engine/content.h"

#include <stdio.h>

#define KEYWARD  KW_BIN_DIR "/keyward"
#define FAKETIME "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1" /* of Debian */

typedef struct desk {
    tempdir dir;
    tempdir_path metadata;
    tempdir_path targets;
    tempdir_path root;
    tempdir_path errors;
    tuf_repo repo;
    tuf_server server;
} desk;

static int make(void **state)
{
    desk *d = test_calloc(1, sizeof *d);
    d->dir = tempdir_make();
    d->metadata = tempdir_join(&d->dir, "metadata");
    d->targets = tempdir_join(&d->dir, "targets");
    d->root = tempdir_join(&d->dir, "initial_root.json");
    d->errors = tempdir_join(&d->dir, "errors");
    tuf_repo_init_until(&d->repo, TUF_EVER);
    tuf_repo_add_target(&d->repo, "targets", "dir/file.txt", "what the file holds");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    tuf_server_start(&d->server, &d->repo);
    EXPECT_OK(kw_file_write_atomic(
        d->root.text, kw_buf_view(tuf_repo_peek(&d->repo, "1.root.json")), 0644, NULL));
    *state = d;
    return 0;
}

static int drop(void **state)
{
    desk *d = *state;
    tuf_server_stop(&d->server);
    tuf_repo_drop(&d->repo);
    tempdir_remove(&d->dir);
    test_free(d);
    return 0;
}

static void run(desk *d, int exit_code, const char *const *argv)
{
    KW_AUTO(process_result) result = {.exit_code = 0};
    process_expect(&result, exit_code, argv, (kw_str){0});
    plain_server_hold(d->server.http); /* what the server wrote down is seen from here on */
    plain_server_release(d->server.http);
}

static void init(desk *d)
{
    const char *const argv[] = {KEYWARD,      "tuf", "--metadata-dir", d->metadata.text, "init",
                                d->root.text, NULL};
    run(d, 0, argv);
    assert_int_equal(d->repo.requests_count, 0);
}

/* In `days` days. */
static void refresh(desk *d, int exit_code, const char *days)
{
    char preload[] = "LD_PRELOAD=" FAKETIME;
    char shift[64];
    (void)snprintf(shift, sizeof shift, "FAKETIME=+%sd", days);
    const char *const argv[] = {"env",
                                preload,
                                shift,
                                KEYWARD,
                                "tuf",
                                "--metadata-url",
                                d->server.metadata_url,
                                "--metadata-dir",
                                d->metadata.text,
                                "refresh",
                                NULL};
    run(d, exit_code, &argv[strcmp(days, "0") == 0 ? 3 : 0]);
}

static void download(desk *d, int exit_code, const char *path)
{
    const char *const argv[] = {KEYWARD,
                                "tuf",
                                "--metadata-url",
                                d->server.metadata_url,
                                "--metadata-dir",
                                d->metadata.text,
                                "--target-name",
                                path,
                                "--target-dir",
                                d->targets.text,
                                "--target-base-url",
                                d->server.targets_url,
                                "download",
                                NULL};
    run(d, exit_code, argv);
}

static void program__refreshes_and_downloads(void **state)
{
    desk *d = *state;
    init(d);
    refresh(d, 0, "0");
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json timestamp.json 2.snapshot.json 2.targets.json");
    download(d, 0, "dir/file.txt");
    download(d, 1, "dir/other.txt");
    KW_AUTO(kw_buf) bytes = kw_buf_init(4096);
    tempdir_path file = tempdir_join(&d->dir, "targets/dir%2Ffile.txt");
    EXPECT_OK(kw_file_read(&bytes, file.text, NULL));
    EXPECT_STR(kw_buf_text(&bytes), "what the file holds");
}

/* The clock is that of libc: whoever turns it, turns ours. */
static void program__reads_the_clock_of_libc(void **state)
{
    desk *d = *state;
    kw_file_info info;
    if (kw_file_stat(&info, FAKETIME, NULL) != KW_OK) {
        print_message("libfaketime is not installed\n");
        skip();
    }
    init(d);
    refresh(d, 0, "0");
    tuf_repo_role(&d->repo, "timestamp")->expires = "2099-01-01T00:00:00Z";
    tuf_repo_publish(&d->repo, "timestamp");
    refresh(d, 0, "18");
    tuf_repo_publish(&d->repo, "timestamp");
    refresh(d, 1, "36500");
    refresh(d, 0, "0");
}

/* Both refresh, one after the other, and neither sees half of what the other writes. */
static void programs__share_a_folder(void **state)
{
    desk *d = *state;
    const char *const argv[] = {KEYWARD,          "tuf",
                                "--metadata-url", d->server.metadata_url,
                                "--metadata-dir", d->metadata.text,
                                "refresh",        NULL};
    process running[4];
    init(d);
    for (size_t i = 0; i < KW_COUNT(running); i++) {
        running[i] = process_start(argv, d->errors.text);
    }
    for (size_t i = 0; i < KW_COUNT(running); i++) {
        assert_int_equal(process_wait(&running[i]), 0);
    }
    plain_server_hold(d->server.http);
    plain_server_release(d->server.http);
    assert_int_equal(d->repo.requests_count, 4 + 3 * 2); /* one of them found all new */
}

/* No part of a file is left under any name, and the next one gets it. */
static void program__leaves_no_half_file(void **state)
{
    desk *d = *state;
    char path[512];
    char answer[256];
    kw_tuf_content content = {.has_sha256 = true};
    char hash[KW_TUF_HASH_TEXT_BYTES];
    kw_sha256(&content.sha256, kw_span_of_str(KW_STR("what the file holds")));
    kw_tuf_content_prefix(&content, hash);
    (void)snprintf(path, sizeof path, "/targets/dir/%s.file.txt", hash);
    (void)snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nwhat the ");
    init(d);
    d->server.answer = answer;
    d->server.spoiled = path;
    download(d, 1, "dir/file.txt"); /* cut short */
    KW_AUTO(kw_dir_names) names = {0};
    EXPECT_OK(kw_dir_list(&names, d->targets.text, NULL));
    assert_int_equal(names.count, 0);
    d->server.spoiled = NULL;
    download(d, 0, "dir/file.txt");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(program__refreshes_and_downloads),
        CASE(program__reads_the_clock_of_libc),
        CASE(programs__share_a_folder),
        CASE(program__leaves_no_half_file),
    };
    return cmocka_run_group_tests_name("e2e/tuf", tests, NULL, NULL);
}
