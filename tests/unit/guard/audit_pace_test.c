/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/audit_pace.h"

#include "base/span.h"
#include "guard/limits.h"

#include "support/expect.h"

static void audit_pace_note__never_waits_for_one_at_a_time(void **state)
{
    (void)state;
    kw_audit_pace pace = {0};
    for (int i = 0; i < 100; i++) {
        kw_audit_pace_note(&pace, 1);
        assert_true(pace.wanted <= 1);
    }
    pace = (kw_audit_pace){.wanted = 64, .patience = 3};
    kw_audit_pace_note(&pace, 1); /* the many have gone */
    assert_true(pace.wanted <= 1);
    kw_audit_pace_note(&pace, 0);
    assert_true(pace.wanted <= 1);
}

static void audit_pace_note__doubles_up_to_a_batch_while_all_come(void **state)
{
    (void)state;
    kw_audit_pace pace = {0};
    kw_audit_pace_note(&pace, 2);
    assert_int_equal(pace.wanted, 4);
    kw_audit_pace_note(&pace, 4);
    assert_int_equal(pace.wanted, 8);
    kw_audit_pace_note(&pace, 100);
    assert_int_equal(pace.wanted, 200);
    kw_audit_pace_note(&pace, KW_AUDIT_BATCH_RECORDS_MAX);
    assert_int_equal(pace.wanted, KW_AUDIT_BATCH_RECORDS_MAX);
}

/* Eight clients that each wait for their answer: how many waits are in vain. */
static void audit_pace_note__seldom_waits_in_vain(void **state)
{
    (void)state;
    enum {
        CLIENTS = 8,
        COMMITS = 650
    };
    kw_audit_pace pace = {0};
    unsigned in_vain = 0;
    for (int i = 0; i < COMMITS; i++) {
        in_vain += pace.wanted > CLIENTS ? 1 : 0;
        kw_audit_pace_note(&pace, CLIENTS);
    }
    assert_int_equal(in_vain, 10);
}

static void audit_pace_note__settles_for_those_that_came(void **state)
{
    (void)state;
    kw_audit_pace pace = {.wanted = 200};
    kw_audit_pace_note(&pace, 90);
    assert_int_equal(pace.wanted, 90);
    kw_audit_pace_note(&pace, 95);
    assert_int_equal(pace.wanted, 95);
    kw_audit_pace_note(&pace, 80);
    assert_int_equal(pace.wanted, 80);
}

static void audit_pace_wait_us__grows_with_those_that_may_come(void **state)
{
    (void)state;
    kw_audit_pace pace = {0};
    assert_int_equal(kw_audit_pace_wait_us(&pace), 0);
    pace.wanted = 1;
    assert_int_equal(kw_audit_pace_wait_us(&pace), 0);
    pace.wanted = 2;
    assert_int_equal(kw_audit_pace_wait_us(&pace), KW_AUDIT_GATHER_US_MIN);
    pace.wanted = 50;
    assert_int_equal(kw_audit_pace_wait_us(&pace), 50 * KW_AUDIT_GATHER_RECORD_US);
    pace.wanted = KW_AUDIT_BATCH_RECORDS_MAX;
    assert_int_equal(kw_audit_pace_wait_us(&pace), KW_AUDIT_GATHER_US_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_pace_note__never_waits_for_one_at_a_time),
        cmocka_unit_test(audit_pace_note__doubles_up_to_a_batch_while_all_come),
        cmocka_unit_test(audit_pace_note__seldom_waits_in_vain),
        cmocka_unit_test(audit_pace_note__settles_for_those_that_came),
        cmocka_unit_test(audit_pace_wait_us__grows_with_those_that_may_come),
    };
    return cmocka_run_group_tests_name("guard/audit_pace", tests, NULL, NULL);
}
