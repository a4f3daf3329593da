/* SPDX-License-Identifier: Apache-2.0 */
#include "threshold/service.h"

#include "crypto/address_text.h"
#include "os/file.h"
#include "support/expect.h"
#include "support/lone_operator.h"

static lone_operator lone;

static int make_world(void **state)
{
    (void)state;
    lone_operator_make(&lone);
    return 0;
}

static int drop_world(void **state)
{
    (void)state;
    lone_operator_drop(&lone);
    return 0;
}

static void service__opens_what_the_configuration_names(void **state)
{
    (void)state;
    EXPECT_OK(lone_operator_open(&lone, NULL));
    assert_int_equal(kw_threshold_cluster(lone.threshold)->quorum.n, 1);
    kw_guard_members members = kw_threshold_members(lone.threshold);
    char id[KW_GUARD_MEMBER_BYTES] = "";
    assert_true(members.find(members.ctx, id, &lone.file.items[0].tls_spki));
    assert_string_equal(id, lone.file.addresses[0]);
    assert_false(members.find(members.ctx, id, &(kw_hash32){{1}}));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    kw_threshold_stop(lone.threshold);
}

static void service__refuses_files_that_do_not_fit(void **state)
{
    (void)state;
    kw_error err = {0};
    kw_threshold_config config = lone.config;
    lone.config.address = KW_STR("0x12");
    EXPECT_STATUS(lone_operator_open(&lone, &err), KW_CONFIG);
    lone.config = config;
    lone.config.cluster_file = KW_STR("/nowhere/cluster.json");
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_NOT_FOUND);
    lone.config = config;
    lone.config.cluster_file = lone.config.key_file;
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_CONFIG);
    lone.config = config;
    lone.config.key = KW_OPERATOR_KEY_SEALED;
    lone.config.passphrase_file = lone.config.key_file;
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_CORRUPT);
    lone.config = config;
    EXPECT_OK(lone_operator_open(&lone, NULL));
    lone_operator_close(&lone);
    lone.file.peers[0].secret[31] ^= 1; /* another operator's key does not open the vault */
    EXPECT_OK(kw_file_write_atomic(lone.key.text, KW_SPAN(lone.file.peers[0].secret), 0600, NULL));
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_SEALED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(service__opens_what_the_configuration_names, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(service__refuses_files_that_do_not_fit, make_world,
                                        drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
