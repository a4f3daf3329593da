/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/service_code.h"

#include "crypto/hash.h"
#include "emtp/schema.h"
#include "support/expect.h"
#include "support/stores.h"
#include "support/tree.h"

#include <stdio.h>

static void code_find__gives_sources_with_their_hash(void **state)
{
    (void)state;
    static const char *const languages[] = {"c", "js", "javascript"};
    for (size_t i = 0; i < KW_COUNT(languages); i++) {
        kw_emtp_code code = {0};
        EXPECT_OK(kw_emtp_code_find(&code, kw_str_of(languages[i]), KW_STR(KW_VERSION), NULL));
        kw_hash32 hash;
        kw_sha256(&hash, code.source);
        char text[72] = "sha256:";
        for (size_t at = 0; at < sizeof hash.bytes; at++) {
            (void)snprintf(text + 7 + 2 * at, 3, "%02x", hash.bytes[at]);
        }
        assert_string_equal(code.source_hash, text);
    }
}

/* The document is the files of the tree, each behind its name. */
static void code_find__embeds_the_files_of_the_tree(void **state)
{
    (void)state;
    kw_emtp_code code = {0};
    EXPECT_OK(kw_emtp_code_find(&code, KW_STR("js"), KW_STR(KW_VERSION), NULL));
    static const char *const paths[] = {"sdk/js/codepoints.mjs", "sdk/js/emtp.mjs"};
    KW_AUTO(kw_buf) wanted = kw_buf_init(4 << 20);
    for (size_t i = 0; i < KW_COUNT(paths); i++) {
        KW_AUTO(kw_buf) file = kw_buf_init(0);
        tree_read(&file, paths[i]);
        EXPECT_OK(kw_buf_append_format(&wanted, "// file: %s\n", paths[i]));
        EXPECT_OK(kw_buf_append(&wanted, kw_buf_view(&file)));
    }
    EXPECT_SPAN(code.source, kw_buf_view(&wanted));
}

static void code_find__refuses_others(void **state)
{
    (void)state;
    kw_emtp_code code = {.language = "untouched"};
    kw_error err = {0};
    EXPECT_STATUS(kw_emtp_code_find(&code, KW_STR("python"), KW_STR(KW_VERSION), &err),
                  KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    EXPECT_STATUS(kw_emtp_code_find(&code, KW_STR("c"), KW_STR("0.0.0"), NULL), KW_NOT_FOUND);
    EXPECT_STATUS(kw_emtp_code_find(&code, KW_STR(""), KW_STR(""), NULL), KW_NOT_FOUND);
    assert_string_equal(code.language, "untouched");
}

static void code_publish__writes_rows_only_when_they_change(void **state)
{
    kw_store_options options = stores_fresh(*state);
    kw_store *store = stores_open(&options);
    EXPECT_OK(
        kw_store_migrate(store, KW_EMTP_AREA, kw_emtp_migrations, kw_emtp_migrations_count, NULL));
    kw_emtp_stream *stream = NULL;
    kw_emtp_stream_options wanted = {.name = KW_EMTP_STREAM_CODE,
                                     .media_type = "text/sequence",
                                     .monotonic = kw_clock_monotonic()};
    EXPECT_OK(kw_emtp_stream_new(&stream, &wanted, NULL));
    for (int i = 0; i < 2; i++) {
        EXPECT_OK(kw_emtp_code_publish(store, stream, KW_STR("https://k.example"), 0, NULL));
        assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM emtp_stream_rows"), 3);
    }
    KW_AUTO(kw_buf) surl = kw_buf_init(256);
    EXPECT_OK(kw_emtp_stream_find(stream, &surl, KW_STR("javascript")));
    EXPECT_STR(kw_buf_text(&surl), "https://k.example/v1/emtp/code/js/" KW_VERSION);
    EXPECT_OK(kw_emtp_code_publish(store, stream, KW_STR("https://other.example"), 0, NULL));
    assert_int_equal(stores_number(store, "SELECT COUNT(*) FROM emtp_stream_rows"), 6);
    kw_emtp_stream_free(stream);
    kw_store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_find__gives_sources_with_their_hash),
        cmocka_unit_test(code_find__embeds_the_files_of_the_tree),
        cmocka_unit_test(code_find__refuses_others),
        cmocka_unit_test(code_publish__writes_rows_only_when_they_change),
    };
    return cmocka_run_group_tests_name("emtp/service_code", tests, stores_setup_sqlite,
                                       stores_teardown);
}
