/* SPDX-License-Identifier: Apache-2.0
 * SQLSTATE codes as statuses. */
#include "store/postgres/fault.h"

#include "support/expect.h"

static void postgres_status__knows_codes_and_classes(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        kw_status wanted;
    } rows[] = {
        {NULL, KW_UNAVAILABLE},    {"08006", KW_UNAVAILABLE}, {"08P01", KW_INTERNAL},
        {"22021", KW_BAD_INPUT},   {"23505", KW_CONFLICT},    {"23503", KW_CONFLICT},
        {"23502", KW_REFUSED},     {"23514", KW_REFUSED},     {"40001", KW_CONFLICT},
        {"40P01", KW_CONFLICT},    {"53100", KW_NO_SPACE},    {"53200", KW_NO_MEMORY},
        {"53300", KW_UNAVAILABLE}, {"54000", KW_LIMIT},       {"55P03", KW_BUSY},
        {"57014", KW_TIMED_OUT},   {"57P01", KW_UNAVAILABLE}, {"58030", KW_IO},
        {"XX001", KW_CORRUPT},     {"XX000", KW_INTERNAL},    {"42601", KW_INTERNAL},
        {"25006", KW_INTERNAL},    {"", KW_INTERNAL},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        EXPECT_STATUS(kw_postgres_status(rows[i].code), rows[i].wanted);
    }
}

static void postgres_status_is_final__when_the_server_is_away_or_broken(void **state)
{
    (void)state;
    assert_true(kw_postgres_status_is_final(KW_UNAVAILABLE));
    assert_true(kw_postgres_status_is_final(KW_NO_SPACE));
    assert_true(kw_postgres_status_is_final(KW_IO));
    assert_true(kw_postgres_status_is_final(KW_CORRUPT));
    assert_false(kw_postgres_status_is_final(KW_CONFLICT));
    assert_false(kw_postgres_status_is_final(KW_TIMED_OUT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postgres_status__knows_codes_and_classes),
        cmocka_unit_test(postgres_status_is_final__when_the_server_is_away_or_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
