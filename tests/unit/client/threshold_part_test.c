/* SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_part.h"

#include "codec/hex.h"
#include "support/expect.h"

#include <stdio.h>

#define ADDRESS "0x00112233445566778899aabbccddeeff00112233"

/* The generator of G1, compressed. */
static void generator_digits(char out[97])
{
    const kw_group *group = &kw_group_bls12_381;
    kw_group_g1 point = group->g1_generator();
    kw_group_g1_bytes wire;
    group->g1_encode(&wire, &point);
    kw_hex_encode_to(out, kw_group_g1_view(group, &wire));
    out[96] = '\0';
}

static kw_status read_text(kw_client_part *out, const char *text)
{
    kw_arena arena = kw_arena_init(KW_CLIENT_PART_ARENA_MAX);
    kw_secret_span body = kw_secret_span_of(kw_span_of_str(kw_str_of(text)));
    kw_status st = kw_client_part_read(out, &arena, body);
    if (st == KW_OK) {
        assert_int_equal(out->from.bytes[1], 0x11);
    }
    kw_arena_drop(&arena);
    return st;
}

static void part_read__takes_the_form_alone(void **state)
{
    KW_UNUSED(state);
    static const char *const forms[] = {
        "{\"operatorAddress\":\"" ADDRESS "\",\"partialSignature\":\"%s\",\"version\":7}",
        "{\"operatorAddress\":\"" ADDRESS "\",\"partialSignature\":\"%s\",\"version\":0}",
        "{\"operatorAddress\":\"" ADDRESS "\",\"partialSignature\":\"%s\"}",
        "{\"operatorAddress\":\"" ADDRESS "\",\"partialSignature\":\"0%s\",\"version\":7}",
        "{\"operatorAddress\":\"" ADDRESS "x\",\"partialSignature\":\"%s\",\"version\":7}",
        "{\"operatorAddress\":\"\",\"partialSignature\":\"%s\",\"version\":7}",
        "{\"operatorAddress\":\"" ADDRESS "\",\"partialSignature\":\"%s\",\"version\":7,\"x\":1}",
        "%s",
    };
    char digits[97];
    char text[400];
    generator_digits(digits);
    for (size_t i = 0; i < KW_COUNT(forms); i++) {
        kw_client_part part = {.partial = {.epoch = 42}};
        (void)snprintf(text, sizeof text, forms[i], digits);
        EXPECT_STATUS(read_text(&part, text), i == 0 ? KW_OK : KW_BAD_INPUT);
        assert_int_equal(part.partial.epoch, i == 0 ? 7 : 42);
        assert_int_equal(part.attested_epoch, 0);
    }
}

static void part_read__takes_points_alone(void **state)
{
    KW_UNUSED(state);
    char digits[97];
    char text[400];
    generator_digits(digits);
    for (size_t at = 0; at < 96; at += 5) {
        kw_client_part part = {.partial = {.epoch = 42}};
        char kept = digits[at];
        digits[at] = 'g';
        (void)snprintf(text, sizeof text,
                       "{\"operatorAddress\":\"" ADDRESS
                       "\",\"partialSignature\":\"%s\",\"version\":7}",
                       digits);
        EXPECT_STATUS(read_text(&part, text), KW_BAD_INPUT);
        digits[at] = kept;
    }
    kw_client_part part = {.partial = {.epoch = 42}};
    EXPECT_STATUS(read_text(&part, "{\"operatorAddress\":\"" ADDRESS
                                   "\",\"partialSignature\":\"c0000000000000000000000000000000"
                                   "0000000000000000000000000000000000000000000000000000000000"
                                   "000000\",\"version\":7}"),
                  KW_BAD_INPUT); /* infinity */
}

static void part_read__takes_the_epoch_of_a_time(void **state)
{
    KW_UNUSED(state);
    static const struct {
        const char *more;
        kw_status wanted;
        uint64_t epoch;
    } rows[] = {
        {",\"attestedVersion\":5", KW_OK, 5},
        {",\"attestedVersion\":0", KW_OK, 0},
        {",\"attestedVersion\":-1", KW_BAD_INPUT, 42},
        {",\"attestedVersion\":\"five\"", KW_BAD_INPUT, 42},
        {",\"attestedVersion\":5,\"attestedVersion\":5", KW_BAD_INPUT, 42},
    };
    char digits[97];
    char text[400];
    generator_digits(digits);
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        kw_client_part part = {.attested_epoch = 42};
        (void)snprintf(text, sizeof text,
                       "{\"operatorAddress\":\"" ADDRESS
                       "\",\"partialSignature\":\"%s\",\"version\":7%s}",
                       digits, rows[i].more);
        EXPECT_STATUS(read_text(&part, text), rows[i].wanted);
        assert_int_equal(part.attested_epoch, rows[i].epoch);
    }
}

static void part_drop__wipes(void **state)
{
    KW_UNUSED(state);
    static const kw_client_part nothing;
    kw_client_part part;
    memset(&part, 0xa5, sizeof part);
    kw_client_part_drop(&part);
    assert_memory_equal(&part, &nothing, sizeof part);
}

static void expect_request(const kw_client_request *request, const char *wanted)
{
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(KW_CLIENT_PART_BODY_MAX);
    EXPECT_OK(kw_client_part_request(&body, request, NULL));
    EXPECT_STR(kw_str_of_span(kw_declassify_span(kw_secret_bytes_view(&body), "a test")), wanted);
}

static void expect_no_request(const kw_client_request *request, kw_status wanted)
{
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(KW_CLIENT_PART_BODY_MAX);
    EXPECT_STATUS(kw_client_part_request(&body, request, NULL), wanted);
    assert_int_equal(body.len, 0);
}

static void part_request__says_what_differs_from_the_usual(void **state)
{
    KW_UNUSED(state);
    kw_client_request request = {.what = {KW_PURPOSE_APPLICATION, kw_span_of_str(KW_STR("a\"b"))}};
    expect_request(&request, "{\"appID\":\"a\\\"b\"}");
    request.epoch_least = 9; /* nobody else's business */
    request.what.purpose = KW_PURPOSE_EIGENX;
    expect_request(&request, "{\"appID\":\"a\\\"b\",\"scheme\":\"eigenx-v1\"}");
    request.token = kw_secret_span_of(kw_span_of_str(KW_STR("x.y.z")));
    request.attestation_time = 1;
    expect_request(&request, "{\"appID\":\"a\\\"b\",\"scheme\":\"eigenx-v1\","
                             "\"token\":\"x.y.z\",\"attestationTime\":1}");
}

static void part_request__refuses_ids_and_tokens_of_wrong_lengths(void **state)
{
    KW_UNUSED(state);
    static const uint8_t long_id[KW_THRESHOLD_APP_ID_BYTES_MAX + 1] = {'a'};
    static uint8_t token[KW_CLIENT_PART_BODY_MAX];
    const kw_span ids[] = {{NULL, 0}, KW_SPAN(long_id), kw_span_of_str(KW_STR("\xff"))};
    kw_client_request request = {.what = {.purpose = KW_PURPOSE_APPLICATION}};
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        request.what.message = ids[i];
        expect_no_request(&request, KW_BAD_INPUT);
    }
    memset(token, '"', sizeof token);
    request.what.message = kw_span_of_str(KW_STR("a"));
    request.token = kw_secret_span_of((kw_span){token, 8192}); /* twice as long when escaped */
    expect_no_request(&request, KW_LIMIT);
    memset(token, 'a', sizeof token);
    KW_AUTO(kw_secret_bytes) body = kw_secret_bytes_init(KW_CLIENT_PART_BODY_MAX);
    EXPECT_OK(kw_client_part_request(&body, &request, NULL));
    assert_true(body.len > 8192);
    request.attestation_time = -1;
    expect_no_request(&request, KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_read__takes_the_form_alone),
        cmocka_unit_test(part_read__takes_points_alone),
        cmocka_unit_test(part_read__takes_the_epoch_of_a_time),
        cmocka_unit_test(part_drop__wipes),
        cmocka_unit_test(part_request__says_what_differs_from_the_usual),
        cmocka_unit_test(part_request__refuses_ids_and_tokens_of_wrong_lengths),
    };
    return cmocka_run_group_tests_name("client/threshold_part", tests, NULL, NULL);
}
