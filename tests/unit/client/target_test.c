/* SPDX-License-Identifier: Apache-2.0 */
#include "client/target.h"

#include "os/dir.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"
#include "support/tuf_server.h"

#define CONTENT "what the file holds"

typedef struct desk {
    tempdir dir;
    tuf_repo repo;
    tuf_server server;
    kw_http_client *http;
    kw_client_target target;
} desk;

static int make(void **state)
{
    desk *d = test_calloc(1, sizeof *d);
    const kw_http_client_options http = {.body_bytes_max = 1 << 16, .plain_loopback = true};
    d->dir = tempdir_make();
    tuf_repo_init(&d->repo);
    tuf_repo_add_target(&d->repo, "targets", "dir/a file.zkey", CONTENT);
    tuf_server_start(&d->server, &d->repo);
    EXPECT_OK(kw_http_client_new(&d->http, &http, NULL));
    d->target = (kw_client_target){
        .path = KW_STR("dir/a file.zkey"),
        .content = {.has_length = true, .length = strlen(CONTENT), .has_sha256 = true},
        .has_prefix = true,
        .folder = d->dir.path,
        .base_url = d->server.targets_url,
        .http = d->http};
    kw_sha256(&d->target.content.sha256, kw_span_of_str(KW_STR(CONTENT)));
    *state = d;
    return 0;
}

static int drop(void **state)
{
    desk *d = *state;
    kw_http_client_free(d->http);
    tuf_server_stop(&d->server);
    tuf_repo_drop(&d->repo);
    tempdir_remove(&d->dir);
    test_free(d);
    return 0;
}

static kw_status get(desk *d)
{
    kw_error err = {0};
    kw_status st = kw_client_target_get(&d->target, &err);
    assert_true(st == KW_OK || err.status == st);
    plain_server_hold(d->server.http); /* what the server wrote down is seen from here on */
    plain_server_release(d->server.http);
    return st;
}

#define FILE_NAME "dir%2Fa%20file.zkey"

static void expect_content(const desk *d, const char *wanted)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 16);
    tempdir_path path = tempdir_join(&d->dir, FILE_NAME);
    EXPECT_OK(kw_file_read(&bytes, path.text, NULL));
    EXPECT_STR(kw_buf_text(&bytes), wanted);
}

/* No file, and nothing of it under another name. */
static void expect_empty_folder(const desk *d)
{
    KW_AUTO(kw_dir_names) names = {0};
    EXPECT_OK(kw_dir_list(&names, d->dir.path, NULL));
    assert_int_equal(names.count, 0);
}

static void get__asks_for_the_hashed_name(void **state)
{
    desk *d = *state;
    EXPECT_OK(get(d));
    expect_content(d, CONTENT);
    assert_int_equal(d->server.targets_count, 1);
    char hash[KW_TUF_HASH_TEXT_BYTES];
    KW_AUTO(kw_buf) wanted = kw_buf_init(512);
    kw_tuf_content_prefix(&d->target.content, hash);
    EXPECT_OK(kw_buf_append_format(&wanted, "dir/%s.a%%20file.zkey", hash));
    EXPECT_STR(kw_buf_text(&wanted), d->server.targets[0]);
}

static void get__asks_for_the_plain_name_without_consistent_snapshots(void **state)
{
    desk *d = *state;
    d->repo.is_plain = true;
    d->target.has_prefix = false;
    EXPECT_OK(get(d));
    assert_string_equal(d->server.targets[0], "dir/a%20file.zkey");
    expect_content(d, CONTENT);
}

static void get__does_not_ask_for_what_is_there(void **state)
{
    desk *d = *state;
    EXPECT_OK(get(d));
    EXPECT_OK(get(d));
    assert_int_equal(d->server.targets_count, 1);
}

static void get__replaces_what_is_wrong(void **state)
{
    desk *d = *state;
    static const char *const wrong[] = {"", "what the file hold", "what the file holdS",
                                        "what the file holds, and more"};
    tempdir_path path = tempdir_join(&d->dir, FILE_NAME);
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(wrong[i])), 0600, NULL));
        EXPECT_OK(get(d));
        expect_content(d, CONTENT);
        assert_int_equal(d->server.targets_count, i + 1);
    }
}

static void get__refuses_other_bytes(void **state)
{
    desk *d = *state;
    static const char *const wrong[] = {"", "what the file hold", "what the file holdS",
                                        "what the file holds, and more"};
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        tuf_repo_replace_target(&d->repo, "dir/a file.zkey", wrong[i]);
        EXPECT_STATUS(get(d), KW_HASH);
        expect_empty_folder(d);
    }
}

/* What was there is not lost to what came in its place. */
static void get__leaves_an_older_file_when_the_new_one_is_wrong(void **state)
{
    desk *d = *state;
    EXPECT_OK(get(d));
    kw_sha256(&d->target.content.sha256, kw_span_of_str(KW_STR("a newer one")));
    d->target.content.length = strlen("a newer one");
    EXPECT_STATUS(get(d), KW_HASH);
    expect_content(d, CONTENT);
}

static void get__refuses_pages_and_endless_data(void **state)
{
    desk *d = *state;
    char hash[KW_TUF_HASH_TEXT_BYTES];
    KW_AUTO(kw_buf) path = kw_buf_init(512);
    KW_AUTO(kw_buf) endless = kw_buf_init(1 << 20);
    const char *text = NULL;
    kw_tuf_content_prefix(&d->target.content, hash);
    EXPECT_OK(kw_buf_append_format(&path, "/targets/dir/%s.a%%20file.zkey", hash));
    EXPECT_OK(kw_buf_c_text(&path, &d->server.spoiled));
    d->server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n<html>sorry</html>";
    EXPECT_STATUS(get(d), KW_HASH);
    EXPECT_OK(kw_buf_append_format(&endless, "HTTP/1.1 200 OK\r\n\r\n%*s", 1 << 19, "x"));
    EXPECT_OK(kw_buf_c_text(&endless, &text));
    d->server.answer = text;
    EXPECT_STATUS(get(d), KW_HASH);
    d->server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nwhat the"; /* and it ends */
    EXPECT_STATUS(get(d), KW_NETWORK);
    expect_empty_folder(d);
    d->server.spoiled = NULL;
    EXPECT_OK(get(d));
}

static void get__says_that_it_is_not_there(void **state)
{
    desk *d = *state;
    d->target.path = KW_STR("dir/other");
    EXPECT_STATUS(get(d), KW_NOT_FOUND);
    expect_empty_folder(d);
}

static void get__refuses_paths_that_leave_the_folder(void **state)
{
    desk *d = *state;
    static const char *const bad[] = {"/a",     "a//b", "a/",  "..",    "../a",
                                      "a/../b", "a/..", "./a", "a/./b", ""};
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        d->target.path = kw_str_of(bad[i]);
        EXPECT_STATUS(get(d), KW_BAD_INPUT);
    }
    assert_int_equal(d->server.targets_count, 0);
    expect_empty_folder(d);
}

static void get__needs_a_folder_that_can_be_written(void **state)
{
    desk *d = *state;
    tempdir_path folder = tempdir_join(&d->dir, "file/below");
    tempdir_path file = tempdir_join(&d->dir, "file");
    EXPECT_OK(kw_file_write_atomic(file.text, kw_span_of_str(KW_STR("x")), 0600, NULL));
    d->target.folder = folder.text;
    kw_status st = get(d);
    assert_true(st == KW_CONFLICT || st == KW_IO || st == KW_NOT_FOUND || st == KW_BAD_STATE);
    assert_int_equal(d->server.targets_count, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(get__asks_for_the_hashed_name),
        CASE(get__asks_for_the_plain_name_without_consistent_snapshots),
        CASE(get__does_not_ask_for_what_is_there),
        CASE(get__replaces_what_is_wrong),
        CASE(get__refuses_other_bytes),
        CASE(get__leaves_an_older_file_when_the_new_one_is_wrong),
        CASE(get__refuses_pages_and_endless_data),
        CASE(get__says_that_it_is_not_there),
        CASE(get__refuses_paths_that_leave_the_folder),
        CASE(get__needs_a_folder_that_can_be_written),
    };
    return cmocka_run_group_tests_name("client/target", tests, NULL, NULL);
}
