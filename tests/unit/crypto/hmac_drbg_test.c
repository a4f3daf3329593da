/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac_drbg.h"

#include "support/expect.h"
#include "support/hexed.h"

typedef struct cavp_case {
    const char *seed_material; /* entropy input, nonce */
    const char *additional[2];
    const char *output; /* of the second call */
} cavp_case;

/* NIST CAVP, drbgvectors_no_reseed, HMAC_DRBG.rsp, [SHA-256], without prediction resistance:
 * COUNT = 0 of the groups without and with additional input. */
static const cavp_case cavp_cases[] = {
    {"ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488"
     "659ba96c601dc69fc902940805ec0ca8",
     {"", ""},
     "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89"
     "d54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1"
     "07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668"
     "961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8"},
    {"d3cc4d1acf3dde0c4bd2290d262337042dc632948223d3a2eaab87da44295fbd"
     "0109b0e729f457328aa18569a9224921",
     {"3c311848183c9a212a26f27f8c6647e40375e466a0857cc39c4e47575d53f1f6",
      "fcb9abd19ccfbccef88c9c39bfb3dd7b1c12266c9808992e305bc3cff566e4e4"},
     "9c7b758b212cd0fcecd5daa489821712e3cdea4467b560ef5ddc24ab47749a1f"
     "1ffdbbb118f4e62fcfca3371b8fbfc5b0646b83e06bfbbab5fac30ea09ea2bc7"
     "6f1ea568c9be0444b2cc90517b20ca825f2d0eccd88e7175538b85d90ab39018"
     "3ca6395535d34473af6b5a5b88f5a59ee7561573337ea819da0dcc3573a22974"},
};

static kw_secret_span secret(const hexed *value)
{
    return kw_secret_span_of(hexed_view(value));
}

static void generate__gives_the_output_of_cavp(void **state)
{
    (void)state;
    for (size_t i = 0; i < KW_COUNT(cavp_cases); i++) {
        hexed seed = hexed_of(cavp_cases[i].seed_material);
        KW_AUTO(kw_hmac_drbg) drbg = {0};
        uint8_t out[128];
        kw_hmac_drbg_init(&drbg, secret(&seed));
        for (size_t call = 0; call < 2; call++) {
            hexed additional = hexed_of(cavp_cases[i].additional[call]);
            kw_hmac_drbg_generate(&drbg, KW_MSPAN(out), secret(&additional));
        }
        expect_hexed(KW_SPAN(out), cavp_cases[i].output);
    }
}

/* Made with Python's hmac module from the text of section 10.1.2: seed 00..2f, reseed 30..4f, then
 * 40 bytes. */
static void reseed__gives_the_output_of_an_independent_implementation(void **state)
{
    (void)state;
    uint8_t bytes[0x50];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
    }
    KW_AUTO(kw_hmac_drbg) drbg = {0};
    uint8_t out[40];
    kw_hmac_drbg_init(&drbg, kw_secret_span_of((kw_span){bytes, 0x30}));
    kw_hmac_drbg_reseed(&drbg, kw_secret_span_of((kw_span){bytes + 0x30, 0x20}));
    kw_hmac_drbg_generate(&drbg, KW_MSPAN(out), kw_secret_span_of((kw_span){0}));
    expect_hexed(KW_SPAN(out), "2f5885f1f6888c790867877238ab404a97e24087c72cacb79ed282029ead973c"
                               "3a4931b59a4c9e5c");
}

static void generate__never_repeats_its_state(void **state)
{
    (void)state;
    uint8_t seed[48] = {9};
    KW_AUTO(kw_hmac_drbg) drbg = {0};
    kw_hmac_drbg_init(&drbg, kw_secret_span_of(KW_SPAN(seed)));
    kw_hmac_drbg before = drbg;
    uint8_t first[33];
    uint8_t second[33];
    kw_hmac_drbg_generate(&drbg, KW_MSPAN(first), kw_secret_span_of((kw_span){0}));
    assert_memory_not_equal(&before, &drbg, sizeof drbg);
    kw_hmac_drbg_generate(&drbg, KW_MSPAN(second), kw_secret_span_of((kw_span){0}));
    assert_memory_not_equal(first, second, sizeof first);
    kw_hmac_drbg_drop(&drbg);
    static const kw_hmac_drbg zeros;
    assert_memory_equal(&drbg, &zeros, sizeof zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generate__gives_the_output_of_cavp),
        cmocka_unit_test(reseed__gives_the_output_of_an_independent_implementation),
        cmocka_unit_test(generate__never_repeats_its_state),
    };
    return cmocka_run_group_tests_name("crypto/hmac_drbg", tests, NULL, NULL);
}
