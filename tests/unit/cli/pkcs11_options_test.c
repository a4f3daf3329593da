/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pkcs11_options.h"

#include "support/expect.h"
#include "support/softhsm.h"

static softhsm hsm;

static int make(void **state)
{
    KW_UNUSED(state);
    hsm = softhsm_make();
    softhsm_add(&hsm, "options");
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    softhsm_drop(&hsm);
    return 0;
}

static kw_pkcs11_options whole(void)
{
    return (kw_pkcs11_options){.pkcs11_module = KW_STR(SOFTHSM_MODULE),
                               .pkcs11_label = KW_STR("options"),
                               .pkcs11_pin_file = kw_str_of(hsm.pin.text)};
}

static kw_status open_with(const kw_pkcs11_options *options)
{
    kw_error err = {0};
    KW_AUTO_PTR(kw_hsm) token = NULL;
    kw_status st = kw_pkcs11_open(&token, options, &err);
    assert_int_equal(err.status, st);
    assert_int_equal(token != NULL, st == KW_OK);
    return st;
}

static void open__takes_all_three(void **state)
{
    KW_UNUSED(state);
    kw_pkcs11_options options = whole();
    kw_str *const parts[] = {&options.pkcs11_module, &options.pkcs11_label,
                             &options.pkcs11_pin_file};
    EXPECT_OK(open_with(&options));
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        options = whole();
        *parts[i] = (kw_str){0};
        EXPECT_STATUS(open_with(&options), KW_USAGE);
    }
}

static void open__fails_as_the_token_does(void **state)
{
    KW_UNUSED(state);
    kw_pkcs11_options options = whole();
    options.pkcs11_label = KW_STR("another");
    EXPECT_STATUS(open_with(&options), KW_NOT_FOUND);
    options = whole();
    options.pkcs11_module = KW_STR("/nowhere.so");
    EXPECT_STATUS(open_with(&options), KW_UNAVAILABLE);
    options = whole();
    options.pkcs11_pin_file = KW_STR("/nowhere/pin");
    EXPECT_STATUS(open_with(&options), KW_SEALED);
}

static void is_given__by_any_of_them(void **state)
{
    KW_UNUSED(state);
    kw_pkcs11_options options = {.pkcs11_label = {0}};
    kw_str *const parts[] = {&options.pkcs11_module, &options.pkcs11_label,
                             &options.pkcs11_pin_file};
    assert_false(kw_pkcs11_is_given(&options));
    for (size_t i = 0; i < KW_COUNT(parts); i++) {
        options = (kw_pkcs11_options){.pkcs11_label = {0}};
        *parts[i] = KW_STR("a");
        assert_true(kw_pkcs11_is_given(&options));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open__takes_all_three, make, drop),
        cmocka_unit_test_setup_teardown(open__fails_as_the_token_does, make, drop),
        cmocka_unit_test(is_given__by_any_of_them),
    };
    return cmocka_run_group_tests_name("cli/pkcs11_options", tests, NULL, NULL);
}
