/* SPDX-License-Identifier: Apache-2.0 */
#include "support/expect.h"
#include "support/process.h"
#include "support/tempdir.h"

#include "os/file.h"

#include <stdio.h>

#define AT                          "\t2026-01-01T00:00:00Z\t"
#define ROW(n, action, key, record) #n AT action "\t" key "\t" record "\n"
#define ROWS              \
    ROW(1, "+", "a", "x") \
    ROW(2, "+", "b", "y") \
    ROW(3, "-", "a", "")  \
    ROW(7, "+", "c", "z")

/* Serves a file in the background; `url` gets where. */
static process serve(const tempdir *dir, char *url, size_t size)
{
    process_result result = {0};
    tempdir_path pki = tempdir_join(dir, "pki");
    tempdir_path rows = tempdir_join(dir, "rows.tsv");
    tempdir_path cert = tempdir_join(dir, "pki/server.pem");
    tempdir_path key = tempdir_join(dir, "pki/server.key");
    tempdir_path log = tempdir_join(dir, "log");
    EXPECT_OK(kw_file_write_atomic(rows.text, kw_span_of_str(KW_STR(ROWS)), 0600, NULL));
    const char *const init[] = {KW_BIN_DIR "/keyward", "dev-ca", "init", pki.text, NULL};
    process_expect(&result, 0, init, (kw_str){0});
    const char *const issue[] = {
        KW_BIN_DIR "/keyward", "dev-ca", "issue", pki.text, "server", "--server", "--host",
        "127.0.0.1",           NULL};
    process_expect(&result, 0, issue, (kw_str){0});
    const char *const argv[] = {
        KW_BIN_DIR "/keyward", "emtp",   "stream", "serve", rows.text, "--cert", cert.text,
        "--cert-key",          key.text, NULL};
    process served = process_start(argv, log.text);
    KW_AUTO(kw_buf) line = kw_buf_init(256);
    assert_true(process_read_line(&served, &line));
    kw_str head = {0};
    kw_str address = {0};
    assert_true(kw_str_split(kw_buf_text(&line), ' ', &head, &address));
    (void)snprintf(url, size, "%.*s", KW_STR_ARG(address));
    process_result_drop(&result);
    return served;
}

static void expect_rows(const tempdir *dir, const char *url, const char *query, const char *rows)
{
    tempdir_path ca = tempdir_join(dir, "pki/ca.pem");
    char full[256];
    (void)snprintf(full, sizeof full, "%s%s", url, query);
    const char *const argv[] = {"curl", "-sS", "--fail", "--cacert", ca.text, full, NULL};
    process_result result = {0};
    process_expect(&result, rows == NULL ? 22 : 0, argv, (kw_str){0});
    if (rows != NULL) {
        EXPECT_STR(kw_buf_text(&result.out), rows);
    }
    process_result_drop(&result);
}

static void emtp_stream_serve__answers_as_a_key_server_does(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    char url[128];
    process served = serve(&dir, url, sizeof url);
    expect_rows(&dir, url, "", ROWS);
    expect_rows(&dir, url, "?since_id=2&hold=0", ROW(3, "-", "a", "") ROW(7, "+", "c", "z"));
    expect_rows(&dir, url, "?since_id=-1", ROW(7, "+", "c", "z"));
    expect_rows(&dir, url, "?since_id=-99", ROWS);
    expect_rows(&dir, url, "?view=active", ROW(2, "+", "b", "y") ROW(7, "+", "c", "z"));
    expect_rows(&dir, url, "?since_id=x", NULL);
    expect_rows(&dir, url, "?since_id=1&since_id=2", NULL);
    expect_rows(&dir, url, "?view=some", NULL);
    assert_int_equal(process_stop(&served), 0);
    tempdir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(emtp_stream_serve__answers_as_a_key_server_does),
    };
    return cmocka_run_group_tests_name("cli/emtp_stream_serve", tests, NULL, NULL);
}
