/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cluster_options.h"

#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"

static client_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "api.key").text,
                                   kw_span_of_str(KW_STR("kwk1_test\n")), 0600, NULL));
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

static void open__needs_no_credential(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = client_desk_path(&desk, "pinned.json");
    KW_AUTO(kw_cluster_remote) remote = {0};
    KW_AUTO_PTR(kw_client_calls) calls = NULL;
    kw_cluster_options options = {.cluster = kw_str_of(path.text)};
    EXPECT_OK(kw_cluster_remote_open(&remote, &options, NULL));
    assert_null(kw_client_credential_bearer(&remote.credential));
    EXPECT_OK(kw_cluster_remote_calls(&remote, &calls, &options, NULL));
}

static void open__takes_an_api_key(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = client_desk_path(&desk, "pinned.json");
    tempdir_path key = client_desk_path(&desk, "api.key");
    KW_AUTO(kw_cluster_remote) remote = {0};
    kw_cluster_options options = {.cluster = kw_str_of(path.text),
                                  .api_key_file = kw_str_of(key.text)};
    EXPECT_OK(kw_cluster_remote_open(&remote, &options, NULL));
    assert_string_equal(kw_client_credential_bearer(&remote.credential), "kwk1_test");
}

static void open__refuses_halves_and_missing_files(void **state)
{
    KW_UNUSED(state);
    tempdir_path path = client_desk_path(&desk, "pinned.json");
    kw_str cluster = kw_str_of(path.text);
    const struct {
        kw_cluster_options options;
        kw_status wanted;
    } rows[] = {
        {{.cluster = cluster, .cert = KW_STR("a.pem")}, KW_USAGE},
        {{.cluster = cluster, .cert_key = KW_STR("a.key")}, KW_USAGE},
        {{.cluster = KW_STR("/nonexistent/cluster.json")}, KW_NOT_FOUND},
        {{.cluster = cluster, .operators = KW_STR("/nonexistent/o.json")}, KW_NOT_FOUND},
        {{.cluster = cluster, .api_key_file = KW_STR("/nonexistent/api.key")}, KW_NOT_FOUND},
        {{.cluster = cluster, .master_key = KW_STR("00")}, KW_BAD_INPUT},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(kw_cluster_remote) remote = {0};
        kw_error err = {0};
        EXPECT_STATUS(kw_cluster_remote_open(&remote, &rows[i].options, &err), rows[i].wanted);
        assert_int_equal(err.status, rows[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open__needs_no_credential),
        cmocka_unit_test(open__takes_an_api_key),
        cmocka_unit_test(open__refuses_halves_and_missing_files),
    };
    return cmocka_run_group_tests_name("cli/cluster_options", tests, set_up, tear_down);
}
