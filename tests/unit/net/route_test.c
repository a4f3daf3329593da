/* SPDX-License-Identifier: Apache-2.0
 * Names of route enums; macros of route tables. */
#include "net/route.h"

#include "net/request.h"
#include "support/expect.h"
#include "support/net_server.h"

static void names__are_those_of_http_and_the_configuration(void **state)
{
    (void)state;
    assert_null(kw_method_name(KW_METHOD_NONE));
    assert_string_equal(kw_method_name(KW_GET), "GET");
    assert_string_equal(kw_method_name(KW_POST), "POST");
    assert_string_equal(kw_method_name(KW_PUT), "PUT");
    assert_string_equal(kw_method_name(KW_PATCH), "PATCH");
    assert_string_equal(kw_method_name(KW_DELETE), "DELETE");
    assert_string_equal(kw_listener_name(KW_LISTENER_NONE), "none");
    assert_string_equal(kw_listener_name(KW_LISTENER_PUBLIC), "public");
    assert_string_equal(kw_listener_name(KW_LISTENER_PEER), "peer");
    assert_string_equal(kw_listener_name(KW_LISTENER_ADMIN), "admin");
    assert_string_equal(kw_listener_name(KW_LISTENER_METRICS), "metrics");
}

static void row__holds_thunk_and_both_schemas_of_its_handler(void **state)
{
    (void)state;
    const kw_route *small = &net_server_routes[0];
    assert_non_null(small->thunk);
    assert_ptr_equal(small->out, &kw_raw_reply_schema);
    assert_ptr_equal(small->in, &kw_no_body_schema);
    assert_int_equal(small->out->size, sizeof(kw_raw_reply));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names__are_those_of_http_and_the_configuration),
        cmocka_unit_test(row__holds_thunk_and_both_schemas_of_its_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
