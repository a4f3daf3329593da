/* SPDX-License-Identifier: Apache-2.0 */
#include "hsm/rv.h"

#include "support/expect.h"

/* Numbers of PKCS#11 v2.40, pkcs11t.h. */
enum {
    OK = 0,
    HOST_MEMORY = 0x02,
    DEVICE_MEMORY = 0x31,
    DEVICE_REMOVED = 0x32,
    OBJECT_HANDLE_INVALID = 0x82,
    PIN_INCORRECT = 0xa0,
    PIN_LOCKED = 0xa4,
    TOKEN_WRITE_PROTECTED = 0xe2,
    FUNCTION_FAILED = 0x06,
};

static void rv__tells_apart_what_callers_act_on(void **state)
{
    KW_UNUSED(state);
    assert_int_equal(kw_rv_status(PIN_INCORRECT), KW_SEALED);
    assert_int_equal(kw_rv_status(PIN_LOCKED), KW_SEALED);
    assert_int_equal(kw_rv_status(DEVICE_REMOVED), KW_UNAVAILABLE);
    assert_int_equal(kw_rv_status(DEVICE_MEMORY), KW_NO_SPACE);
    assert_int_equal(kw_rv_status(HOST_MEMORY), KW_NO_MEMORY);
    assert_int_equal(kw_rv_status(TOKEN_WRITE_PROTECTED), KW_FORBIDDEN);
    assert_int_equal(kw_rv_status(OBJECT_HANDLE_INVALID), KW_NOT_FOUND);
    assert_int_equal(kw_rv_status(FUNCTION_FAILED), KW_IO);
}

static void rv_check__says_what_failed(void **state)
{
    KW_UNUSED(state);
    kw_error err = {0};
    EXPECT_OK(kw_rv_check(OK, "logging in", &err));
    assert_int_equal(err.status, KW_OK);
    EXPECT_STATUS(kw_rv_check(PIN_INCORRECT, "logging in", &err), KW_SEALED);
    assert_int_equal(err.status, KW_SEALED);
    assert_true(kw_str_starts_with(kw_str_of(err.text), KW_STR("logging in: ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rv__tells_apart_what_callers_act_on),
                                       cmocka_unit_test(rv_check__says_what_failed)};
    return cmocka_run_group_tests_name("hsm/rv", tests, NULL, NULL);
}
