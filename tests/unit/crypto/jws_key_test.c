/* SPDX-License-Identifier: Apache-2.0
 * Published keys and signatures: RFC 7515 appendix A.2 (RS256) and A.3 (ES256), RFC 8037 appendix
 * A.4 (EdDSA). */
#include "crypto/jws_key.h"

#include "base/buf.h"
#include "codec/base64.h"
#include "support/expect.h"

#define RFC7515_CLAIMS                                                                      \
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290" \
    "Ijp0cnVlfQ"

static const char rsa_n[] =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0"
    "Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXn"
    "dS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5I"
    "hlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

typedef struct published {
    const char *alg;
    const char *a; /* n, x */
    const char *b; /* e, y; NULL: none */
    const char *message;
    const char *signature;
} published;

static const published examples[] = {
    {"RS256", rsa_n, "AQAB", "eyJhbGciOiJSUzI1NiJ9" RFC7515_CLAIMS,
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
     "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
     "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
     "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {"ES256", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
     "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", "eyJhbGciOiJFUzI1NiJ9" RFC7515_CLAIMS,
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {"EdDSA", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", NULL,
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
};

static kw_buf bytes_of(const char *text)
{
    kw_buf out = kw_buf_init(4096);
    if (text != NULL) {
        EXPECT_OK(kw_base64_decode(&out, kw_str_of(text), KW_BASE64_URL));
    }
    return out;
}

static kw_status make(kw_jws_key **out, const char *alg, kw_span a, kw_span b)
{
    switch (alg[0]) {
    case 'R':
        return kw_jws_key_of_rsa(out, a, b);
    case 'E':
        return alg[1] == 'S' ? kw_jws_key_of_p256(out, a, b) : kw_jws_key_of_ed25519(out, a);
    default:
        return KW_INTERNAL;
    }
}

static void key_verify__takes_what_is_published_and_no_other_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(examples); i++) {
        const published *e = &examples[i];
        KW_AUTO(kw_buf) a = bytes_of(e->a);
        KW_AUTO(kw_buf) b = bytes_of(e->b);
        KW_AUTO(kw_buf) signature = bytes_of(e->signature);
        KW_AUTO_PTR(kw_jws_key) key = NULL;
        kw_span message = kw_span_of_str(kw_str_of(e->message));
        EXPECT_OK(make(&key, e->alg, kw_buf_view(&a), kw_buf_view(&b)));
        assert_string_equal(kw_jws_key_alg_name(key), e->alg);
        assert_true(kw_jws_key_verify(key, message, kw_buf_view(&signature)));
        message.len--;
        assert_false(kw_jws_key_verify(key, message, kw_buf_view(&signature)));
        message.len++;
        for (size_t at = 0; at < signature.len; at++) {
            signature.ptr[at] ^= 1;
            assert_false(kw_jws_key_verify(key, message, kw_buf_view(&signature)));
            signature.ptr[at] ^= 1;
        }
        for (size_t len = 0; len < signature.len; len++) {
            assert_false(kw_jws_key_verify(key, message, (kw_span){signature.ptr, len}));
        }
    }
}

/* No key takes the signature of another, whatever its kind. */
static void key_verify__knows_its_own_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(examples); i++) {
        KW_AUTO(kw_buf) a = bytes_of(examples[i].a);
        KW_AUTO(kw_buf) b = bytes_of(examples[i].b);
        KW_AUTO_PTR(kw_jws_key) key = NULL;
        EXPECT_OK(make(&key, examples[i].alg, kw_buf_view(&a), kw_buf_view(&b)));
        for (size_t k = 0; k < KW_COUNT(examples); k++) {
            KW_AUTO(kw_buf) signature = bytes_of(examples[k].signature);
            kw_span message = kw_span_of_str(kw_str_of(examples[k].message));
            assert_int_equal(kw_jws_key_verify(key, message, kw_buf_view(&signature)), i == k);
        }
    }
}

static void key__refuses_numbers_that_make_none(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) n = bytes_of(rsa_n);
    KW_AUTO(kw_buf) x = bytes_of(examples[1].a);
    KW_AUTO(kw_buf) y = bytes_of(examples[1].b);
    static const uint8_t three[] = {3};
    static const uint8_t even[] = {1, 0, 2};
    static const uint8_t long_e[] = {1, 0, 0, 0, 1};
    static const uint8_t good[] = {1, 0, 1};
    kw_jws_key *key = NULL;
    kw_span modulus = kw_buf_view(&n);
    EXPECT_STATUS(kw_jws_key_of_rsa(&key, modulus, KW_SPAN(three)), KW_BAD_INPUT);
    EXPECT_STATUS(kw_jws_key_of_rsa(&key, modulus, KW_SPAN(even)), KW_BAD_INPUT);
    EXPECT_STATUS(kw_jws_key_of_rsa(&key, modulus, KW_SPAN(long_e)), KW_BAD_INPUT);
    EXPECT_STATUS(kw_jws_key_of_rsa(&key, modulus, (kw_span){0}), KW_BAD_INPUT);
    modulus.len = 255; /* 2040 bits */
    EXPECT_STATUS(kw_jws_key_of_rsa(&key, modulus, KW_SPAN(good)), KW_BAD_INPUT);
    n.ptr[0] = 0;
    EXPECT_STATUS(kw_jws_key_of_rsa(&key, kw_buf_view(&n), KW_SPAN(good)), KW_BAD_INPUT);
    EXPECT_STATUS(kw_jws_key_of_p256(&key, kw_buf_view(&x), (kw_span){y.ptr, 31}), KW_BAD_INPUT);
    y.ptr[31] ^= 1; /* beside the curve */
    EXPECT_STATUS(kw_jws_key_of_p256(&key, kw_buf_view(&x), kw_buf_view(&y)), KW_BAD_INPUT);
    EXPECT_STATUS(kw_jws_key_of_ed25519(&key, (kw_span){x.ptr, 31}), KW_BAD_INPUT);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_verify__takes_what_is_published_and_no_other_byte),
        cmocka_unit_test(key_verify__knows_its_own_kind),
        cmocka_unit_test(key__refuses_numbers_that_make_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
