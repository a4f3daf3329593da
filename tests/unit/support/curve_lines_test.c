/* SPDX-License-Identifier: Apache-2.0
 * The protocol around the operations of kw-curve: ids, members, names, tags. */
#include "kw_curve/lines.h"

#include "support/expect.h"

#define ONE "0000000000000000000000000000000000000000000000000000000000000001"
#define TWO "0000000000000000000000000000000000000000000000000000000000000002"

static void expect_answer(const char *line, const char *wanted)
{
    KW_AUTO(kw_buf) out = kw_buf_init(CURVE_LINE_BYTES_MAX);
    EXPECT_OK(curve_lines_answer(&out, kw_str_of(line)));
    assert_in_range(out.len, 1, CURVE_LINE_BYTES_MAX);
    assert_int_equal(out.ptr[out.len - 1], '\n');
    EXPECT_STR(((kw_str){(const char *)out.ptr, out.len - 1}), wanted);
}

#define ADD "\"curve\":\"bn254\",\"op\":\"fr.add\",\"in\":[\"" ONE "\",\"" ONE "\"]"

static void answer__echoes_texts_and_integers_as_id(void **state)
{
    (void)state;
    expect_answer("{\"id\":7," ADD "}", "{\"id\":7,\"out\":\"" TWO "\"}");
    expect_answer("{" ADD ",\"id\":-1}", "{\"id\":-1,\"out\":\"" TWO "\"}");
    expect_answer("{\"id\":\"a\\\"b\"," ADD "}", "{\"id\":\"a\\\"b\",\"out\":\"" TWO "\"}");
    expect_answer("{\"id\":null," ADD "}", "{\"id\":null,\"out\":\"" TWO "\"}");
    expect_answer("{" ADD "}", "{\"id\":null,\"out\":\"" TWO "\"}");
}

static void answer__refuses_other_ids(void **state)
{
    (void)state;
    expect_answer("{\"id\":true," ADD "}", "{\"id\":null,\"error\":\"bad_input\"}");
    expect_answer("{\"id\":[1]," ADD "}", "{\"id\":null,\"error\":\"bad_input\"}");
    expect_answer("{\"id\":{}," ADD "}", "{\"id\":null,\"error\":\"bad_input\"}");
}

/* A larger one would come back as a text, or changed by a reader that holds doubles. */
static void answer__takes_integers_of_53_bits_as_id(void **state)
{
    (void)state;
    static const char bad[] = "{\"id\":null,\"error\":\"bad_input\"}";
    expect_answer("{\"id\":9007199254740991," ADD "}",
                  "{\"id\":9007199254740991,\"out\":\"" TWO "\"}");
    expect_answer("{\"id\":-9007199254740991," ADD "}",
                  "{\"id\":-9007199254740991,\"out\":\"" TWO "\"}");
    expect_answer("{\"id\":9007199254740992," ADD "}", bad);
    expect_answer("{\"id\":-9007199254740992," ADD "}", bad);
    expect_answer("{\"id\":-9223372036854775808," ADD "}", bad);
    expect_answer("{\"id\":\"9007199254740992\"," ADD "}",
                  "{\"id\":\"9007199254740992\",\"out\":\"" TWO "\"}");
}

static void answer__refuses_what_is_no_request(void **state)
{
    (void)state;
    static const char bad[] = "{\"id\":null,\"error\":\"bad_input\"}";
    expect_answer("", bad);
    expect_answer("{", bad);
    expect_answer("[]", bad);
    expect_answer("1", bad);
    expect_answer("{}", bad);
    expect_answer("{" ADD "} {}", bad);
    expect_answer("{" ADD ",\"in\":[]}", bad);
    expect_answer("{\"curve\":[[[[1]]]]}", "{\"id\":null,\"error\":\"limit\"}");
}

static void answer__refuses_members_of_other_names_and_types(void **state)
{
    (void)state;
    static const char bad[] = "{\"id\":1,\"error\":\"bad_input\"}";
    expect_answer("{\"id\":1," ADD ",\"has\":\"sha256\"}", bad);
    expect_answer("{\"id\":1," ADD ",\"fmt\":1}", bad);
    expect_answer("{\"id\":1," ADD ",\"hash\":null}", bad);
    expect_answer("{\"id\":1," ADD ",\"dst\":\"0\"}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.neg\",\"in\":\"" ONE "\"}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.neg\",\"in\":[1]}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.neg\",\"in\":[\"0G\"]}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.neg\",\"in\":[\"AB\"]}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.neg\"}", bad);
    expect_answer("{\"id\":1,\"op\":\"fr.neg\",\"in\":[]}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"in\":[]}", bad);
}

static void answer__refuses_names_that_are_not(void **state)
{
    (void)state;
    static const char bad[] = "{\"id\":1,\"error\":\"arg\"}";
    expect_answer("{\"id\":1,\"curve\":\"bn256\",\"op\":\"fr.neg\",\"in\":[]}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.div\",\"in\":[]}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bls12-381\",\"op\":\"g1.increment\",\"in\":[]}", bad);
    expect_answer("{\"id\":1," ADD ",\"hash\":\"sha512\"}", bad);
    expect_answer("{\"id\":1," ADD ",\"fmt\":\"zcash\"}", bad); /* of the other curve */
    expect_answer("{\"id\":1," ADD ",\"fmt\":\"gt_coeff\"}", bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"gt.inv\",\"in\":[],\"fmt\":\"ark\"}",
                  bad);
    expect_answer("{\"id\":1,\"curve\":\"bn254\",\"op\":\"fr.neg\",\"in\":[]}", bad);
}

#define EXPAND "{\"curve\":\"bn254\",\"op\":\"expand\",\"in\":[\"00\",\"04\""

static void answer__takes_the_tag_as_member_or_last_input(void **state)
{
    (void)state;
    static const char bad[] = "{\"id\":null,\"error\":\"arg\"}";
    static const char good[] = "{\"id\":null,\"out\":\"7b8b34c2\"}";
    expect_answer(EXPAND "],\"dst\":\"51\"}", good);
    expect_answer(EXPAND ",\"51\"]}", good);
    expect_answer(EXPAND ",\"51\"],\"dst\":\"51\"}", bad);
    expect_answer(EXPAND ",\"\"]}", bad);
    expect_answer(EXPAND "],\"dst\":\"\"}", bad);
    expect_answer(EXPAND "]}", bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer__echoes_texts_and_integers_as_id),
        cmocka_unit_test(answer__refuses_other_ids),
        cmocka_unit_test(answer__takes_integers_of_53_bits_as_id),
        cmocka_unit_test(answer__refuses_what_is_no_request),
        cmocka_unit_test(answer__refuses_members_of_other_names_and_types),
        cmocka_unit_test(answer__refuses_names_that_are_not),
        cmocka_unit_test(answer__takes_the_tag_as_member_or_last_input),
    };
    return cmocka_run_group_tests_name("support/curve_lines", tests, NULL, NULL);
}
