/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/engine/agreement/opening.h"

#include "support/expect.h"

static const kw_dealing_ref dealings[] = {
    {.dealer = 1}, {.dealer = 3}, {.dealer = 4}, {.dealer = 5}, {.dealer = 7}};
static const bool all_but_3_and_7[] = {true, false, true, true, false};
static const kw_opening two_missing = {.dealings = dealings,
                                       .has_extract = all_but_3_and_7,
                                       .dealings_count = KW_COUNT(dealings),
                                       .f = 2};

static void judge__wants_valid_extracts_of_the_others(void **state)
{
    (void)state;
    static const struct {
        uint16_t dealers[3];
        uint16_t count;
        kw_agreement_verdict verdict;
    } cases[] = {
        {{3, 7}, 2, KW_AGREEMENT_HELD},       {{0}, 0, KW_AGREEMENT_LACKING},
        {{3}, 1, KW_AGREEMENT_LACKING},       {{1, 3}, 2, KW_AGREEMENT_LACKING},
        {{3, 5, 7}, 3, KW_AGREEMENT_REFUSED},                                    /* more than f */
        {{2}, 1, KW_AGREEMENT_REFUSED},                                          /* not in D */
        {{3, 6}, 2, KW_AGREEMENT_REFUSED},    {{7, 3}, 2, KW_AGREEMENT_REFUSED}, /* not ascending */
        {{3, 3}, 2, KW_AGREEMENT_REFUSED},    {{0}, 1, KW_AGREEMENT_REFUSED},
    };
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        assert_int_equal(kw_opening_judge(&two_missing, cases[i].dealers, cases[i].count),
                         cases[i].verdict);
    }
    kw_opening one = two_missing;
    one.f = 1;
    assert_int_equal(kw_opening_judge(&one, cases[0].dealers, 2), KW_AGREEMENT_REFUSED);
}

static void judge__holds_more_than_it_must(void **state)
{
    (void)state;
    static const bool all[] = {true, true, true, true, true};
    static const uint16_t dealers[] = {4};
    kw_opening opening = two_missing;
    opening.has_extract = all;
    assert_int_equal(kw_opening_judge(&opening, dealers, 0), KW_AGREEMENT_HELD);
    assert_int_equal(kw_opening_judge(&opening, dealers, 1), KW_AGREEMENT_HELD);
}

static void offer__names_those_without_extract(void **state)
{
    (void)state;
    uint16_t dealers[2] = {0};
    uint16_t count = 0;
    assert_true(kw_opening_offer(&two_missing, dealers, &count));
    assert_int_equal(count, 2);
    assert_int_equal(dealers[0], 3);
    assert_int_equal(dealers[1], 7);
    assert_int_equal(kw_opening_judge(&two_missing, dealers, count), KW_AGREEMENT_HELD);
    kw_opening one = two_missing;
    one.f = 1;
    count = 9;
    assert_false(kw_opening_offer(&one, dealers, &count));
    assert_int_equal(count, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judge__wants_valid_extracts_of_the_others),
        cmocka_unit_test(judge__holds_more_than_it_must),
        cmocka_unit_test(offer__names_those_without_extract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
