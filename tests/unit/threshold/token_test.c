/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/token.h"

#include "support/expect.h"
#include "support/token_mint.h"
#include "threshold/limits.h"

enum {
    NOW = 1700000000
};

#define GOOD "{\"iss\":\"https://id.example\",\"sub\":\"ann\",\"exp\":1700000600}"

static kw_status parse(kw_jwks **out, const char *json)
{
    kw_error err = {0};
    kw_status st = kw_jwks_parse(out, kw_span_of_str(kw_str_of(json)), &err);
    assert_int_equal(err.status, st);
    return st;
}

static kw_jwks *jwks_of(const token_mint *mint)
{
    KW_AUTO(kw_buf) json = kw_buf_init(4096);
    kw_jwks *jwks = NULL;
    token_mint_jwks(mint, &json);
    EXPECT_OK(kw_jwks_parse(&jwks, kw_buf_view(&json), NULL));
    return jwks;
}

static kw_status verify(const kw_jwks *jwks, kw_str token)
{
    KW_AUTO_PTR(kw_json) claims = NULL;
    kw_error err = {0};
    kw_status st = kw_token_verify(jwks, &claims, token, KW_STR("https://id.example"), NOW, &err);
    assert_int_equal(err.status, st);
    assert_int_equal(claims != NULL, st == KW_OK);
    return st;
}

static kw_status verify_minted(const token_mint *by, const kw_jwks *jwks, const char *header,
                               const char *claims)
{
    KW_AUTO(kw_buf) token = kw_buf_init(2 * KW_TOKEN_BYTES_MAX);
    token_mint_sign(by, &token, header, claims);
    return verify(jwks, kw_buf_text(&token));
}

static void token_verify__takes_what_the_issuer_signed(void **state)
{
    (void)state;
    token_mint mint = token_mint_make("k1", 1);
    kw_jwks *jwks = jwks_of(&mint);
    static const char *const headers[] = {
        NULL,
        "{\"alg\":\"EdDSA\"}", /* the only key */
        "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"k1\",\"x5t\":\"abc\"}",
    };
    for (size_t i = 0; i < KW_COUNT(headers); i++) {
        EXPECT_OK(verify_minted(&mint, jwks, headers[i], GOOD));
    }
    EXPECT_OK(verify_minted(&mint, jwks, NULL,
                            "{\"iss\":\"https://id.example\",\"exp\":1700000001,"
                            "\"nbf\":1700000060,\"deep\":{\"a\":[1,2.5]}}"));
    kw_jwks_free(jwks);
}

/* RFC 7515, appendix A.3: signed by ES256, for nobody but its key and its time. */
static void token_verify__takes_what_is_published(void **state)
{
    (void)state;
    static const char keys[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
                               "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                               "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
    static const char token[] =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcG"
        "xlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8"
        "ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    kw_jwks *jwks = NULL;
    KW_AUTO_PTR(kw_json) claims = NULL;
    kw_json *none = NULL;
    EXPECT_OK(parse(&jwks, keys));
    kw_str text = kw_str_of(token);
    EXPECT_OK(kw_token_verify(jwks, &claims, text, KW_STR("joe"), 1300819379, NULL));
    assert_true(kw_token_says(claims, KW_STR("iss"), KW_STR("joe")));
    EXPECT_STATUS(kw_token_verify(jwks, &none, text, KW_STR("joe"), 1300819380, NULL),
                  KW_UNAUTHENTICATED);
    EXPECT_STATUS(kw_token_verify(jwks, &none, text, KW_STR("jo"), 1300819379, NULL),
                  KW_UNAUTHENTICATED);
    kw_jwks_free(jwks);
}

static void token_verify__lets_no_header_choose_how_it_is_judged(void **state)
{
    (void)state;
    token_mint mint = token_mint_make("k1", 1);
    kw_jwks *jwks = jwks_of(&mint);
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"kid\":\"k1\"}",
        "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\"}",
        "{\"alg\":\"eddsa\",\"kid\":\"k1\"}",
        "{\"kid\":\"k1\"}",
        "{}",
        "{\"alg\":\"EdDSA\",\"kid\":\"k2\"}",
        "{\"alg\":\"EdDSA\",\"kid\":1}",
        "{\"alg\":\"EdDSA\",\"kid\":\"\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"k1\",\"crit\":[\"b64\"],\"b64\":false}",
        "{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}",
        "[]",
    };
    for (size_t i = 0; i < KW_COUNT(headers); i++) {
        EXPECT_STATUS(verify_minted(&mint, jwks, headers[i], GOOD), KW_UNAUTHENTICATED);
    }
    kw_jwks_free(jwks);
}

static void token_verify__refuses_other_issuers_and_times(void **state)
{
    (void)state;
    token_mint mint = token_mint_make("k1", 1);
    token_mint other = token_mint_make("k1", 2);
    kw_jwks *jwks = jwks_of(&mint);
    EXPECT_STATUS(verify_minted(&other, jwks, NULL, GOOD), KW_UNAUTHENTICATED);
    static const char *const claims[] = {
        "{\"exp\":1700000600}",
        "{\"iss\":\"https://id.example/\",\"exp\":1700000600}",
        "{\"iss\":[\"https://id.example\"],\"exp\":1700000600}",
        "{\"iss\":\"https://id.example\"}",
        "{\"iss\":\"https://id.example\",\"exp\":1700000000}",
        "{\"iss\":\"https://id.example\",\"exp\":\"1700000600\"}",
        "{\"iss\":\"https://id.example\",\"exp\":1700000600.5}",
        "{\"iss\":\"https://id.example\",\"exp\":1700000600,\"nbf\":1700000061}",
        "{\"iss\":\"https://id.example\",\"exp\":1700000600,\"nbf\":\"0\"}",
        "{\"iss\":\"https://id.example\",\"exp\":1700000600",
        "",
    };
    for (size_t i = 0; i < KW_COUNT(claims); i++) {
        EXPECT_STATUS(verify_minted(&mint, jwks, NULL, claims[i]), KW_UNAUTHENTICATED);
    }
    kw_jwks_free(jwks);
}

static void token_verify__refuses_every_changed_byte(void **state)
{
    (void)state;
    token_mint mint = token_mint_make("k1", 1);
    kw_jwks *jwks = jwks_of(&mint);
    KW_AUTO(kw_buf) token = kw_buf_init(KW_TOKEN_BYTES_MAX);
    token_mint_sign(&mint, &token, NULL, GOOD);
    EXPECT_OK(verify(jwks, kw_buf_text(&token)));
    for (size_t i = 0; i < token.len; i++) {
        uint8_t was = token.ptr[i];
        token.ptr[i] = was == 'A' ? 'B' : 'A';
        EXPECT_STATUS(verify(jwks, kw_buf_text(&token)), KW_UNAUTHENTICATED);
        token.ptr[i] = was;
    }
    for (size_t len = 0; len < token.len; len++) {
        EXPECT_STATUS(verify(jwks, (kw_str){(const char *)token.ptr, len}), KW_UNAUTHENTICATED);
    }
    EXPECT_OK(kw_buf_append_str(&token, KW_STR(".AA")));
    EXPECT_STATUS(verify(jwks, kw_buf_text(&token)), KW_UNAUTHENTICATED);
    kw_jwks_free(jwks);
}

static void token_says__knows_texts_and_lists_of_them(void **state)
{
    (void)state;
    KW_AUTO_PTR(kw_json) claims = NULL;
    static const char text[] = "{\"a\":\"x\",\"b\":[\"y\",1,\"z\"],\"c\":{\"d\":\"x\"},\"e\":true}";
    EXPECT_OK(kw_json_parse(&claims, kw_span_of_str(kw_str_of(text)), 4, NULL));
    assert_true(kw_token_says(claims, KW_STR("a"), KW_STR("x")));
    assert_true(kw_token_says(claims, KW_STR("b"), KW_STR("z")));
    assert_false(kw_token_says(claims, KW_STR("a"), KW_STR("y")));
    assert_false(kw_token_says(claims, KW_STR("b"), KW_STR("1")));
    assert_false(kw_token_says(claims, KW_STR("c"), KW_STR("x")));
    assert_false(kw_token_says(claims, KW_STR("e"), KW_STR("true")));
    assert_false(kw_token_says(claims, KW_STR("f"), KW_STR("")));
    assert_false(kw_token_says(NULL, KW_STR("a"), KW_STR("x")));
}

#define ED25519_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

static void jwks_parse__passes_over_keys_that_are_not_for_it(void **state)
{
    (void)state;
    kw_jwks *jwks = NULL;
    EXPECT_OK(parse(&jwks, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"},"
                           "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\",\"y\":\"AA\"},"
                           "{\"kty\":\"RSA\",\"use\":\"enc\",\"n\":\"AA\",\"e\":\"AQAB\"},"
                           "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"use\":\"sig\","
                           "\"kid\":\"a\",\"x\":\"" ED25519_X "\"}],\"more\":1}"));
    kw_jwks_free(jwks);
}

static void jwks_parse__refuses_what_is_no_set_of_keys(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" ED25519_X "=\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"ES256\",\"x\":\"" ED25519_X
        "\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"" ED25519_X "\"},"
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"" ED25519_X "\"}]}",
    };
    for (size_t i = 0; i < KW_COUNT(bad); i++) {
        kw_jwks *jwks = NULL;
        EXPECT_STATUS(parse(&jwks, bad[i]), KW_BAD_INPUT);
        assert_null(jwks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_verify__takes_what_the_issuer_signed),
        cmocka_unit_test(token_verify__takes_what_is_published),
        cmocka_unit_test(token_verify__lets_no_header_choose_how_it_is_judged),
        cmocka_unit_test(token_verify__refuses_other_issuers_and_times),
        cmocka_unit_test(token_verify__refuses_every_changed_byte),
        cmocka_unit_test(token_says__knows_texts_and_lists_of_them),
        cmocka_unit_test(jwks_parse__passes_over_keys_that_are_not_for_it),
        cmocka_unit_test(jwks_parse__refuses_what_is_no_set_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
