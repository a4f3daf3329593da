/* SPDX-License-Identifier: Apache-2.0
 * keyward tuf as the public conformance suite calls it: words, exit codes, files, requests. */
#include "cli/commands.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/silent_port.h"
#include "support/tempdir.h"
#include "support/tuf_server.h"

#include <stdio.h>

typedef struct desk {
    tempdir dir;
    tuf_repo repo;
    tuf_server server;
} desk;

static int make(void **state)
{
    desk *d = test_calloc(1, sizeof *d);
    d->dir = tempdir_make();
    tuf_repo_init_until(&d->repo, TUF_EVER);
    tuf_server_start(&d->server, &d->repo);
    tempdir_path root = tempdir_join(&d->dir, "initial_root.json");
    EXPECT_OK(kw_file_write_atomic(root.text, kw_buf_view(tuf_repo_peek(&d->repo, "1.root.json")),
                                   0644, NULL));
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

/* The exit code; what stands on standard output is kept in `out`, which may be NULL. */
static int run(desk *d, const char *words, kw_buf *out)
{
    command_result result = command_line_run_in(d->dir.path, words);
    if (out != NULL) {
        kw_buf_clear(out);
        EXPECT_OK(kw_buf_append_str(out, kw_str_of(result.out)));
    }
    int exit_code = result.exit_code;
    command_result_drop(&result);
    plain_server_hold(d->server.http); /* what the server wrote down is seen from here on */
    plain_server_release(d->server.http);
    return exit_code;
}

static int init(desk *d)
{
    return run(d, "tuf --metadata-dir %/metadata init %/initial_root.json", NULL);
}

static int refresh(desk *d)
{
    char words[512];
    (void)snprintf(words, sizeof words, "tuf --metadata-url %s --metadata-dir %%/metadata refresh",
                   d->server.metadata_url);
    return run(d, words, NULL);
}

static int download(desk *d, const char *names, kw_buf *out)
{
    char words[1024];
    (void)snprintf(words, sizeof words,
                   "tuf --metadata-url %s --metadata-dir %%/metadata %s --target-dir %%/targets "
                   "--target-base-url %s download",
                   d->server.metadata_url, names, d->server.targets_url);
    return run(d, words, out);
}

static void expect_file(const desk *d, const char *name, const char *content)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    tempdir_path path = tempdir_join(&d->dir, name);
    EXPECT_OK(kw_file_read(&bytes, path.text, NULL));
    EXPECT_STR(kw_buf_text(&bytes), content);
}

static size_t count_files(const desk *d, const char *folder)
{
    KW_AUTO(kw_dir_names) names = {0};
    tempdir_path path = tempdir_join(&d->dir, folder);
    kw_status st = kw_dir_list(&names, path.text, NULL);
    assert_true(st == KW_OK || st == KW_NOT_FOUND);
    return names.count;
}

/* Files of metadata; other state has other endings. */
static size_t count_roles(const desk *d)
{
    KW_AUTO(kw_dir_names) names = {0};
    tempdir_path path = tempdir_join(&d->dir, "metadata");
    size_t count = 0;
    EXPECT_OK(kw_dir_list(&names, path.text, NULL));
    for (size_t i = 0; i < names.count; i++) {
        count += kw_str_ends_with(kw_str_of(names.names[i]), KW_STR(".json")) ? 1 : 0;
    }
    return count;
}

static void init__makes_no_request(void **state)
{
    desk *d = *state;
    assert_int_equal(init(d), 0);
    assert_int_equal(d->repo.requests_count, 0);
    assert_int_equal(count_roles(d), 1);
    assert_int_equal(init(d), 0);
}

static void init__refuses_a_root_that_is_none(void **state)
{
    desk *d = *state;
    tempdir_path root = tempdir_join(&d->dir, "initial_root.json");
    EXPECT_OK(kw_file_write_atomic(root.text, kw_span_of_str(KW_STR("{}")), 0644, NULL));
    assert_int_equal(init(d), 1);
    assert_int_equal(refresh(d), 1);
    EXPECT_OK(kw_file_remove(root.text, NULL));
    assert_int_equal(init(d), 1);
    assert_int_equal(d->repo.requests_count, 0);
}

static void refresh__makes_the_expected_requests(void **state)
{
    desk *d = *state;
    assert_int_equal(init(d), 0);
    assert_int_equal(refresh(d), 0);
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json timestamp.json 1.snapshot.json 1.targets.json");
    assert_int_equal(count_roles(d), 4);
    assert_int_equal(refresh(d), 0);
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
    tuf_repo_role(&d->repo, "timestamp")->version = 0;
    tuf_repo_publish(&d->repo, "timestamp");
    assert_int_equal(refresh(d), 0); /* version 1 again */
    tuf_repo_role(&d->repo, "timestamp")->signers_count = 0;
    tuf_repo_publish(&d->repo, "timestamp");
    assert_int_equal(refresh(d), 1);
}

static void refresh__ends_with_one_without_a_server(void **state)
{
    desk *d = *state;
    assert_int_equal(init(d), 0);
    silent_port port = silent_port_refusing();
    (void)snprintf(d->server.metadata_url, sizeof d->server.metadata_url, "http://127.0.0.1:%u",
                   port.port);
    assert_int_equal(refresh(d), 1);
    assert_int_equal(count_roles(d), 1);
    silent_port_close(&port);
}

static void download__refreshes_first(void **state)
{
    desk *d = *state;
    assert_int_equal(init(d), 0);
    assert_int_equal(download(d, "--target-name nonexistent", NULL), 1);
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json timestamp.json 1.snapshot.json 1.targets.json");
    assert_int_equal(count_roles(d), 4);
    assert_int_equal(count_files(d, "targets"), 0);
}

static void download__puts_files_under_quoted_paths(void **state)
{
    desk *d = *state;
    tuf_repo_add_target(&d->repo, "targets", "target_file.txt", "target file contents");
    tuf_repo_add_target(&d->repo, "targets", "path/to/a/target_file.txt", "others");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    assert_int_equal(init(d), 0);
    assert_int_equal(refresh(d), 0);
    assert_int_equal(count_files(d, "targets"), 0);
    assert_int_equal(download(d, "--target-name target_file.txt", NULL), 0);
    assert_int_equal(download(d, "--target-name path/to/a/target_file.txt", NULL), 0);
    expect_file(d, "targets/target_file.txt", "target file contents");
    expect_file(d, "targets/path%2Fto%2Fa%2Ftarget_file.txt", "others");
    assert_int_equal(d->server.targets_count, 2);
    assert_int_equal(download(d, "--target-name target_file.txt", NULL), 0);
    assert_int_equal(d->server.targets_count, 2); /* it was there */
}

static void download__does_not_take_substituted_files(void **state)
{
    desk *d = *state;
    tuf_repo_add_target(&d->repo, "targets", "one", "target file contents");
    tuf_repo_add_target(&d->repo, "targets", "two", "content");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    assert_int_equal(init(d), 0);
    assert_int_equal(download(d, "--target-name one", NULL), 0);
    tuf_repo_replace_target(&d->repo, "one", "malicious data - should not download");
    tuf_repo_replace_target(&d->repo, "two", "malicious data - should not download");
    assert_int_equal(download(d, "--target-name one", NULL), 0);
    assert_int_equal(download(d, "--target-name two", NULL), 1);
    expect_file(d, "targets/one", "target file contents");
    assert_int_equal(count_files(d, "targets"), 1);
}

static void download__follows_changes_of_a_file(void **state)
{
    desk *d = *state;
    char content[64];
    assert_int_equal(init(d), 0);
    for (int i = 0; i < 3; i++) {
        tuf_role *targets = tuf_repo_role(&d->repo, "targets");
        kw_buf_clear(&targets->targets);
        (void)snprintf(content, sizeof content, "contents %d", i);
        tuf_repo_add_target(&d->repo, "targets", "file", content);
        tuf_repo_publish(&d->repo, "targets");
        tuf_repo_update_snapshot(&d->repo);
        assert_int_equal(download(d, "--target-name file", NULL), 0);
        expect_file(d, "targets/file", content);
        tuf_repo_replace_target(&d->repo, "file", "spoiled"); /* and nothing is signed */
        tuf_repo_publish(&d->repo, "targets");
        tuf_repo_update_snapshot(&d->repo);
        assert_int_equal(download(d, "--target-name file", NULL), 0);
        expect_file(d, "targets/file", content);
    }
}

static void download__of_several_stops_at_the_first_failure(void **state)
{
    desk *d = *state;
    tuf_repo_add_target(&d->repo, "targets", "a", "content of a");
    tuf_repo_add_target(&d->repo, "targets", "c", "content of c");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    assert_int_equal(init(d), 0);
    assert_int_equal(download(d, "--target-name a --target-name missing --target-name c", NULL), 1);
    expect_file(d, "targets/a", "content of a");
    assert_int_equal(count_files(d, "targets"), 1);
    assert_int_equal(download(d, "--target-name c --target-name a", NULL), 0);
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
}

static void download__of_odd_role_names_asks_in_quotes(void **state)
{
    static const char *const names[][2] = {{"?", "1.%3F.json"},
                                           {"#", "1.%23.json"},
                                           {"/delegatedrole", "1.%2Fdelegatedrole.json"},
                                           {"../delegatedrole", "1...%2Fdelegatedrole.json"}};
    (void)state;
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        void *fresh = NULL;
        (void)make(&fresh);
        desk *d = fresh;
        (void)tuf_repo_delegate(&d->repo, "targets", names[i][0], "\"*\"");
        tuf_repo_publish(&d->repo, names[i][0]);
        tuf_repo_publish(&d->repo, "targets");
        tuf_repo_update_snapshot(&d->repo);
        assert_int_equal(init(d), 0);
        assert_int_equal(download(d, "--target-name nonexistent", NULL), 1);
        tuf_repo_expect_requests(&d->repo, 4, names[i][1]);
        assert_int_equal(count_roles(d), 5);
        (void)drop(&fresh);
    }
}

static void reply__says_why(void **state)
{
    desk *d = *state;
    KW_AUTO(kw_buf) out = kw_buf_init(1 << 16);
    assert_int_equal(init(d), 0);
    assert_int_equal(download(d, "--json --target-name missing", &out), 1);
    EXPECT_STR(kw_buf_text(&out),
               "{\"status\":\"not_found\",\"reason\":\"no role of the repository has this target: "
               "while looking for target 1\"}\n");
    tuf_repo_role(&d->repo, "timestamp")->expires = "2000-01-01T00:00:00Z";
    tuf_repo_publish(&d->repo, "timestamp");
    assert_int_equal(download(d, "--json --target-name missing", &out), 1);
    EXPECT_STR(
        kw_buf_text(&out),
        "{\"status\":\"expired\",\"reason\":\"expired at 2000-01-01T00:00:00Z: while reading "
        "timestamp.json\"}\n");
}

static void words__that_do_not_fit_are_a_wrong_command_line(void **state)
{
    static const char *const bad[] = {
        "tuf --metadata-dir %/metadata init",
        "tuf --metadata-dir %/metadata refresh",
        "tuf init %/initial_root.json",
        "tuf --metadata-dir %/metadata --metadata-url http://127.0.0.1:1 refresh root.json",
        "tuf --metadata-dir %/metadata --metadata-url http://127.0.0.1:1 download",
        "tuf --metadata-dir % --metadata-url http://[::1] --target-name a --target-dir % download",
        "tuf --metadata-dir %/metadata --metadata-url http://127.0.0.1:1 fetch",
        "tuf --metadata-dir %/metadata",
    };
    desk *d = *state;
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        assert_int_equal(run(d, bad[i], NULL), 64);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(init__makes_no_request),
        CASE(init__refuses_a_root_that_is_none),
        CASE(refresh__makes_the_expected_requests),
        CASE(refresh__ends_with_one_without_a_server),
        CASE(download__refreshes_first),
        CASE(download__puts_files_under_quoted_paths),
        CASE(download__does_not_take_substituted_files),
        CASE(download__follows_changes_of_a_file),
        CASE(download__of_several_stops_at_the_first_failure),
        cmocka_unit_test(download__of_odd_role_names_asks_in_quotes),
        CASE(reply__says_why),
        CASE(words__that_do_not_fit_are_a_wrong_command_line),
    };
    return cmocka_run_group_tests_name("cli/tuf", tests, NULL, NULL);
}
