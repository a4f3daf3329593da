/* SPDX-License-Identifier: Apache-2.0
 * What is chosen by which option: audit_show_test.c. */
#include "cli/audit_records.h"

#include "support/audit_cli.h"
#include "support/expect.h"

static unsigned shown;

static kw_status check(kw_cli *cli, const kw_audit_entry_view *entry, kw_error *err)
{
    KW_UNUSED(cli);
    KW_UNUSED(err);
    assert_int_equal(entry->sequence, 1 + shown);
    assert_int_equal(entry->time, 1700000000);
    assert_int_equal(entry->time_ms, 1700000000000);
    EXPECT_STR(entry->node, "n1");
    EXPECT_STR(entry->actor, "client-1");
    EXPECT_STR(entry->method, "api_key");
    EXPECT_STR(entry->outcome, "ok");
    EXPECT_STR(entry->address, "");
    assert_null(entry->detail.ptr); /* left out of the JSON */
    shown++;
    return KW_OK;
}

static kw_status refuse(kw_cli *cli, const kw_audit_entry_view *entry, kw_error *err)
{
    KW_UNUSED(cli);
    KW_UNUSED(entry);
    return kw_fail(err, KW_CANCELLED, "enough");
}

static void audit_show_chosen__gives_texts_for_numbers(void **state)
{
    const audit_place *place = *state;
    kw_cli cli = {0};
    kw_audit_choice choice = {.folder = kw_str_of(place->dir.path), .actor = KW_STR("client-1")};
    kw_error err = {0};
    shown = 0;
    EXPECT_OK(kw_audit_show_chosen(&cli, &choice, check, &err));
    assert_int_equal(shown, 5);
}

static void audit_show_chosen__passes_failures_on(void **state)
{
    const audit_place *place = *state;
    kw_cli cli = {0};
    kw_audit_choice choice = {.folder = kw_str_of(place->dir.path)};
    kw_error err = {0};
    EXPECT_STATUS(kw_audit_show_chosen(&cli, &choice, refuse, &err), KW_CANCELLED);
    choice.folder = KW_STR("/nonexistent");
    EXPECT_STATUS(kw_audit_show_chosen(&cli, &choice, refuse, &err), KW_NOT_FOUND);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, audit_cli_setup, audit_cli_teardown)
    const struct CMUnitTest tests[] = {
        CASE(audit_show_chosen__gives_texts_for_numbers),
        CASE(audit_show_chosen__passes_failures_on),
    };
    return cmocka_run_group_tests_name("cli/audit_records", tests, NULL, NULL);
}
