/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/explain.h"

#include "base/heap.h"

#include "support/emtp_case.h"
#include "support/expect.h"

static const kw_emtp_options plain = {0};

static const char line[] = "{\"full_name\":\"Ann Lee\",\"dob\":\"1980-02-03\"}";

static void explain__has_the_shape_of_the_reference_and_ours(void **state)
{
    (void)state;
    KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(line), &plain);
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    emtp_case_explain(&c, &text, &plain);
    EXPECT_STR(
        kw_buf_text(&text),
        "{\"normalized_name\":{\"given\":\"ANN\",\"middles\":[],\"family\":\"LEE\",\"suffix\":\"\","
        "\"full\":\"ANN LEE\",\"given_family\":\"ANN LEE\",\"initials_family\":\"A LEE\"},"
        "\"normalized_dob\":\"1980-02-03\",\"tuples\":[\"NAME=A LEE|DOB=1980-02-03\","
        "\"NAME=ANN LEE|DOB=1980-02-03\"],\"tuple_count\":2,\"tokens\":["
        "\"19e24e115e316923c08a03db16f1aabf8867d8771bb6d073011841fb6e5281dd\","
        "\"611cacf1e2c1c4577927b2674d91e7a3a5c622939e5ab1b26fa9ac9a98abd576\"],\"token_count\":2,"
        "\"line\":1,\"schema_id\":\"v1\",\"profile\":\"v1\",\"library_version\":\"0.0.0\","
        "\"kids\":[\"test-2026-01\"],\"weak\":false,\"dropped\":0,\"warnings\":[],\"readings\":["
        "{\"kind\":\"spec\",\"given\":\"ANN\",\"middles\":[],\"family\":\"LEE\",\"suffix\":\"\","
        "\"given_initial_family\":\"ANN LEE\"}],\"phones\":[],\"addresses\":[],\"ids\":[]}");
}

static void explain__shows_nothing_of_an_empty_name(void **state)
{
    (void)state;
    kw_emtp_options weak = {.weak = true};
    KW_AUTO(emtp_case)
    c = emtp_case_run(KW_STR("{\"full_name\":\"?\",\"phones\":[\"1\"],\"addresses\":[\",\"]}"),
                      &weak);
    KW_AUTO(kw_buf) text = kw_buf_init(1 << 16);
    emtp_case_explain(&c, &text, &weak);
    EXPECT_STR(
        kw_buf_text(&text),
        "{\"normalized_name\":{\"given\":\"\",\"middles\":[],\"family\":\"\",\"suffix\":\"\","
        "\"full\":\"\",\"given_family\":\"\",\"initials_family\":\"\"},\"normalized_dob\":null,"
        "\"tuples\":[],\"tuple_count\":0,\"tokens\":[],\"token_count\":0,\"line\":1,"
        "\"schema_id\":\"v1\",\"profile\":\"v1\",\"library_version\":\"0.0.0\","
        "\"kids\":[\"test-2026-01\"],\"weak\":true,\"dropped\":0,\"warnings\":[\"empty_name\","
        "\"weak\"],\"readings\":[],\"phones\":[{}],\"addresses\":[{}],\"ids\":[]}");
}

static void explain__reports_a_full_buffer_or_arena(void **state)
{
    (void)state;
    KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(line), &plain);
    kw_emtp_explanation facts = {.line = 1,
                                 .options = &plain,
                                 .person = &c.person,
                                 .tuples = &c.tuples,
                                 .tokens = c.tokens,
                                 .tokens_count = c.tuples.count};
    KW_AUTO(kw_buf) text = kw_buf_init(100);
    EXPECT_STATUS(kw_emtp_explain(&text, &c.arena, &facts), KW_LIMIT);
    KW_AUTO(kw_arena) full = kw_arena_init(0);
    KW_AUTO(kw_buf) room = kw_buf_init(1 << 16);
    EXPECT_STATUS(kw_emtp_explain(&room, &full, &facts), KW_LIMIT);
}

static void profile_name__is_what_the_option_says(void **state)
{
    (void)state;
    assert_string_equal(kw_emtp_profile_name(KW_EMTP_V1), "v1");
    assert_string_equal(kw_emtp_profile_name(KW_EMTP_V1_REF), "v1-ref");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explain__has_the_shape_of_the_reference_and_ours),
        cmocka_unit_test(explain__shows_nothing_of_an_empty_name),
        cmocka_unit_test(explain__reports_a_full_buffer_or_arena),
        cmocka_unit_test(profile_name__is_what_the_option_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
