/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/secret.h"

#include "support/expect.h"

static void declassify__gives_the_same_bytes_and_verdict(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3};
    kw_span shown = kw_declassify_span(kw_secret_span_of(KW_SPAN(bytes)), "a test");
    assert_ptr_equal(shown.ptr, bytes);
    assert_int_equal(shown.len, sizeof bytes);
    assert_true(kw_declassify_mask(~(kw_mask)0, "a test"));
    assert_false(kw_declassify_mask(0, "a test"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declassify__gives_the_same_bytes_and_verdict),
    };
    return cmocka_run_group_tests_name("crypto/declassify", tests, NULL, NULL);
}
