/* SPDX-License-Identifier: Apache-2.0
 * Finding a token and logging in, on tokens of SoftHSM. */
#include "hsm/hsm.h"

#include "os/file.h"
#include "support/expect.h"
#include "support/softhsm.h"

#include <sys/stat.h>

static kw_status try_open(const kw_hsm_options *options)
{
    KW_AUTO_PTR(kw_hsm) hsm = NULL;
    kw_error err = {0};
    kw_status st = kw_hsm_open(&hsm, options, &err);
    assert_int_equal(err.status, st);
    assert_true((hsm != NULL) == (st == KW_OK));
    return st;
}

static void open__finds_the_token_by_its_label(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(softhsm) soft = softhsm_make();
    softhsm_add(&soft, "one");
    softhsm_add(&soft, "one more");
    kw_hsm_options options = softhsm_options(&soft, "one");
    EXPECT_OK(try_open(&options));
    options.label = "one more";
    EXPECT_OK(try_open(&options));
    options.label = "on";
    EXPECT_STATUS(try_open(&options), KW_NOT_FOUND);
    options.label = ""; /* would fit the one that nobody has set up */
    EXPECT_STATUS(try_open(&options), KW_CONFIG);
    options.label = "a label of thirty-three bytes, no";
    EXPECT_STATUS(try_open(&options), KW_CONFIG);
    softhsm_add(&soft, "one");
    options.label = "one";
    EXPECT_STATUS(try_open(&options), KW_CONFLICT);
}

static void open__needs_the_right_pin_from_a_private_file(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(softhsm) soft = softhsm_make();
    softhsm_add(&soft, "one");
    kw_hsm_options options = softhsm_options(&soft, "one");
    assert_int_equal(chmod(soft.pin.text, 0644), 0);
    EXPECT_STATUS(try_open(&options), KW_SEALED);
    assert_int_equal(chmod(soft.pin.text, 0600), 0);
    EXPECT_OK(try_open(&options));
    static char longest[KW_HSM_PIN_BYTES_MAX + 2];
    memset(longest, '1', KW_HSM_PIN_BYTES_MAX + 1);
    const char *const wrong[] = {"1234-User", "", longest};
    for (size_t i = 0; i < KW_COUNT(wrong); i++) {
        kw_span pin = kw_span_of_str(kw_str_of(wrong[i]));
        EXPECT_OK(kw_file_write_atomic(soft.pin.text, pin, 0600, NULL));
        EXPECT_STATUS(try_open(&options), KW_SEALED);
    }
    EXPECT_OK(kw_file_remove(soft.pin.text, NULL));
    EXPECT_STATUS(try_open(&options), KW_SEALED);
}

static void open__refuses_what_is_no_module(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(softhsm) soft = softhsm_make();
    kw_hsm_options options = softhsm_options(&soft, "one");
    options.module = "/nowhere/module.so";
    EXPECT_STATUS(try_open(&options), KW_UNAVAILABLE);
    options.module = soft.pin.text;
    EXPECT_STATUS(try_open(&options), KW_UNAVAILABLE);
}

static void free__takes_null(void **state)
{
    KW_UNUSED(state);
    kw_hsm_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open__finds_the_token_by_its_label),
        cmocka_unit_test(open__needs_the_right_pin_from_a_private_file),
        cmocka_unit_test(open__refuses_what_is_no_module),
        cmocka_unit_test(free__takes_null),
    };
    return cmocka_run_group_tests_name("hsm/hsm", tests, NULL, NULL);
}
