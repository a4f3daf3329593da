/* SPDX-License-Identifier: Apache-2.0 */
#include "client/outcome.h"

#include "support/expect.h"

static void status_of__keeps_public_numbers_and_hides_the_rest(void **state)
{
    (void)state;
    assert_int_equal(kw_client_status_of(KW_OK), KW_CLIENT_OK);
    assert_int_equal(kw_client_status_of(KW_PEER_REFUSED), KW_CLIENT_PEER_REFUSED);
    assert_int_equal(kw_client_status_of(KW_NO_SPACE), KW_CLIENT_IO);
    assert_int_equal(kw_client_status_of(KW_BAD_STATE), KW_CLIENT_INTERNAL);
    assert_int_equal(kw_client_status_of((kw_status)1234), KW_CLIENT_INTERNAL);
}

static void status_name__is_the_name_of_the_house(void **state)
{
    (void)state;
    assert_string_equal(kw_client_status_name(KW_CLIENT_RATE_LIMITED), "rate_limited");
    assert_string_equal(kw_client_status_name(KW_CLIENT_OK), "ok");
}

static void outcome__fills_the_error_on_failure_only(void **state)
{
    (void)state;
    kw_client_error error = {KW_CLIENT_BUSY, "before"};
    kw_error err = {.status = KW_NETWORK, .text = "no route"};
    assert_int_equal(kw_client_outcome(KW_OK, &err, &error), KW_CLIENT_OK);
    assert_string_equal(error.text, "before");
    assert_int_equal(kw_client_outcome(KW_NETWORK, &err, &error), KW_CLIENT_NETWORK);
    assert_int_equal(error.status, KW_CLIENT_NETWORK);
    assert_string_equal(error.text, "no route");
    assert_int_equal(kw_client_outcome(KW_NO_MEMORY, &err, &error), KW_CLIENT_NO_MEMORY);
    assert_string_equal(error.text, "out of memory");
    assert_int_equal(kw_client_outcome(KW_IO, &err, NULL), KW_CLIENT_IO);
}

static void version__is_that_of_the_build(void **state)
{
    (void)state;
    assert_string_equal(kw_client_version(), KW_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_of__keeps_public_numbers_and_hides_the_rest),
        cmocka_unit_test(status_name__is_the_name_of_the_house),
        cmocka_unit_test(outcome__fills_the_error_on_failure_only),
        cmocka_unit_test(version__is_that_of_the_build),
    };
    return cmocka_run_group_tests_name("client/outcome", tests, NULL, NULL);
}
