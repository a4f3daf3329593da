/* SPDX-License-Identifier: Apache-2.0 */
#include "client/credential.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"

static tempdir dir;

static int make_dir(void **state)
{
    (void)state;
    dir = tempdir_make();
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    tempdir_remove(&dir);
    return 0;
}

static tempdir_path write_file(const char *name, const char *text, unsigned mode)
{
    tempdir_path path = tempdir_join(&dir, name);
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(kw_str_of(text)), mode, NULL));
    return path;
}

static void load__reads_one_line_and_derives_a_cache_key(void **state)
{
    (void)state;
    tempdir_path path = write_file("a.key", "kwk1_abc\n", 0600);
    tempdir_path other = write_file("b.key", "kwk1_abd", 0600);
    KW_AUTO(kw_client_credential) a = {0};
    KW_AUTO(kw_client_credential) again = {0};
    KW_AUTO(kw_client_credential) b = {0};
    EXPECT_OK(kw_client_credential_load(&a, path.text, NULL, NULL));
    EXPECT_OK(kw_client_credential_load(&again, path.text, NULL, NULL));
    EXPECT_OK(kw_client_credential_load(&b, other.text, NULL, NULL));
    assert_string_equal(kw_client_credential_bearer(&a), "kwk1_abc");
    assert_true(kw_secret32_equal(kw_secret_key_view(a.cache_key),
                                  kw_secret_key_view(again.cache_key)) != 0);
    assert_true(
        kw_secret32_equal(kw_secret_key_view(a.cache_key), kw_secret_key_view(b.cache_key)) == 0);
}

static void load__uses_the_private_key_file_of_a_certificate(void **state)
{
    (void)state;
    tempdir_path path = write_file("tls.key", "-----BEGIN PRIVATE KEY-----\n", 0600);
    KW_AUTO(kw_client_credential) credential = {0};
    EXPECT_OK(kw_client_credential_load(&credential, NULL, path.text, NULL));
    assert_null(kw_client_credential_bearer(&credential));
    assert_non_null(credential.cache_key);
}

static void load__refuses_what_is_no_credential(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned mode;
        kw_status wanted;
    } cases[] = {{"", 0600, KW_BAD_INPUT},
                 {"\n", 0600, KW_BAD_INPUT},
                 {"two words", 0600, KW_BAD_INPUT},
                 {"two\nlines", 0600, KW_BAD_INPUT},
                 {"caf\xc3\xa9", 0600, KW_BAD_INPUT},
                 {"kwk1_abc", 0640, KW_FORBIDDEN},
                 {"kwk1_abc", 0604, KW_FORBIDDEN}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        tempdir_path path = write_file("bad.key", cases[i].text, cases[i].mode);
        KW_AUTO(kw_client_credential) credential = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_client_credential_load(&credential, path.text, NULL, &err),
                      cases[i].wanted);
        assert_int_equal(err.status, cases[i].wanted);
        assert_null(credential.cache_key);
    }
    KW_AUTO(kw_client_credential) credential = {0};
    EXPECT_STATUS(kw_client_credential_load(&credential, NULL, NULL, NULL), KW_BAD_INPUT);
    tempdir_path missing = tempdir_join(&dir, "missing.key");
    EXPECT_STATUS(kw_client_credential_load(&credential, missing.text, NULL, NULL), KW_NOT_FOUND);
}

static void token_load__reads_one_private_line_of_8_KiB(void **state)
{
    (void)state;
    static char longest[KW_CLIENT_TOKEN_BYTES_MAX + 2];
    memset(longest, 'a', KW_CLIENT_TOKEN_BYTES_MAX);
    longest[KW_CLIENT_TOKEN_BYTES_MAX] = '\n';
    tempdir_path path = write_file("long", longest, 0600);
    KW_AUTO(kw_secret_bytes) token = kw_secret_bytes_init(0);
    EXPECT_OK(kw_client_token_load(&token, path.text, NULL));
    assert_int_equal(token.len, KW_CLIENT_TOKEN_BYTES_MAX);
}

static void token_load__refuses_what_is_no_token(void **state)
{
    (void)state;
    static char too_long[KW_CLIENT_TOKEN_BYTES_MAX + 2];
    static char far_too_long[2 * KW_CLIENT_TOKEN_BYTES_MAX];
    memset(too_long, 'a', sizeof too_long - 1);
    memset(far_too_long, 'a', sizeof far_too_long - 1);
    const struct {
        const char *text;
        unsigned mode;
        kw_status wanted;
    } rows[] = {
        {"", 0600, KW_BAD_INPUT},
        {"\n", 0600, KW_BAD_INPUT},
        {"two words", 0600, KW_BAD_INPUT},
        {"two\nlines\n", 0600, KW_BAD_INPUT},
        {"a.b.\xc3\xa4", 0600, KW_BAD_INPUT},
        {"a.b.c\n", 0640, KW_FORBIDDEN},
        {too_long, 0600, KW_LIMIT},
        {far_too_long, 0600, KW_LIMIT},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        tempdir_path path = write_file("token", rows[i].text, rows[i].mode);
        KW_AUTO(kw_secret_bytes) token = kw_secret_bytes_init(0);
        kw_error err = {0};
        EXPECT_STATUS(kw_client_token_load(&token, path.text, &err), rows[i].wanted);
        assert_int_equal(err.status, rows[i].wanted);
        assert_int_equal(token.len, 0);
    }
    KW_AUTO(kw_secret_bytes) token = kw_secret_bytes_init(0);
    tempdir_path nowhere = tempdir_join(&dir, "none");
    EXPECT_STATUS(kw_client_token_load(&token, nowhere.text, NULL), KW_NOT_FOUND);
}

static void load_each__keeps_a_key_for_each_place(void **state)
{
    (void)state;
    tempdir_path path = write_file("list", "https://a:1 kwk1_a\nhttps://b:12 kwk1_b\n", 0600);
    KW_AUTO(kw_client_credential) list = {0};
    EXPECT_OK(kw_client_credential_load_each(&list, path.text, NULL, NULL));
    assert_string_equal(kw_client_credential_bearer_at(&list, KW_STR("https://a:1")), "kwk1_a");
    assert_string_equal(kw_client_credential_bearer_at(&list, KW_STR("https://b:12")), "kwk1_b");
    assert_null(kw_client_credential_bearer_at(&list, KW_STR("https://b:1")));
    assert_null(kw_client_credential_bearer_at(&list, KW_STR("kwk1_a")));
    assert_null(kw_client_credential_bearer_at(&list, KW_STR("")));
    assert_null(kw_client_credential_bearer(&list)); /* no key is for everybody */
}

static void load_each__takes_what_load_takes(void **state)
{
    (void)state;
    tempdir_path one = write_file("one", "kwk1_abc\n", 0600);
    tempdir_path pem = write_file("tls.key", "-----BEGIN PRIVATE KEY-----\n", 0600);
    KW_AUTO(kw_client_credential) key = {0};
    KW_AUTO(kw_client_credential) certificate = {0};
    EXPECT_OK(kw_client_credential_load_each(&key, one.text, NULL, NULL));
    assert_string_equal(kw_client_credential_bearer_at(&key, KW_STR("https://a:1")), "kwk1_abc");
    EXPECT_OK(kw_client_credential_load_each(&certificate, NULL, pem.text, NULL));
    assert_null(kw_client_credential_bearer_at(&certificate, KW_STR("https://a:1")));
}

static void load_each__refuses_other_lines(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned mode;
        kw_status wanted;
    } cases[] = {{"https://a:1 k\nhttps://a:1 l", 0600, KW_BAD_INPUT},
                 {"https://a:1 k\nkwk1_b", 0600, KW_BAD_INPUT},
                 {"https://a:1 k\n\nhttps://b:1 l", 0600, KW_BAD_INPUT},
                 {"https://a:1 k l", 0600, KW_BAD_INPUT},
                 {"https://a:1 ", 0600, KW_BAD_INPUT},
                 {"http://a:1 k", 0600, KW_BAD_INPUT},
                 {" k", 0600, KW_BAD_INPUT},
                 {"two\nlines", 0600, KW_BAD_INPUT},
                 {"", 0600, KW_BAD_INPUT},
                 {"https://a:1 k", 0640, KW_FORBIDDEN}};
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        tempdir_path path = write_file("bad", cases[i].text, cases[i].mode);
        KW_AUTO(kw_client_credential) credential = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_client_credential_load_each(&credential, path.text, NULL, &err),
                      cases[i].wanted);
        assert_int_equal(err.status, cases[i].wanted);
        assert_int_equal(credential.api_keys.len, 0);
    }
    KW_AUTO(kw_client_credential) none = {0};
    EXPECT_STATUS(kw_client_credential_load_each(&none, NULL, NULL, NULL), KW_BAD_INPUT);
    tempdir_path missing = tempdir_join(&dir, "missing");
    EXPECT_STATUS(kw_client_credential_load_each(&none, missing.text, NULL, NULL), KW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_load__reads_one_private_line_of_8_KiB),
        cmocka_unit_test(token_load__refuses_what_is_no_token),
        cmocka_unit_test(load__reads_one_line_and_derives_a_cache_key),
        cmocka_unit_test(load__uses_the_private_key_file_of_a_certificate),
        cmocka_unit_test(load__refuses_what_is_no_credential),
        cmocka_unit_test(load_each__keeps_a_key_for_each_place),
        cmocka_unit_test(load_each__takes_what_load_takes),
        cmocka_unit_test(load_each__refuses_other_lines),
    };
    return cmocka_run_group_tests_name("client/credential", tests, make_dir, remove_dir);
}
