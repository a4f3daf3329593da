/* SPDX-License-Identifier: Apache-2.0 */
#include "emtp/engine/tuple.h"

#include "support/emtp_case.h"
#include "support/expect.h"

#include <stdio.h>

static const kw_emtp_options plain = {0};

/* The tier of a tuple; 9 when it is not there. */
static int tier_of(const emtp_case *c, const char *tuple)
{
    for (size_t i = 0; i < c->tuples.count; i++) {
        if (kw_str_equal(kw_emtp_tuple_text(&c->tuples.items[i]), kw_str_of(tuple))) {
            return c->tuples.items[i].tier;
        }
    }
    return 9;
}

static void tuples_make__puts_families_into_tiers(void **state)
{
    (void)state;
    KW_AUTO(emtp_case)
    c = emtp_case_run(
        KW_STR("{\"full_name\":\"JRR Tolkien Sr\",\"dob\":\"1892-01-03\",\"phones\":"
               "[\"+44 20 7946 0958\"],\"addresses\":[\"1 A Court Apt 2, Reno, NV 89501-0001\"],"
               "\"idnos\":[\"12345\"]}"),
        &plain);
    static const struct {
        const char *tuple;
        int tier;
    } cases[] = {
        {"NAME=JRR TOLKIEN|DOB=1892-01-03", 1},
        {"NAME=J TOLKIEN|DOB=1892-01-03|PHONE=+442079460958", 1},
        {"NAME=J TOLKIEN|DOB=1892-01-03|ADDR=1 A COURT APT 2|89501", 1},
        {"DOB=1892-01-03|PHONE=2079460958", 1},
        {"DOB=1892-01-03|ADDR=1 A COURT APT 2|RENO|NV", 1},
        {"NAME=JRR TOLKIEN|DOB=1892-01-03|ID=12345", 2},
        {"DOB=1892-01-03|ID=2345", 2},
        {"DOB=1892-01-03|PHONE=2079460958|ID=2345", 2},
        {"NAME=JRR TOLKIEN SR|DOB=1892-01-03", 3},
        {"NAME=J R R TOLKIEN|DOB=1892-01-03", 3},
        {"NAME=J R R TOLKIEN|DOB=1892-01-03|PHONE=2079460958", 3},
        {"NAME=JRR TOLKIEN|DOB=1892-01-03|ADDR=1 A COURT|89501", 3},
        {"DOB=1892-01-03|ADDR=1 A CT APT 2|89501 0001", 3},
        {"NAME=J TOLKIEN|DOB=1892-01-03|ID=12345", 9},
        {"DOB=1892-01-03", 9},
        {"DOB=1892-01-03|PHONE=+442079460958|ID=2345", 9},
        {"DOB=1892-01-03|ADDR=1 A COURT APT 2|RENO|NV|89501", 9},
    };
    EXPECT_STATUS(c.status, KW_OK);
    for (size_t i = 0; i < KW_COUNT(cases); i++) {
        assert_int_equal(tier_of(&c, cases[i].tuple), cases[i].tier);
    }
}

static void tuples_make__gives_tier_0_in_v1_ref(void **state)
{
    (void)state;
    kw_emtp_options reference = {.profile = KW_EMTP_V1_REF};
    KW_AUTO(emtp_case)
    c = emtp_case_run(KW_STR("{\"full_name\":\"Smith\",\"dob\":\"1892-01-03\",\"phones\":[\"1\"]}"),
                      &reference);
    assert_int_equal(tier_of(&c, "NAME=SMITH SMITH|DOB=1892-01-03|PHONE=1"), 0);
    assert_int_equal(tier_of(&c, "DOB=1892-01-03|PHONE=1"), 0);
    assert_int_equal(tier_of(&c, "NAME=SMITH|DOB=1892-01-03"), 9);
}

static void tuples_make__gives_tuples_in_order_once(void **state)
{
    (void)state;
    /* A phone that continues another one, and a weak record: orders that the fields do not have. */
    static const char *const lines[] = {
        ("{\"full_name\":\"A B\",\"dob\":\"1892-01-03\",\"phones\":"
         "[\"2125550100\",\"+44212555010055\",\"2125550100\"],\"idnos\":[\"1234\"]}"),
        ("{\"full_name\":\"A B Jr\",\"phones\":[\"2125550100\"],"
         "\"addresses\":[\"1 A, B 1\"],\"idnos\":[\"1234\"]}"),
        "{\"full_name\":\"...\",\"idnos\":[\"1234\"]}"};
    kw_emtp_options weak = {.weak = true};
    for (size_t i = 0; i < KW_COUNT(lines); i++) {
        KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(lines[i]), &weak);
        EXPECT_STATUS(c.status, KW_OK);
        for (size_t k = 1; k < c.tuples.count; k++) {
            assert_true(kw_str_compare(kw_emtp_tuple_text(&c.tuples.items[k - 1]),
                                       kw_emtp_tuple_text(&c.tuples.items[k])) < 0);
        }
    }
}

static void tuples_make__says_weak_tuples_without_dob(void **state)
{
    (void)state;
    kw_emtp_options weak = {.weak = true};
    KW_AUTO(emtp_case)
    c = emtp_case_run(
        KW_STR("{\"full_name\":\"Ann Lee\",\"phones\":[\"2125550100\"],\"idnos\":[\"1234\"]}"),
        &weak);
    assert_int_equal(tier_of(&c, "NAME=ANN LEE"), 1);
    assert_int_equal(tier_of(&c, "PHONE=2125550100"), 1);
    assert_int_equal(tier_of(&c, "ID=1234"), 2);
    assert_int_equal(tier_of(&c, "PHONE=2125550100|ID=1234"), 2);
    assert_int_equal(tier_of(&c, "NAME=ANN LEE|ID=1234"), 2);
    assert_int_equal(tier_of(&c, ""), 9);
}

static void tuples_make__adds_forms_with_wide(void **state)
{
    (void)state;
    static const char line[] = "{\"full_name\":\"John R Tolkien\",\"dob\":\"1892-01-03\","
                               "\"addresses\":[\"1 A, Reno, NV 1\"]}";
    kw_emtp_options wide = {.wide = true};
    KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(line), &plain);
    KW_AUTO(emtp_case) d = emtp_case_run(kw_str_of(line), &wide);
    assert_int_equal(tier_of(&c, "DOB=1892-01-03|ADDR=1 A|RENO|NV|1"), 9);
    assert_int_equal(tier_of(&d, "DOB=1892-01-03|ADDR=1 A|RENO|NV|1"), 3);
    assert_int_equal(tier_of(&d, "NAME=JOHN TOLKIEN|DOB=1892-01-03|ADDR=1 A|RENO|NV|1"), 3);
    assert_int_equal(tier_of(&d, "NAME=JOHN R TOLKIEN|DOB=1892-01-03"), 1);
}

static void tuples_make__caps_by_tier(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append_str(
        &line, KW_STR("{\"full_name\":\"J R Tolkien Sr\",\"dob\":\"1892-01-03\",\"phones\":[")));
    for (int i = 0; i < 16; i++) {
        EXPECT_OK(kw_buf_append_format(&line, "%s\"+12125550%03d\"", i == 0 ? "" : ",", i));
    }
    EXPECT_OK(kw_buf_append_str(&line, KW_STR("],\"idnos\":[\"123456\",\"765432\"]}")));
    KW_AUTO(emtp_case) c = emtp_case_run(kw_buf_text(&line), &plain);
    EXPECT_STATUS(c.status, KW_OK);
    assert_int_equal(c.tuples.count, KW_EMTP_TUPLES_MAX);
    size_t tiers[4] = {0};
    for (size_t i = 0; i < c.tuples.count; i++) {
        tiers[c.tuples.items[i].tier]++;
    }
    /* Tier 1: 2 names by 1 + 32 numbers, 32 numbers alone; tier 2: 6 ids by 1 name, 1 alone and 16
     * numbers; the rest of the cap is tier 3, of 2 names by 33. */
    assert_int_equal(tiers[1], 2 * 33 + 32);
    assert_int_equal(tiers[2], 6 * 18);
    assert_int_equal(tiers[3], KW_EMTP_TUPLES_MAX - tiers[1] - tiers[2]);
    assert_int_equal(c.tuples.dropped, 2 * 33 - tiers[3]);
}

/* 32 ids of 1,024 bytes with 204 runs each, beside 16 phones: the most tuples a line can give. */
static void tuples_make__bears_the_worst_record(void **state)
{
    (void)state;
    KW_AUTO(kw_buf) line = kw_buf_init(1 << 16);
    EXPECT_OK(kw_buf_append_str(
        &line, KW_STR("{\"full_name\":\"Mr JR Smith\",\"dob\":\"1892-01-03\",\"phones\":[")));
    for (int i = 0; i < 16; i++) {
        EXPECT_OK(kw_buf_append_format(&line, "%s\"21255501%02d\"", i == 0 ? "" : ",", i));
    }
    EXPECT_OK(kw_buf_append_str(&line, KW_STR("],\"idnos\":[")));
    unsigned number = 100000;
    for (int i = 0; i < 32; i++) {
        EXPECT_OK(kw_buf_append_str(&line, i == 0 ? KW_STR("\"") : KW_STR(",\"")));
        for (int k = 0; k < 146; k++) {
            EXPECT_OK(kw_buf_append_format(&line, "%u ", number));
            number += 191;
        }
        EXPECT_OK(kw_buf_append_byte(&line, '"'));
    }
    EXPECT_OK(kw_buf_append_str(&line, KW_STR("]}")));
    KW_AUTO(emtp_case) c = emtp_case_run(kw_buf_text(&line), &plain);
    EXPECT_STATUS(c.status, KW_OK);
    assert_int_equal(c.tuples.count, KW_EMTP_TUPLES_MAX);
    assert_true(c.tuples.dropped > 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuples_make__puts_families_into_tiers),
        cmocka_unit_test(tuples_make__gives_tier_0_in_v1_ref),
        cmocka_unit_test(tuples_make__gives_tuples_in_order_once),
        cmocka_unit_test(tuples_make__says_weak_tuples_without_dob),
        cmocka_unit_test(tuples_make__adds_forms_with_wide),
        cmocka_unit_test(tuples_make__caps_by_tier),
        cmocka_unit_test(tuples_make__bears_the_worst_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
