/* SPDX-License-Identifier: Apache-2.0 */
#include "client/fetch.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tls_peer.h"

#include <signal.h>

static void fetch__puts_the_body_into_secret_memory_only(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path ca = tempdir_join(&dir, "ca.pem");
    tempdir_path key = tempdir_join(&dir, "api.key");
    EXPECT_OK(kw_file_write_atomic(key.text, kw_span_of_str(KW_STR("kwk1_me")), 0600, NULL));
    tls_peer *peer = tls_peer_start(
        &dir, &(tls_peer_script){{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n"
                                  "Connection: close\r\n\r\nsecret",
                                  "HTTP/1.1 429 No\r\nRetry-After: 3\r\nContent-Length: 0\r\n"
                                  "Connection: close\r\n\r\n"},
                                 2});
    KW_AUTO(kw_client_credential) credential = {0};
    EXPECT_OK(kw_client_credential_load(&credential, key.text, NULL, NULL));
    KW_AUTO_PTR(kw_http_client) http = NULL;
    EXPECT_OK(kw_http_client_new(&http, &(kw_http_client_options){.ca_file = ca.text}, NULL));
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(6);
    kw_client_fetched fetched = {0};
    const kw_client_question question = {tls_peer_url(peer), &credential, 0};
    EXPECT_OK(kw_client_fetch(http, &body, &fetched, &question, NULL));
    EXPECT_SPAN(kw_declassify_span(kw_secret_bytes_view(&body), "test"),
                kw_span_of_str(KW_STR("secret")));
    assert_int_equal(fetched.retry_after_ms, 0);
    assert_false(fetched.has_server_time);

    EXPECT_STATUS(kw_client_fetch(http, &body, &fetched, &question, NULL), KW_RATE_LIMITED);
    assert_int_equal(fetched.retry_after_ms, 3000);
    assert_int_equal(body.len, 6);
    tls_peer_stop(peer);
    tempdir_remove(&dir);
}

static void fetch__stops_at_the_maximum(void **state)
{
    (void)state;
    tempdir dir = tempdir_make();
    tempdir_path ca = tempdir_join(&dir, "ca.pem");
    tls_peer *peer = tls_peer_start(&dir, &(tls_peer_script){{"HTTP/1.1 200 OK\r\n"
                                                              "Connection: close\r\n\r\nsecrets"},
                                                             1});
    KW_AUTO(kw_client_credential) credential = {0};
    KW_AUTO_PTR(kw_http_client) http = NULL;
    EXPECT_OK(kw_http_client_new(&http, &(kw_http_client_options){.ca_file = ca.text}, NULL));
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(6);
    kw_client_fetched fetched = {0};
    const kw_client_question question = {tls_peer_url(peer), &credential, 0};
    EXPECT_STATUS(kw_client_fetch(http, &body, &fetched, &question, NULL), KW_LIMIT);
    assert_int_equal(body.len, 0);
    tls_peer_stop(peer);
    tempdir_remove(&dir);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    EXPECT_OK(kw_http_client_setup(NULL));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetch__puts_the_body_into_secret_memory_only),
        cmocka_unit_test(fetch__stops_at_the_maximum),
    };
    return cmocka_run_group_tests_name("client/fetch", tests, NULL, NULL);
}
