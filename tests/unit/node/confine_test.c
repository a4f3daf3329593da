/* SPDX-License-Identifier: Apache-2.0
 * What can be shown without giving up this process's own rights; the rest is shown by the daemon's
 * end-to-end tests, all of which run confined. */
#include "node/confine.h"

#include "os/process.h"
#include "support/expect.h"

static void confine_files__does_nothing_when_switched_off(void **state)
{
    (void)state;
    kw_node_config config = {.daemon = {.sandbox = false}};
    EXPECT_OK(kw_confine_files(&config, NULL, NULL, NULL));
    EXPECT_OK(kw_confine_serving(&config, NULL));
}

static void confine_process__refuses_root_without_a_user(void **state)
{
    (void)state;
    if (!kw_process_is_root()) {
        skip();
    }
    kw_node_config config = {0};
    kw_error err = {0};
    EXPECT_STATUS(kw_confine_process(&config, &err), KW_REFUSED);
    assert_non_null(strstr(err.text, "daemon.user"));
    config.daemon.user = KW_STR("no-such-user-here");
    EXPECT_STATUS(kw_confine_process(&config, &err), KW_NOT_FOUND);
    config.daemon.user = KW_STR("root");
    EXPECT_STATUS(kw_confine_process(&config, &err), KW_REFUSED);
    assert_true(kw_process_is_root());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(confine_files__does_nothing_when_switched_off),
        cmocka_unit_test(confine_process__refuses_root_without_a_user),
    };
    return cmocka_run_group_tests_name("node/confine", tests, NULL, NULL);
}
