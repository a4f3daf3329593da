/* SPDX-License-Identifier: Apache-2.0
 * Facts that the protocol publishes about names, matches and the expansion of one record. */
#include "support/emtp_case.h"
#include "support/expect.h"

static const kw_emtp_options v1 = {0};
static const kw_emtp_options reference = {.profile = KW_EMTP_V1_REF};

#define JRR \
    "{\"full_name\":\"MR. JRR Tolkien\",\"dob\":\"1892-01-03\",\"phones\":[\"(212) 555-0100\"]}"
#define J_R_R \
    "{\"full_name\":\"J.R.R. Tolkien\",\"dob\":\"1892-01-03\",\"phones\":[\"+1 212 555 0100\"]}"

/* Tuples of both lines; `shared` (if given) gets the first ones. */
static size_t count_shared(const char *a, const char *b, const kw_emtp_options *options,
                           kw_str *first)
{
    KW_AUTO(emtp_case) x = emtp_case_run(kw_str_of(a), options);
    KW_AUTO(emtp_case) y = emtp_case_run(kw_str_of(b), options);
    static char text[256];
    size_t count = 0;
    for (size_t i = 0; i < x.tuples.count; i++) {
        kw_str tuple = kw_emtp_tuple_text(&x.tuples.items[i]);
        for (size_t k = 0; k < y.tuples.count; k++) {
            if (kw_str_equal(tuple, kw_emtp_tuple_text(&y.tuples.items[k]))) {
                assert_memory_equal(&x.tokens[i], &y.tokens[k], sizeof x.tokens[i]);
                memcpy(text, tuple.ptr, tuple.len);
                *first = count == 0 ? (kw_str){text, tuple.len} : *first;
                count++;
            }
        }
    }
    return count;
}

static void match_1__meets_by_initials_and_phone(void **state)
{
    (void)state;
    kw_str first = {0};
    assert_int_equal(count_shared(JRR, J_R_R, &reference, &first), 8);
    static const char *const shared[] = {"NAME=J TOLKIEN|DOB=1892-01-03",
                                         "DOB=1892-01-03|PHONE=+12125550100",
                                         "DOB=1892-01-03|PHONE=2125550100"};
    KW_AUTO(emtp_case) a = emtp_case_run(KW_STR(JRR), &v1);
    KW_AUTO(emtp_case) b = emtp_case_run(KW_STR(J_R_R), &v1);
    for (size_t i = 0; i < KW_COUNT(shared); i++) {
        assert_true(emtp_case_has(&a, shared[i]) && emtp_case_has(&b, shared[i]));
    }
    static const char packed[] = "NAME=J R R TOLKIEN|DOB=1892-01-03";
    assert_true(emtp_case_has(&a, packed) && emtp_case_has(&b, packed));
    KW_AUTO(emtp_case) c = emtp_case_run(KW_STR(JRR), &reference);
    assert_false(emtp_case_has(&c, packed));
}

static void match_2__meets_by_given_and_family(void **state)
{
    (void)state;
    static const char a[] = "{\"full_name\":\"John Ronald Tolkien\",\"dob\":\"1892-01-03\"}";
    static const char b[] = "{\"full_name\":\"John Tolkien\",\"dob\":\"1892-01-03\"}";
    static const char other_day[] = "{\"full_name\":\"John Tolkien\",\"dob\":\"1892-01-04\"}";
    kw_str tuple = {0};
    assert_int_equal(count_shared(a, b, &reference, &tuple), 1);
    EXPECT_STR(tuple, "NAME=JOHN TOLKIEN|DOB=1892-01-03");
    assert_int_equal(count_shared(a, other_day, &reference, &tuple), 0);
    assert_int_equal(count_shared(a, other_day, &v1, &tuple), 0);
}

static void expansion__has_the_published_counts(void **state)
{
    (void)state;
    static const char line[] =
        "{\"full_name\":\"John Ronald Reuel Tolkien Sr\",\"dob\":\"1892-01-03\","
        "\"phones\":[\"(212) 555-0100\"],\"addresses\":[{\"line1\":\"20 Northmoor Rd\","
        "\"line2\":\"Apt 5\",\"city\":\"Oxford\",\"state\":\"OX\",\"postal_code\":\"OX2 6\"}],"
        "\"idnos\":[\"123-45-6789\"]}";
    KW_AUTO(emtp_case) c = emtp_case_run(kw_str_of(line), &v1);
    KW_AUTO(emtp_case) d = emtp_case_run(kw_str_of(line), &reference);
    assert_int_equal(d.tuples.count, 32);
    assert_in_range(c.tuples.count, 38, KW_EMTP_TUPLES_MAX);
    static const char *const names[] = {
        "NAME=JOHN RONALD REUEL TOLKIEN|DOB=1892-01-03", "NAME=JOHN TOLKIEN|DOB=1892-01-03",
        "NAME=JOHN TOLKIEN SR|DOB=1892-01-03", "NAME=J R R TOLKIEN|DOB=1892-01-03",
        "NAME=JRR TOLKIEN|DOB=1892-01-03"};
    for (size_t i = 0; i < KW_COUNT(names); i++) {
        assert_true(emtp_case_has(&c, names[i]) && emtp_case_has(&d, names[i]));
    }
    static const char *const ids[] = {"DOB=1892-01-03|ID=6789", "DOB=1892-01-03|ID=56789",
                                      "DOB=1892-01-03|ID=456789"};
    for (size_t i = 0; i < KW_COUNT(ids); i++) {
        assert_true(emtp_case_has(&c, ids[i]));
    }
    assert_false(emtp_case_has(&d, ids[1])); /* the reference knows contiguous runs only */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_1__meets_by_initials_and_phone),
        cmocka_unit_test(match_2__meets_by_given_and_family),
        cmocka_unit_test(expansion__has_the_published_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
