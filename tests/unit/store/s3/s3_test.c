/* SPDX-License-Identifier: Apache-2.0
 * What is sent, and what becomes of odd answers; against a real server: tests/interop/s3_test.c. */
#include "store/s3/s3.h"

#include "crypto/hash.h"
#include "support/expect.h"
#include "support/tls_peer.h"

#include <stdio.h>

/* SHA-256 of "abc" (FIPS 180-4). */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ANSWER(head, length, body) \
    "HTTP/1.1 " head "\r\nContent-Length: " length "\r\nConnection: close\r\n\r\n" body
#define NO_BUCKET "<Error><Code>NoSuchBucket</Code></Error>"
#define NO_KEY    "<Error><Code>NoSuchKey</Code></Error>"
#define ALONE     "<ListBucketResult></ListBucketResult>"

typedef struct fixture {
    tempdir dir;
    tempdir_path ca;
    tls_peer *peer;
    char url[300];
    kw_clock_manual now;
    kw_blobs *blobs;
} fixture;

static uint64_t no_random(void *ctx)
{
    (void)ctx;
    return 0;
}

static kw_s3_options options_of(fixture *f)
{
    return (kw_s3_options){
        .url = f->url,
        .region = "eu-central-1",
        .access_key = "KEYID",
        .secret_key = kw_secret_span_of(kw_span_of_str(KW_STR("secret"))),
        .ca_file = f->ca.text,
        .clock = kw_clock_of_manual(&f->now),
        .random = no_random,
    };
}

static void start(fixture *f, const tls_peer_script *script)
{
    *f = (fixture){.dir = tempdir_make(), .now = {.at = INT64_C(1369353600000)}};
    f->ca = tempdir_join(&f->dir, "ca.pem");
    f->peer = tls_peer_start(&f->dir, script);
    (void)snprintf(f->url, sizeof f->url, "%s/bucket/", tls_peer_url(f->peer));
    kw_s3_options options = options_of(f);
    EXPECT_OK(kw_blobs_open_s3(&f->blobs, &options, NULL));
}

static void stop(fixture *f)
{
    kw_blobs_free(f->blobs);
    tls_peer_stop(f->peer);
    tempdir_remove(&f->dir);
}

static bool has_sent(fixture *f, const char *text)
{
    kw_str sent = tls_peer_requests(f->peer);
    return memmem(sent.ptr, sent.len, text, strlen(text)) != NULL;
}

static void put__signs_what_it_sends(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{ANSWER("200 OK", "37", ALONE), ANSWER("200 OK", "0", "")}, 2});
    kw_hash32 id;
    EXPECT_OK(kw_blobs_put(f.blobs, &id, kw_span_of_str(KW_STR("abc")), NULL));
    assert_int_equal(tls_peer_requests_count(f.peer), 2);
    assert_true(has_sent(&f, "GET /bucket?list-type=2&max-keys=1&prefix=cas%2Fba%2F" ABC
                             ".chunk HTTP/1.1\r\n"));
    assert_true(has_sent(&f, "PUT /bucket/cas/ba/" ABC ".chunk HTTP/1.1\r\n"));
    assert_true(has_sent(&f, "\r\nx-amz-date: 20130524T000000Z\r\n"));
    assert_true(has_sent(&f, "\r\nx-amz-content-sha256: " ABC "\r\n"));
    assert_true(has_sent(&f, "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=KEYID/20130524/"
                             "eu-central-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;"
                             "x-amz-date,Signature="));
    assert_true(has_sent(&f, "\r\n\r\nabc"));
    assert_false(has_sent(&f, "secret"));
    stop(&f);
}

/* What is there is sent again when it is a day old, so that no sweep takes it for idle. */
static void put__renews_what_is_old(void **state)
{
    (void)state;
#define LISTED                                                                  \
    "<ListBucketResult><Contents><Key>cas/ba/" ABC ".chunk</Key><Size>3</Size>" \
    "<LastModified>2013-05-24T00:00:00Z</LastModified></Contents></ListBucketResult>"
    static const char listed[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" LISTED;
    kw_hash32 id;
    fixture f;
    start(&f, &(tls_peer_script){{listed, listed, ANSWER("200 OK", "0", "")}, 3});
    kw_clock_manual_advance(&f.now, INT64_C(86399000));
    EXPECT_OK(kw_blobs_put(f.blobs, &id, kw_span_of_str(KW_STR("abc")), NULL));
    assert_int_equal(tls_peer_requests_count(f.peer), 1);
    kw_clock_manual_advance(&f.now, INT64_C(1000));
    EXPECT_OK(kw_blobs_put(f.blobs, &id, kw_span_of_str(KW_STR("abc")), NULL));
    assert_int_equal(tls_peer_requests_count(f.peer), 3);
    stop(&f);
}

/* The same answer to each request. */
static kw_status get_with(const char *answer)
{
    fixture f;
    start(&f, &(tls_peer_script){{answer}, 1});
    KW_AUTO(kw_buf) got = kw_buf_init(1 << 20);
    kw_error err = {0};
    kw_hash32 abc;
    kw_sha256(&abc, kw_span_of_str(KW_STR("abc")));
    kw_status st = kw_blobs_get(f.blobs, &got, &abc, &err);
    assert_int_equal(err.status, st);
    stop(&f);
    return st;
}

static void get__says_what_the_bucket_means(void **state)
{
    (void)state;
    EXPECT_STATUS(get_with(ANSWER("200 OK", "3", "abc")), KW_OK);
    EXPECT_STATUS(get_with(ANSWER("200 OK", "3", "abd")), KW_CORRUPT);
    EXPECT_STATUS(get_with(ANSWER("200 OK", "18", "<html>sorry</html>")), KW_CORRUPT);
    EXPECT_STATUS(get_with(ANSWER("404 Not Found", "37", NO_KEY)), KW_NOT_FOUND);
    EXPECT_STATUS(get_with(ANSWER("404 Not Found", "40", NO_BUCKET)), KW_UNAVAILABLE);
    EXPECT_STATUS(get_with(ANSWER("404 Not Found", "0", "")), KW_UNAVAILABLE);
    EXPECT_STATUS(get_with(ANSWER("403 Forbidden", "0", "")), KW_FORBIDDEN);
    EXPECT_STATUS(get_with(ANSWER("301 Moved", "0", "")), KW_PEER_REFUSED);
}

static kw_status see_nothing(void *ctx, const kw_hash32 *id, const kw_blob_info *info,
                             kw_error *err)
{
    (void)ctx;
    (void)id;
    (void)info;
    (void)err;
    return KW_OK;
}

static void each__refuses_pages_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        kw_status wanted;
    } cases[] = {
        {ANSWER("200 OK", "37", ALONE), KW_OK},
        {ANSWER("200 OK", "18", "<html>sorry</html>"), KW_PEER_REFUSED},
        {ANSWER("404 Not Found", "40", NO_BUCKET), KW_UNAVAILABLE},
        {ANSWER("403 Forbidden", "0", ""), KW_FORBIDDEN},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        fixture f;
        start(&f, &(tls_peer_script){{cases[i].answer}, 1});
        EXPECT_STATUS(kw_blobs_each(f.blobs, &(kw_blobs_visit){see_nothing, NULL}, NULL),
                      cases[i].wanted);
        stop(&f);
    }
}

static void put__never_takes_a_bucket_that_is_gone_for_a_new_blob(void **state)
{
    (void)state;
    fixture f;
    start(&f, &(tls_peer_script){{ANSWER("404 Not Found", "40", NO_BUCKET)}, 1});
    kw_hash32 id;
    kw_error err = {0};
    EXPECT_STATUS(kw_blobs_put(f.blobs, &id, kw_span_of_str(KW_STR("abc")), &err), KW_UNAVAILABLE);
    assert_int_equal(err.status, KW_UNAVAILABLE);
    assert_int_equal(tls_peer_requests_count(f.peer), 1);
    stop(&f);
}

static void open__refuses_options_that_cannot_be_sent(void **state)
{
    (void)state;
    static const char *const urls[] = {"",
                                       "http://s3.example/bucket",
                                       "s3.example/bucket",
                                       "https://s3.example/bucket?x=1",
                                       "https://s3.example/my bucket",
                                       "https://s3.example/my%20bucket",
                                       "https://user@s3.example/bucket"};
    fixture f = {.dir = tempdir_make()};
    kw_blobs *none = NULL;
    kw_error err = {0};
    for (size_t i = 0; i < KW_COUNT(urls); i++) {
        kw_s3_options options = options_of(&f);
        options.url = urls[i];
        options.ca_file = NULL;
        EXPECT_STATUS(kw_blobs_open_s3(&none, &options, &err), KW_BAD_INPUT);
    }
    (void)snprintf(f.url, sizeof f.url, "https://s3.example/bucket");
    kw_s3_options odd[4] = {options_of(&f), options_of(&f), options_of(&f), options_of(&f)};
    odd[0].region = "";
    odd[1].access_key = "a\r\nb";
    odd[2].secret_key = (kw_secret_span){0};
    odd[3].region = NULL;
    for (size_t i = 0; i < KW_COUNT(odd); i++) {
        EXPECT_STATUS(kw_blobs_open_s3(&none, &odd[i], &err), KW_BAD_INPUT);
        assert_int_equal(err.status, KW_BAD_INPUT);
    }
    assert_null(none);
    tempdir_remove(&f.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put__signs_what_it_sends),
        cmocka_unit_test(put__renews_what_is_old),
        cmocka_unit_test(get__says_what_the_bucket_means),
        cmocka_unit_test(each__refuses_pages_that_are_none),
        cmocka_unit_test(put__never_takes_a_bucket_that_is_gone_for_a_new_blob),
        cmocka_unit_test(open__refuses_options_that_cannot_be_sent),
    };
    return cmocka_run_group_tests_name("store/s3/s3", tests, NULL, NULL);
}
