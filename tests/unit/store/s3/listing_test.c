/* SPDX-License-Identifier: Apache-2.0 */
#include "store/s3/listing.h"

#include "base/buf.h"
#include "support/expect.h"

#define OBJECT(key)                                                                     \
    "<Contents><Key>" key "</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>" \
    "<ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>434234</Size>"      \
    "<StorageClass>STANDARD</StorageClass></Contents>"
#define PAGE(inner)                                                    \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "   \
    "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</" \
    "Name><Prefix/>" inner "</ListBucketResult>"

enum {
    ARENA_BYTES = 4 << 20
};

static void parse__reads_objects_and_the_token(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_s3_listing got;
    EXPECT_OK(kw_s3_listing_parse(
        &got, &arena,
        KW_STR(PAGE("<KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>" OBJECT("cas/0a/x.chunk")
                        OBJECT("a&amp;b") "<NextContinuationToken>1ueGcx&amp;PYb=</"
                                          "NextContinuationToken>"))));
    assert_int_equal(got.count, 2);
    EXPECT_STR(got.objects[0].key, "cas/0a/x.chunk");
    EXPECT_STR(got.objects[1].key, "a&b");
    assert_int_equal(got.objects[1].bytes, 434234);
    assert_int_equal(got.objects[1].changed_s, 1255369830);
    EXPECT_STR(got.next, "1ueGcx&PYb=");
}

static void parse__knows_the_last_page(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    kw_s3_listing got;
    EXPECT_OK(kw_s3_listing_parse(&got, &arena, KW_STR(PAGE("<IsTruncated>false</IsTruncated>"))));
    assert_int_equal(got.count, 0);
    assert_int_equal(got.next.len, 0);
    EXPECT_OK(kw_s3_listing_parse(
        &got, &arena,
        KW_STR(PAGE("<NextContinuationToken>t</NextContinuationToken>" OBJECT("k")))));
    assert_int_equal(got.count, 1);
    assert_int_equal(got.next.len, 0);
}

static void parse__refuses_what_is_no_page(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",
        "<html><body>Welcome</body></html>",
        "<Error><Code>AccessDenied</Code></Error>",
        "<ListBucketResult>",
        PAGE("<IsTruncated>true</IsTruncated>"),
        PAGE("<Contents><Size>1</Size></Contents>"),
        PAGE("<Contents><Key></Key></Contents>"),
        PAGE("<Contents><Key>k</Key><Size>-1</Size></Contents>"),
        PAGE("<Contents><Key>k</Key><Size>18446744073709551616</Size></Contents>"),
        PAGE("<Contents><Key>k</Key><LastModified>yesterday</LastModified></Contents>"),
        PAGE("<Contents><Key>k</Key><LastModified>2009-10-12T17:50:30 000Z</LastModified></"
             "Contents>"),
        PAGE("<Contents><Key>a&nbsp;b</Key></Contents>"),
    };
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    for (size_t i = 0; i < KW_COUNT(refused); i++) {
        kw_s3_listing got = {.count = 77};
        kw_arena_reset(&arena);
        EXPECT_STATUS(kw_s3_listing_parse(&got, &arena, kw_str_of(refused[i])), KW_BAD_INPUT);
        assert_int_equal(got.count, 77);
    }
}

static void parse__takes_a_thousand_objects_and_no_more(void **state)
{
    (void)state;
    KW_AUTO(kw_arena) arena = kw_arena_init(ARENA_BYTES);
    KW_AUTO(kw_buf) page = kw_buf_init(1 << 20);
    kw_s3_listing got;
    EXPECT_OK(kw_buf_append_str(&page, KW_STR("<ListBucketResult>")));
    for (unsigned i = 0; i < KW_S3_PAGE_MAX; i++) {
        EXPECT_OK(kw_buf_append_format(&page, "<Contents><Key>%u</Key></Contents>", i));
    }
    size_t full = page.len;
    EXPECT_OK(kw_buf_append_str(&page, KW_STR("</ListBucketResult>")));
    EXPECT_OK(kw_s3_listing_parse(&got, &arena, kw_buf_text(&page)));
    assert_int_equal(got.count, KW_S3_PAGE_MAX);
    EXPECT_STR(got.objects[999].key, "999");
    page.len = full;
    EXPECT_OK(
        kw_buf_append_str(&page, KW_STR("<Contents><Key>k</Key></Contents></ListBucketResult>")));
    kw_arena_reset(&arena);
    EXPECT_STATUS(kw_s3_listing_parse(&got, &arena, kw_buf_text(&page)), KW_LIMIT);
    KW_AUTO(kw_arena) small = kw_arena_init(100);
    EXPECT_STATUS(kw_s3_listing_parse(&got, &small, kw_buf_text(&page)), KW_LIMIT);
}

static void error_code__is_found_and_else_empty(void **state)
{
    (void)state;
    EXPECT_STR(kw_s3_error_code(KW_STR("<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code>"
                                       "<Message>gone</Message></Error>")),
               "NoSuchBucket");
    static const char *const without[] = {"",
                                          "not xml",
                                          "<Error></Error>",
                                          "<Code>x</Code>",
                                          "<Error><Code></Code></Error>",
                                          "<Error><Code>No such\nthing</Code></Error>"};
    for (size_t i = 0; i < KW_COUNT(without); i++) {
        EXPECT_STR(kw_s3_error_code(kw_str_of(without[i])), "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__reads_objects_and_the_token),
        cmocka_unit_test(parse__knows_the_last_page),
        cmocka_unit_test(parse__refuses_what_is_no_page),
        cmocka_unit_test(parse__takes_a_thousand_objects_and_no_more),
        cmocka_unit_test(error_code__is_found_and_else_empty),
    };
    return cmocka_run_group_tests_name("store/s3/listing", tests, NULL, NULL);
}
