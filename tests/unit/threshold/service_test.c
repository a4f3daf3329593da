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

/* A proof of fraud is not lost for want of a folder. */
static void service__makes_the_folder_for_evidence(void **state)
{
    (void)state;
    kw_file_info info;
    tempdir_path folder = tempdir_join(&lone.dir, "evidence");
    lone.config.evidence_dir = kw_str_of(folder.text);
    EXPECT_STATUS(kw_file_stat(&info, folder.text, NULL), KW_NOT_FOUND);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    EXPECT_OK(kw_file_stat(&info, folder.text, NULL));
    assert_true(info.is_directory);
    assert_int_equal(info.mode, 0700);
    lone_operator_close(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL)); /* it is there now */
    lone_operator_close(&lone);
    lone.config.evidence_dir = lone.config.key_file; /* no folder, and none can be made there */
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_CONFLICT);
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

/* ---- another signing key ---- */

/* A key that is not in the roster yet, and the list that has it. */
typedef struct fresh_key {
    tempdir_path key;
    tempdir_path list;
    kw_operator_secret *secret;
} fresh_key;

static fresh_key make_key(void)
{
    fresh_key f = {.key = tempdir_join(&lone.dir, "fresh.key"),
                   .list = tempdir_join(&lone.dir, "operators.json")};
    kw_secret32 bytes = {0};
    uint8_t raw[32] = {0, 5};
    EXPECT_OK(kw_secret32_of(&bytes, kw_secret_span_of(KW_SPAN(raw))));
    EXPECT_OK(kw_operator_secret_of(&f.secret, KW_PEER_BN254, &bytes));
    EXPECT_OK(kw_file_write_atomic(f.key.text, KW_SPAN(raw), 0600, NULL));
    return f;
}

/* The operator's entry has the fresh key from now on. */
static void list_key(const fresh_key *f)
{
    kw_address address;
    kw_peer_signature proof;
    KW_AUTO(kw_buf) json = kw_buf_init(KW_OPERATORS_BYTES_MAX);
    kw_operator_row row = lone.file.items[0];
    EXPECT_OK(kw_address_parse(&address, row.address));
    EXPECT_OK(kw_operator_secret_prove(f->secret, &proof, &address));
    row.curve = KW_PEER_BN254;
    row.key = kw_operator_secret_public(f->secret);
    row.proof = kw_peer_signature_view(&proof);
    EXPECT_OK(kw_operators_encode(&json, (kw_operator_rows){&row, 1}));
    EXPECT_OK(kw_file_write_atomic(f->list.text, kw_buf_view(&json), 0600, NULL));
}

static void reopen(void)
{
    lone_operator_close(&lone);
    EXPECT_OK(lone_operator_open(&lone, NULL));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
}

static void service__changes_its_signing_key(void **state)
{
    (void)state;
    kw_group_g2 master;
    kw_group_g2 later;
    kw_threshold_config old = lone.config;
    fresh_key fresh = make_key();
    EXPECT_OK(lone_operator_open(&lone, NULL));
    EXPECT_OK(kw_threshold_start(lone.threshold, NULL));
    lone_operator_pass(&lone, 1);
    kw_holder_key key = lone_operator_key(&lone, &master);
    kw_group_secret_drop(&key.share);
    lone_operator_close(&lone);

    lone.config.key_file = kw_str_of(fresh.key.text);
    EXPECT_STATUS(lone_operator_open(&lone, NULL), KW_SEALED); /* who had it would have the share */
    lone.config.previous_key_file = old.key_file;
    reopen(); /* the roster still has the previous one, which signs */
    lone_operator_pass(&lone, 2);
    lone_operator_close(&lone);
    EXPECT_STATUS((lone.config = old, lone_operator_open(&lone, NULL)), KW_SEALED);

    lone.config.key_file = kw_str_of(fresh.key.text);
    lone.config.previous_key_file = old.key_file;
    lone.config.operators_file = kw_str_of(fresh.list.text);
    list_key(&fresh);
    reopen();
    lone_operator_pass(&lone, 3); /* dealt by the previous key, sealed by the fresh one */
    lone.config.previous_key_file = (kw_str){0};
    reopen();
    lone_operator_pass(&lone, 4);
    key = lone_operator_key(&lone, &later);
    kw_group_secret_drop(&key.share);
    assert_true(kw_group_bls12_381.g2_equal(&master, &later));
    kw_operator_secret_free(fresh.secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(service__opens_what_the_configuration_names, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(service__makes_the_folder_for_evidence, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(service__refuses_files_that_do_not_fit, make_world,
                                        drop_world),
        cmocka_unit_test_setup_teardown(service__changes_its_signing_key, make_world, drop_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
