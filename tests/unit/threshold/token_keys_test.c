/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/token_keys.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/tempdir.h"
#include "support/token_mint.h"

enum {
    NOW = 1700000000
};

static tempdir dir;
static tempdir_path path;

static int make_world(void **state)
{
    (void)state;
    dir = tempdir_make();
    path = tempdir_join(&dir, "jwks.json");
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    tempdir_remove(&dir);
    return 0;
}

static void write_text(kw_str text)
{
    EXPECT_OK(kw_file_write_atomic(path.text, kw_span_of_str(text), 0600, NULL));
}

static void write_keys(const token_mint *mint)
{
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    token_mint_jwks(mint, &json);
    write_text(kw_buf_text(&json));
}

static kw_status verify(kw_token_keys *keys, const token_mint *mint)
{
    KW_AUTO(kw_buf) token = kw_buf_init(4096);
    KW_AUTO_PTR(kw_json) claims = NULL;
    token_mint_sign(mint, &token, NULL, "{\"iss\":\"id\",\"exp\":1700000600}");
    return kw_token_keys_verify(keys, &claims, kw_buf_text(&token), NOW, NULL);
}

static kw_token_keys_options options_of(void)
{
    return (kw_token_keys_options){.path = path.text, .issuer = KW_STR("id")};
}

static void token_keys__follow_their_file(void **state)
{
    (void)state;
    token_mint before = token_mint_make("k1", 1);
    token_mint after = token_mint_make("another", 2); /* of another length */
    kw_token_keys_options options = options_of();
    KW_AUTO_PTR(kw_token_keys) keys = NULL;
    write_keys(&before);
    EXPECT_OK(kw_token_keys_open(&keys, &options, NULL));
    EXPECT_OK(verify(keys, &before));
    EXPECT_STATUS(verify(keys, &after), KW_UNAUTHENTICATED);
    write_keys(&after);
    kw_token_keys_look(keys);
    EXPECT_OK(verify(keys, &after));
    EXPECT_STATUS(verify(keys, &before), KW_UNAUTHENTICATED);
}

static void token_keys__keep_what_they_have_when_the_file_is_bad(void **state)
{
    (void)state;
    token_mint mint = token_mint_make("k1", 1);
    kw_token_keys_options options = options_of();
    KW_AUTO_PTR(kw_token_keys) keys = NULL;
    write_keys(&mint);
    EXPECT_OK(kw_token_keys_open(&keys, &options, NULL));
    write_text(KW_STR("{\"keys\":[]}"));
    kw_token_keys_look(keys);
    EXPECT_OK(verify(keys, &mint));
    EXPECT_OK(kw_file_remove(path.text, NULL));
    kw_token_keys_look(keys);
    EXPECT_OK(verify(keys, &mint));
}

static void token_keys_open__refuses_a_file_without_keys(void **state)
{
    (void)state;
    kw_token_keys_options options = options_of();
    kw_token_keys *keys = NULL;
    kw_error err = {0};
    EXPECT_STATUS(kw_token_keys_open(&keys, &options, &err), KW_NOT_FOUND);
    assert_int_equal(err.status, KW_NOT_FOUND);
    write_text(KW_STR("{\"keys\":[]}"));
    EXPECT_STATUS(kw_token_keys_open(&keys, &options, NULL), KW_CONFIG);
    assert_null(keys);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, drop_world)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(token_keys__follow_their_file),
        IN_A_WORLD(token_keys__keep_what_they_have_when_the_file_is_bad),
        IN_A_WORLD(token_keys_open__refuses_a_file_without_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
