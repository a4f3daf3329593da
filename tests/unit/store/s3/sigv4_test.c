/* SPDX-License-Identifier: Apache-2.0
 * The four examples of AWS, "Signature Calculations for the Authorization Header" (Amazon S3 API
 * Reference), and get-vanilla of AWS's signature test suite. */
#include "store/s3/sigv4.h"

#include "crypto/hash.h"
#include "support/expect.h"

#define HOST       "examplebucket.s3.amazonaws.com"
#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TIME       "20130524T000000Z"
#define S3_SECRET  "AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

enum {
    AT_S = 1369353600 /* 2013-05-24T00:00:00Z */
};

static const kw_sigv4_scope s3_scope = {"AKIAIOSFODNN7EXAMPLE", "us-east-1", "s3"};

static void sign(kw_buf *out, const kw_sigv4_scope *scope, const char *secret, kw_str body,
                 kw_sigv4_request request)
{
    kw_sha256(&request.payload, kw_span_of_str(body));
    kw_buf_clear(out);
    EXPECT_OK(
        kw_sigv4_sign(out, scope, kw_secret_span_of(kw_span_of_str(kw_str_of(secret))), &request));
}

static void sign__gives_the_published_signatures(void **state)
{
    (void)state;
    static const kw_http_field get[] = {{"host", HOST},
                                        {"range", "bytes=0-9"},
                                        {"x-amz-content-sha256", EMPTY_HASH},
                                        {"x-amz-date", TIME}};
    static const kw_http_field put[] = {
        {"date", "Fri, 24 May 2013 00:00:00 GMT"},
        {"host", HOST},
        {"x-amz-content-sha256",
         "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
        {"x-amz-date", TIME},
        {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
    static const kw_http_field bucket[] = {
        {"host", HOST}, {"x-amz-content-sha256", EMPTY_HASH}, {"x-amz-date", TIME}};
    static const struct {
        const char *method;
        const char *path;
        const char *query;
        const char *body;
        const kw_http_field *fields;
        size_t fields_count;
        const char *names;
        const char *signature;
    } cases[] = {
        {"GET", "/test.txt", "", "", get, KW_COUNT(get),
         "host;range;x-amz-content-sha256;x-amz-date",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"PUT", "/test%24file.text", "", "Welcome to Amazon S3.", put, KW_COUNT(put),
         "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"GET", "/", "lifecycle=", "", bucket, KW_COUNT(bucket),
         "host;x-amz-content-sha256;x-amz-date",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"GET", "/", "max-keys=2&prefix=J", "", bucket, KW_COUNT(bucket),
         "host;x-amz-content-sha256;x-amz-date",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    KW_AUTO(kw_buf) wanted = kw_buf_init(4096);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        sign(&got, &s3_scope, S3_SECRET, kw_str_of(cases[i].body),
             (kw_sigv4_request){.method = cases[i].method,
                                .path = kw_str_of(cases[i].path),
                                .query = kw_str_of(cases[i].query),
                                .fields = cases[i].fields,
                                .fields_count = cases[i].fields_count,
                                .at_s = AT_S});
        kw_buf_clear(&wanted);
        EXPECT_OK(kw_buf_append_format(
            &wanted,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=%s,Signature=%s",
            cases[i].names, cases[i].signature));
        EXPECT_SPAN(kw_buf_view(&got), kw_buf_view(&wanted));
    }
}

static void sign__gives_that_of_the_test_suite(void **state)
{
    (void)state;
    static const kw_http_field fields[] = {{"host", "example.amazonaws.com"},
                                           {"x-amz-date", "20150830T123600Z"}};
    static const kw_sigv4_scope scope = {"AKIDEXAMPLE", "us-east-1", "service"};
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    sign(&got, &scope, "AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", KW_STR(""),
         (kw_sigv4_request){.method = "GET",
                            .path = KW_STR("/"),
                            .fields = fields,
                            .fields_count = 2,
                            .at_s = 1440938160});
    EXPECT_STR(kw_buf_text(&got),
               "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
               "SignedHeaders=host;x-amz-date,"
               "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

/* Each thing that is signed changes the signature. */
static void sign__depends_on_everything(void **state)
{
    (void)state;
    static const kw_http_field fields[] = {{"host", HOST}, {"x-amz-date", TIME}};
    static const kw_http_field other[] = {{"host", "example.org"}, {"x-amz-date", TIME}};
    static const kw_sigv4_scope region = {"AKIAIOSFODNN7EXAMPLE", "eu-west-1", "s3"};
    kw_sigv4_request request = {.method = "GET",
                                .path = KW_STR("/a"),
                                .query = KW_STR("b=c"),
                                .fields = fields,
                                .fields_count = 2,
                                .at_s = AT_S};
    kw_sigv4_request changed[5] = {request, request, request, request, request};
    changed[0].method = "PUT";
    changed[1].path = KW_STR("/b");
    changed[2].query = KW_STR("b=d");
    changed[3].fields = other;
    changed[4].at_s += 1;
    KW_AUTO(kw_buf) plain = kw_buf_init(4096);
    KW_AUTO(kw_buf) got = kw_buf_init(4096);
    sign(&plain, &s3_scope, S3_SECRET, KW_STR(""), request);
    for (size_t i = 0; i < KW_COUNT(changed); i++) {
        sign(&got, &s3_scope, S3_SECRET, KW_STR(""), changed[i]);
        assert_int_equal(got.len, plain.len);
        assert_memory_not_equal(got.ptr + got.len - 64, plain.ptr + plain.len - 64, 64);
    }
    sign(&got, &s3_scope, S3_SECRET, KW_STR("x"), request);
    assert_memory_not_equal(got.ptr + got.len - 64, plain.ptr + plain.len - 64, 64);
    sign(&got, &s3_scope, S3_SECRET "x", KW_STR(""), request);
    assert_memory_not_equal(got.ptr + got.len - 64, plain.ptr + plain.len - 64, 64);
    sign(&got, &region, S3_SECRET, KW_STR(""), request);
    assert_memory_not_equal(got.ptr + got.len - 64, plain.ptr + plain.len - 64, 64);
}

static void sign__stops_where_there_is_no_room(void **state)
{
    (void)state;
    static const kw_http_field fields[] = {{"host", HOST}};
    kw_sigv4_request request = {
        .method = "GET", .path = KW_STR("/"), .fields = fields, .fields_count = 1};
    KW_AUTO(kw_buf) small = kw_buf_init(100);
    kw_secret_span key = kw_secret_span_of(kw_span_of_str(KW_STR(S3_SECRET)));
    EXPECT_STATUS(kw_sigv4_sign(&small, &s3_scope, key, &request), KW_LIMIT);
}

static void time__is_written_without_marks(void **state)
{
    (void)state;
    char text[KW_SIGV4_TIME_BYTES];
    kw_sigv4_time(text, AT_S);
    assert_string_equal(text, TIME);
    kw_sigv4_time(text, 1440938160);
    assert_string_equal(text, "20150830T123600Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sign__gives_the_published_signatures),
        cmocka_unit_test(sign__gives_that_of_the_test_suite),
        cmocka_unit_test(sign__depends_on_everything),
        cmocka_unit_test(sign__stops_where_there_is_no_room),
        cmocka_unit_test(time__is_written_without_marks),
    };
    return cmocka_run_group_tests_name("store/s3/sigv4", tests, NULL, NULL);
}
