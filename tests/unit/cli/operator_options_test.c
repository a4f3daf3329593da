/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/operator_options.h"

#include "cli/commands.h"
#include "os/file.h"
#include "support/coin_folder.h"
#include "support/expect.h"
#include "support/seeded_rng.h"
#include "support/softhsm.h"
#include "threshold/operator_key_file.h"

static coin_folder folder;
static tempdir_path paths[8]; /* texts of options */

static int make(void **state)
{
    KW_UNUSED(state);
    coin_folder_open(&folder, 2);
    return 0;
}

static int drop(void **state)
{
    KW_UNUSED(state);
    coin_folder_close(&folder);
    return 0;
}

static kw_str path_of(size_t at, const char *name)
{
    paths[at] = tempdir_join(&folder.dir, name);
    return kw_str_of(paths[at].text);
}

static kw_cli cli_of(void)
{
    return (kw_cli){.in = stdin,
                    .out = stdout,
                    .err = stderr,
                    .arena = &folder.desk.arena,
                    .program = &kw_keyward};
}

static kw_status open_self(const kw_operator_options *options)
{
    kw_cli cli = cli_of();
    kw_error err = {0};
    KW_AUTO(kw_operator_self) self = {.key = NULL};
    kw_status st = kw_operator_self_open(&cli, &self, options, &err);
    assert_int_equal(err.status, st);
    assert_int_equal(self.key != NULL, st == KW_OK);
    if (st == KW_OK) {
        EXPECT_SPAN(self.row.key, kw_operator_secret_public(self.key));
    }
    return st;
}

static void self__has_the_key_of_its_entry(void **state)
{
    KW_UNUSED(state);
    kw_operator_options options = {.entry = path_of(0, "node1.json"),
                                   .key = KW_OPERATOR_KEY_RAW,
                                   .key_file = path_of(1, "1.key")};
    EXPECT_OK(open_self(&options));
    options.entry = path_of(0, "node2.json"); /* of the other curve */
    options.key_file = path_of(1, "2.key");
    EXPECT_OK(open_self(&options));
    options.key_file = path_of(1, "1.key");
    EXPECT_STATUS(open_self(&options), KW_REFUSED);
    options.key_file = path_of(1, "none");
    EXPECT_STATUS(open_self(&options), KW_SEALED);
    options.key_file = path_of(1, "node1.json");
    EXPECT_STATUS(open_self(&options), KW_SEALED);
    options.entry = path_of(0, "none");
    EXPECT_STATUS(open_self(&options), KW_NOT_FOUND);
    options.entry = path_of(0, "1.key");
    EXPECT_STATUS(open_self(&options), KW_BAD_INPUT);
}

static void self__opens_a_sealed_key_with_its_passphrase(void **state)
{
    KW_UNUSED(state);
    seeded_rng rng = {.seed = 3};
    kw_span passphrase = kw_span_of_str(KW_STR("correct horse"));
    const kw_operator_key_lock lock = {.passphrase = kw_secret_span_of(passphrase),
                                       .cost = {.memory_kib = 64, .passes = 1},
                                       .rng = seeded_rng_port(&rng)};
    kw_operator_options options = {.entry = path_of(0, "node2.json"),
                                   .key = KW_OPERATOR_KEY_SEALED,
                                   .key_file = path_of(1, "sealed.key")};
    EXPECT_OK(kw_operator_key_file_write(paths[1].text, folder.desk.secrets[1], &lock, NULL));
    EXPECT_STATUS(open_self(&options), KW_USAGE);
    options.passphrase_file = path_of(2, "passphrase");
    EXPECT_STATUS(open_self(&options), KW_SEALED);
    EXPECT_OK(kw_file_write_atomic(paths[2].text, passphrase, 0600, NULL));
    EXPECT_OK(open_self(&options));
    EXPECT_OK(
        kw_file_write_atomic(paths[2].text, kw_span_of_str(KW_STR("wrong horse")), 0600, NULL));
    EXPECT_STATUS(open_self(&options), KW_SEALED);
    options.entry = path_of(0, "node1.json"); /* of the other curve */
    EXPECT_STATUS(open_self(&options), KW_SEALED);
}

static void self__has_its_key_on_a_token(void **state)
{
    KW_UNUSED(state);
    const kw_secret32 *key = kw_operator_secret_view(folder.desk.secrets[1]);
    softhsm hsm = softhsm_seat(&folder.dir, kw_secret32_view(key));
    kw_operator_options options = {.entry = path_of(0, "node2.json"),
                                   .key = KW_OPERATOR_KEY_TOKEN,
                                   .key_file = KW_STR("operator"),
                                   .token = {.pkcs11_module = KW_STR(SOFTHSM_MODULE),
                                             .pkcs11_label = KW_STR("seat"),
                                             .pkcs11_pin_file = path_of(1, "pin")}};
    EXPECT_OK(open_self(&options));
    options.key_file = KW_STR("another");
    EXPECT_STATUS(open_self(&options), KW_SEALED);
    options.key_file = KW_STR("operator");
    options.entry = path_of(0, "node1.json");
    EXPECT_STATUS(open_self(&options), KW_REFUSED);
    options.entry = path_of(0, "node2.json");
    options.token.pkcs11_pin_file = path_of(2, "wrong");
    EXPECT_OK(kw_file_write_atomic(paths[2].text, kw_span_of_str(KW_STR("4321-user")), 0600, NULL));
    EXPECT_STATUS(open_self(&options), KW_SEALED);
    options.token.pkcs11_pin_file = (kw_str){0};
    EXPECT_STATUS(open_self(&options), KW_USAGE);
    softhsm_drop(&hsm);
}

/* Whoever names a token and forgets --key would have the key looked for in a file. */
static void self__takes_a_token_for_a_key_on_one_alone(void **state)
{
    KW_UNUSED(state);
    kw_operator_options options = {.entry = path_of(0, "node1.json"),
                                   .key = KW_OPERATOR_KEY_RAW,
                                   .key_file = path_of(1, "1.key")};
    EXPECT_OK(open_self(&options));
    options.token.pkcs11_label = KW_STR("seat");
    EXPECT_STATUS(open_self(&options), KW_USAGE);
}

static void entries__keep_their_order(void **state)
{
    KW_UNUSED(state);
    kw_cli cli = cli_of();
    kw_error err = {0};
    kw_operator_rows rows = {0};
    kw_str items[] = {path_of(0, "node2.json"), path_of(1, "node1.json"), path_of(2, "none")};
    EXPECT_OK(kw_operator_entries_read(&cli, &rows, (kw_strs){items, 2}, &err));
    assert_int_equal(rows.count, 2);
    EXPECT_STR(rows.items[0].address, folder.desk.commitments[1].address.ptr);
    EXPECT_STR(rows.items[1].address, folder.desk.commitments[0].address.ptr);
    EXPECT_STATUS(kw_operator_entries_read(&cli, &rows, (kw_strs){items, 3}, &err), KW_NOT_FOUND);
    kw_operator_row row = {0};
    EXPECT_OK(kw_operator_entry_read(&cli, &row, items[1], &err));
    EXPECT_STR(row.address, folder.desk.commitments[0].address.ptr);
    EXPECT_STATUS(kw_operator_entry_read(&cli, &row, items[2], &err), KW_NOT_FOUND);
    assert_int_equal(rows.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(self__has_the_key_of_its_entry, make, drop),
        cmocka_unit_test_setup_teardown(self__opens_a_sealed_key_with_its_passphrase, make, drop),
        cmocka_unit_test_setup_teardown(self__has_its_key_on_a_token, make, drop),
        cmocka_unit_test_setup_teardown(self__takes_a_token_for_a_key_on_one_alone, make, drop),
        cmocka_unit_test_setup_teardown(entries__keep_their_order, make, drop),
    };
    return cmocka_run_group_tests_name("cli/operator_options", tests, NULL, NULL);
}
