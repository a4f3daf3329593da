/* SPDX-License-Identifier: Apache-2.0
 * Metadata in a real folder from a real server; what the machine decides is tested with it. */
#include "client/refresh.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"
#include "support/tuf_server.h"

typedef struct desk {
    tempdir dir;
    tuf_repo repo;
    tuf_server server;
    kw_http_client *http;
    kw_client_refresh_options options;
} desk;

static int make(void **state)
{
    desk *d = test_calloc(1, sizeof *d);
    const kw_http_client_options http = {.body_bytes_max = 1 << 16, .plain_loopback = true};
    d->dir = tempdir_make();
    tuf_repo_init(&d->repo);
    tuf_server_start(&d->server, &d->repo);
    EXPECT_OK(kw_http_client_new(&d->http, &http, NULL));
    d->options = (kw_client_refresh_options){.folder = d->dir.path,
                                             .metadata_url = d->server.metadata_url,
                                             .http = d->http,
                                             .now = TUF_NOW};
    EXPECT_OK(kw_client_refresh_init(d->dir.path,
                                     kw_buf_view(tuf_repo_peek(&d->repo, "1.root.json")),
                                     KW_TUF_KEYIDS_STRICT, NULL));
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

static kw_status refresh(desk *d)
{
    KW_AUTO_PTR(kw_client_refresh) opened = NULL;
    kw_error err = {0};
    kw_status st = kw_client_refresh_open(&opened, &d->options, &err);
    assert_true(st == KW_OK || err.status == st);
    plain_server_hold(d->server.http); /* what the server wrote down is seen from here on */
    plain_server_release(d->server.http);
    return st;
}

static void expect_file(const desk *d, const char *name, const char *remote)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    tempdir_path path = tempdir_join(&d->dir, name);
    EXPECT_OK(kw_file_read(&bytes, path.text, NULL));
    EXPECT_SPAN(kw_buf_view(&bytes), kw_buf_view(tuf_repo_peek(&d->repo, remote)));
}

static void expect_no_file(const desk *d, const char *name)
{
    kw_file_info info;
    tempdir_path path = tempdir_join(&d->dir, name);
    EXPECT_STATUS(kw_file_stat(&info, path.text, NULL), KW_NOT_FOUND);
}

static void open__stores_what_it_received(void **state)
{
    desk *d = *state;
    EXPECT_OK(refresh(d));
    tuf_repo_expect_requests(&d->repo, 0,
                             "2.root.json timestamp.json 1.snapshot.json 1.targets.json");
    expect_file(d, "root.json", "1.root.json");
    expect_file(d, "timestamp.json", "1.timestamp.json");
    expect_file(d, "snapshot.json", "1.snapshot.json");
    expect_file(d, "targets.json", "1.targets.json");
    EXPECT_OK(refresh(d));
    tuf_repo_expect_requests(&d->repo, 4, "2.root.json timestamp.json");
}

static void open__takes_403_for_a_root_that_is_not_there(void **state)
{
    desk *d = *state;
    d->server.missing = "403 Forbidden";
    EXPECT_OK(refresh(d));
}

static void open__fails_on_any_other_answer(void **state)
{
    desk *d = *state;
    static const struct {
        const char *answer;
        kw_status wanted;
    } cases[] = {
        {"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", KW_INTERNAL},
        {"HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", KW_BUSY},
        {"HTTP/1.1 301 No\r\nLocation: /metadata/1.root.json\r\nContent-Length: 0\r\n"
         "Connection: close\r\n\r\n",
         KW_PEER_REFUSED},
        {"", KW_NETWORK},
    };
    d->server.spoiled = "/metadata/2.root.json";
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        d->server.answer = cases[i].answer;
        EXPECT_STATUS(refresh(d), cases[i].wanted);
    }
    expect_no_file(d, "timestamp.json");
}

static void open__refuses_a_page_instead_of_metadata(void **state)
{
    desk *d = *state;
    d->server.spoiled = "/metadata/timestamp.json";
    d->server.answer = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\n"
                       "<html>sorry</html>\r\n";
    EXPECT_STATUS(refresh(d), KW_BAD_INPUT);
    expect_no_file(d, "timestamp.json");
    d->server.spoiled = NULL;
    EXPECT_OK(refresh(d));
    d->server.spoiled = "/metadata/timestamp.json";
    EXPECT_STATUS(refresh(d), KW_BAD_INPUT);
    expect_file(d, "timestamp.json", "1.timestamp.json"); /* the good one stays */
}

/* A body that does not end is not read to its end. */
static void open__stops_at_the_most_that_a_file_may_have(void **state)
{
    desk *d = *state;
    KW_AUTO(kw_buf) answer = kw_buf_init(1 << 20);
    const char *text = NULL;
    EXPECT_OK(kw_buf_append_format(&answer, "HTTP/1.1 200 OK\r\n\r\n%*s",
                                   2 * KW_TUF_TIMESTAMP_BYTES_MAX, "x"));
    EXPECT_OK(kw_buf_c_text(&answer, &text));
    d->server.spoiled = "/metadata/timestamp.json";
    d->server.answer = text;
    EXPECT_STATUS(refresh(d), KW_LIMIT);
    expect_no_file(d, "timestamp.json");
}

static void open__keeps_what_came_before_the_failure(void **state)
{
    desk *d = *state;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_role(&d->repo, "snapshot")->signers_count = 0;
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_STATUS(refresh(d), KW_THRESHOLD);
    expect_file(d, "root.json", "2.root.json");
    expect_file(d, "timestamp.json", "2.timestamp.json");
    expect_no_file(d, "snapshot.json");
    expect_no_file(d, "targets.json");
}

static void open__erases_what_taken_keys_had_said(void **state)
{
    desk *d = *state;
    EXPECT_OK(refresh(d));
    tuf_repo_rotate(&d->repo, "timestamp");
    tuf_repo_publish(&d->repo, "root");
    EXPECT_STATUS(refresh(d), KW_THRESHOLD); /* the timestamp is of the old key still */
    expect_file(d, "root.json", "2.root.json");
    expect_no_file(d, "timestamp.json");
    expect_no_file(d, "snapshot.json");
}

/* What stands beside length and hashes, of the last search alone; a delegated role says it too. */
static void custom__is_what_the_role_says_of_the_target(void **state)
{
    desk *d = *state;
    KW_AUTO_PTR(kw_client_refresh) opened = NULL;
    kw_tuf_content content;
    kw_buf *targets = &tuf_repo_role(&d->repo, "targets")->targets;
    EXPECT_OK(kw_buf_append_format(targets,
                                   "\"a\":{\"length\":1,\"hashes\":{\"sha256\":\"%064d\"},"
                                   "\"custom\":{\"z\": 1, \"b\":[2 ]}}",
                                   0));
    tuf_repo_add_target(&d->repo, "targets", "plain", "x");
    (void)tuf_repo_delegate(&d->repo, "targets", "family", "\"f/*\"");
    targets = &tuf_repo_role(&d->repo, "family")->targets;
    EXPECT_OK(kw_buf_append_format(targets,
                                   "\"f/b\":{\"length\":1,\"hashes\":{\"sha256\":\"%064d\"},"
                                   "\"custom\":\"text\"}",
                                   0));
    tuf_repo_publish(&d->repo, "family");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(kw_client_refresh_open(&opened, &d->options, NULL));
    EXPECT_OK(kw_client_refresh_seek(opened, &content, KW_STR("a"), NULL));
    EXPECT_STR(kw_str_of_span(kw_client_refresh_custom(opened)), "{\"b\":[2],\"z\":1}");
    EXPECT_OK(kw_client_refresh_seek(opened, &content, KW_STR("f/b"), NULL));
    EXPECT_STR(kw_str_of_span(kw_client_refresh_custom(opened)), "\"text\"");
    EXPECT_OK(kw_client_refresh_seek(opened, &content, KW_STR("plain"), NULL));
    EXPECT_STR(kw_str_of_span(kw_client_refresh_custom(opened)), "");
}

static void open__needs_a_root_first(void **state)
{
    desk *d = *state;
    tempdir_path path = tempdir_join(&d->dir, "root.json");
    EXPECT_OK(kw_file_remove(path.text, NULL));
    EXPECT_STATUS(refresh(d), KW_NOT_FOUND);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(KW_STR("{}")), 0644, NULL));
    EXPECT_STATUS(refresh(d), KW_BAD_INPUT);
    assert_int_equal(d->repo.requests_count, 0);
}

static void open__speaks_http_to_this_machine_alone(void **state)
{
    desk *d = *state;
    d->options.metadata_url = "http://192.0.2.1/metadata";
    EXPECT_STATUS(refresh(d), KW_FORBIDDEN);
    d->options.metadata_url = "ftp://127.0.0.1/metadata";
    EXPECT_STATUS(refresh(d), KW_BAD_INPUT);
}

static void init__takes_a_root_that_its_own_keys_have_signed(void **state)
{
    desk *d = *state;
    tempdir_path folder = tempdir_join(&d->dir, "new/deep");
    kw_span root = kw_buf_view(tuf_repo_peek(&d->repo, "1.root.json"));
    EXPECT_OK(kw_client_refresh_init(folder.text, root, KW_TUF_KEYIDS_STRICT, NULL));
    d->options.folder = folder.text;
    EXPECT_OK(refresh(d));
}

static void init__refuses_others_and_writes_nothing(void **state)
{
    desk *d = *state;
    tempdir_path folder = tempdir_join(&d->dir, "new");
    kw_error err = {0};
    kw_span timestamp = kw_buf_view(tuf_repo_peek(&d->repo, "1.timestamp.json"));
    EXPECT_STATUS(kw_client_refresh_init(folder.text, timestamp, KW_TUF_KEYIDS_STRICT, &err),
                  KW_BAD_INPUT);
    assert_int_equal(err.status, KW_BAD_INPUT);
    tuf_repo_role(&d->repo, "root")->signers_count = 0;
    tuf_repo_publish(&d->repo, "root");
    kw_span unsigned_root = kw_buf_view(tuf_repo_peek(&d->repo, "2.root.json"));
    EXPECT_STATUS(kw_client_refresh_init(folder.text, unsigned_root, KW_TUF_KEYIDS_STRICT, NULL),
                  KW_THRESHOLD);
    expect_no_file(d, "new");
    assert_int_equal(d->repo.requests_count, 0);
}

static void seek__fetches_roles_on_the_way(void **state)
{
    desk *d = *state;
    KW_AUTO_PTR(kw_client_refresh) opened = NULL;
    kw_tuf_content content;
    (void)tuf_repo_delegate(&d->repo, "targets", "../odd role", "\"dir/*\"");
    tuf_repo_add_target(&d->repo, "../odd role", "dir/file", "content");
    tuf_repo_publish(&d->repo, "../odd role");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    EXPECT_OK(kw_client_refresh_open(&opened, &d->options, NULL));
    assert_true(kw_client_refresh_has_prefixes(opened));
    EXPECT_OK(kw_client_refresh_seek(opened, &content, KW_STR("dir/file"), NULL));
    assert_int_equal(content.length, strlen("content"));
    EXPECT_STATUS(kw_client_refresh_seek(opened, &content, KW_STR("dir/other"), NULL),
                  KW_NOT_FOUND);
    expect_file(d, "..%2Fodd%20role.json", "1...%2Fodd%20role.json");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(open__stores_what_it_received),
        CASE(open__takes_403_for_a_root_that_is_not_there),
        CASE(open__fails_on_any_other_answer),
        CASE(open__refuses_a_page_instead_of_metadata),
        CASE(open__stops_at_the_most_that_a_file_may_have),
        CASE(open__keeps_what_came_before_the_failure),
        CASE(open__erases_what_taken_keys_had_said),
        CASE(custom__is_what_the_role_says_of_the_target),
        CASE(open__needs_a_root_first),
        CASE(open__speaks_http_to_this_machine_alone),
        CASE(init__takes_a_root_that_its_own_keys_have_signed),
        CASE(init__refuses_others_and_writes_nothing),
        CASE(seek__fetches_roles_on_the_way),
    };
    return cmocka_run_group_tests_name("client/refresh", tests, NULL, NULL);
}
