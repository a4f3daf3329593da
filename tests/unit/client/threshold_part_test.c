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

static kw_status read_text(kw_partial *out, const char *text)
{
    kw_arena arena = kw_arena_init(KW_CLIENT_PART_ARENA_MAX);
    kw_address from = {{0}};
    kw_secret_span body = kw_secret_span_of(kw_span_of_str(kw_str_of(text)));
    kw_status st = kw_client_part_read(out, &from, &arena, body);
    if (st == KW_OK) {
        assert_int_equal(from.bytes[1], 0x11);
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
        kw_partial part = {.epoch = 42};
        (void)snprintf(text, sizeof text, forms[i], digits);
        EXPECT_STATUS(read_text(&part, text), i == 0 ? KW_OK : KW_BAD_INPUT);
        assert_int_equal(part.epoch, i == 0 ? 7 : 42);
    }
}

static void part_read__takes_points_alone(void **state)
{
    KW_UNUSED(state);
    char digits[97];
    char text[400];
    generator_digits(digits);
    for (size_t at = 0; at < 96; at += 5) {
        kw_partial part = {.epoch = 42};
        char kept = digits[at];
        digits[at] = 'g';
        (void)snprintf(text, sizeof text,
                       "{\"operatorAddress\":\"" ADDRESS
                       "\",\"partialSignature\":\"%s\",\"version\":7}",
                       digits);
        EXPECT_STATUS(read_text(&part, text), KW_BAD_INPUT);
        digits[at] = kept;
    }
    kw_partial part = {.epoch = 42};
    EXPECT_STATUS(read_text(&part, "{\"operatorAddress\":\"" ADDRESS
                                   "\",\"partialSignature\":\"c0000000000000000000000000000000"
                                   "0000000000000000000000000000000000000000000000000000000000"
                                   "000000\",\"version\":7}"),
                  KW_BAD_INPUT); /* infinity */
}

static void part_request__names_the_scheme_when_it_is_not_ours(void **state)
{
    KW_UNUSED(state);
    static const uint8_t long_id[KW_THRESHOLD_APP_ID_BYTES_MAX + 1] = {'a'};
    kw_purposed what = {KW_PURPOSE_APPLICATION, kw_span_of_str(KW_STR("a\"b"))};
    KW_AUTO(kw_buf) ours = kw_buf_init(KW_CLIENT_PART_BODY_MAX);
    KW_AUTO(kw_buf) theirs = kw_buf_init(KW_CLIENT_PART_BODY_MAX);
    EXPECT_OK(kw_client_part_request(&ours, &what, NULL));
    EXPECT_STR(kw_buf_text(&ours), "{\"appID\":\"a\\\"b\"}");
    what.purpose = KW_PURPOSE_EIGENX;
    EXPECT_OK(kw_client_part_request(&theirs, &what, NULL));
    EXPECT_STR(kw_buf_text(&theirs), "{\"appID\":\"a\\\"b\",\"scheme\":\"eigenx-v1\"}");
    what.message = (kw_span){0};
    EXPECT_STATUS(kw_client_part_request(&ours, &what, NULL), KW_BAD_INPUT);
    what.message = KW_SPAN(long_id);
    EXPECT_STATUS(kw_client_part_request(&ours, &what, NULL), KW_BAD_INPUT);
    what.message = kw_span_of_str(KW_STR("\xff"));
    EXPECT_STATUS(kw_client_part_request(&ours, &what, NULL), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_read__takes_the_form_alone),
        cmocka_unit_test(part_read__takes_points_alone),
        cmocka_unit_test(part_request__names_the_scheme_when_it_is_not_ours),
    };
    return cmocka_run_group_tests_name("client/threshold_part", tests, NULL, NULL);
}
