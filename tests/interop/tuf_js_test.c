/* SPDX-License-Identifier: Apache-2.0
 * TUF with npm tuf-js 4.1.0: our client reads a repository that its models made, with keys of every
 * kind; its client reads one of ours. What one of us refuses after a change, so does the other. */
#include "cli/commands.h"

#include "codec/json.h"
#include "os/file.h"
#include "support/command_line.h"
#include "support/expect.h"
#include "support/oracle.h"
#include "support/process.h"
#include "support/tempdir.h"
#include "support/tuf_server.h"

#include <stdio.h>

#define ORACLE   KW_SOURCE_DIR "/tests/oracle/"
#define PACKAGE  ORACLE "node_modules/tuf-js/package.json"
#define FILES    "--target-name top.txt --target-name params/a/b.zkey --target-name hashed"
#define ALL_BINS "--target-name bins/one --target-name bins/two --target-name bins/three"

static bool is_there(void)
{
    kw_file_info info;
    if (!oracle_is_there()) {
        return false;
    }
    bool found = kw_file_stat(&info, PACKAGE, NULL) == KW_OK;
    if (!found) {
        print_message("tuf-js is not installed: make oracles\n");
    }
    return found;
}

/* ---- theirs, read by us ---- */

typedef struct their_repo {
    tempdir dir;
    plain_server *http;
} their_repo;

/* A file of the folder under its raw name, whatever is quoted in it. */
static void serve_file(void *ctx, kw_buf *out, const char *path)
{
    const their_repo *repo = ctx;
    tempdir_path file = tempdir_join(&repo->dir, path + 1);
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    bool is_there = kw_file_read(&bytes, file.text, NULL) == KW_OK;
    EXPECT_OK(
        kw_buf_append_format(out, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                             is_there ? "200 OK" : "404 Not Found", bytes.len));
    EXPECT_OK(kw_buf_append(out, kw_buf_view(&bytes)));
}

static int run_ours(const their_repo *repo, const char *names)
{
    char words[1024];
    const char *url = plain_server_url(repo->http);
    (void)snprintf(words, sizeof words,
                   "tuf --metadata-dir %%/trusted --metadata-url %s/metadata %s --target-dir "
                   "%%/got --target-base-url %s/targets download",
                   url, names, url);
    command_result result = command_line_run_in(repo->dir.path, words);
    print_message("%s", result.out);
    int exit_code = result.exit_code;
    command_result_drop(&result);
    return exit_code;
}

static void expect_file(const tempdir *dir, const char *name, const char *content)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    tempdir_path path = tempdir_join(dir, name);
    EXPECT_OK(kw_file_read(&bytes, path.text, NULL));
    EXPECT_STR(kw_buf_text(&bytes), content);
}

/* Changes one character of a served file behind `mark`. */
static void change(const their_repo *repo, const char *name, const char *mark)
{
    KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
    tempdir_path path = tempdir_join(&repo->dir, name);
    const char *text = NULL;
    EXPECT_OK(kw_file_read(&bytes, path.text, NULL));
    EXPECT_OK(kw_buf_c_text(&bytes, &text));
    const char *at = strstr(text, mark);
    assert_non_null(at);
    char *changed = (char *)&bytes.ptr[at - text + (ptrdiff_t)strlen(mark)];
    *changed = *changed == '1' ? '2' : '1';
    EXPECT_OK(kw_file_write_atomic(path.text, kw_buf_view(&bytes), 0644, NULL));
}

static void our_client__reads_their_repository(void **state)
{
    (void)state;
    if (!is_there()) {
        skip();
    }
    their_repo repo = {.dir = tempdir_make()};
    process_result made = {0};
    const char *const argv[] = {"node", ORACLE "tuf_repo.mjs", repo.dir.path, NULL};
    process_expect(&made, 0, argv, (kw_str){0});
    process_result_drop(&made);
    repo.http = plain_server_start(serve_file, &repo);
    command_result result =
        command_line_run_in(repo.dir.path, "tuf --metadata-dir %/trusted init %/root.json");
    assert_int_equal(result.exit_code, 0);
    command_result_drop(&result);
    assert_int_equal(run_ours(&repo, FILES), 0);
    assert_int_equal(run_ours(&repo, ALL_BINS), 0);
    expect_file(&repo.dir, "got/top.txt", "content of top");
    expect_file(&repo.dir, "got/params%2Fa%2Fb.zkey", "content of b");
    expect_file(&repo.dir, "got/hashed", "content by hash");
    expect_file(&repo.dir, "got/bins%2Ftwo", "content of bins/two");
    assert_int_equal(run_ours(&repo, "--target-name bins/four"), 1);
    /* what we keep is good; what is served is not */
    change(&repo, "metadata/timestamp.json", "\"version\": ");
    assert_int_equal(run_ours(&repo, FILES), 1);
    plain_server_stop(repo.http);
    tempdir_remove(&repo.dir);
}

/* Every file that was signed, with one character changed, is refused. */
static void our_client__refuses_their_files_when_they_are_changed(void **state)
{
    static const char *const files[] = {
        "metadata/timestamp.json", "metadata/5.snapshot.json",         "metadata/7.targets.json",
        "metadata/2.root.json",    "metadata/2.params%2Fgroth16.json", "root.json",
    };
    (void)state;
    if (!is_there()) {
        skip();
    }
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        their_repo repo = {.dir = tempdir_make()};
        process_result made = {0};
        const char *const argv[] = {"node", ORACLE "tuf_repo.mjs", repo.dir.path, NULL};
        process_expect(&made, 0, argv, (kw_str){0});
        process_result_drop(&made);
        change(&repo, files[i], "\"version\": ");
        repo.http = plain_server_start(serve_file, &repo);
        command_result result =
            command_line_run_in(repo.dir.path, "tuf --metadata-dir %/trusted init %/root.json");
        assert_int_equal(result.exit_code, strcmp(files[i], "root.json") == 0 ? 1 : 0);
        command_result_drop(&result);
        assert_int_equal(run_ours(&repo, FILES), 1);
        plain_server_stop(repo.http);
        tempdir_remove(&repo.dir);
    }
}

/* ---- ours, read by them ---- */

typedef struct our_repo {
    tempdir dir;
    tuf_repo repo;
    tuf_server server;
    kw_buf bins;
} our_repo;

static int make(void **state)
{
    our_repo *d = test_calloc(1, sizeof *d);
    d->dir = tempdir_make();
    tuf_repo_init_until(&d->repo, TUF_EVER);
    tuf_server_start(&d->server, &d->repo);
    tempdir_path root = tempdir_join(&d->dir, "root.json");
    EXPECT_OK(kw_file_write_atomic(root.text, kw_buf_view(tuf_repo_peek(&d->repo, "1.root.json")),
                                   0644, NULL));
    *state = d;
    return 0;
}

static int drop(void **state)
{
    our_repo *d = *state;
    tuf_server_stop(&d->server);
    tuf_repo_drop(&d->repo);
    kw_buf_drop(&d->bins);
    tempdir_remove(&d->dir);
    test_free(d);
    return 0;
}

/* Runs tuf-js; its exit code, and what it printed. */
static int run_theirs(our_repo *d, const char *path, process_result *result)
{
    char metadata_url[128];
    (void)snprintf(metadata_url, sizeof metadata_url, "%s/", d->server.metadata_url);
    const char *const argv[] = {"node",      ORACLE "tuf_client.mjs", d->dir.path, metadata_url,
                                d->dir.path, d->server.targets_url,   path,        NULL};
    process_run(result, argv, (kw_str){0});
    plain_server_hold(d->server.http); /* what the server wrote down is seen from here on */
    plain_server_release(d->server.http);
    return result->exit_code;
}

static void expect_theirs(our_repo *d, const char *path, const char *content)
{
    process_result result = {0};
    KW_AUTO_PTR(kw_json) files = NULL;
    assert_int_equal(run_theirs(d, path, &result), 0);
    EXPECT_OK(kw_json_parse(&files, kw_buf_view(&result.out), 4, NULL));
    kw_str file = kw_json_text(kw_json_item(files, 0));
    if (content == NULL) {
        assert_int_equal(file.len, 0);
    } else {
        char name[512];
        KW_AUTO(kw_buf) bytes = kw_buf_init(1 << 20);
        (void)snprintf(name, sizeof name, "%.*s", KW_STR_ARG(file));
        EXPECT_OK(kw_file_read(&bytes, name, NULL));
        EXPECT_STR(kw_buf_text(&bytes), content);
    }
    process_result_drop(&result);
}

static void expect_refusal(our_repo *d, const char *path)
{
    process_result result = {0};
    assert_int_not_equal(run_theirs(d, path, &result), 0);
    process_result_drop(&result);
}

static void their_client__reads_our_repository(void **state)
{
    our_repo *d = *state;
    if (!is_there()) {
        skip();
    }
    d->repo.lists_hashes = true;
    tuf_repo_add_key(&d->repo, "root"); /* one more key, and both must sign */
    tuf_repo_keys(&d->repo, "root")->threshold = 2;
    tuf_repo_publish(&d->repo, "root");
    tuf_repo_rotate(&d->repo, "timestamp");
    tuf_repo_publish(&d->repo, "root");
    tuf_delegation *catalog = tuf_repo_delegate(&d->repo, "targets", "catalog", "\"catalog/*\"");
    catalog->is_terminating = true;
    (void)tuf_repo_delegate(&d->repo, "targets", "params-groth16", "\"params/groth16/*/*\"");
    tuf_repo_add_target(&d->repo, "targets", "top", "content of top");
    tuf_repo_add_target(&d->repo, "params-groth16", "params/groth16/1.0.0/vk.json", "of params");
    for (size_t i = 3; i < d->repo.roles_count; i++) {
        tuf_repo_publish(&d->repo, d->repo.roles[i].name);
    }
    tuf_repo_update_snapshot(&d->repo);
    expect_theirs(d, "top", "content of top");
    expect_theirs(d, "params/groth16/1.0.0/vk.json", "of params");
    expect_theirs(d, "catalog/none", NULL);
}

static void their_client__reads_our_bins(void **state)
{
    our_repo *d = *state;
    if (!is_there()) {
        skip();
    }
    const char *text = NULL;
    d->bins = kw_buf_init(4096);
    EXPECT_OK(kw_buf_append_str(&d->bins, KW_STR("\"keys\":{")));
    tuf_write_key(&d->bins, 7);
    EXPECT_OK(kw_buf_append_format(&d->bins,
                                   "},\"succinct_roles\":{\"keyids\":[\"%s\"],\"threshold\":1,"
                                   "\"bit_length\":6,\"name_prefix\":\"bin\"}",
                                   tuf_keyid(7).text));
    EXPECT_OK(kw_buf_c_text(&d->bins, &text));
    d->repo.bins = text;
    tuf_role *bin = tuf_repo_add_role(&d->repo, "bin-28"); /* of SHA-256("path") */
    bin->signers[bin->signers_count++] = 7;
    tuf_repo_add_target(&d->repo, "bin-28", "path", "content of a bin");
    tuf_repo_publish(&d->repo, "bin-28");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_update_snapshot(&d->repo);
    expect_theirs(d, "path", "content of a bin");
}

static void their_client__refuses_what_we_refuse(void **state)
{
    our_repo *d = *state;
    if (!is_there()) {
        skip();
    }
    tuf_repo_add_target(&d->repo, "targets", "top", "content of top");
    tuf_repo_publish(&d->repo, "targets");
    tuf_repo_role(&d->repo, "snapshot")->signers_count = 0;
    tuf_repo_update_snapshot(&d->repo);
    expect_refusal(d, "top");
    tuf_repo_role(&d->repo, "snapshot")->signers_count = 1;
    tuf_repo_update_snapshot(&d->repo);
    tuf_repo_replace_target(&d->repo, "top", "something else");
    expect_refusal(d, "top");
    tuf_repo_replace_target(&d->repo, "top", "content of top");
    expect_theirs(d, "top", "content of top");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_client__reads_their_repository),
        cmocka_unit_test(our_client__refuses_their_files_when_they_are_changed),
        CASE(their_client__reads_our_repository),
        CASE(their_client__reads_our_bins),
        CASE(their_client__refuses_what_we_refuse),
    };
    return cmocka_run_group_tests_name("interop/tuf_js", tests, NULL, NULL);
}
