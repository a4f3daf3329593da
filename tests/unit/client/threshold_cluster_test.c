/* SPDX-License-Identifier: Apache-2.0 */
#include "client/threshold_cluster.h"

#include "codec/hex.h"
#include "os/file.h"
#include "support/client_desk.h"
#include "support/expect.h"
#include "support/operator_rows.h"

static client_desk desk;

static int set_up(void **state)
{
    KW_UNUSED(state);
    client_desk_open(&desk);
    return 0;
}

static int tear_down(void **state)
{
    KW_UNUSED(state);
    client_desk_close(&desk);
    return 0;
}

/* Loads `file` of the desk's folder; the error's status is that of the call. */
static kw_status load(kw_client_cluster *out, const char *file, const char *operators,
                      const char *master_key)
{
    tempdir_path cluster_path = client_desk_path(&desk, file);
    tempdir_path operators_path = client_desk_path(&desk, operators == NULL ? "" : operators);
    const kw_client_cluster_options options = {
        .cluster_file = cluster_path.text,
        .operators_file = operators == NULL ? NULL : operators_path.text,
        .master_key = master_key,
    };
    kw_error err = {0};
    kw_status st = kw_client_cluster_load(out, &options, &err);
    assert_int_equal(err.status, st);
    return st;
}

static void load__takes_the_pin_from_the_file_or_the_caller(void **state)
{
    KW_UNUSED(state);
    const char *const files[] = {"pinned.json", "pinned.json", "cluster.json"};
    const char *const keys[] = {NULL, desk.master_key, desk.master_key};
    for (size_t i = 0; i < KW_COUNT(files); i++) {
        KW_AUTO(kw_client_cluster) cluster = {0};
        kw_ibe_master master;
        EXPECT_OK(load(&cluster, files[i], NULL, keys[i]));
        assert_int_equal(cluster.operators.roster.n, CLIENT_DESK_MEMBERS);
        EXPECT_OK(kw_client_cluster_master(&cluster, &master, NULL));
        assert_memory_equal(master.cluster_id.bytes, desk.epochs.cluster_id.bytes, 32);
        assert_true(kw_group_bls12_381.g2_equal(&cluster.pin, &desk.first.polynomial[0]));
    }
}

static void master__is_never_taken_on_trust(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_client_cluster) cluster = {0};
    kw_ibe_master master;
    kw_error err = {0};
    EXPECT_OK(load(&cluster, "cluster.json", NULL, NULL));
    assert_false(cluster.has_pin);
    EXPECT_STATUS(kw_client_cluster_master(&cluster, &master, &err), KW_REFUSED);
    assert_int_equal(err.status, KW_REFUSED);
}

static void load__refuses_pins_that_are_none_or_differ(void **state)
{
    KW_UNUSED(state);
    char digits[193];
    KW_AUTO(kw_client_cluster) cluster = {0};
    memcpy(digits, desk.master_key, sizeof digits);
    digits[191] = digits[191] == '0' ? '1' : '0';
    EXPECT_STATUS(load(&cluster, "cluster.json", NULL, digits), KW_BAD_INPUT);
    EXPECT_STATUS(load(&cluster, "cluster.json", NULL, desk.master_key + 1), KW_BAD_INPUT);
    EXPECT_STATUS(load(&cluster, "cluster.json", NULL, ""), KW_BAD_INPUT);
    kw_group_g2_bytes wire;
    kw_group_g2 other = kw_group_bls12_381.g2_generator();
    kw_group_bls12_381.g2_encode(&wire, &other);
    kw_hex_encode_to(digits, kw_group_g2_view(&kw_group_bls12_381, &wire));
    EXPECT_STATUS(load(&cluster, "pinned.json", NULL, digits), KW_CONFLICT);
    EXPECT_OK(load(&cluster, "cluster.json", NULL, digits));
}

static void load__asks_who_the_operators_file_lists(void **state)
{
    KW_UNUSED(state);
    operator_rows rows;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    KW_AUTO(kw_client_cluster) cluster = {0};
    operator_rows_make(&rows, 2);
    EXPECT_OK(kw_operators_encode(&json, rows.rows));
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "operators.json").text,
                                   kw_buf_view(&json), 0600, NULL));
    EXPECT_OK(load(&cluster, "pinned.json", "operators.json", NULL));
    assert_int_equal(cluster.operators.roster.n, 2);
    assert_int_equal(cluster.file.genesis.roster.n, CLIENT_DESK_MEMBERS);
}

static void load__says_which_file_is_bad(void **state)
{
    KW_UNUSED(state);
    KW_AUTO(kw_client_cluster) cluster = {0};
    EXPECT_OK(kw_file_write_atomic(client_desk_path(&desk, "bad.json").text,
                                   kw_span_of_str(KW_STR("{}")), 0600, NULL));
    EXPECT_STATUS(load(&cluster, "none.json", NULL, NULL), KW_NOT_FOUND);
    EXPECT_STATUS(load(&cluster, "bad.json", NULL, NULL), KW_BAD_INPUT);
    EXPECT_STATUS(load(&cluster, "pinned.json", "none.json", NULL), KW_NOT_FOUND);
    EXPECT_STATUS(load(&cluster, "pinned.json", "bad.json", NULL), KW_BAD_INPUT);
    const kw_client_cluster_options nothing = {0};
    EXPECT_STATUS(kw_client_cluster_load(&cluster, &nothing, NULL), KW_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load__takes_the_pin_from_the_file_or_the_caller),
        cmocka_unit_test(master__is_never_taken_on_trust),
        cmocka_unit_test(load__refuses_pins_that_are_none_or_differ),
        cmocka_unit_test(load__asks_who_the_operators_file_lists),
        cmocka_unit_test(load__says_which_file_is_bad),
    };
    return cmocka_run_group_tests_name("client/threshold_cluster", tests, set_up, tear_down);
}
