/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"
#include "threshold/engine/use/derive.h"

static client_desk desk;
static const kw_purposed vault = {KW_PURPOSE_APPLICATION, {(const uint8_t *)"vault", 5}};

static int make(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    for (uint16_t member = 1; member <= 3; member++) {
        client_desk_sign(&desk, member, &desk.first, &vault);
    }
    client_desk_write(&desk);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* What the undivided key derives. */
static void wanted_key(kw_secret32 *out, const char *label, uint32_t version)
{
    const kw_group *group = &kw_group_bls12_381;
    const kw_derive_name name = {kw_span_of_str(kw_str_of(label)), version};
    kw_group_g1 hashed;
    kw_group_g1 d;
    kw_bls_secret_g1 secret;
    EXPECT_OK(kw_purposed_hash(&hashed, group, &vault));
    group->g1_mul(&d, &hashed, &desk.first.coefficients[0]);
    kw_bls_secret_g1_of_g1(&secret, &d.bls);
    EXPECT_OK(kw_derive_key(out, &secret, &name));
}

static void expect_key(const char *file, const char *label, uint32_t version)
{
    KW_AUTO(kw_secret32) wanted = {{0}};
    KW_AUTO(kw_buf) got = kw_buf_init(64);
    kw_file_info info;
    tempdir_path path = client_desk_path(&desk, file);
    wanted_key(&wanted, label, version);
    EXPECT_OK(kw_file_read(&got, path.text, NULL));
    EXPECT_SPAN(kw_buf_view(&got), kw_declassify_span(kw_secret32_view(&wanted), "a test"));
    EXPECT_OK(kw_file_stat(&info, path.text, NULL));
    assert_int_equal(info.mode, 0600);
}

static void app_derive__writes_the_key_of_a_label(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "app derive %/disk.key --cluster %/pinned.json --ca %/ca.pem "
                                    "--app vault --label disk-1 --key-version 7");
    assert_int_equal(result.exit_code, 0);
    assert_non_null(strstr(result.out, "bytes: 32\nepoch: 1\nthreshold: 3\n"));
    expect_key("disk.key", "disk-1", 7);
}

static void app_derive__begins_with_version_1(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(command_result)
    result = client_desk_run(&desk, "app derive %/disk.key --cluster %/pinned.json --ca %/ca.pem "
                                    "--app vault --label disk-1");
    assert_int_equal(result.exit_code, 0);
    expect_key("disk.key", "disk-1", 1);
}

static void app_derive__writes_over_nothing(void **state)
{
    KW_UNUSED(state);
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "there").text,
                                   kw_span_of_str(KW_STR("kept")), 0600, NULL));
    static const struct {
        const char *words;
        kw_status wanted;
    } rows[] = {
        {"app derive %/there --cluster %/pinned.json --app vault --label a", KW_CONFLICT},
        {"app derive %/new --cluster %/cluster.json --app vault --label a", KW_REFUSED},
        {"app derive %/new --cluster %/pinned.json --label a", KW_USAGE},
        {"app derive %/new --cluster %/pinned.json --app vault", KW_USAGE},
    };
    for (size_t i = 0; i < KW_COUNT(rows); i++) {
        KW_AUTO(command_result) result = client_desk_run(&desk, rows[i].words);
        assert_int_equal(result.exit_code, kw_status_exit_code(rows[i].wanted));
    }
    kw_file_info info;
    EXPECT_STATUS(kw_file_stat(&info, client_desk_path(&desk, "new").text, NULL), KW_NOT_FOUND);
    assert_int_equal(tls_peer_requests_count(desk.peers[0]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(app_derive__writes_the_key_of_a_label, make, drop),
        cmocka_unit_test_setup_teardown(app_derive__begins_with_version_1, make, drop),
        cmocka_unit_test_setup_teardown(app_derive__writes_over_nothing, make, drop),
    };
    return cmocka_run_group_tests_name("cli/app_derive", tests, NULL, NULL);
}
